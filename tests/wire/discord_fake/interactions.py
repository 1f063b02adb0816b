"""Interactions: the 3 seconds for the first response, the 15 minutes of the token, and what each callback type does."""

from __future__ import annotations

import secrets
from typing import Any

from bot.domain.clock import MINUTE, SECOND, Instant
from tests.wire.discord_fake import errors
from tests.wire.discord_fake.bodies import Body
from tests.wire.discord_fake.component_rules import check_modal
from tests.wire.discord_fake.messages import MessageDesk
from tests.wire.discord_fake.payloads import Payloads
from tests.wire.discord_fake.shapes import Json, items_of, part_of
from tests.wire.discord_fake.world import EPHEMERAL, LOADING, Channel, DiscordWorld, Interaction, Message, User

FIRST_RESPONSE: Instant = 3 * SECOND
TOKEN_LIFETIME: Instant = 15 * MINUTE

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}
_DEFER_FLAGS = EPHEMERAL
_ORIGINAL = "@original"


class InteractionDesk:
    """Takes callbacks and the webhook requests that an interaction's token allows.

    `first_response` is how long it waits for a callback, in ms; Discord's 3 s unless a test hurries its clock.
    """

    def __init__(self, world: DiscordWorld, messages: MessageDesk, payloads: Payloads) -> None:
        self.first_response = FIRST_RESPONSE
        self._world = world
        self._messages = messages
        self._payloads = payloads

    def open(self, kind: int, user: User, channel: Channel, data: Json, source: Message | None = None) -> Interaction:
        """Begin an interaction; its three seconds start now."""
        token = secrets.token_urlsafe(48)
        interaction = Interaction(
            self._world.ids.mint(), token, kind, user, channel, data, self._world.clock.now(), source
        )
        self._world.interactions[token] = interaction
        return interaction

    def answer(self, interaction_id: int, token: str, body: Body) -> Json:
        """Take the first response and build what `with_response` gives back."""
        interaction = self._world.interactions.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise errors.unknown_interaction()
        if interaction.response is not None:
            raise errors.already_acknowledged()
        if self._age(interaction) > self.first_response:
            raise errors.unknown_interaction()
        callback: Json = body.data or {}
        kind = callback.get("type")
        if kind not in _ALLOWED[interaction.kind] or (kind == UPDATE and not interaction.source):
            text = f"Type {kind} does not answer an interaction of type {interaction.kind}"
            raise errors.invalid_form(errors.Problem("type", "INTERACTION_CALLBACK_TYPE", text))
        if interaction.channel.archived and interaction.channel.locked:
            raise errors.thread_archived()
        resource = self._respond(interaction, kind, Body(part_of(callback, "data"), body.files))
        interaction.response = kind
        interaction.responded_at = self._world.clock.now()
        return self._callback_response(interaction, resource)

    def execute(self, webhook_id: int, token: str, body: Body) -> Message:
        """Post a follow-up; the first after a deferral takes the place of "is thinking…" and its visibility."""
        interaction = self._by_token(webhook_id, token)
        if interaction.original and interaction.original.loading and not interaction.original.deleted:
            return self._messages.edit(interaction.original, body)
        self._check_channel(interaction)
        message = self._messages.create(interaction.channel, body, interaction)
        interaction.followups.append(message)
        return message

    def fetch(self, webhook_id: int, token: str, message: str) -> Message:
        """Find the response or a follow-up."""
        interaction = self._by_token(webhook_id, token)
        candidates = [interaction.original, *interaction.followups]
        for each in candidates:
            named = each is interaction.original if message == _ORIGINAL else each and str(each.id) == message
            if each and named and not each.deleted:
                return each
        raise errors.unknown_message()

    def edit(self, webhook_id: int, token: str, message: str, body: Body) -> Message:
        """Edit the response or a follow-up."""
        found = self.fetch(webhook_id, token, message)
        return self._messages.edit(found, body)

    def delete(self, webhook_id: int, token: str, message: str) -> None:
        """Delete the response or a follow-up."""
        self._world.delete_message(self.fetch(webhook_id, token, message))

    def channel_of(self, token: str) -> Channel | None:
        """Tell the channel in which a token's interaction happened."""
        interaction = self._world.interactions.get(token)
        return interaction.channel if interaction else None

    def waiting(self) -> list[Interaction]:
        """List the interactions that may yet have their first response."""
        return [
            each
            for each in self._world.interactions.values()
            if each.response is None and self._age(each) <= self.first_response
        ]

    def unanswered(self) -> list[Interaction]:
        """List the interactions whose member read "The application did not respond"."""
        return [
            each
            for each in self._world.interactions.values()
            if each.response is None and self._age(each) > self.first_response
        ]

    def _age(self, interaction: Interaction) -> Instant:
        return self._world.clock.now() - interaction.created_at

    def _by_token(self, webhook_id: int, token: str) -> Interaction:
        interaction = self._world.interactions.get(token)
        if interaction is None or webhook_id != self._world.application_id or interaction.response is None:
            raise errors.unknown_webhook()
        if self._age(interaction) > TOKEN_LIFETIME:
            raise errors.invalid_webhook_token()
        return interaction

    def _check_channel(self, interaction: Interaction) -> None:
        if interaction.channel.id not in self._world.channels:
            raise errors.unknown_channel()
        if interaction.channel.archived and interaction.channel.locked:
            raise errors.thread_archived()

    def _respond(self, interaction: Interaction, kind: int, body: Body) -> Json | None:
        if kind == CHOICES:
            interaction.choices = self._checked_choices(body.data)
            return None
        if kind == MODAL:
            if problems := check_modal(body.data):
                raise errors.invalid_form(*problems)
            interaction.modal = body.data
            return {"type": kind}
        if kind in {DEFER_UPDATE, UPDATE}:
            return self._update_source(interaction, kind, body)
        self._check_channel(interaction)
        interaction.original = self._first_message(interaction, kind, body)
        return {"type": kind, "message": self._payloads.message(interaction.original)}

    def _update_source(self, interaction: Interaction, kind: int, body: Body) -> Json:
        if kind == DEFER_UPDATE or interaction.source is None:
            interaction.original = interaction.source
            return {"type": kind}
        interaction.original = self._messages.edit(interaction.source, body)
        return {"type": kind, "message": self._payloads.message(interaction.original)}

    def _first_message(self, interaction: Interaction, kind: int, body: Body) -> Message:
        if kind == MESSAGE:
            return self._messages.create(interaction.channel, body, interaction)
        data: Json = body.data
        flags = int(data.get("flags") or 0)
        if flags & ~_DEFER_FLAGS or set(data) - {"flags"}:
            raise errors.invalid_form(
                errors.Problem("data", "INTERACTION_DEFER_DATA", "A deferral carries EPHEMERAL only")
            )
        message = Message(
            self._world.ids.mint(), interaction.channel, self._world.bot, self._world.clock.now(),
            flags=flags | LOADING, interaction=interaction,
            visible_to=interaction.user.id if flags & EPHEMERAL else None,
        )  # fmt: skip
        self._messages.place(message)
        return message

    @staticmethod
    def _checked_choices(data: Json) -> list[Json]:
        choices: list[Json] = items_of(data, "choices")
        if len(choices) > 25:
            raise errors.invalid_form(errors.Problem("choices", "BASE_TYPE_MAX_LENGTH", "At most 25 choices"))
        problems = [
            errors.Problem(f"choices.{index}", "BASE_TYPE_BAD_LENGTH", "Name 1 to 100, text value at most 100")
            for index, each in enumerate(choices)
            if not 1 <= len(each["name"]) <= 100 or len(str(each["value"])) > 100
        ]
        if problems:
            raise errors.invalid_form(*problems)
        return choices

    @staticmethod
    def _callback_response(interaction: Interaction, resource: Json | None) -> Json:
        described: dict[str, Any] = {"id": str(interaction.id), "type": interaction.kind}
        if interaction.original:
            described |= {
                "response_message_id": str(interaction.original.id),
                "response_message_loading": interaction.original.loading,
                "response_message_ephemeral": interaction.original.visible_to is not None,
            }
        return {"interaction": described} | ({"resource": resource} if resource else {})

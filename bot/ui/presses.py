"""One use of a button, select, form or command: who, where, with which ids; and the one way in which it is acted on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, cast

import discord

from bot.domain.patience import answer_soon
from bot.permissions import missing_here
from bot.services.catalogue import Services
from bot.services.creative.drafting import Asker
from bot.ui.answers import Answers
from bot.ui.people import requester_of
from bot.ui.replies import AnyInteraction
from bot.ui.uploads import Upload, fields_of, uploads_of


class Client(Protocol):
    """The bot, as far as whatever is pressed needs it."""

    @property
    def services(self) -> Services:
        """The use cases."""
        ...

    @property
    def answers(self) -> Answers:
        """The conversation at the door."""
        ...

    @property
    def handlers(self) -> Handlers:
        """What each button, select and form does."""
        ...

    async def admit(self, interaction: AnyInteraction) -> None:
        """Refuse whoever may not use the bot here."""
        ...

    async def explain(self, interaction: AnyInteraction, error: Exception) -> None:
        """Say in private what went wrong; never raises."""
        ...

    async def is_operator(self, user: discord.abc.User) -> bool:
        """Whether somebody runs this bot."""
        ...


@dataclass(frozen=True, slots=True)
class Press:
    """One use of a button, a select or a form: by whom, with which ids, and what was chosen or typed.

    `values` are a select's; `fields` a form's, by the custom id of each; `uploads` its files in the order of choosing.
    """

    interaction: AnyInteraction
    services: Services
    answers: Answers
    ids: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    uploads: tuple[Upload, ...] = ()

    @property
    def asker(self) -> Asker:
        """Who asks, and what the bot lacks here.

        Raises:
            NotInServer: there is no server around it.
        """
        return Asker(self.interaction.id, requester_of(self.interaction), missing_here(self.interaction))

    def text(self, name: str) -> str:
        """What was typed or chosen in one field of a form; empty where nothing was."""
        return next(iter(self.fields.get(name, ())), "")


Handler: TypeAlias = Callable[[Press], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """What each button or select, and each form, does, by name."""

    items: Mapping[str, Handler]
    forms: Mapping[str, Handler]


def client_of(interaction: AnyInteraction) -> Client:
    """The bot that an interaction reached."""
    return cast("Client", interaction.client)


def press_of(interaction: AnyInteraction) -> Press:
    """A command's interaction as a press, so that commands and buttons can share what they do."""
    client = client_of(interaction)
    return Press(interaction, client.services, client.answers)


async def perform(interaction: AnyInteraction, handler: Handler, **facts: Any) -> None:
    """Run a handler and explain in private what went wrong; discord.py would only log it."""
    client = client_of(interaction)
    answer_soon(interaction.response.is_done)
    try:
        await client.admit(interaction)
        await handler(Press(interaction, client.services, client.answers, **facts))
    except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
        await client.explain(interaction, error)


async def submit(interaction: AnyInteraction) -> None:
    """Act on a submitted form, found by its custom id: it may have been opened before a restart.

    discord.py keeps forms in memory by their custom id and drops what it does not know, so none of Easel's is kept.
    """
    data = cast("Mapping[str, Any]", interaction.data or {})
    name, *ids = str(data.get("custom_id", "")).split(":")
    handler = client_of(interaction).handlers.forms.get(name)
    if handler is not None:
        uploads = uploads_of(data, interaction.client.http.get_from_cdn)
        await perform(interaction, handler, ids=tuple(ids), fields=fields_of(data), uploads=uploads)

"""A press: one use of a button, select, form or command, and how every press is handled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, cast

import discord
from discord import ui

from bot.domain.orders import Requester
from bot.domain.patience import answer_soon
from bot.services.catalogue import Services
from bot.ui.discord.answers import Answers, Finish, as_it_is
from bot.ui.discord.people import requester_of
from bot.ui.discord.replies import AnyInteraction
from bot.ui.discord.uploads import UploadedAttachment

REOPEN = "reopen"
"""The button under a refused form, by its name."""


class Client(Protocol):
    """The bot, as far as whatever is pressed needs it."""

    @property
    def services(self) -> Services:
        """The use cases."""
        ...

    @property
    def answers(self) -> Answers:
        """Interaction responses."""
        ...

    @property
    def handlers(self) -> Handlers:
        """What each button, select and form does."""
        ...

    async def admit(self, interaction: AnyInteraction) -> None:
        """Refuse whoever may not use the bot here."""
        ...

    async def explain(self, interaction: AnyInteraction, error: Exception, *, finish: Finish = as_it_is) -> None:
        """Say in private what went wrong, with what `finish` adds to that; never raises."""
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
    uploads: tuple[UploadedAttachment, ...] = ()

    @property
    def requester(self) -> Requester:
        """Whose budget counts, and where.

        Raises:
            NotInServer: there is no server around it.
        """
        return requester_of(self.interaction)

    @property
    def pressed_label(self) -> str:
        """What stands on the button that was pressed, as its message shows it; empty where that is not known."""
        data = cast("Mapping[str, Any]", self.interaction.data or {})
        buttons = _buttons_of(self.interaction.message)
        return next((each.label or "" for each in buttons if each.custom_id == data.get("custom_id")), "")

    @property
    def is_reopened(self) -> bool:
        """Whether this form was opened from its own refusal, and not from the message that it is about."""
        return any((each.custom_id or "").startswith(REOPEN) for each in _buttons_of(self.interaction.message))

    def text(self, name: str) -> str:
        """What was typed or chosen in one field of a form; empty where nothing was."""
        return next(iter(self.fields.get(name, ())), "")


Handler: TypeAlias = Callable[[Press], Awaitable[None]]


Opener: TypeAlias = Callable[[Press], Awaitable[ui.Modal]]
"""Makes a form from the ids in its custom id, for whoever may open it."""

Refused: TypeAlias = Callable[[Press, Exception], Awaitable[Finish]]
"""Says what a failed press needs under its explanation."""


async def _nothing_more(press: Press, error: Exception) -> Finish:
    del press, error
    return as_it_is


@dataclass(frozen=True, slots=True)
class Handlers:
    """What each button or select, and each form, does, by name; and how each form is opened."""

    items: Mapping[str, Handler]
    forms: Mapping[str, Handler]
    openers: Mapping[str, Opener]


def shows(opener: Opener) -> Handler:
    """What a button does that opens a form."""

    async def show(press: Press) -> None:
        await press.answers.show_form(press.interaction, await opener(press))

    return show


def _buttons_of(message: discord.Message | None) -> Iterator[discord.Button]:
    components: Sequence[Any] = () if message is None else message.components
    for component in components:
        for row in component.children if isinstance(component, discord.Container) else ():
            if isinstance(row, discord.ActionRow):
                yield from (child for child in row.children if isinstance(child, discord.Button))


def client_of(interaction: AnyInteraction) -> Client:
    """The bot that an interaction reached."""
    return cast("Client", interaction.client)


def press_of(interaction: AnyInteraction) -> Press:
    """A command's interaction as a press, so that commands and buttons can share what they do."""
    client = client_of(interaction)
    return Press(interaction, client.services, client.answers)


async def perform(
    interaction: AnyInteraction, handler: Handler, *, refused: Refused = _nothing_more, **facts: Any
) -> None:
    """Run a handler and explain in private what went wrong; discord.py would only log it."""
    client = client_of(interaction)
    answer_soon(interaction.response.is_done)
    press = Press(interaction, client.services, client.answers, **facts)
    try:
        await client.admit(interaction)
    except Exception as error:  # noqa: BLE001 - as below
        await client.explain(interaction, error)
        return
    try:
        await handler(press)
    except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
        await client.explain(interaction, error, finish=await refused(press, error))

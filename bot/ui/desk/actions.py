"""Buttons, selects and forms that carry ids only, and find what they do by their name, before and after any restart."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, cast

import discord
from discord import ui

from bot.services.catalogue import Services
from bot.services.creative.drafting import Asker
from bot.ui.answers import Answers, AnyInteraction
from bot.ui.desk.uploads import Upload, fields_of, uploads_of
from bot.ui.people import requester_of

BUTTON_NAMES = (
    "edit", "again", "change", "use", "details", "delete", "retry", "run", "order", "roles", "template",
    "parameters", "back", "first", "earlier", "later", "drop", "replace", "clear", "start", "pages", "bring", "try",
    "ask", "approve", "decline",
)  # fmt: skip
SELECT_NAMES = ("place", "which", "step", "models", "pick")
FORM_NAMES = (
    "editing", "changing", "studio", "picked", "roles", "template", "parameters", "replacing", "declining",
)  # fmt: skip
"""What the first word of a custom id may be; the words after it are ids."""

_IDS = r"(?P<ids>(?::[0-9A-Za-z_-]*)*)"
_MAX_LABEL = 80


class DeskClient(Protocol):
    """What buttons, selects and forms need of the client that they are used in."""

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
        """What each does."""
        ...

    def missing_in(self, interaction: AnyInteraction) -> tuple[str, ...]:
        """What the bot would need in this channel and does not have."""
        ...

    async def admit(self, interaction: AnyInteraction) -> None:
        """Refuse whoever may not use the bot here."""
        ...

    async def explain(self, interaction: AnyInteraction, error: Exception) -> None:
        """Say in private what went wrong; never raises."""
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
        return asker_of(self.interaction)

    def text(self, name: str) -> str:
        """What was typed or chosen in one field of a form; empty where nothing was."""
        return next(iter(self.fields.get(name, ())), "")


Handler: TypeAlias = Callable[[Press], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Handlers:
    """What each button, select and form does, by name."""

    buttons: Mapping[str, Handler]
    selects: Mapping[str, Handler]
    forms: Mapping[str, Handler]


class ActionButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=rf"(?P<name>{'|'.join(BUTTON_NAMES)}){_IDS}"):
    """A button whose custom id is `name:id:id`. Who may press is decided by the use case behind it."""

    def __init__(
        self,
        name: str,
        *ids: object,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        self.name = name
        self.ids = tuple(map(str, ids))
        custom_id = ":".join((name, *self.ids))
        button: ui.Button[ui.LayoutView] = ui.Button(
            label=label[:_MAX_LABEL] or name, style=style, custom_id=custom_id, disabled=disabled
        )
        super().__init__(button)

    @classmethod
    async def from_custom_id(
        cls, interaction: AnyInteraction, item: ui.Item[Any], match: re.Match[str], /
    ) -> ActionButton:
        """Read name and ids."""
        del interaction, item
        return cls(match["name"], *_ids(match))

    async def callback(self, interaction: AnyInteraction) -> None:
        """Do what the button says."""
        await perform(interaction, desk_of(interaction).handlers.buttons[self.name], ids=self.ids)


class ActionSelect(ui.DynamicItem[ui.Select[ui.LayoutView]], template=rf"(?P<name>{'|'.join(SELECT_NAMES)}){_IDS}"):
    """A select whose custom id is `name:id:id`."""

    def __init__(
        self,
        name: str,
        *ids: object,
        options: Sequence[discord.SelectOption] = (),
        placeholder: str | None = None,
    ) -> None:
        self.name = name
        self.ids = tuple(map(str, ids))
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=":".join((name, *self.ids)),
            options=list(options) or [discord.SelectOption(label=name)],
            placeholder=placeholder,
        )
        super().__init__(select)

    @classmethod
    async def from_custom_id(
        cls, interaction: AnyInteraction, item: ui.Item[Any], match: re.Match[str], /
    ) -> ActionSelect:
        """Read name and ids."""
        del interaction, item
        return cls(match["name"], *_ids(match))

    async def callback(self, interaction: AnyInteraction) -> None:
        """Act on what was chosen."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        values = tuple(map(str, data.get("values", ())))
        await perform(interaction, desk_of(interaction).handlers.selects[self.name], ids=self.ids, values=values)


async def submit(interaction: AnyInteraction) -> None:
    """Act on a submitted form, found by its custom id: it may have been opened before a restart.

    discord.py keeps forms in memory by their custom id and drops what it does not know, so none of Easel's is kept.
    """
    data = cast("Mapping[str, Any]", interaction.data or {})
    name, *ids = str(data.get("custom_id", "")).split(":")
    client = desk_of(interaction)
    handler = client.handlers.forms.get(name)
    if handler is not None:
        uploads = uploads_of(data, interaction.client.http.get_from_cdn)
        await perform(interaction, handler, ids=tuple(ids), fields=fields_of(data), uploads=uploads)


async def perform(interaction: AnyInteraction, handler: Handler, **facts: Any) -> None:
    """Run a handler and explain in private what went wrong; discord.py would only log it."""
    client = desk_of(interaction)
    try:
        await client.admit(interaction)
        await handler(Press(interaction, client.services, client.answers, **facts))
    except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
        await client.explain(interaction, error)


def form(name: str, *ids: object, title: str, labels: Sequence[ui.Label[ui.Modal]]) -> ui.Modal:
    """A form of at most five labelled fields, whose custom id is `name:id:id`; shown, and not kept in memory."""
    modal = ui.Modal(title=title, custom_id=":".join((name, *map(str, ids))), timeout=None)
    for label in labels:
        modal.add_item(label)
    modal.stop()
    return modal


def asker_of(interaction: AnyInteraction) -> Asker:
    """Who asks by this interaction, and what the bot lacks in its channel.

    Raises:
        NotInServer: there is no server around it.
    """
    return Asker(interaction.id, requester_of(interaction), desk_of(interaction).missing_in(interaction))


def register_desk(client: discord.Client) -> None:
    """Have the client answer these buttons and selects under every message, also those from before its start."""
    client.add_dynamic_items(ActionButton, ActionSelect)


def desk_of(interaction: AnyInteraction) -> DeskClient:
    """The client, as the desk knows it."""
    return cast("DeskClient", interaction.client)


def presses(interaction: AnyInteraction) -> Press:
    """A command's interaction as a press, so that commands and buttons can share what they do."""
    client = desk_of(interaction)
    return Press(interaction, client.services, client.answers)


def _ids(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(part for part in match["ids"].split(":") if part)

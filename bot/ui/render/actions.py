"""Buttons, selects and forms that carry ids only, and find what they do by their name, before and after any restart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Protocol, Self, TypeVar, cast

import discord
from discord import ui

BUTTON_NAMES = (
    # under a job's messages
    "cancel", "edit", "again", "change", "use", "details", "original", "share", "unshare", "delete", "keep", "retry",
    # in confirmations and trays
    "run", "prompt", "order", "roles", "template", "parameters", "back", "first", "earlier", "later", "drop", "replace",
    "clear", "start",
    # in the gallery and the guide
    "pages", "bring", "try",
    # under styles
    "style-use", "style-try", "style-words", "style-settings",
    # under the first message in a server
    "sample",
    # between members and moderators
    "ask", "approve", "decline", "report", "review",
    # at the moderators' desk
    "desk", "settings", "audit", "forget",
    # under the refusal of a form
    "reopen",
    # for what is kept about a member
    "erase",
)  # fmt: skip
SELECT_NAMES = ("place", "style", "step", "models", "pick", "styles", "unsafe", "offered")
CHANNEL_SELECT_NAMES = ("log-channel", "desk-channel", "showcase-channel", "channel-rule")
ROLE_SELECT_NAMES = ("desk-roles",)
"""What the first word of a custom id may be; the words after it are ids."""

_MAX_LABEL = 80

ItemT = TypeVar("ItemT", bound=ui.Item[Any])


class PressReceiver(Protocol):
    """The bot, as far as an item under a message hands on that it was used."""

    async def press(
        self, interaction: discord.Interaction[Any], name: str, ids: tuple[str, ...], values: tuple[str, ...]
    ) -> None:
        """Do what the name says, with the ids of its custom id and what was chosen."""
        ...


def _template(names: Sequence[str]) -> str:
    return rf"(?P<name>{'|'.join(names)})(?P<ids>(?::[0-9A-Za-z_-]*)*)"


def _custom_id(name: str, ids: tuple[object, ...]) -> str:
    return ":".join((name, *map(str, ids)))


# discord.py 2.7.1 forgets a DynamicItem for all messages when a view that mixes it with an ordinary button ends, so
# every button and select of Easel is one of these.
class _Action(ui.DynamicItem[ItemT], Generic[ItemT], template=r"(?!)"):
    """An item whose custom id is `name:id:id`. Who may use it is decided by the use case behind it."""

    def __init__(self, item: ItemT, name: str, ids: tuple[object, ...]) -> None:
        super().__init__(item)
        self.name = name
        self.ids = tuple(map(str, ids))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read name and ids."""
        del interaction, item
        ids = (part for part in match["ids"].split(":") if part)
        return cls(match["name"], *ids)  # pyright: ignore[reportArgumentType] - every kind below is made of these

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand on what was used, with what was chosen."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        values = tuple(map(str, data.get("values", ())))
        await cast("PressReceiver", interaction.client).press(interaction, self.name, self.ids, values)


class ActionButton(_Action[ui.Button[ui.LayoutView]], template=_template(BUTTON_NAMES)):
    """A button."""

    def __init__(
        self,
        name: str,
        *ids: object,
        label: str = "",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        button: ui.Button[ui.LayoutView] = ui.Button(
            label=label[:_MAX_LABEL] or name, style=style, custom_id=_custom_id(name, ids), disabled=disabled
        )
        super().__init__(button, name, ids)


class ActionSelect(_Action[ui.Select[ui.LayoutView]], template=_template(SELECT_NAMES)):
    """A select with options of ours."""

    def __init__(
        self,
        name: str,
        *ids: object,
        options: Sequence[discord.SelectOption] = (),
        placeholder: str | None = None,
        may_choose_several: bool = False,
    ) -> None:
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=_custom_id(name, ids),
            options=list(options) or [discord.SelectOption(label=name)],
            placeholder=placeholder,
            min_values=0 if may_choose_several else 1,
            max_values=max(1, len(options)) if may_choose_several else 1,
        )
        super().__init__(select, name, ids)


class ActionChannelSelect(_Action[ui.ChannelSelect[ui.LayoutView]], template=_template(CHANNEL_SELECT_NAMES)):
    """A select in which Discord offers the server's channels; `chosen` is the one that is set, if any."""

    def __init__(
        self,
        name: str,
        *ids: object,
        kinds: Sequence[discord.ChannelType] = (),
        chosen: int | None = None,
        may_choose_none: bool = False,
        placeholder: str | None = None,
    ) -> None:
        default = discord.SelectDefaultValueType.channel
        select: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
            custom_id=_custom_id(name, ids),
            channel_types=list(kinds),
            min_values=0 if may_choose_none else 1,
            default_values=[] if chosen is None else [discord.SelectDefaultValue(id=chosen, type=default)],
            placeholder=placeholder,
        )
        super().__init__(select, name, ids)


class ActionRoleSelect(_Action[ui.RoleSelect[ui.LayoutView]], template=_template(ROLE_SELECT_NAMES)):
    """A select in which Discord offers the server's roles, of which none to `most` are chosen."""

    def __init__(
        self, name: str, *ids: object, most: int = 1, chosen: Sequence[int] = (), placeholder: str | None = None
    ) -> None:
        default = discord.SelectDefaultValueType.role
        select: ui.RoleSelect[ui.LayoutView] = ui.RoleSelect(
            custom_id=_custom_id(name, ids),
            min_values=0,
            max_values=most,
            default_values=[discord.SelectDefaultValue(id=each, type=default) for each in chosen],
            placeholder=placeholder,
        )
        super().__init__(select, name, ids)


def form(name: str, *ids: object, title: str, labels: Sequence[ui.Label[ui.Modal] | ui.TextDisplay[Any]]) -> ui.Modal:
    """A form of at most five parts, fields or words, whose custom id is `name:id:id`; shown, and not kept in memory."""
    modal = ui.Modal(title=title, custom_id=_custom_id(name, ids), timeout=None)
    for label in labels:
        modal.add_item(label)
    modal.stop()
    return modal


def register_actions(client: discord.Client) -> None:
    """Have the client answer these items under every message, also those from before its start."""
    client.add_dynamic_items(ActionButton, ActionSelect, ActionChannelSelect, ActionRoleSelect)

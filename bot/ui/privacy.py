"""What `/privacy` says, and the two buttons that erase."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Protocol, cast

import discord
from discord import ui

from bot.services.creative.privacy import ErasureAsked, Privacy
from bot.ui.about import counted
from bot.ui.layout import Layout
from bot.ui.theme import Accent, heading, small

EXPORT_FILENAME = "easel-export.json"

_EXPORT = "Everything that I keep about you"
_EXPORT_ABOUT = "Your requests, what they cost, where the pictures are, and what moderators decided about you."
_EXPORT_FILE = "from all servers \u00b7 only you can see this"
_ASK = "Delete what I keep about you?"
_ASK_WHAT = "Prompts, references, names and pictures on my side go, and I ask the provider to delete its copies."
_ASK_WAIT = "What you have running ends first. Amounts stay in the books under a number that names nobody."
_ASK_POSTED = "The pictures that I posted for you can stay where they are, or go as well."
_NO_WAY_BACK = "this cannot be undone"
_KEEP, _ALL = "Delete, keep posted pictures", "Delete with posted pictures"
_ASKED = "It is being deleted"
_SOON = "That takes about a minute."
_AFTER = {1: "One request of yours is still running; it begins when that has ended."}
_AFTER_MANY = "{count} requests of yours are still running; it begins when they have ended."

Interaction = discord.Interaction[Any]


class PrivacyServices(Protocol):
    """The use case behind these buttons."""

    @property
    def privacy(self) -> Privacy:
        """Exports and erases."""
        ...


class PrivacyClient(Protocol):
    """What these buttons need of the client."""

    @property
    def services(self) -> PrivacyServices:
        """The use cases."""
        ...

    async def explain(self, interaction: Interaction, error: Exception) -> None:
        """Say in private what went wrong; never raises."""
        ...


def render_export() -> ui.LayoutView:
    """The answer to `/privacy export`; the file is attached by the sender."""
    layout = Layout(Accent.CALM).text(heading(_EXPORT), _EXPORT_ABOUT).file(f"attachment://{EXPORT_FILENAME}")
    return layout.text(small(_EXPORT_FILE)).build()


def render_erasure_question() -> ui.LayoutView:
    """The answer to `/privacy delete`."""
    layout = Layout(Accent.WAITING).text(heading(_ASK), _ASK_WHAT, _ASK_WAIT, _ASK_POSTED)
    return layout.buttons(ErasureButton("keep"), ErasureButton("all")).text(small(_NO_WAY_BACK)).build()


def render_erasure_asked(asked: ErasureAsked) -> ui.LayoutView:
    """What the question turns into."""
    layout = Layout(Accent.DONE).text(heading(_ASKED))
    return layout.text(counted(_AFTER, _AFTER_MANY, asked.open_jobs) if asked.open_jobs else _SOON).build()


class ErasureButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"erase:(?P<what>keep|all)"):
    """Erases what is kept about whoever presses it; blocked members too."""

    labels: ClassVar[dict[str, str]] = {"keep": _KEEP, "all": _ALL}

    def __init__(self, what: str) -> None:
        self.what = what
        style = discord.ButtonStyle.danger
        super().__init__(ui.Button(label=self.labels[what], style=style, custom_id=f"erase:{what}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> ErasureButton:
        """Read which of the two it is from its custom id."""
        del interaction, item
        return cls(match["what"])

    async def callback(self, interaction: Interaction) -> None:
        """Ask for the erasure, and say so where the question was."""
        client = cast("PrivacyClient", interaction.client)
        try:
            with_messages = self.what == "all"
            asked = await client.services.privacy.ask_erasure(interaction.user.id, with_messages=with_messages)
            await interaction.response.edit_message(view=render_erasure_asked(asked))
        except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
            await client.explain(interaction, error)

"""The buttons under the overview: each opens one view of the desk, or has the screen look again."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Protocol, cast

import discord
from discord import ui

from bot.ui.manage import texts
from bot.ui.manage.items import attempt

Interaction = discord.Interaction[Any]


_STYLES = {"report": discord.ButtonStyle.primary, "pause": discord.ButtonStyle.danger}


class DeskViews(Protocol):
    """Shows the views of the desk: implemented by the commands of the same names."""

    async def show_view(self, interaction: Interaction, view: str) -> None:
        """Show `report`, `jobs`, `audit`, `settings` or what was `reported`; `pause`, `resume`, `refresh` in place."""
        ...


class DeskButton(
    ui.DynamicItem[ui.Button[ui.LayoutView]],
    template=r"desk:(?P<view>report|jobs|audit|settings|pause|resume|refresh|reported)",
):
    """One way on from the overview."""

    labels: ClassVar[dict[str, str]] = {
        "report": texts.OPEN_REPORT,
        "jobs": texts.OPEN_JOBS,
        "audit": texts.OPEN_AUDIT,
        "settings": texts.OPEN_SETTINGS,
        "pause": texts.PAUSE,
        "resume": texts.RESUME,
        "refresh": texts.REFRESH,
        "reported": texts.OPEN_REPORTED,
    }

    def __init__(self, view: str) -> None:
        self.name = view
        style = _STYLES.get(view, discord.ButtonStyle.secondary)
        super().__init__(ui.Button(label=self.labels[view], style=style, custom_id=f"desk:{view}"))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> DeskButton:
        """Read which view it opens from its custom id."""
        del interaction, item
        return cls(match["view"])

    async def callback(self, interaction: Interaction) -> None:
        """Show it."""
        await attempt(interaction, lambda client: cast("DeskViews", client).show_view(interaction, self.name))

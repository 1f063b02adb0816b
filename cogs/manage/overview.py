"""`/manage overview`: the server on one screen, and the ways on from there."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.ui.handlers.manage.overview import show_overview
from bot.ui.handlers.presses import press_of
from cogs.manage.family import ManageFamily


class OverviewCommands(ManageFamily):
    """The overview of `/manage`."""

    @app_commands.command()
    async def overview(self, interaction: Interaction) -> None:
        """Money, people, what runs and what failed, on one screen."""
        await show_overview(press_of(interaction))

"""`/manage audit`: who changed what, from what to what, when and why."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import Interaction
from bot.ui.handlers.manage.audit import show_audit
from bot.ui.handlers.presses import press_of
from cogs.manage.family import ManageFamily


class AuditCommands(ManageFamily):
    """The records of `/manage`."""

    @app_commands.command()
    @app_commands.describe(user="Only what concerns them; left out, everything")
    async def audit(self, interaction: Interaction, user: discord.User | None = None) -> None:
        """Who changed what, from what to what, when and why."""
        await show_audit(press_of(interaction), None if user is None else user.id)

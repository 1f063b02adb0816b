"""`/manage audit`: who changed what, from what to what, when and why."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.services.catalogue import Services
from bot.ui.manage.records import gone_from, render_audit
from bot.ui.people import presser_of

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]


class Audits(commands.Cog):
    """The records of `/manage`."""

    bot: EaselBot[Services]

    @app_commands.command()
    @app_commands.describe(user="Only what concerns them; left out, everything")
    async def audit(self, interaction: Interaction, user: discord.User | None = None) -> None:
        """Who changed what, from what to what, when and why."""
        await self.show_audit(interaction, None if user is None else user.id)

    async def show_audit(self, interaction: Interaction, member_id: int | None = None) -> None:
        """Answer with the newest page."""
        page = await self.bot.services.records.page(presser_of(interaction), member_id)
        await self.bot.answers.answer_privately(interaction, render_audit(page, gone_from(interaction.guild, page)))

"""`/manage settings`, `pause` and `resume`: the rules of a server, and stopping it."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.services.catalogue import Services
from bot.ui.manage.answers import render_paused, render_resumed
from bot.ui.people import presser_of

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]


class ServerRules(commands.Cog):
    """The settings panel of `/manage`, and the two commands that stop and go on."""

    bot: EaselBot[Services]

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """What is set in this server, and what the default is."""
        await self.show_settings(interaction)

    async def show_settings(self, interaction: Interaction) -> None:
        """Answer with the panel."""
        rules = await self.bot.services.server_settings.rules(presser_of(interaction))
        await self.bot.answers.answer_privately(interaction, self.bot.settings_panel(interaction, rules))

    @app_commands.command()
    @app_commands.describe(reason="Why; members read it")
    async def pause(self, interaction: Interaction, reason: app_commands.Range[str, 1, 200]) -> None:
        """Stop new pictures in this server at once."""
        is_new = await self.bot.services.server_settings.pause(presser_of(interaction), reason)
        await self.bot.answers.answer_privately(interaction, render_paused(reason, is_new=is_new))

    @app_commands.command()
    async def resume(self, interaction: Interaction) -> None:
        """Take new pictures again."""
        is_new = await self.bot.services.server_settings.resume(presser_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_resumed(is_new=is_new))

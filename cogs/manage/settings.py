"""`/manage settings`, `pause` and `resume`: the rules of a server, and stopping it."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.ui.discord.people import actor_of
from bot.ui.handlers.manage.settings import show_settings
from bot.ui.handlers.presses import press_of
from bot.ui.render.manage.rules import render_paused, render_resumed
from cogs.manage.family import ManageFamily


class SettingsCommands(ManageFamily):
    """The settings panel of `/manage`, and the two commands that stop and go on."""

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """What is set in this server, and what the default is."""
        await show_settings(press_of(interaction))

    @app_commands.command()
    @app_commands.describe(reason="Why; members read it")
    async def pause(self, interaction: Interaction, reason: app_commands.Range[str, 1, 200]) -> None:
        """Stop new pictures in this server at once."""
        is_new = await self.bot.services.moderation.server_settings.pause(actor_of(interaction), reason)
        await self.bot.answers.answer_privately(interaction, render_paused(reason, is_new=is_new))

    @app_commands.command()
    async def resume(self, interaction: Interaction) -> None:
        """Take new pictures again."""
        is_new = await self.bot.services.moderation.server_settings.resume(actor_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_resumed(is_new=is_new))

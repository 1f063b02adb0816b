"""`/styles`: this server's recipes for pictures, with their samples."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.handlers.creative.styles import show_styles
from bot.ui.handlers.presses import press_of


class StyleList(commands.Cog):
    """Shows styles to whoever wants to use one."""

    def __init__(self, bot: EaselBot) -> None:
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.guild_only()
    async def styles(self, interaction: Interaction) -> None:
        """This server's styles, with their samples."""
        await self._answers.think(interaction)
        await show_styles(press_of(interaction))


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(StyleList(bot))

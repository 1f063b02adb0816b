"""`/gallery`: pictures of this server, as pages."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.handlers.creative.gallery import show_gallery
from bot.ui.handlers.presses import press_of


class GalleryCommands(commands.Cog):
    """Shows pictures to whoever looks for them, from the channels that are open to them."""

    def __init__(self, bot: EaselBot) -> None:
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(user="Only this member's pictures")
    async def gallery(self, interaction: Interaction, user: discord.User | None = None) -> None:
        """Pictures made in this server, newest first."""
        await self._answers.think(interaction)
        await show_gallery(press_of(interaction), None if user is None else user.id)


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(GalleryCommands(bot))

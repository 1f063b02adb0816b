"""`/guide`: how to ask for a picture, with examples to try."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.render.creative.guide import render_guide


class Guide(commands.Cog):
    """Also answers in a direct message, where nothing can be tried."""

    def __init__(self, bot: EaselBot) -> None:
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def guide(self, interaction: Interaction) -> None:
        """How to ask for a picture, with examples to try."""
        view = render_guide(can_try=interaction.guild_id is not None)
        await self._answers.answer_privately(interaction, view)


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Guide(bot))

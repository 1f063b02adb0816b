"""`/privacy`: what is kept about a member, given to them or deleted; in servers and in direct messages."""

from __future__ import annotations

from io import BytesIO

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.render.privacy import EXPORT_FILENAME, render_erasure_question, render_export


@app_commands.allowed_contexts(guilds=True, dms=True)
class PrivacyCommands(
    commands.GroupCog, group_name="privacy", group_description="What I keep about you: get it, or delete it"
):
    """Everybody's, also of those who are blocked."""

    def __init__(self, bot: EaselBot) -> None:
        self._services = bot.services
        self._answers = bot.answers

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Everything that I keep about you, as a file."""
        await self._answers.think(interaction)
        content = await self._services.creative.privacy.export(interaction.user.id)
        file = discord.File(BytesIO(content), EXPORT_FILENAME)
        await self._answers.answer_privately(interaction, render_export(), [file])

    @app_commands.command()
    async def delete(self, interaction: Interaction) -> None:
        """Delete what I keep about you; I ask before."""
        await self._answers.answer_privately(interaction, render_erasure_question())


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(PrivacyCommands(bot))

"""`/budget`: what one may still spend."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.discord.people import actor_of, requester_of
from bot.ui.render.budget import render_budget


class Budget(commands.Cog):
    """Shows the three numbers and what is left."""

    def __init__(self, bot: EaselBot) -> None:
        self._budgets = bot.services.money.budgets
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(user="Whose budget; only moderators can look at another's")
    async def budget(self, interaction: Interaction, user: discord.User | None = None) -> None:
        """What you may spend, what is spent, held and left."""
        view = await self._budgets.view(requester_of(interaction, user), actor_of(interaction))
        await self._answers.answer_privately(interaction, render_budget(view, viewer_id=interaction.user.id))


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Budget(bot))

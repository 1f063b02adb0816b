"""`/manage block` and `unblock`: who may use the bot in a server."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import Interaction
from bot.ui.discord.people import actor_of
from bot.ui.render.manage.rules import render_blocked, render_unblocked
from cogs.manage.family import ManageFamily


class BlockCommands(ManageFamily):
    """Blocks of `/manage`; `User`, not `Member`: whoever has left can still be blocked or let back in."""

    @app_commands.command()
    @app_commands.describe(user="Who", reason="Why; they read it")
    async def block(
        self, interaction: Interaction, user: discord.User, reason: app_commands.Range[str, 1, 200]
    ) -> None:
        """Let a member use nothing but /privacy here."""
        is_new = await self.bot.services.moderation.blocks.block(actor_of(interaction), user.id, reason)
        await self.bot.answers.answer_privately(interaction, render_blocked(user.id, reason, is_new=is_new))

    @app_commands.command()
    @app_commands.describe(user="Who")
    async def unblock(self, interaction: Interaction, user: discord.User) -> None:
        """Let a member use me again."""
        is_new = await self.bot.services.moderation.blocks.unblock(actor_of(interaction), user.id)
        await self.bot.answers.answer_privately(interaction, render_unblocked(user.id, is_new=is_new))

"""The first day in a server: one message that says how to set it up."""

from __future__ import annotations

import discord
import structlog
from discord.ext import commands

from bot.client import EaselBot
from bot.permissions import missing_from
from bot.ui.drawing import PING_NOBODY
from bot.ui.manage.welcome import place_to_begin, render_welcome

log = structlog.stdlib.get_logger(__name__)


class Welcome(commands.Cog):
    """Greets a server when the bot joins it."""

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say the three steps once, where a moderator sees them."""
        channel = place_to_begin(guild)
        if channel is None:
            log.info("welcome.nowhere", guild_id=guild.id)
            return
        missing = missing_from(channel.permissions_for(guild.me))
        try:
            await channel.send(view=render_welcome(missing), allowed_mentions=PING_NOBODY)
        except discord.HTTPException as error:
            log.warning("welcome.not_said", guild_id=guild.id, status=error.status)


async def setup(bot: EaselBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Welcome())

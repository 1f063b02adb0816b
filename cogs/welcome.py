"""The first day in a server: one message that says how to set it up."""

from __future__ import annotations

import discord
import structlog
from discord.ext import commands

from bot.client import EaselBot
from bot.domain.errors import NotSold
from bot.domain.models import MAX
from bot.domain.money import Micros
from bot.permissions import missing_from, needed_in
from bot.ui.discord.channels import place_to_begin
from bot.ui.render.drawing import PING_NOBODY
from bot.ui.render.manage.welcome import render_welcome

log = structlog.stdlib.get_logger(__name__)


class Welcome(commands.Cog):
    """Greets a server when the bot joins it for the first time."""

    def __init__(self, bot: EaselBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say the three steps once, where a moderator sees them; where nothing can be written, to the owner."""
        if not await self._bot.services.money.budgets.meet(guild.id):
            return
        channel = place_to_begin(guild)
        missing = () if channel is None else missing_from(channel.permissions_for(guild.me), needed_in(channel))
        try:
            place = channel or await self._bot.create_dm(discord.Object(guild.owner_id or 0))
            view = render_welcome(missing, None if channel is None else await self._sample_price())
            await place.send(view=view, allowed_mentions=PING_NOBODY)
        except discord.HTTPException as error:
            log.warning("welcome.not_said", guild_id=guild.id, status=error.status)

    async def _sample_price(self) -> Micros | None:
        try:
            return await self._bot.services.money.prices.ask(MAX)
        except NotSold:
            return None


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Welcome(bot))

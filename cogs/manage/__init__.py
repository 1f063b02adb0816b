"""`/manage`: budgets and rules of a server, for moderators; each family of its commands has a file here."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.services.catalogue import Services
from cogs.manage.money import Money


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Manage(Money, commands.GroupCog, group_name="manage", group_description="Budgets and rules of this server"):
    """Parses what moderators set. Discord hides the commands from others; the services check the right again."""


async def setup(bot: EaselBot[Services]) -> None:
    """Called by discord.py."""
    await bot.add_cog(Manage(bot))

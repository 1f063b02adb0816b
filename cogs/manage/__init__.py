"""`/manage`: budgets and rules of a server, for moderators; each family of its commands has a file here."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from cogs.manage.audit import Audits
from cogs.manage.channels import Channels
from cogs.manage.jobs import ServerJobs
from cogs.manage.money import Money
from cogs.manage.overview import Overviews
from cogs.manage.people import People
from cogs.manage.report import Reports
from cogs.manage.settings import ServerRules
from cogs.manage.words import Words


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Manage(
    Money,
    Audits,
    ServerRules,
    Channels,
    Words,
    People,
    Reports,
    Overviews,
    ServerJobs,
    commands.GroupCog,
    group_name="manage",
    group_description="Budgets and rules of this server",
):
    """Parses what moderators set. Discord hides the commands from others; the services check the right again."""

    def __init__(self, bot: EaselBot) -> None:
        super().__init__(bot)
        self.bot = bot


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Manage(bot))

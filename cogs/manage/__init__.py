"""`/manage`: budgets and rules of a server, for moderators; each family of its commands is a class with a file."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import EaselBot
from cogs.manage.audit import Audits
from cogs.manage.channels import Channels
from cogs.manage.family import ManageFamily
from cogs.manage.jobs import ServerJobs
from cogs.manage.money import Money
from cogs.manage.overview import Overviews
from cogs.manage.people import People
from cogs.manage.report import Reports
from cogs.manage.settings import ServerRules
from cogs.manage.styles import Styles
from cogs.manage.words import Words

FAMILIES: tuple[type[ManageFamily], ...] = (
    Money,
    Audits,
    ServerRules,
    Channels,
    Words,
    Styles,
    People,
    Reports,
    Overviews,
    ServerJobs,
)


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    manage = app_commands.Group(
        name="manage",
        description="Budgets and rules of this server",
        guild_only=True,
        default_permissions=discord.Permissions(manage_guild=True),
    )
    for family in FAMILIES:
        for command in family(bot).get_app_commands():
            manage.add_command(command)
    bot.tree.add_command(manage)

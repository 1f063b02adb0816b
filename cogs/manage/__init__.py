"""`/manage`: budgets and rules of a server, for moderators; each family of its commands is a class with a file."""

from __future__ import annotations

import discord
from discord import app_commands

from bot.client import EaselBot
from cogs.manage.audit import AuditCommands
from cogs.manage.channels import ChannelCommands
from cogs.manage.family import ManageFamily
from cogs.manage.jobs import ServerJobCommands
from cogs.manage.money import MoneyCommands
from cogs.manage.overview import OverviewCommands
from cogs.manage.people import BlockCommands
from cogs.manage.report import ReportCommands
from cogs.manage.settings import SettingsCommands
from cogs.manage.styles import StyleCommands
from cogs.manage.words import WordCommands

FAMILIES: tuple[type[ManageFamily], ...] = (
    MoneyCommands,
    AuditCommands,
    SettingsCommands,
    ChannelCommands,
    WordCommands,
    StyleCommands,
    BlockCommands,
    ReportCommands,
    OverviewCommands,
    ServerJobCommands,
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

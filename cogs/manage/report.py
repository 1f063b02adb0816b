"""`/manage report`: what was spent on what, as a chart and as a table."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Literal, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.domain.periods import Period
from bot.services.catalogue import Services
from bot.services.money.spending import By
from bot.ui.manage.report import CHART_FILENAME, TABLE_FILENAME, NameOf, render_report, report_files
from bot.ui.people import presser_of

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]


class Reports(commands.Cog):
    """The report of `/manage`."""

    bot: EaselBot[Services]

    @app_commands.command()
    @app_commands.describe(
        period="Over which time; this month unless you say", by="Added up by what; by day unless you say"
    )
    async def report(
        self,
        interaction: Interaction,
        period: Literal["day", "week", "month", "total"] = "month",
        by: Literal["day", "member", "role", "channel", "model"] = "day",
    ) -> None:
        """What was spent, as a chart and as a table."""
        await self.show_report(interaction, Period(period), By(by))

    async def show_report(self, interaction: Interaction, period: Period = Period.MONTH, by: By = By.DAY) -> None:
        """Answer with a report."""
        presser = presser_of(interaction)
        await self.bot.answers.think(interaction)
        report = await self.bot.services.spending.report(presser, period, by)
        view = render_report(report)
        if not report.rows:
            await self.bot.answers.answer_privately(interaction, view)
            return
        files = await asyncio.to_thread(report_files, report, _names_in(interaction.guild, report.by))
        attached = [
            discord.File(BytesIO(files.chart), CHART_FILENAME),
            discord.File(BytesIO(files.table), TABLE_FILENAME),
        ]
        await self.bot.answers.answer_privately(interaction, view, attached)


def _names_in(guild: discord.Guild | None, by: By) -> NameOf:
    """Names that Discord's library happens to know; it is not asked for more."""

    def name_of(key: int) -> str | None:
        if guild is None:
            return None
        found = {By.ROLE: guild.get_role, By.CHANNEL: guild.get_channel_or_thread, By.MEMBER: guild.get_member}[by](key)
        return None if found is None else found.name

    return name_of

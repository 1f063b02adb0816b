"""Shows a spending report with its two files."""

from __future__ import annotations

import asyncio
from io import BytesIO

import discord

from bot.domain.periods import Period
from bot.services.money.spending import By
from bot.ui.manage.spending import CHART_FILENAME, TABLE_FILENAME, NameOf, render_report, report_files
from bot.ui.people import presser_of
from bot.ui.presses import Press


async def show_report(press: Press, period: Period = Period.MONTH, by: By = By.DAY) -> None:
    """Answer with a report."""
    presser = presser_of(press.interaction)
    await press.answers.think(press.interaction)
    report = await press.services.spending.report(presser, period, by)
    attached: list[discord.File] = []
    if report.rows:
        files = await asyncio.to_thread(report_files, report, _names_in(press.interaction.guild, report.by))
        attached = [
            discord.File(BytesIO(files.chart), CHART_FILENAME),
            discord.File(BytesIO(files.table), TABLE_FILENAME),
        ]
    await press.answers.answer_privately(press.interaction, render_report(report), attached)


def _names_in(guild: discord.Guild | None, by: By) -> NameOf:
    """Names that Discord's library happens to know; it is not asked for more."""

    def name_of(key: int) -> str | None:
        if guild is None:
            return None
        found = {By.ROLE: guild.get_role, By.CHANNEL: guild.get_channel_or_thread, By.MEMBER: guild.get_member}[by](key)
        return None if found is None else found.name

    return name_of

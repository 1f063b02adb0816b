"""Shows a spending report with its two files."""

from __future__ import annotations

import asyncio
from io import BytesIO

import discord

from bot.domain.periods import Period
from bot.domain.spending import By, SpendingReport
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Press
from bot.ui.render.manage.spending import CHART_FILENAME, CHARTED, TABLE_FILENAME, NameOf, render_spending, report_files


async def show_report(press: Press, period: Period = Period.MONTH, by: By = By.DAY) -> None:
    """Answer with a report."""
    actor = actor_of(press.interaction)
    await press.answers.think(press.interaction)
    report = await press.services.money.spending.report(actor, period, by)
    attached: list[discord.File] = []
    if report.rows:
        names = await _names_in(press.interaction.guild, report)
        files = await asyncio.to_thread(report_files, report, names)
        attached = [
            discord.File(BytesIO(files.chart), CHART_FILENAME),
            discord.File(BytesIO(files.table), TABLE_FILENAME),
        ]
    await press.answers.answer_privately(press.interaction, render_spending(report), attached)


async def _names_in(guild: discord.Guild | None, report: SpendingReport) -> NameOf:
    """Names as this server knows them; of members, whom the bot is not told about, it asks for those who get a bar."""
    if guild is None:
        return lambda _key: None
    asked: dict[int, discord.Member] = {}
    if report.by is By.MEMBER:
        keys = [row.key for row in report.rows[:CHARTED] if isinstance(row.key, int)]
        found = await asyncio.gather(*(guild.fetch_member(key) for key in keys), return_exceptions=True)
        asked = {each.id: each for each in found if isinstance(each, discord.Member)}
    look = {By.ROLE: guild.get_role, By.MEMBER: asked.get}.get(report.by, guild.get_channel_or_thread)

    def name_of(key: int) -> str | None:
        named = look(key)
        if isinstance(named, discord.Member):
            return named.display_name
        return None if named is None else named.name

    return name_of

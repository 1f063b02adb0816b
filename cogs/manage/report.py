"""`/manage report`: what was spent on what, as a chart and as a table."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.domain.periods import Period
from bot.domain.spending import By
from bot.ui.handlers.manage.spending import show_report
from bot.ui.handlers.options import ByOption, PeriodOption
from bot.ui.handlers.presses import press_of
from cogs.manage.family import ManageFamily


class ReportCommands(ManageFamily):
    """The report of `/manage`."""

    @app_commands.command()
    @app_commands.describe(
        period="Over which time; this month unless you say", by="Added up by what; by day unless you say"
    )
    async def report(
        self,
        interaction: Interaction,
        period: PeriodOption = Period.MONTH,
        by: ByOption = By.DAY,
    ) -> None:
        """What was spent, as a chart and as a table."""
        await show_report(press_of(interaction), period, by)

"""Reporting a picture: kept for the moderators, and posted where they want to be told."""

from __future__ import annotations

from typing import Protocol

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import EaselError, NotAllowed
from bot.domain.jobs import MessageAt
from bot.services.cancelling import Presser
from bot.services.desk_stores import GalleryStore, PictureReport, ReportStore

log = structlog.get_logger(__name__)


class AlreadyReported(EaselError):
    """The same report again."""

    title = "You reported that already"
    money = ""

    def __init__(self) -> None:
        super().__init__("The moderators have it.")


class ReportDesk(Protocol):
    """Where moderators read reports."""

    async def post(self, channel_id: int, report: PictureReport) -> bool:
        """Show a report in a channel; False where that is out of reach."""
        ...


class Reporting:
    """Takes reports from members and hands them to moderators."""

    def __init__(self, reports: ReportStore, gallery: GalleryStore, clock: Clock) -> None:
        self._reports = reports
        self._gallery = gallery
        self._clock = clock

    async def report(self, presser: Presser, message: MessageAt, desk: ReportDesk) -> PictureReport:
        """Keep a report and post it to the server's log channel, if there is one.

        Raises:
            AlreadyReported: this member reported this message before.
        """
        asked = PictureReport(
            report_id=0,
            guild_id=presser.guild_id,
            channel_id=message.channel_id,
            message_id=message.message_id,
            job_id=await self._gallery.job_of_message(presser.guild_id, message.message_id),
            reporter_id=presser.member_id,
            reported_at=self._clock.now(),
        )
        report = await self._reports.report(asked)
        if report is None:
            raise AlreadyReported
        channel_id = await self._reports.log_channel(presser.guild_id)
        if channel_id is not None and not await desk.post(channel_id, report):
            log.warning("report.not_posted", report_id=report.report_id)
        return report

    async def open_reports(self, presser: Presser, limit: int = 10) -> tuple[PictureReport, ...]:
        """Those that nobody has handled, oldest first.

        Raises:
            NotAllowed: without Manage Server.
        """
        _require_manage(presser)
        return await self._reports.open_reports(presser.guild_id, limit)

    async def handle(self, presser: Presser, report_id: int) -> bool:
        """Mark one handled; False if it was.

        Raises:
            NotAllowed: without Manage Server.
        """
        _require_manage(presser)
        return await self._reports.handle(report_id, presser.guild_id, presser.member_id, self._clock.now())


def _require_manage(presser: Presser) -> None:
    if not presser.can_manage:
        raise NotAllowed("Only members with Manage Server can look at reports.")

"""Reports of pictures: kept for the moderators, posted where they want to be told, and decided by one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import BadRequest, EaselError, NoSuchJob
from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import Measure, PictureReport
from bot.services.creative.going_on import NotEnded
from bot.services.moderation.conduct import Conduct
from bot.services.moderation.rules import require_manage
from bot.services.ports.creative import GalleryStore, ReportStore
from bot.services.ports.stores import JobStore
from bot.services.presser import Presser
from bot.services.switchboard import Switchboard

log = structlog.get_logger(__name__)

LISTED = 5
"""So many reports, with the buttons of each, fit into one message."""


class AlreadyReported(EaselError):
    """The same report again."""

    title = "You reported that already"
    money = ""

    def __init__(self) -> None:
        super().__init__("The moderators have it.")


class NoSuchReport(EaselError):
    """A button of a report that is another server's, or was never made."""

    title = "There is no such report"
    money = ""

    def __init__(self) -> None:
        super().__init__("I don't know that report in this server.", advice="/manage overview leads to the open ones.")


class ReportDecided(EaselError):
    """Somebody else decided about a report since the buttons were shown."""

    title = "That was decided already"
    money = ""

    def __init__(self) -> None:
        super().__init__("Another moderator decided about this report before you.", advice="/manage audit says how.")


class ReportDesk(Protocol):
    """Discord, as far as reports need it."""

    async def post(self, channel_id: int, report: PictureReport) -> MessageAt | None:
        """Show a report in a channel; None where that is out of reach."""
        ...

    async def renew(self, message: MessageAt, report: PictureReport) -> None:
        """Have a report's message say how things stand; one that is gone is fine."""
        ...

    async def cover(self, message: MessageAt) -> bool:
        """Take the pictures out of a message of ours; False where it is gone or out of reach."""
        ...

    async def remove(self, message: MessageAt) -> bool:
        """Delete a message of ours; False where it is gone or out of reach."""
        ...


class ReportBooks(Protocol):
    """What decisions about reports read and write."""

    @property
    def reports(self) -> ReportStore:
        """The reports."""
        ...

    @property
    def gallery(self) -> GalleryStore:
        """What is taken down."""
        ...

    @property
    def jobs(self) -> JobStore:
        """The jobs behind the pictures."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """A report as it stands after a decision; `reached` is False where a message of the picture was gone."""

    report: PictureReport
    reached: bool


class Reporting:
    """Takes reports from members, and carries out what moderators decide about them."""

    def __init__(self, books: ReportBooks, conduct: Conduct, switchboard: Switchboard, clock: Clock) -> None:
        self._reports = books.reports
        self._gallery = books.gallery
        self._jobs = books.jobs
        self._conduct = conduct
        self._switchboard = switchboard
        self._clock = clock

    async def report(
        self, presser: Presser, message: MessageAt, desk: ReportDesk, *, named_job_id: str | None = None
    ) -> PictureReport:
        """Keep a report, and post it where the server's moderators want to be told.

        `named_job_id` is the job that a message of ours says it shows: copies of a result are known by nothing else.

        Raises:
            AlreadyReported: this member reported this message before.
        """
        asked = PictureReport(
            report_id=0,
            guild_id=presser.guild_id,
            channel_id=message.channel_id,
            message_id=message.message_id,
            job_id=await self._job_of(presser.guild_id, message, named_job_id),
            reporter_id=presser.member_id,
            reported_at=self._clock.now(),
        )
        report = await self._reports.report(asked)
        if report is None:
            raise AlreadyReported
        channel_id = await self._reports.desk_channel(presser.guild_id)
        shown = None if channel_id is None else await desk.post(channel_id, report)
        if shown is not None:
            await self._reports.shown_at(report.report_id, shown)
        elif channel_id is not None:
            log.warning("report.not_posted", report_id=report.report_id)
        return report

    async def open_reports(self, presser: Presser) -> tuple[PictureReport, ...]:
        """Those that nobody has decided about, oldest first, as many as one message shows.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(presser)
        return await self._reports.open_reports(presser.guild_id, LISTED)

    async def count_open(self, presser: Presser) -> int:
        """How many nobody has decided about.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(presser)
        return await self._reports.count_open(presser.guild_id)

    async def undecided(self, presser: Presser, report_id: int, measure: Measure, steps: int) -> PictureReport:
        """A report about which this can be decided, by whoever saw its first `steps` decisions.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchReport: not in this server.
            ReportDecided: somebody was quicker.
        """
        require_manage(presser)
        report = await self._reports.find(report_id, presser.guild_id)
        if report is None:
            raise NoSuchReport
        if report.steps != steps or measure not in report.choices:
            raise ReportDecided
        return report

    async def decide(
        self,
        presser: Presser,
        report_id: int,
        measure: Measure,
        steps: int,
        desk: ReportDesk,
        *,
        reason: str = "",
    ) -> Decided:
        """Decide about a report: on record first, then carried out in Discord.

        Raises:
            NotAllowed, NoSuchReport, ReportDecided: see `undecided`.
            NotEnded: pictures of that job are still being made.
            BadRequest: a block without a reason, of oneself, or of nobody.
        """
        report = await self.undecided(presser, report_id, measure, steps)
        job = None if report.job_id is None else await self._jobs.job(report.job_id)
        if measure in {Measure.HIDE, Measure.DELETE} and job is not None and not job.has_ended:
            raise NotEnded
        if measure is Measure.BLOCK:
            _check_block(presser, job, reason)
        now = self._clock.now()
        if not await self._reports.decide(
            report, measure, by_member_id=presser.member_id, at=now, reason=reason or None
        ):
            raise ReportDecided
        if measure is Measure.BLOCK and job is not None and job.member_id is not None:
            await self._conduct.block(presser, job.member_id, reason)
        reached = job is None or await self._carry_out(presser, report, job, measure, desk)
        decided = await self._reports.find(report_id, presser.guild_id)
        if decided is None:
            raise NoSuchReport
        if decided.desk_message is not None:
            await desk.renew(decided.desk_message, decided)
        return Decided(decided, reached)

    async def _carry_out(
        self, presser: Presser, report: PictureReport, job: Job, measure: Measure, desk: ReportDesk
    ) -> bool:
        shown = MessageAt(report.channel_id, report.message_id)
        match measure:
            case Measure.HIDE:
                await self._gallery.take_down(job.job_id, presser.member_id, self._clock.now())
                messages = {shown, job.result_message} - {job.status_message, None} or {shown}
                return all([await desk.cover(message) for message in messages if message is not None])
            case Measure.SHOW:
                await self._gallery.put_back(job.job_id)
                self._switchboard.bring_again(job.job_id)
            case Measure.DELETE:
                await self._gallery.take_down(job.job_id, presser.member_id, self._clock.now())
                messages = {shown, job.result_message, job.status_message} - {None}
                return all([await desk.remove(message) for message in messages if message is not None])
            case Measure.BLOCK | Measure.DISMISS:
                pass
        return True

    async def _job_of(self, guild_id: int, message: MessageAt, named_job_id: str | None) -> str | None:
        known = await self._gallery.job_of_message(guild_id, message.message_id)
        if known is not None or named_job_id is None:
            return known
        try:
            job = await self._jobs.job(named_job_id)
        except NoSuchJob:
            return None
        return job.job_id if job.guild_id == guild_id else None


def _check_block(presser: Presser, job: Job | None, reason: str) -> None:
    """Refuse before it is on record what could not be carried out."""
    if job is None or job.member_id is None:
        raise BadRequest("Whoever asked for that picture had their data deleted.", advice="Hide or delete it.")
    if job.member_id == presser.member_id:
        raise BadRequest("You can't block yourself.", advice="Hide or delete the picture.")
    if not reason.strip():
        raise BadRequest("A block needs a reason.", advice="Say in a few words why; the member reads it.")

"""Reports of pictures: stored, posted to the moderators, decided once and carried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

import structlog

from bot import texts
from bot.db.stores import Stores
from bot.domain.clock import Clock, Instant
from bot.domain.errors import BadRequest, NoSuchJob
from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import AlreadyReported, Measure, NoSuchReport, NotShown, PictureReport, ReportDecided
from bot.domain.snapshots import JobSnapshot, Turn
from bot.services.creative.album import Album
from bot.services.creative.follow_ups import NotEnded
from bot.services.ports.messages import NotNow, Picture
from bot.services.rights import Actor, job_here, refuse_own, require_desk, require_manage, require_reason
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

LISTED = 5
"""So many reports, with the buttons of each, fit into one message."""

COPY_BYTES = 6 * 1024 * 1024
"""Four files of this size fit into one message anywhere: 10 MB each, 25 MB together (Discord's "Create Message")."""


@dataclass(frozen=True, slots=True)
class ReportedPicture:
    """A report with what it is about: the job, where it is known, and a small covered copy, where one is kept."""

    report: PictureReport
    job: Job | None = None
    picture: Picture | None = None


class ReportDesk(Protocol):
    """Discord, as far as reports need it. Whatever Discord does not take just now raises `NotNow`."""

    async def post(self, channel_id: int, reported: ReportedPicture) -> MessageAt | None:
        """Show a report in a channel; None where that is out of reach."""
        ...

    async def renew(self, message: MessageAt, reported: ReportedPicture) -> None:
        """Have a report's message say how things stand; one that is gone is fine."""
        ...

    async def cover(self, message: MessageAt) -> bool:
        """Take the pictures out of a message of ours; False where it is gone or out of reach."""
        ...

    async def uncover(self, message: MessageAt, job: Job, pictures: tuple[Picture, ...]) -> bool:
        """Have a copy of a result show its pictures again; False where it is gone or out of reach."""
        ...

    async def restate(self, message: MessageAt, snapshot: JobSnapshot) -> None:
        """Have a job's status message say how things stand; one that is gone is fine."""
        ...

    async def remove(self, message: MessageAt) -> bool:
        """Delete a message of ours; False where it is gone or out of reach."""
        ...


class Reach(StrEnum):
    """How far a decision got in Discord."""

    ALL = "all"
    GONE = "gone"  #: a message of the picture was gone, or is closed to us
    LATER = "later"  #: Discord did not take it just now; it is tried again


@dataclass(frozen=True, slots=True)
class DecidedReport:
    """A report as it stands after a decision, and how far that got in Discord."""

    report: PictureReport
    reach: Reach


class Reporting:
    """Takes reports from members, and carries out what moderators decide about them."""

    def __init__(self, stores: Stores, album: Album, desk: ReportDesk, signals: Signals, clock: Clock) -> None:
        self._reports = stores.reports
        self._gallery = stores.gallery
        self._jobs = stores.jobs
        self._rules = stores.rules
        self._album = album
        self._desk = desk
        self._signals = signals
        self._clock = clock

    async def report(self, actor: Actor, message: MessageAt, *, named_job_id: str | None = None) -> PictureReport:
        """Keep a report, and post it where the server's moderators want to be told.

        `named_job_id` is the job that a message of ours says it shows: copies of a result are known by nothing else.

        Raises:
            AlreadyReported: this member reported this message before.
            ReportedByAnother, TooManyReports: the moderators have enough to decide about.
        """
        asked = PictureReport(
            report_id=0,
            guild_id=actor.guild_id,
            channel_id=message.channel_id,
            message_id=message.message_id,
            job_id=await self._job_of(actor.guild_id, message, named_job_id),
            reporter_id=actor.member_id,
            reported_at=self._clock.now(),
        )
        report = await self._reports.report(asked)
        if report is None:
            raise AlreadyReported
        channel_id = await self._reports.desk_channel(actor.guild_id)
        shown = None if channel_id is None else await self._desk.post(channel_id, await self._shown(report))
        if shown is not None:
            await self._reports.shown_at(report.report_id, shown)
        elif channel_id is not None:
            log.warning("report.not_posted", report_id=report.report_id)
        return report

    async def open_reports(self, actor: Actor) -> tuple[PictureReport, ...]:
        """Those that nobody has decided about, oldest first, as many as one message shows.

        Raises:
            NotAllowed: neither Manage Server nor a role that the server named for its desk.
        """
        require_desk(actor, await self._rules.rules(actor.guild_id))
        return await self._reports.open_reports(actor.guild_id, LISTED)

    async def count_open(self, actor: Actor) -> int:
        """How many nobody has decided about.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        return await self._reports.count_open(actor.guild_id)

    async def undecided(self, actor: Actor, report_id: int, measure: Measure, steps: int) -> PictureReport:
        """A report about which this can be decided, by whoever saw its first `steps` decisions.

        Raises:
            NotAllowed: neither Manage Server nor a role that the server named for its desk; a block without Manage
                Server; by such a role alone, about a picture of one's own.
            NoSuchReport: not in this server.
            ReportDecided: somebody was quicker.
        """
        if measure is Measure.BLOCK:
            require_manage(actor)
        require_desk(actor, await self._rules.rules(actor.guild_id))
        report = await self._reports.find(report_id, actor.guild_id)
        if report is None:
            raise NoSuchReport
        if report.steps != steps or measure not in report.choices:
            raise ReportDecided
        job = await self._job(report)
        refuse_own(actor, None if job is None else job.member_id)
        return report

    async def decide(
        self,
        actor: Actor,
        report_id: int,
        measure: Measure,
        steps: int,
        *,
        reason: str = "",
    ) -> DecidedReport:
        """Decide about a report: on record first, then carried out in Discord, after a crash by `finish`.

        Raises:
            NotAllowed, NoSuchReport, ReportDecided: see `undecided`.
            NotEnded: pictures of that job are still being made.
            NotShown: its pictures are no longer kept.
            BadRequest: a block without a reason, of oneself, or of nobody.
        """
        report = await self.undecided(actor, report_id, measure, steps)
        job = await self._job(report)
        if measure in {Measure.HIDE, Measure.DELETE} and job is not None and not job.has_ended:
            raise NotEnded
        if measure is Measure.SHOW and job is not None and not job.pictures:
            raise NotShown
        words = _reason_of_block(actor, job, reason) if measure is Measure.BLOCK else None
        now = self._clock.now()
        if not await self._reports.decide(report, measure, by_member_id=actor.member_id, at=now, reason=words):
            raise ReportDecided
        decided = await self._reports.find(report_id, actor.guild_id)
        if decided is None:
            raise NoSuchReport
        return DecidedReport(decided, await self._carry_out(decided))

    async def finish(self, before: Instant) -> None:
        """Carry out what was decided before then and Discord does not show: the program ended, or Discord was down."""
        for report in await self._reports.unfinished(before):
            reach = await self._carry_out(report)
            log.info("report.finished", report_id=report.report_id, reach=reach.value)

    async def _carry_out(self, report: PictureReport) -> Reach:
        """Have Discord show the last decision; every step of it can be repeated."""
        try:
            reached = await self._apply(report)
            if report.desk_message is not None:
                await self._desk.renew(report.desk_message, await self._shown(report))
        except NotNow:
            return Reach.LATER
        await self._reports.carried_out(report)
        return Reach.ALL if reached else Reach.GONE

    async def _apply(self, report: PictureReport) -> bool:
        job = await self._job(report)
        if job is None:
            return True
        shown = MessageAt(report.channel_id, report.message_id)
        match report.measure:
            case Measure.HIDE:
                await self._restate(job)
                return all([await self._desk.cover(message) for message in _showing(shown, job)])
            case Measure.SHOW:
                await self._restate(job)
                self._signals.bring_again(job.job_id)
                copies = [message for message in _showing(shown, job) if message != job.result_message]
                pictures = await self._album.pictures(job, COPY_BYTES)
                return all([await self._desk.uncover(message, job, pictures) for message in copies])
            case Measure.DELETE:
                removed = [await self._desk.remove(message) for message in _showing(shown, job)]
                if job.status_message is not None and not job.result_is_status:
                    # It shows no picture, and where the result stood directly under it it is gone already.
                    await self._desk.remove(job.status_message)
                return all(removed)
            case _:
                return True

    async def _restate(self, job: Job) -> None:
        """The status line under a command says as well whether there is something to see."""
        if job.status_message is not None and not job.result_is_status:
            await self._desk.restate(job.status_message, JobSnapshot(job, Turn(None, None, None), self._clock.now()))

    async def _shown(self, report: PictureReport) -> ReportedPicture:
        """What moderators need to decide. What was deleted is not shown again."""
        job = await self._job(report)
        if job is None or report.measure is Measure.DELETE:
            return ReportedPicture(report, job)
        small = await self._album.thumbnail(job)
        return ReportedPicture(report, job, None if small is None else replace(small, is_spoiler=True))

    async def _job(self, report: PictureReport) -> Job | None:
        return None if report.job_id is None else await self._jobs.job(report.job_id)

    async def _job_of(self, guild_id: int, message: MessageAt, named_job_id: str | None) -> str | None:
        known = await self._gallery.job_of_message(guild_id, message.message_id)
        if known is not None or named_job_id is None:
            return known
        try:
            return (await job_here(self._jobs, named_job_id, guild_id)).job_id
        except NoSuchJob:
            return None


def _showing(shown: MessageAt, job: Job) -> tuple[MessageAt, ...]:
    """The messages that show a job's pictures, as far as they are known: its result, and the one that was reported.

    A status message shows none, unless it had to become the result.
    """
    known = dict.fromkeys(each for each in (shown, job.result_message) if each is not None)
    if job.status_message is not None and job.status_message != job.result_message:
        known.pop(job.status_message, None)
    return tuple(known)


def _reason_of_block(actor: Actor, job: Job | None, typed: str) -> str:
    """Refuse before it is on record what could not be carried out."""
    if job is None or job.member_id is None:
        raise BadRequest(texts.reports.REQUESTER_ERASED)
    if job.member_id == actor.member_id:
        raise BadRequest(texts.reports.OWN_BLOCK)
    return require_reason(typed, texts.rules.BLOCK_NEEDS_REASON)

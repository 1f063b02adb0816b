"""Moderators' job commands: list, cancel, resolve, deliver."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot import texts
from bot.db.jobs import JobStore
from bot.db.moderation import ModerationStore
from bot.domain.clock import MINUTE, Clock
from bot.domain.errors import BadRequest, EaselError, TooLateToCancel, Unavailable
from bot.domain.jobs import Job, Prediction, PredictionState, Stage
from bot.domain.predictions import FailureReason, PredictionStatus, ProviderError
from bot.domain.remote_clock import Span
from bot.services.jobs.cancelling import Cancelled, Cancelling
from bot.services.ports.provider import Provider
from bot.services.rights import Actor, job_here, require_manage
from bot.services.signals import Signals

RELEASE, ADOPT = "release", "adopt"
_LOOKED_AT, _LISTED = 200, 15
_BEFORE, _AFTER = MINUTE, 10 * MINUTE


class NothingToDecide(EaselError):
    """A job without an unknown picture that waits for a moderator."""

    def __init__(self, job_id: str) -> None:
        super().__init__(texts.decisions.NOTHING_TO_DECIDE, job_id=job_id)


class DecidedAlready(EaselError):
    """Two moderators decided about the same picture at once, and this one came second."""

    def __init__(self, job_id: str) -> None:
        super().__init__(texts.decisions.DECIDED_ALREADY, job_id=job_id)


@dataclass(frozen=True, slots=True)
class UnknownCase:
    """An unknown picture that was left to a moderator, and the provider's predictions that could be it."""

    job: Job
    prediction: Prediction
    candidates: tuple[PredictionStatus, ...]


@dataclass(frozen=True, slots=True)
class ResolvedJob:
    """What was decided: `provider_id` is what was adopted, None where the money was given back."""

    job: Job
    provider_id: str | None


class JobModeration:
    """Lists, decides and brings again, for moderators."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        moderation: ModerationStore,
        cancelling: Cancelling,
        provider: Provider,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._moderation = moderation
        self._cancelling = cancelling
        self._provider = provider
        self._signals = signals
        self._clock = clock
        self._deciding = asyncio.Lock()

    async def listed(self, actor: Actor, stage: Stage | None) -> tuple[Job, ...]:
        """The server's newest jobs, or the newest in one stage: of all that are open, of the last 200 that ended.

        Raises:
            NotAllowed: without Manage Server.
        """
        require_manage(actor)
        if stage is None:
            return await self._jobs.jobs_of(actor.guild_id, None, limit=_LISTED)
        if stage.is_open:
            jobs = await self._jobs.open_jobs_of(actor.guild_id)
        else:
            jobs = await self._jobs.jobs_of(actor.guild_id, None, limit=_LOOKED_AT)
        return tuple(job for job in jobs if job.stage is stage)[:_LISTED]

    async def cancel(self, job_id: str, actor: Actor) -> Cancelled:
        """Stop what was not sent of anybody's job, else end the wait for what is past its deadline.

        The money of either goes back; a picture that comes after all is still brought, and the server carries it.
        Raises as `Cancelling.cancel`.
        """
        require_manage(actor)
        try:
            cancelled = await self._cancelling.cancel(job_id, actor)
        except TooLateToCancel:
            late = await self._job(job_id, actor)
            if not _late(late):
                raise
            cancelled = await self._end_waits(late)
        now = self._clock.now()
        await self._moderation.note(cancelled.job.job_id, "cancel", by_member_id=actor.member_id, at=now)
        return cancelled

    async def case(self, job_id: str, actor: Actor) -> UnknownCase:
        """The first undecided picture of a job, with what the provider's list has for it.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchJob: not in this server.
            NothingToDecide: none waits.
            Unavailable: the provider's list is out of reach.
        """
        job = await self._job(job_id, actor)
        waiting = _waiting(job)
        if not waiting or waiting[0].submitted_at is None:
            raise NothingToDecide(job.job_id)
        sent = await self._began(waiting[0]) or self._provider.remote_clock.reading(waiting[0].submitted_at)
        try:
            listed = await self._provider.recent(
                job.model.id, after=sent.earliest - _BEFORE, before=sent.latest + _AFTER
            )
        except ProviderError as error:
            raise Unavailable(texts.errors.NO_LIST) from error
        claimed = await self._jobs.claimed([report.provider_id for report in listed])
        taken = claimed | await self._kept_for_others(waiting[0])
        return UnknownCase(job, waiting[0], tuple(report for report in listed if report.provider_id not in taken))

    async def resolve(self, job_id: str, decision: str, actor: Actor) -> ResolvedJob:
        """Give the money back (`release`), or take what the provider has as this picture (`adopt`, or its id).

        Raises:
            NotAllowed: without Manage Server.
            NoSuchJob: not in this server.
            NothingToDecide: none waits.
            BadRequest: no such decision, or more than one candidate and none named.
            DecidedAlready: another moderator was quicker.
        """
        chosen = decision.strip()
        job = await self._job(job_id, actor)
        if _late(job) and not _waiting(job):
            return await self._resolve_late(job, chosen, actor)
        case = await self.case(job_id, actor)
        adopted = None if chosen.casefold() == RELEASE else _chosen(case, chosen)
        async with self._deciding:
            await self._carry_out(case, adopted, actor)
        self._signals.changed(case.job.job_id)
        return ResolvedJob(await self._jobs.job(case.job.job_id), adopted)

    async def bring_again(self, job_id: str, actor: Actor) -> Job:
        """Have a finished result brought once more: its message converges, or a new one is posted where it is gone.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchJob: not in this server.
            BadRequest: it has no picture, or is not finished.
        """
        job = await self._job(job_id, actor)
        if job.closed_at is None:
            raise BadRequest(texts.decisions.STILL_RUNNING)
        if not job.pictures:
            raise BadRequest(texts.decisions.NOT_KEPT)
        await self._moderation.note(job.job_id, "deliver", by_member_id=actor.member_id, at=self._clock.now())
        self._signals.bring_again(job.job_id)
        return job

    async def _resolve_late(self, job: Job, decision: str, actor: Actor) -> ResolvedJob:
        """Past the deadline the provider still has the picture: there is nothing to adopt, only a wait to end."""
        if decision.casefold() != RELEASE:
            raise BadRequest(texts.decisions.STILL_AT_PROVIDER)
        ended = await self._end_waits(job)
        await self._moderation.note(job.job_id, RELEASE, by_member_id=actor.member_id, at=self._clock.now())
        return ResolvedJob(ended.job, None)

    async def _end_waits(self, job: Job) -> Cancelled:
        late = _late(job)
        for prediction in late:
            await self._jobs.fail(prediction.prediction_id, FailureReason.WAIT_ENDED, self._clock.now())
        self._signals.changed(job.job_id)
        saved = sum(prediction.held_micros for prediction in late)
        return Cancelled(await self._jobs.job(job.job_id), len(late), saved)

    async def _carry_out(self, case: UnknownCase, adopted: str | None, actor: Actor) -> None:
        """Act if the picture still waits; an adopted one could be failed as well, so its state is looked at again."""
        job_id, prediction_id, now = case.job.job_id, case.prediction.prediction_id, self._clock.now()
        waiting = {each.prediction_id for each in _waiting(await self._jobs.job(job_id))}
        if prediction_id not in waiting:
            raise DecidedAlready(job_id)
        if adopted is None:
            await self._jobs.fail(prediction_id, FailureReason.NEVER_STARTED, now)
        else:
            await self._jobs.adopt(prediction_id, adopted)
            self._signals.prediction_accepted(job_id, prediction_id)
        action = "release" if adopted is None else "adopt"
        await self._moderation.note(job_id, action, by_member_id=actor.member_id, at=now)

    async def _began(self, prediction: Prediction) -> Span | None:
        """When its request began, by the provider's clock: the one who sent it may have had another clock than ours."""
        unknowns = await self._jobs.unknowns()
        return next((case.began for case in unknowns if case.prediction_id == prediction.prediction_id), None)

    async def _kept_for_others(self, prediction: Prediction) -> frozenset[str]:
        """What was found for other undecided pictures and not for this one: it cannot be this one's."""
        unknowns = await self._jobs.unknowns()
        own = {each for case in unknowns if case.prediction_id == prediction.prediction_id for each in case.candidates}
        return frozenset(each for case in unknowns for each in case.candidates if each not in own)

    async def _job(self, job_id: str, actor: Actor) -> Job:
        require_manage(actor)
        return await job_here(self._jobs, job_id, actor.guild_id)


def _waiting(job: Job) -> list[Prediction]:
    return [each for each in job.predictions if each.state is PredictionState.UNKNOWN and each.review_at is not None]


def _late(job: Job) -> list[Prediction]:
    """What the provider has not finished by the deadline, after its member was told so."""
    if job.late_told_at is None:
        return []
    return [each for each in job.predictions if each.state is PredictionState.PROCESSING]


def _chosen(case: UnknownCase, decision: str) -> str:
    ids = [report.provider_id for report in case.candidates]
    if decision in ids:
        return decision
    if decision.casefold() != ADOPT:
        raise BadRequest(texts.decisions.NO_DECISION)
    if not ids:
        raise BadRequest(texts.decisions.NO_CANDIDATE)
    if len(ids) > 1:
        raise BadRequest(texts.decisions.SEVERAL_CANDIDATES, count=len(ids))
    return ids[0]

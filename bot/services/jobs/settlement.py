"""Settles a prediction: its picture checked and stored, then the hold captured; else voided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import structlog

from bot.db.images import ImageStore
from bot.db.jobs import JobStore
from bot.db.rules import RuleStore
from bot.domain.clock import Clock
from bot.domain.images import CheckedImage, StoredImage
from bot.domain.jobs import Job, Output, Prediction
from bot.domain.marks import NsfwRule, Place, WithheldBecause
from bot.domain.predictions import FailureReason, PredictionStatus, Refused
from bot.domain.rules import ServerRules
from bot.services.crash_points import CrashHook, CrashPoint
from bot.services.jobs.fitted import FittedPictures
from bot.services.jobs.places import Channels
from bot.services.jobs.unmarked import UnmarkedModels
from bot.services.ports.images import ImageChecker, ImageVault, OutputFetcher
from bot.services.ports.meter import Meter
from bot.services.retry_until_stored import retry_until_stored
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

Prepare: TypeAlias = Callable[[int, CheckedImage], None]


class Unusable(Exception):
    """The provider says completed, but there is no usable picture yet; a later look may find one."""


class Settlement:
    """Brings predictions to their end in the books."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        outputs: OutputFetcher,
        checker: ImageChecker,
        vault: ImageVault,
        fitted: FittedPictures,
        images: ImageStore,
        channels: Channels,
        rules: RuleStore,
        signals: Signals,
        clock: Clock,
        meter: Meter,
        crash_hook: CrashHook,
    ) -> None:
        self._jobs = jobs
        self._outputs = outputs
        self._checker = checker
        self._vault = vault
        self._fitted = fitted
        self._images = images
        self._channels = channels
        self._rules = rules
        self._signals = signals
        self._clock = clock
        self._meter = meter
        self._unmarked = UnmarkedModels(meter)
        self._crash_hook = crash_hook

    async def complete(self, job: Job, prediction: Prediction, report: PredictionStatus) -> None:
        """Take the pictures of a completed prediction in and capture its hold, or withhold them and void it.

        Raises:
            TryLater: a picture could not be fetched this time.
            Unusable: there is none, or what there is is no picture.
        """
        completed_at = self._clock.now()
        self._unmarked.came(job.model.id, report.marks)
        rules = await retry_until_stored(self._clock, lambda: self._rules.rules(job.guild_id))
        place = rules.place(job.channel_id, job.purse_channel_id, is_age_restricted=False)
        if place.objection(report.marks) is not None:
            # Only now, since Discord may have to be asked, and what it takes without a question need not wait for it.
            place = await self._place(job, rules)
        objection = place.objection(report.marks)
        if prediction.was_ended:
            await self._offer(job, prediction, report if objection is None else None)
            return
        if objection is not None and place.rule is not NsfwRule.HELD:
            await self._withhold(job, prediction, objection)
            return
        if objection is not None and rules.desk_channel_id is None:
            await self._withhold(job, prediction, WithheldBecause.NO_DESK)
            return
        is_posted = objection is None
        outputs = await self._take_in(report, partial(self._fitted.prepare, job, prediction) if is_posted else None)
        self._crash_hook(CrashPoint.KEPT)
        if objection is not None:
            await self._hold_for_review(job, prediction, outputs, objection)
            return
        await retry_until_stored(
            self._clock,
            lambda: self._jobs.complete(prediction.prediction_id, outputs, completed_at, self._clock.now()),
        )
        if prediction.submitted_at is not None:
            self._meter.picture_made(job.model.id, (completed_at - prediction.submitted_at) / 1000)
        self._ended(job, prediction, "completed")

    async def _offer(self, job: Job, prediction: Prediction, report: PredictionStatus | None) -> None:
        """Bring a picture whose wait a moderator had ended, unless it may not be shown; the server carries its cost."""
        outputs = () if report is None else await self._take_in(report)
        at = self._clock.now()
        await retry_until_stored(self._clock, lambda: self._jobs.keep_late(prediction.prediction_id, outputs, at))
        self._ended(job, prediction, "came after all")
        if outputs and (await self._jobs.job(job.job_id)).closed_at is not None:
            self._signals.bring_again(job.job_id)

    async def fail(self, job: Job, prediction: Prediction, reason: FailureReason) -> None:
        """There will be no picture: give the hold back."""
        self._meter.provider_failed(reason.value)
        await retry_until_stored(
            self._clock, lambda: self._jobs.fail(prediction.prediction_id, reason, self._clock.now())
        )
        self._ended(job, prediction, reason.value)

    async def _place(self, job: Job, rules: ServerRules) -> Place:
        """What this server does with unsafe pictures where this one was asked for."""
        is_age_restricted = await self._channels.is_age_restricted(job.channel_id)
        return rules.place(job.channel_id, job.purse_channel_id, is_age_restricted=is_age_restricted)

    async def _hold_for_review(
        self, job: Job, prediction: Prediction, outputs: tuple[Output, ...], because: WithheldBecause
    ) -> None:
        at = self._clock.now()
        await retry_until_stored(
            self._clock, lambda: self._jobs.hold_for_review(prediction.prediction_id, outputs, because, at)
        )
        self._signals.desks.notify()
        self._ended(job, prediction, "review")

    async def _withhold(self, job: Job, prediction: Prediction, because: WithheldBecause) -> None:
        await retry_until_stored(
            self._clock, lambda: self._jobs.withhold(prediction.prediction_id, because, self._clock.now())
        )
        if because is WithheldBecause.UNMARKED:
            self._unmarked.withheld(job.model.id)
        self._ended(job, prediction, "withheld")

    async def _take_in(self, report: PredictionStatus, prepare: Prepare | None = None) -> tuple[Output, ...]:
        """Fetch, check and keep the pictures; `prepare` takes those that will be posted as soon as they are settled."""
        if not report.outputs:
            raise Unusable
        came = enumerate(zip(report.outputs, report.marks, strict=True))
        return tuple([Output(await self._take_one(url, place, prepare), mark) for place, (url, mark) in came])

    async def _take_one(self, url: str, place: int, prepare: Prepare | None) -> StoredImage:
        try:
            checked = await self._checker.check_output(await self._outputs.fetch(url))
        except Refused as error:
            log.warning("output.unusable", detail=error.detail)
            raise Unusable from error
        self._crash_hook(CrashPoint.FETCHED)
        if prepare is not None:
            prepare(place, checked)
        image = await retry_until_stored(self._clock, lambda: self._vault.keep(checked))
        await retry_until_stored(self._clock, lambda: self._images.keep(image, self._clock.now()))
        return image

    def _ended(self, job: Job, prediction: Prediction, outcome: str) -> None:
        self._crash_hook(CrashPoint.SETTLED)
        log.info("prediction.ended", job_id=job.job_id, prediction_id=prediction.prediction_id, outcome=outcome)

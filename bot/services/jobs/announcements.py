"""Webhook calls from the provider: a reason to poll now, or proof whose a lost answer is."""

from __future__ import annotations

import asyncio

import structlog

from bot.db.jobs import JobStore
from bot.db.transitions import IllegalMove
from bot.domain.clock import Clock
from bot.domain.predictions import ProviderError, Refused
from bot.domain.webhooks import Addresses, SentAttempt, WebhookCall
from bot.services.jobs.early_looks import EarlyLooks
from bot.services.ports.provider import Provider
from bot.services.retry_until_stored import retry_until_stored
from bot.services.signals import Signals

log = structlog.get_logger(__name__)

_SECRET_AGAIN_SECONDS = 600.0


class Announcements:
    """Acts on calls to the addresses of attempts.

    Nothing that a call says is believed by itself. It wakes whoever follows the prediction, who reads it by its id; and
    where the attempt's answer was lost, the id that it names is read too before it is taken, once: the secret in the
    address went out with that attempt alone. Signatures, whose published examples do not add up, are asked for as soon
    as one of them was right.
    """

    def __init__(
        self,
        *,
        addresses: Addresses | None,
        looks: EarlyLooks,
        jobs: JobStore,
        provider: Provider,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self.addresses = addresses
        self._looks = looks
        self._jobs = jobs
        self._provider = provider
        self._signals = signals
        self._clock = clock
        self._secret: str | None = None
        self._are_signed = False
        self._settling: dict[int, asyncio.Task[None]] = {}

    def address_of(self, attempt: SentAttempt) -> str | None:
        """What to give the provider along with an attempt; None where webhooks are off."""
        return None if self.addresses is None else self.addresses.of(attempt)

    def announced(self, attempt: SentAttempt) -> None:
        """Have its prediction looked at now, before the body of the call is there."""
        self._looks.announced(attempt.prediction_id)

    def came(self, call: WebhookCall) -> None:
        """Take in a whole call; settles what was lost in a task of its own, one for each attempt."""
        is_signed = self._secret is not None and call.is_signed(self._secret, self._clock.now())
        self._are_signed = self._are_signed or is_signed
        announced_id = call.announced_id()
        if self._looks.announced(call.attempt.prediction_id) or announced_id is None:
            return
        if self._are_signed and not is_signed:
            log.warning("webhook.unsigned", prediction_id=call.attempt.prediction_id)
            return
        number = call.attempt.attempt_id
        if number not in self._settling:
            settling = asyncio.create_task(self._settle(call.attempt, announced_id), name=f"announced {number}")
            self._settling[number] = settling
            settling.add_done_callback(lambda _: self._settling.pop(number, None))

    async def run(self) -> None:
        """Learn the account's secret for signatures, where the provider tells it; runs until cancelled."""
        try:
            while self.addresses is not None and self._secret is None:
                try:
                    self._secret = await self._provider.webhook_secret()
                except Refused as error:
                    log.warning("webhook.no_secret", detail=error.detail)
                    break
                except ProviderError as error:
                    log.warning("webhook.no_secret", detail=error.detail)
                    await self._clock.sleep(_SECRET_AGAIN_SECONDS)
            await asyncio.Event().wait()
        finally:
            for settling in tuple(self._settling.values()):
                settling.cancel()

    async def _settle(self, attempt: SentAttempt, announced_id: str) -> None:
        """Take an announced prediction for the attempt whose address was called, if its answer is still missing."""
        try:
            job = await self._jobs.unanswered(attempt)
            if job is None:
                return
            report = await self._provider.result(announced_id)
            if report.model_id not in {"", job.model_id}:
                log.warning("webhook.another_model", job_id=job.job_id)
                return
            now = self._clock.now()
            await retry_until_stored(
                self._clock, lambda: self._jobs.attempt_accepted(attempt.attempt_id, announced_id, now)
            )
        except (ProviderError, ValueError) as error:
            # The provider's list decides then, as it does without webhooks.
            log.warning("webhook.not_confirmed", prediction_id=attempt.prediction_id, error=type(error).__name__)
        except IllegalMove as error:
            log.warning("webhook.not_taken", prediction_id=attempt.prediction_id, detail=str(error))
        else:
            log.info("webhook.answer_found", job_id=job.job_id, prediction_id=attempt.prediction_id)
            self._looks.announced_before(attempt.prediction_id)
            self._signals.prediction_accepted(job.job_id, attempt.prediction_id)
            self._signals.changed(job.job_id)

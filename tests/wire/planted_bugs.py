"""Mistakes that a bot like this could make, each as a small change to the program that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from bot.db.postgres_notify import Speaker
from bot.db.postgres_session import Session
from bot.domain.jobs import Job, MessageAt
from bot.domain.predictions import AnswerLost, FailureReason, Refused
from bot.provider.submits import Submits
from bot.services.crash_points import CrashPoint
from bot.services.jobs import delivery, recovery, submission, unknowns, uploads, watch
from bot.services.jobs.sweep import Sweep
from bot.services.ports.messages import Unreachable
from bot.ui.discord import board, messenger
from bot.ui.discord.files import picture_files
from tests.wire import worker


@dataclass(frozen=True, slots=True)
class Bug:
    """One mistake: what it does, and the trial of `tests.wire.trials` in which it shows."""

    sentence: str
    trial: str
    bend: Callable[[], None]


# pyright: basic
# What follows reaches into the program on purpose.


def _replace(owner: type, name: str, bent: object) -> None:
    """Put something else in a method's place; one that is not there would be a bug of the planting."""
    assert hasattr(owner, name), f"{owner.__name__}.{name} has gone"
    setattr(owner, name, bent)


def retry_the_post() -> None:
    once = Submits.once

    async def twice(self: Submits, *given: Any) -> str:
        try:
            return await once(self, *given)
        except AnswerLost:
            return await once(self, *given)

    _replace(Submits, "once", twice)


def swallow_the_5xx() -> None:
    once = Submits.once

    async def sure(self: Submits, *given: Any) -> str:
        try:
            return await once(self, *given)
        except AnswerLost as error:
            raise Refused(FailureReason.PROVIDER, error.detail) from error

    _replace(Submits, "once", sure)


def random_nonce() -> None:
    send = messenger.DiscordMessenger._send
    numbers = iter(range(10_000))

    async def anew(self: Any, channel: Any, job: Job, pictures: Any, *, purpose: str) -> MessageAt:
        class Channel:
            async def send(self, **given: Any) -> Any:
                return await channel.send(**{**given, "nonce": f"{next(numbers)}"})

        return await send(self, cast("Any", Channel()), job, pictures, purpose=purpose)

    _replace(messenger.DiscordMessenger, "_send", anew)


def no_grace() -> None:
    unknowns.LOOKS = 1
    rules = submission.SubmissionRules.__init__

    def hasty(self: Any, limits: Any, _grace: float, boot_id: str) -> None:
        rules(self, limits, 0.0, boot_id)

    look = unknowns.Unknowns.__init__

    def hasty_look(self: Any, **given: Any) -> None:
        given["grace_seconds"] = 0.0
        look(self, **given)

    _replace(submission.SubmissionRules, "__init__", hasty)
    _replace(unknowns.Unknowns, "__init__", hasty_look)


def resubmit_on_restart() -> None:
    async def declare(self: Any, attempt_id: int, _sent_at: int) -> None:
        await self._jobs.attempt_returned(attempt_id, self._clock.now())

    _replace(recovery.Recovery, "_declare_lost", declare)


def forget_an_unknown() -> None:
    async def declare(_self: Any, _attempt_id: int, _sent_at: int) -> None:
        return

    _replace(recovery.Recovery, "_declare_lost", declare)


def capture_before_completed() -> None:
    accepted = submission.Submission._accepted

    async def paid(self: Any, attempt: Any, provider_id: str) -> None:
        await accepted(self, attempt, provider_id)
        now = self._clock.now()
        await self._jobs.complete(attempt.prediction_id, (), now, now)

    _replace(submission.Submission, "_accepted", paid)


def post_before_recording() -> None:
    async def post(self: Any, job: Job) -> MessageAt | None:
        message = await self._by_the_first_open_way(job)
        self._crash_hook(CrashPoint.POSTED)
        await self._jobs.begin_posting(job.job_id, self._clock.now())
        return message

    _replace(delivery.Delivery, "_post", post)


def blind_second_post() -> None:
    async def find(_self: Any, _job: Job) -> None:
        return None

    _replace(messenger.DiscordMessenger, "find_result", find)


def edit_storm() -> None:
    watch._TICKS = ((10**9, 0.2),)
    _replace(board.Board, "_gap", lambda *_: 0.0)
    _replace(board.Board, "_has_news", lambda *_: True)


def token_only_delivery() -> None:
    async def by_token(self: Any, job: Job, pictures: Any) -> MessageAt:
        token = await self._tokens.of_job(job)
        if token is None:
            raise Unreachable
        view = self._renderers.result(job, pictures)
        return await self._messages.edit_by_token(token, view, partial(picture_files, pictures))

    async def closed(_self: Any, _job: Job, _pictures: Any) -> MessageAt:
        raise Unreachable

    _replace(messenger.DiscordMessenger, "post_result", by_token)
    _replace(messenger.DiscordMessenger, "result_as_status", closed)
    _replace(messenger.DiscordMessenger, "result_by_dm", closed)


def second_instance() -> None:
    def anybody(_database: Path | None) -> nullcontext[None]:
        return nullcontext()

    worker.only_bot = anybody
    _replace(Session, "_take", _without_asking)


def _without_asking(_self: Session, _raw: Any, _lock: Any) -> None:
    """Be content with a connection that holds no lock, whoever leads."""


def late_leader() -> None:
    take = Session._take

    def at_first(self: Session, raw: Any, lock: Any) -> None:
        if self._term is None:
            take(self, raw, lock)

    _replace(Session, "_take", at_first)


def no_sweep() -> None:
    async def run(_self: Sweep) -> None:
        await asyncio.Event().wait()

    _replace(Sweep, "run", run)


def words_lost() -> None:
    def say(_self: Speaker, _line: str) -> None:
        return

    _replace(Speaker, "say", say)


def ledger_after_the_call() -> None:
    async def begin(self: Any, first: Any) -> float:
        parameters = submission._parameters(first.job, first.prediction)
        provider_id = await self._provider.submit(first.job.model, first.job.sent_prompt, first.urls, parameters)
        self._crash_hook(CrashPoint.ANSWERED)
        now = self._clock.now()
        attempt_id = await self._jobs.begin_attempt(first.prediction.prediction_id, self._rules.boot_id, now)
        await self._jobs.attempt_accepted(attempt_id, provider_id, now)
        self._signals.prediction_accepted(first.job.job_id, first.prediction.prediction_id)
        return 0.0

    _replace(submission.Submission, "_begin", begin)


def any_order() -> None:
    known = uploads.Uploads.known

    async def sorted_known(self: Any, job: Job) -> tuple[str, ...] | None:
        urls = await known(self, job)
        return None if urls is None else tuple(sorted(urls, key=lambda url: url.rsplit("/", 1)[1], reverse=True))

    _replace(uploads.Uploads, "known", sorted_known)


BUGS: dict[str, Bug] = {
    "retry-the-post": Bug("a POST whose answer was lost is sent again", "lost_answer", retry_the_post),
    "swallow-the-5xx": Bug("a 502 is taken for a no, and the money given back", "bad_gateway", swallow_the_5xx),
    "random-nonce": Bug("each try to post has a nonce of its own", "post_dropped", random_nonce),
    "no-grace": Bug("one look at once decides that nothing was created", "accepted_late", no_grace),
    "resubmit-on-restart": Bug("what was being sent at the crash is sent again", "died_answered", resubmit_on_restart),
    "forget-an-unknown": Bug("what was being sent at the crash is left alone", "died_answered", forget_an_unknown),
    "capture-before-completed": Bug("money is spent once the task is accepted", "task_fails", capture_before_completed),
    "post-before-recording": Bug("the intent to post is noted after posting", "died_posted", post_before_recording),
    "blind-second-post": Bug("the channel is not searched before posting again", "died_posted", blind_second_post),
    "edit-storm": Bug("the status message is edited at every turn", "slow_picture", edit_storm),
    "token-only-delivery": Bug("the result goes by the token, however old", "token_dies", token_only_delivery),
    "second-instance": Bug("two bots work on one database", "two_at_once", second_instance),
    "ledger-after-the-call": Bug("the attempt is noted once it was answered", "died_answered", ledger_after_the_call),
    "any-order": Bug("references go out in another order than shown", "three_references", any_order),
    "late-leader": Bug("a leader that was cut off goes on without its lock", "wakes_too_late", late_leader),
    "no-sweep": Bug("what no front's word tells is not looked for", "words_lost", no_sweep),
}
"""Each bug by the name under which a fork server plants it."""

FAULTS: dict[str, Callable[[], None]] = {"words-lost": words_lost}
"""What the program has to live with, planted in the same way."""


def bend_of(name: str) -> Callable[[], None]:
    """The change to the program that this bug is; none for no name."""
    return FAULTS[name] if name in FAULTS else BUGS[name].bend if name else lambda: None

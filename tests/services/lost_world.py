"""A provider that loses answers, and the real parts that send to it and look for what was lost, by a clock of its own.

The database is real; time passes only when everything that can happen has happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.db.jobs import JobStore
from bot.db.stores import BotLimit, open_stores
from bot.domain.clock import SECOND, Instant
from bot.domain.gate import ProviderLimits
from bot.domain.image_models import ImageModel
from bot.domain.images import StoredImage
from bot.domain.jobs import Job
from bot.domain.models import MAX, PRO
from bot.domain.orders import Defaults, Order, Requester
from bot.domain.parameters import ParameterValue
from bot.domain.periods import Period
from bot.domain.predictions import AnswerLost, PredictionStatus, RemoteStatus
from bot.domain.references import Reference
from bot.services.crash_points import no_crash
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.submission import Submission, SubmissionRules
from bot.services.jobs.unknowns import Unknowns
from bot.services.jobs.uploads import Uploads
from bot.services.signals import PredictionAccepted, Signals
from tests.services.parts import FakeMeter, ScriptedProvider
from tests.services.parts_clock import CountedDatabase, PartsClock

GUILD, CHANNEL = 7_000, 7_100
GRACE = 120 * SECOND

# What may hold back a model: so many open cases, or so many failures in a row. Written out here once more, so that the
# program is held against it.
OPEN_AT_ONCE = IN_A_ROW = 3
SLOW, FIRST_PAUSE, LONGEST_PAUSE = 20 * SECOND, 15 * SECOND, 300 * SECOND
MODELS = (MAX, PRO)


@dataclass(frozen=True, slots=True)
class RequestFate:
    """What becomes of one request; times are in seconds.

    Attributes:
        at: when its job is asked for.
        model: 0 or 1.
        answer: how long until its answer comes, or is lost.
        is_lost: whether the answer is lost.
        creates: how long after it began the prediction is created; None: never.
        listed: how long after that the list shows it.
        stamped: by how much the time that the provider gives it is off.
    """

    at: float
    model: int
    answer: float
    is_lost: bool
    creates: float | None
    listed: float = 0.0
    stamped: float = 0.0


@dataclass(frozen=True, slots=True)
class Stranger:
    """A prediction of somebody else on the same key."""

    at: float
    model: int


@dataclass(frozen=True, slots=True)
class Made:
    """One prediction at the provider; times are this world's own."""

    provider_id: str
    model_id: str
    by: str | None
    created_at: Instant
    stamped_at: Instant
    listed_at: Instant


class WorldClock(PartsClock):
    """Moved by hand; before time moves on, the database has done what was asked of it. The wall clock can be set."""

    def __init__(self) -> None:
        super().__init__()
        self.set_by = 0

    def now(self) -> Instant:
        return super().now() + self.set_by

    def true(self) -> Instant:
        """The time, whatever the wall clock was set to."""
        return super().now()


class LossyProvider(ScriptedProvider):
    """Answers, creates and lists as the fates say, by a clock that is `ahead` of the true time."""

    def __init__(self, clock: WorldClock, fates: Mapping[str, RequestFate], *, ahead: int) -> None:
        super().__init__(clock)
        self.time, self.fates, self.ahead = clock, fates, ahead
        self.made: list[Made] = []
        self.sent_at: dict[str, Instant] = {}

    async def submit(
        self,
        model: ImageModel,
        prompt: str,
        image_urls: Sequence[str],
        parameters: Mapping[str, ParameterValue],
        *,
        webhook: str | None = None,
    ) -> str:
        del image_urls, parameters, webhook
        fate, asked, began = self.fates[prompt], self.clock.monotonic(), self.time.true()
        assert prompt not in self.sent_at, "sent twice"
        self.sent_at[prompt] = began
        if fate.creates is not None:
            self.create(model.id, prompt, began + round(fate.creates * SECOND), fate)
        await self.clock.sleep(fate.answer)
        if fate.is_lost:
            raise AnswerLost("planted")
        self.dated(asked)
        return f"of {prompt}"

    def create(self, model_id: str, by: str | None, at: Instant, fate: RequestFate) -> None:
        name = f"of {by}" if by is not None else f"a stranger's {len(self.made)}"
        stamped = at + round(fate.stamped * SECOND)
        self.made.append(Made(name, model_id, by, at, stamped, at + round(fate.listed * SECOND)))

    async def recent(self, model_id: str, *, after: Instant, before: Instant) -> tuple[PredictionStatus, ...]:
        asked = self.clock.monotonic()
        await self.clock.sleep(0.05)
        now = self.time.true()
        self.dated(asked)
        return tuple(
            PredictionStatus(each.provider_id, model_id, RemoteStatus.PENDING, created_at=each.stamped_at + self.ahead)
            for each in self.made
            if each.model_id == model_id and each.listed_at <= now and after <= each.stamped_at + self.ahead <= before
        )

    def dated(self, asked: float) -> None:
        """An answer that bears the date of the provider's clock."""
        date = (self.time.true() + self.ahead) // SECOND * SECOND
        self.remote_clock.heard(date, asked)


class NothingToUpload(Uploads):
    """References are always there."""

    async def known(self, job: Job) -> tuple[str, ...] | None:
        return tuple(f"https://files/{each.image.sha256}" for each in job.references)


@dataclass(slots=True)
class Failures:
    """A model's predictions in a row that were not answered in time, and what pause they may cause."""

    of: set[int] = field(default_factory=set[int])
    pause: int = FIRST_PAUSE
    paused_until: Instant = 0


class LostWorld:
    """Jobs with their fates, the parts that send and look for them, and what was seen of both."""

    def __init__(self, clock: WorldClock, jobs: JobStore, provider: LossyProvider, limits: ProviderLimits) -> None:
        self.clock, self.jobs, self.provider = clock, jobs, provider
        self.signals = Signals(clock)
        self.breaker = Breaker(clock)
        self.asked_at: dict[str, Instant] = {}
        self.ours: dict[str, int] = {}  #: the prediction of each job
        self.decided_at: dict[int, Instant] = {}
        self.without_picture: set[int] = set()  #: given up, or left to a moderator
        self.ended_at: dict[str, Instant] = {}
        self.pauses: dict[str, list[tuple[Instant, Instant]]] = {model.id: [] for model in MODELS}
        self._open: dict[str, set[int]] = {model.id: set() for model in MODELS}
        self._full_since: dict[str, Instant] = {}
        self._model_of: dict[int, str] = {}
        self._prediction_of: dict[int, int] = {}
        self._begun_at: dict[int, Instant] = {}
        self._failures: dict[str, Failures] = {}
        self._limits = limits
        self._watch()

    async def ask(self, name: str, fate: RequestFate) -> None:
        """Admit a job of that fate."""
        number = len(self.asked_at) + 1
        image = StoredImage(f"{number:064x}", "image/png", 8, 8, 99)
        order = Order(
            job_id=name,
            interaction_id=number,
            requester=Requester(number, GUILD, CHANNEL, CHANNEL, ()),
            command="edit",
            prompt=name,
            sent_prompt=name,
            model=MODELS[fate.model],
            parameters={},
            seeds=(None,),
            price_micros=MODELS[fate.model].price_micros,
            references=(Reference(1, None, "a.png", image),),
        )
        job = (await self.jobs.admit(order, self.clock.now())).job
        self.asked_at[name] = self.clock.true()
        self.ours[name] = job.predictions[0].prediction_id
        self._model_of[self.ours[name]] = job.model.id
        self.signals.job_arrived(name)

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[None]:
        """Let requests leave and lost ones be looked for while the block runs."""
        submission = Submission(
            jobs=self.jobs,
            provider=self.provider,
            uploads=NothingToUpload(self.provider, None, None, self.clock, no_crash),  # pyright: ignore[reportArgumentType] - never asked
            rules=SubmissionRules(self._limits, GRACE / SECOND, "boot"),
            clock=self.clock,
            signals=self.signals,
            meter=FakeMeter(),
            crash_hook=no_crash,
            withdraw=_go_on_selling,
            breaker=self.breaker,
        )
        unknowns = Unknowns(
            jobs=self.jobs,
            provider=self.provider,
            signals=self.signals,
            clock=self.clock,
            grace_seconds=GRACE / SECOND,
            crash_hook=no_crash,
        )
        tasks = [asyncio.create_task(work) for work in (submission.run(), unknowns.run())]
        try:
            yield
        finally:
            failed = [task.exception() for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert failed == [], failed

    async def paint(self, seconds: float) -> None:
        """Complete whatever the provider has, each so long after that was known; runs until cancelled."""
        async with asyncio.TaskGroup() as painting:
            while True:
                arrival = await self.signals.arrivals.get()
                if isinstance(arrival, PredictionAccepted):
                    painting.create_task(self._complete(arrival, seconds))

    async def _complete(self, arrival: PredictionAccepted, seconds: float) -> None:
        await self.clock.sleep(seconds)
        await self.jobs.complete(arrival.prediction_id, (), self.clock.now(), self.clock.now())
        self.ended_at[arrival.job_id] = self.clock.true()
        self.signals.changed(arrival.job_id)

    def waited(self, name: str) -> int:
        """Milliseconds for which a job was not sent although nothing held its model back."""
        began, sent = self.asked_at[name], self.provider.sent_at[name]
        at, waited = began, 0
        for start, end in sorted(self.pauses[self._model_of[self.ours[name]]]):
            waited += max(0, min(start, sent) - at)
            at = max(at, min(end, sent))
        return waited + max(0, sent - at)

    def _watch(self) -> None:
        """Note what is committed, and from when to when a model may be held back."""
        jobs: Any = self.jobs
        begin, lost, accepted = jobs.begin_attempt, jobs.attempt_lost, jobs.attempt_accepted

        async def begin_attempt(prediction_id: int, *rest: object) -> int | None:
            attempt_id = await begin(prediction_id, *rest)
            self._prediction_of[attempt_id] = prediction_id
            self._begun_at[attempt_id] = self.clock.true()
            return attempt_id

        async def attempt_lost(attempt_id: int, *rest: object) -> None:
            await lost(attempt_id, *rest)
            prediction_id = self._prediction_of[attempt_id]
            self._open[self._model_of[prediction_id]].add(prediction_id)
            self._failed(prediction_id)
            self._note()

        async def attempt_accepted(attempt_id: int, *rest: object) -> None:
            await accepted(attempt_id, *rest)
            if self.clock.true() - self._begun_at[attempt_id] >= SLOW:
                self._failed(self._prediction_of[attempt_id])
            else:
                self._failures.pop(self._model_of[self._prediction_of[attempt_id]], None)

        jobs.begin_attempt, jobs.attempt_lost, jobs.attempt_accepted = begin_attempt, attempt_lost, attempt_accepted
        for name in ("adopt", "fail", "leave_to_moderator"):
            setattr(jobs, name, self._deciding(getattr(jobs, name), adopts=name == "adopt"))

    def _deciding(self, commit: Callable[..., Awaitable[None]], *, adopts: bool) -> Callable[..., Awaitable[None]]:
        async def decide(prediction_id: int, *rest: object) -> None:
            await commit(prediction_id, *rest)
            self.decided_at[prediction_id] = self.clock.true()
            self._open[self._model_of[prediction_id]].discard(prediction_id)
            if not adopts:
                self.without_picture.add(prediction_id)
            self._note()

        return decide

    def _failed(self, prediction_id: int) -> None:
        """What the breaker may do after that: pause this model, ever longer, once so many in a row failed."""
        now, model_id = self.clock.true(), self._model_of[prediction_id]
        failures = self._failures.setdefault(model_id, Failures())
        failures.of.add(prediction_id)
        if len(failures.of) >= IN_A_ROW and now >= failures.paused_until:
            failures.paused_until = now + failures.pause
            self.pauses[model_id].append((now, failures.paused_until))
            failures.pause = min(LONGEST_PAUSE, failures.pause * 2)

    def _note(self) -> None:
        now = self.clock.true()
        for model_id, cases in self._open.items():
            if len(cases) >= OPEN_AT_ONCE:
                self._full_since.setdefault(model_id, now)
            elif model_id in self._full_since:
                self.pauses[model_id].append((self._full_since.pop(model_id), now))


@asynccontextmanager
async def open_lost_world(
    folder: Path, fates: Mapping[str, RequestFate], *, limits: ProviderLimits, ahead: int = 0
) -> AsyncGenerator[LostWorld]:
    """An empty database and a provider of these fates, whose clock is so many milliseconds ahead."""
    clock = WorldClock()
    database: Any = await CountedDatabase.open(folder / "easel.db")
    clock.wait_for(database)
    try:
        stores = await open_stores(
            database,
            defaults=Defaults(None, None, Period.MONTH),
            bot_limit=BotLimit(None, Period.MONTH),
            at=clock.now(),
        )
        yield LostWorld(clock, stores.jobs, LossyProvider(clock, fates, ahead=ahead), limits)
    finally:
        await database.close()


async def _go_on_selling(_: ImageModel) -> None:
    """No request is refused here as for a model that is not sold."""

"""Single parts of the bot on their own: a real database, a provider that answers as told, and a clock moved by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from pathlib import Path

from bot.db.sqlite import SqliteDatabase
from bot.db.stores import BotLimit, Stores, open_stores
from bot.domain.checking import AskingPace
from bot.domain.clock import SECOND, Instant
from bot.domain.drift import ListedSchema
from bot.domain.image_models import ImageModel
from bot.domain.images import StoredImage
from bot.domain.jobs import Job
from bot.domain.lost_answers import Listed, first_look_at
from bot.domain.models import MAX
from bot.domain.money import MICROS_PER_DOLLAR
from bot.domain.orders import Defaults, Order, Requester
from bot.domain.parameters import ParameterValue
from bot.domain.periods import Period
from bot.domain.predictions import Bill, FailureReason, PredictionStatus, Quote, Refused, RemoteStatus
from bot.domain.references import Reference
from bot.domain.remote_clock import RemoteClock
from bot.services.jobs.learned_waits import LOADED, LearnedWaits
from bot.services.signals import Signals
from tests.clocks import ManualClock
from tests.db.world import check_invariants
from tests.services.parts_clock import CountedDatabase, PartsClock

GUILD, CHANNEL, ANN, BEN = 7_000, 7_100, 11, 12
BOOT = "this-boot"
GRACE = 120 * SECOND


@dataclass(slots=True)
class ScriptedProvider:
    """Implements `Provider` in memory: each call plays the next step of its script, the last one again and again."""

    clock: ManualClock
    looks: list[Instant] = field(default_factory=list[Instant])
    results: list[PredictionStatus | Exception] = field(default_factory=list[PredictionStatus | Exception])
    lists: list[Sequence[str | Listed] | Exception] = field(default_factory=list[Sequence[str | Listed] | Exception])
    windows: list[tuple[Instant, Instant]] = field(default_factory=list[tuple[Instant, Instant]])
    quotes: list[int | Exception] = field(default_factory=list[int | Exception])
    models: Mapping[str, Decimal | None] | None = None
    listed: Mapping[str, ListedSchema] | None = None
    uploads: list[str | Exception] = field(default_factory=list[str | Exception])
    while_listing: Callable[[], None] = lambda: None
    remote_clock: RemoteClock = field(init=False)

    def __post_init__(self) -> None:
        self.remote_clock = RemoteClock(self.clock)

    async def result(self, provider_id: str) -> PredictionStatus:
        self.looks.append(self.clock.now())
        step = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(step, Exception):
            raise step
        return replace(step, provider_id=provider_id)

    async def recent(self, model_id: str, *, after: Instant, before: Instant) -> tuple[PredictionStatus, ...]:
        self.looks.append(self.clock.now())
        self.windows.append((after, before))
        step = self.lists.pop(0) if len(self.lists) > 1 else self.lists[0]
        if isinstance(step, Exception):
            raise step
        listed = [Listed(each, None) if isinstance(each, str) else each for each in step]
        return tuple(
            PredictionStatus(each.provider_id, model_id, RemoteStatus.PENDING, created_at=each.created_at)
            for each in listed
        )

    async def quote(
        self, model: ImageModel, prompt: str, image_urls: Sequence[str], parameters: Mapping[str, ParameterValue]
    ) -> Quote:
        del prompt, image_urls, parameters
        self.looks.append(self.clock.now())
        step = self.quotes.pop(0) if len(self.quotes) > 1 else self.quotes[0]
        if isinstance(step, Exception):
            raise step
        return Quote(model.id, step)

    async def upload(self, content: bytes, *, filename: str, content_type: str) -> str:
        raise AssertionError((content, filename, content_type))

    async def submit(
        self,
        model: ImageModel,
        prompt: str,
        image_urls: Sequence[str],
        parameters: Mapping[str, ParameterValue],
        *,
        webhook: str | None = None,
    ) -> str:
        raise AssertionError((model, prompt, image_urls, parameters, webhook))

    async def webhook_secret(self) -> str:
        raise AssertionError

    async def balance(self) -> Decimal:
        raise AssertionError

    async def listed_models(self) -> Mapping[str, Decimal | None]:
        if self.models is None:
            raise Refused(FailureReason.PROVIDER, "the key may not list")
        return self.models

    async def listings(self) -> Mapping[str, ListedSchema]:
        if self.listed is None:
            raise Refused(FailureReason.PROVIDER, "the key may not list")
        return self.listed

    async def bills(self, *, after: Instant, before: Instant) -> tuple[Bill, ...]:
        raise AssertionError((after, before))

    async def delete(self, provider_ids: Sequence[str]) -> int:
        raise AssertionError(provider_ids)


_numbers = count(1)


@dataclass(slots=True)
class Parts:
    """What a part is tried out on."""

    clock: PartsClock
    stores: Stores
    provider: ScriptedProvider
    signals: Signals
    database: SqliteDatabase

    async def admitted(self, member: int = ANN, *, pictures: int = 1, model: ImageModel = MAX) -> Job:
        """A job in the queue; its reference exists in the books only."""
        n = next(_numbers)
        image = StoredImage(f"{n:064x}", "image/png", 8, 8, 99)
        order = Order(
            job_id=f"J{n:05d}",
            interaction_id=n,
            requester=Requester(member, GUILD, CHANNEL, CHANNEL, ()),
            command="edit",
            prompt="make it blue",
            sent_prompt="make it blue",
            model=model,
            parameters={},
            seeds=(None,) * pictures,
            price_micros=model.price_micros,
            references=(Reference(1, None, "a.png", image),),
        )
        return (await self.stores.jobs.admit(order, self.clock.now())).job

    async def sent(self, job: Job, n: int = 0, *, boot: str = BOOT) -> int:
        """Commit an attempt whose answer is not known yet."""
        began = self.provider.remote_clock.now_if_known()
        attempt = await self.stores.jobs.begin_attempt(job.predictions[n].prediction_id, boot, self.clock.now(), began)
        assert attempt is not None
        return attempt

    async def processing(self, provider_id: str, member: int = ANN) -> Job:
        """A job that the provider has."""
        job = await self.admitted(member)
        attempt = await self.sent(job)
        await self.stores.jobs.attempt_accepted(attempt, provider_id, self.clock.now())
        return await self.stores.jobs.job(job.job_id)

    async def waits(self) -> LearnedWaits:
        """What the pictures in the books teach, as a start learns it."""
        waits = LearnedWaits(AskingPace(1.0, 5.0))
        waits.load(await self.stores.jobs.durations(LOADED))
        return waits

    async def unknown(self, *, model: ImageModel = MAX) -> Job:
        """A job whose answer was lost just now; it is looked for two seconds later."""
        job = await self.admitted(model=model)
        attempt = await self.sent(job)
        now = self.clock.now()
        await self.stores.jobs.attempt_lost(attempt, first_look_at(now, now, GRACE), now)
        return await self.stores.jobs.job(job.job_id)


def pending() -> PredictionStatus:
    return PredictionStatus("", MAX.id, RemoteStatus.PENDING)


def failed(reason: FailureReason = FailureReason.PROVIDER) -> PredictionStatus:
    return PredictionStatus("", MAX.id, RemoteStatus.FAILED, reason=reason)


@asynccontextmanager
async def open_parts(
    folder: Path, *, after_commit: Callable[[sqlite3.Connection], None] | None = check_invariants
) -> AsyncGenerator[Parts]:
    """An empty database for single parts, whose accounts add up after every commit unless a test wants them not to."""
    clock = PartsClock()
    database = await CountedDatabase.open(folder / "easel.db", after_commit=after_commit)
    try:
        stores = await open_stores(
            database,
            defaults=Defaults(100 * MICROS_PER_DOLLAR, None, Period.MONTH),
            bot_limit=BotLimit(None, Period.MONTH),
            at=clock.now(),
        )
        clock.wait_for(database)
        yield Parts(clock, stores, ScriptedProvider(clock), Signals(clock), database)
    finally:
        await database.close()


class FakeMeter:
    """Implements `Meter` and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def job_ended(self, outcome: str, spent_micros: int) -> None:
        del spent_micros
        self.told.append(outcome)

    def picture_made(self, model_id: str, seconds: float) -> None:
        del seconds
        self.told.append(model_id)

    def queue_is(self, length: int) -> None:
        del length

    def held_is(self, micros: int) -> None:
        del micros

    def provider_failed(self, outcome: str) -> None:
        self.told.append(outcome)

    def unmarked_withheld(self, model_id: str) -> None:
        self.told.append(f"unmarked {model_id}")

    def orphan_found(self) -> None:
        self.told.append("orphan")

    def broken_invariants_are(self, count: int) -> None:
        self.told += ["broken"] * count

    def discord_failed(self, outcome: str) -> None:
        self.told.append(outcome)


def names(kinds: Collection[object]) -> list[str]:
    """The class names of several things."""
    return [type(kind).__name__ for kind in kinds]

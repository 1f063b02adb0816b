"""How long a ready picture is not known of, beside the official SDK: `python -m tests.bench.bench_waiting`.

First by the schedules alone, on thousands of simulated durations: the SDK asks at once and then every second; Easel
asks as it does while nothing is learned, and after 200 results of the same kind. Then over real HTTP, time twice as
fast: the real bot and the real `wavespeed` package make pictures at the same simulated provider, one after another,
and what it saw of their questions is counted. Nothing is asserted; what the machine adds is in both.
"""

from __future__ import annotations

import asyncio
import io
import logging
import math
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import mean
from unittest.mock import patch

import structlog
import wavespeed

from bot.demo.provider import Pace, Site
from bot.domain import checking
from bot.domain.clock import SECOND
from bot.domain.models import MAX
from bot.services.jobs.learned_waits import KEPT, LearnedWaits
from bot.webhooks import serve_webhooks, webhook_app
from tests.services.world import KEY, Running, ServiceWorld, open_service_world, png, request

DRAWN = 5_000
PICTURES, AT_ONCE, FACTOR = 30, 10, 2.0
CREATED_SECONDS = 0.2
SHAPES: dict[str, Callable[[Random], float]] = {
    "narrow": lambda random: 8.1 * math.exp(0.16 * random.gauss(0, 1)),
    "wide": lambda random: random.uniform(5.0, 13.0),
    "two humps": lambda random: random.gauss(6.0, 0.5) if random.random() < 0.6 else random.gauss(13.0, 0.8),
    "very wide": lambda random: 8.1 * math.exp(0.35 * random.gauss(0, 1)),
}
OVER_HTTP = ("narrow", "wide", "two humps")


@dataclass(frozen=True, slots=True)
class Measured:
    """Mean seconds between "ready" and "known", and mean number of questions.

    `lag` is how many seconds before the provider's own count ours begins: what the request itself takes.
    """

    wait: float
    questions: float
    lag: float = 0.0


def durations(shape: str, count: int, seed: int) -> list[float]:
    """Durations of that kind, the same for the same seed."""
    random = Random(seed)
    return [max(0.3, SHAPES[shape](random)) for _ in range(count)]


def by_the_sdk(taken: Sequence[float]) -> Measured:
    """The SDK's own loop: at once, and then every second."""
    looks = [math.ceil(each) for each in taken]
    return Measured(mean(look - each for look, each in zip(looks, taken, strict=True)), mean(looks) + 1)


def by_schedule(taken: Sequence[float], history: Sequence[float]) -> Measured:
    """Easel's schedule after that history."""
    plan = checking.schedule(tuple(history), checking.AskingPace(1.0, 5.0))
    waits: list[float] = []
    questions = 0
    for each in taken:
        age = 0.0
        while age < each:
            age += plan.pause(age)
            questions += 1
        waits.append(age - each)
    return Measured(mean(waits), questions / len(taken))


class Drawn(Random):
    """Takes the place of the provider's chance: works as long as a shape says."""

    def __init__(self, shape: str, seed: int) -> None:
        super().__init__(seed)
        self._shape, self._durations = shape, Random(seed)

    def uniform(self, a: float, b: float) -> float:
        del a, b
        return max(0.3, SHAPES[self._shape](self._durations))


@asynccontextmanager
async def world_of(shape: str, **settings: object) -> AsyncGenerator[ServiceWorld]:
    """A provider whose pictures take as long as the shape says, and an account without limits."""
    plenty: dict[str, object] = {
        "default_member_limit_usd": "none",
        "default_server_limit_usd": "none",
        "wavespeed_max_concurrent": AT_ONCE,
        "wavespeed_max_per_minute": 10_000,
        "wavespeed_submit_parallelism": 8,
    }
    with tempfile.TemporaryDirectory() as folder:
        pace = Pace(CREATED_SECONDS, (0.0, 0.0))
        async with open_service_world(
            Path(folder), factor=FACTOR, pace=pace, timeouts=None, **plenty | settings
        ) as world:
            world.provider.predictions.rng = Drawn(shape, 1)
            yield world


async def with_the_sdk(shape: str) -> Measured:
    """The real package, as many at once, its second as long as the provider's."""

    def work(address: str) -> None:
        client = wavespeed.Client(api_key=KEY, base_url=address)
        image = client.upload(io.BytesIO(png()))
        client.run(MAX.id, {"prompt": "a hat", "image": image}, poll_interval=1.0 / FACTOR)

    # Threads of its own: the provider needs some of the loop's while these wait for it.
    with ThreadPoolExecutor(AT_ONCE) as threads:
        async with world_of(shape) as world:
            run = asyncio.get_running_loop().run_in_executor
            await asyncio.gather(*(run(threads, work, world.provider.origin) for _ in range(PICTURES)))
            return _seen(world)


async def with_easel(shape: str, *, results: int = 0, lag: float = 0.0, webhooks: bool = False) -> Measured:
    """The real bot after so many results; what it makes meanwhile teaches it nothing, so that it stays as it is."""
    settings: dict[str, object] = {}
    port = _free_port()
    if webhooks:
        settings = {"webhook_url": f"http://127.0.0.1:{port}", "webhook_port": port}
    async with world_of(shape, **settings) as world, world.start() as bot, AsyncExitStack() as stack:
        for each in durations(shape, results, 5):
            bot.resources.waits.ended(MAX.id, each + CREATED_SECONDS + lag)
        if webhooks:
            await _open_webhooks(bot, port, stack)
        with patch.object(LearnedWaits, "ended"):
            jobs = [await bot.accept(request()) for _ in range(PICTURES)]
            ended = [await world.closed(job) for job in jobs]
        made = {each.id: each.created_at for each in world.provider.predictions}
        lags = [made[each.provider_id or ""] - (each.submitted_at or 0) for job in ended for each in job.predictions]
        return replace(_seen(world), lag=mean(lags) / SECOND)


async def _open_webhooks(bot: Running, port: int, stack: AsyncExitStack) -> None:
    calls = bot.services.jobs.announcements
    assert calls.addresses is not None
    endpoint = webhook_app(calls.addresses, calls.announced, calls.came)
    await stack.enter_async_context(serve_webhooks(endpoint, port, "127.0.0.1"))


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _seen(world: ServiceWorld) -> Measured:
    """What the provider saw: how many questions for each picture, and how late the last was, which found it ready."""
    looks = world.provider.history.at(Site.RESULT)
    waits: list[float] = []
    for made in world.provider.predictions:
        known = max(look.at for look in looks if made.id in look.path)
        # A question may have come just before the end and be answered just after it.
        waits.append(max(0.0, known - made.ends_at) / SECOND)
    return Measured(mean(waits), len(looks) / len(waits))


def _say(shape: str, what: str, measured: Measured, baseline: Measured) -> None:
    sys.stdout.write(
        f"{shape:10} {what:34} {measured.wait:5.2f} s {measured.wait / baseline.wait:5.2f}"
        f"   {measured.questions:5.1f} questions {measured.questions / baseline.questions:5.2f}\n"
    )


async def measure() -> None:
    """Print wait and questions for each shape, and their ratios to the SDK's in the same run."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for shape in SHAPES:
        taken = durations(shape, DRAWN, 1)
        sdk = by_the_sdk(taken)
        _say(shape, "SDK's schedule", sdk, sdk)
        _say(shape, "Easel's, nothing learned", by_schedule(taken, ()), sdk)
        _say(shape, f"Easel's, {KEPT} learned", by_schedule(taken, durations(shape, KEPT, 5)), sdk)
    sys.stdout.write(f"over HTTP, {PICTURES} pictures, {AT_ONCE} at once:\n")
    for shape in OVER_HTTP:
        sdk = await with_the_sdk(shape)
        _say(shape, f"wavespeed {wavespeed.__version__}", sdk, sdk)
        new = await with_easel(shape)
        _say(shape, "Easel, nothing learned", new, sdk)
        _say(shape, f"Easel, {KEPT} learned", await with_easel(shape, results=KEPT, lag=new.lag), sdk)
        _say(shape, "Easel, with webhooks", await with_easel(shape, webhooks=True), sdk)


if __name__ == "__main__":
    asyncio.run(measure())

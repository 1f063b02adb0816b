"""What machines can ask the bot: whether it is up, and what it measures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.health import health_app, serve_health
from bot.metrics import Metrics
from tests.clocks import ManualClock


class Checked:
    """A part of the bot that answers as a test tells it."""

    def __init__(self) -> None:
        self.answer: bool | Exception | None = True

    async def ping(self) -> bool:
        if self.answer is None:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer is True


@pytest.fixture
def gateway() -> Checked:
    return Checked()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def page(gateway: Checked, metrics: Metrics) -> AsyncIterator[str]:
    app = health_app({"gateway": gateway.ping, "database": Checked().ping}, metrics, role="leader", ping_seconds=0.05)
    async with serve_health(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_well(page: str) -> None:
    """While every part answers, the health page says 200."""
    assert await get(f"{page}/healthz") == (200, '{"status": "ok", "role": "leader"}')


@pytest.mark.parametrize("answer", [False, OSError("secret detail"), None], ids=["no", "an error", "silence"])
async def test_failing(page: str, gateway: Checked, answer: bool | Exception | None) -> None:  # noqa: FBT001 - a parameter
    """A part that says no, fails or keeps silent is named with a 503, the others are not, and no detail is shown."""
    gateway.answer = answer

    assert await get(f"{page}/healthz") == (503, '{"status": "failing", "role": "leader", "failing": ["gateway"]}')


async def test_metrics(page: str, metrics: Metrics) -> None:
    """Every figure that was handed in can be scraped."""
    metrics.job_ended("done", 80_000)
    metrics.picture_made("wavespeed-ai/flux-kontext-max", 7.5)
    metrics.queue_is(3)
    metrics.held_is(240_000)
    metrics.provider_failed("TryLater")
    metrics.discord_failed("503")
    status, text = await get(f"{page}/metrics")

    assert status == 200
    assert 'easel_jobs_total{outcome="done"} 1.0' in text
    assert 'easel_picture_seconds_bucket{le="8.0",model="wavespeed-ai/flux-kontext-max"} 1.0' in text
    assert "easel_spent_micros_total 80000.0" in text
    assert "easel_queue_length 3.0" in text
    assert "easel_held_micros 240000.0" in text
    assert 'easel_provider_errors_total{outcome="TryLater"} 1.0' in text
    assert 'easel_discord_errors_total{outcome="503"} 1.0' in text


def test_labels(metrics: Metrics) -> None:
    """No figure is about a person, a server or a job: the labels are model and outcome."""
    metrics.job_ended("done", 80_000)
    metrics.picture_made("m", 1)
    metrics.provider_failed("x")
    metrics.discord_failed("x")
    labels = {label for family in metrics.registry.collect() for sample in family.samples for label in sample.labels}

    assert labels == {"outcome", "model", "le"}


async def test_loop_delay(metrics: Metrics) -> None:
    """A loop that wakes up late is measured by a task, not by the scrape."""
    clock = LateClock(late=0.2)
    task = asyncio.create_task(metrics.measure_loop_delay(clock))
    await clock.advance(3.6)
    task.cancel()
    text = metrics.render().decode()

    assert "easel_loop_delay_seconds_count 3.0" in text
    assert 'easel_loop_delay_seconds_bucket{le="0.1"} 0.0' in text
    assert 'easel_loop_delay_seconds_bucket{le="0.25"} 3.0' in text


class LateClock(ManualClock):
    """Wakes everyone up a little too late."""

    def __init__(self, late: float) -> None:
        super().__init__()
        self._late = late

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + self._late)

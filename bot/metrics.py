"""Prometheus metrics, in one object that is handed to whatever measures."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from bot.domain.clock import Clock
from bot.domain.money import Micros

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

LOOP_DELAY_EVERY_SECONDS = 1.0

_PICTURE_SECONDS = (2, 4, 6, 8, 10, 15, 20, 30, 45, 60, 120, 300, 600)
_DELAY_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3)


class Metrics:
    """Counters and gauges. Labels are model, outcome and worker only: never a member, a server, a channel or a job."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._worker = Gauge(
            "easel_worker",
            "1 for this worker, by what it does.",
            ("worker", "role"),
            registry=self.registry,
        )
        self._jobs = Counter("easel_jobs", "Jobs that ended.", ("outcome",), registry=self.registry)
        self._spent = Counter(
            "easel_spent_micros", "What the pictures of jobs that ended cost, in micro-dollars.", registry=self.registry
        )
        self._pictures = Histogram(
            "easel_picture_seconds",
            "From the submit to the finished picture.",
            ("model",),
            buckets=_PICTURE_SECONDS,
            registry=self.registry,
        )
        self._queue = Gauge("easel_queue_length", "Predictions that wait for their submit.", registry=self.registry)
        self._held = Gauge("easel_held_micros", "Money set aside now, in micro-dollars.", registry=self.registry)
        self._provider = Counter(
            "easel_provider_errors", "Calls to the provider that failed.", ("outcome",), registry=self.registry
        )
        self._unmarked = Counter(
            "easel_unmarked_withheld",
            "Pictures withheld because they came without a mark.",
            ("model",),
            registry=self.registry,
        )
        self._orphans = Counter(
            "easel_orphans", "Paid tasks on the key that belong to no job of ours.", registry=self.registry
        )
        self._broken = Gauge(
            "easel_broken_invariants", "Places where the accounts do not add up.", registry=self.registry
        )
        self._discord = Counter(
            "easel_discord_errors", "Calls to Discord that failed.", ("outcome",), registry=self.registry
        )
        self._delay = Histogram(
            "easel_loop_delay_seconds",
            "How much later than asked the event loop wakes up.",
            buckets=_DELAY_SECONDS,
            registry=self.registry,
        )

    def job_ended(self, outcome: str, spent_micros: Micros) -> None:
        """Count a job by how it ended (`done`, `failed`, `withheld`, `cancelled`), and what was spent on it."""
        self._jobs.labels(outcome).inc()
        self._spent.inc(spent_micros)

    def picture_made(self, model_id: str, seconds: float) -> None:
        """Note how long the provider took for one picture."""
        self._pictures.labels(model_id).observe(seconds)

    def queue_is(self, length: int) -> None:
        """Note how many predictions wait."""
        self._queue.set(length)

    def held_is(self, micros: Micros) -> None:
        """Note how much money is set aside over all servers."""
        self._held.set(micros)

    def provider_failed(self, outcome: str) -> None:
        """Count a failed call to the provider by the name of its error."""
        self._provider.labels(outcome).inc()

    def unmarked_withheld(self, model_id: str) -> None:
        """Count a picture that was withheld for want of a mark: its server pays for it, and nobody sees it."""
        self._unmarked.labels(model_id).inc()

    def orphan_found(self) -> None:
        """Count a paid task on the key that is nobody's here: another program uses the key, or a bug spent money."""
        self._orphans.inc()

    def broken_invariants_are(self, count: int) -> None:
        """Note in how many places the accounts do not add up; anything but 0 has frozen all spending."""
        self._broken.set(count)

    def discord_failed(self, outcome: str) -> None:
        """Count a failed call to Discord by its HTTP status or the name of its error."""
        self._discord.labels(outcome).inc()

    def works_as(self, worker: str, role: str) -> None:
        """Say who this is."""
        self._worker.clear()
        self._worker.labels(worker, role).set(1)

    def render(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)

    async def measure_loop_delay(self, clock: Clock, every_seconds: float = LOOP_DELAY_EVERY_SECONDS) -> None:
        """Measure until cancelled; runs as a task of its own so that a scrape neither waits nor measures itself."""
        while True:
            before = clock.monotonic()
            await clock.sleep(every_seconds)
            self._delay.observe(max(0.0, clock.monotonic() - before - every_seconds))

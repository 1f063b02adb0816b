"""Many members at once under Discord's real rate limits: how long a finished picture takes to be in its channel.

python -m tests.wire.load
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.wire.accounts import audit
from tests.wire.discord_fake import Channel, Member, RateLimits, Upload, build
from tests.wire.stage import BotStage, easel, open_stage, png

MEMBERS, CHANNELS, JOBS = 30, 10, 120
PICTURE_SECONDS = (4.0, 8.0)
CONCURRENT = 40
ASK_EVERY_SECONDS = 0.25
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; times in seconds from the provider's completion to Discord's acceptance of the result."""

    jobs: int
    delivered: int
    median: float
    p95: float
    requests_per_job: float
    rate_limited: int
    peak_mib: int
    problems: list[str]

    def __str__(self) -> str:
        return (
            f"jobs={self.jobs} delivered={self.delivered} median={self.median:.2f} s p95={self.p95:.2f} s "
            f"requests/job={self.requests_per_job:.1f} 429s={self.rate_limited} peak={self.peak_mib} MiB "
            f"problems={len(self.problems)}"
        )


async def measure(folder: Path, jobs: int = JOBS) -> Figures:
    """Have the members send their commands, wait for every result, and read what happened."""
    async with open_stage(
        folder,
        apart=True,
        rate_limits=RateLimits.reported(),
        processing=PICTURE_SECONDS,
        WAVESPEED_MAX_CONCURRENT=str(CONCURRENT),
        POLL_INITIAL_SECONDS="1.0",
        POLL_MAX_SECONDS="5.0",
        SUBMIT_GRACE_SECONDS="5",
    ) as stage:
        channels = [build.add_channel(stage.fake.world, stage.guild, f"studio-{n}") for n in range(CHANNELS)]
        members = [build.add_member(stage.fake.world, stage.guild, f"member-{n}") for n in range(MEMBERS)]
        async with easel(stage, cold=True) as process:
            before = len(stage.fake.journal.requests)
            for n in range(jobs):
                _ask(stage, members[n % MEMBERS], n, channels)
                await asyncio.sleep(ASK_EVERY_SECONDS)
            await stage.closed(PATIENCE_SECONDS, jobs=jobs)
            requests = len(stage.fake.journal.requests) - before
            peak = _peak_mib(process.pid)
        return await _figures(stage, jobs, requests, peak)


def _ask(stage: BotStage, member: Member, n: int, channels: list[Channel]) -> None:
    options = {"prompt": f"picture {n}", "image": Upload("a.png", png((n * 37 % 256, n * 59 % 256, n % 256)))}
    stage.fake.slash(member, channels[n % CHANNELS], "edit", options)


async def _figures(stage: BotStage, jobs: int, requests: int, peak: int) -> Figures:
    tasks = {each["id"]: each for each in await stage.provider.predictions()}
    rows = stage.rows("SELECT provider_id, result_message_id FROM predictions JOIN jobs USING (job_id)")
    messages = {each.id: each for each in stage.fake.world.all_messages()}
    waits = [
        (messages[row["result_message_id"]].created_at - _completed_at(tasks[row["provider_id"]])) / 1000
        for row in rows
        if row["result_message_id"] in messages
    ]
    count = await audit(stage)
    repeated = [each for each, times in Counter(row["result_message_id"] for row in rows).items() if times > 1]
    return Figures(
        jobs=jobs,
        delivered=len(waits),
        median=statistics.median(waits),
        p95=statistics.quantiles(waits, n=20)[-1],
        requests_per_job=requests / jobs,
        rate_limited=stage.fake.journal.rate_limited(),
        peak_mib=peak,
        problems=count.problems + [f"message {each} belongs to several jobs" for each in repeated],
    )


def _completed_at(task: dict[str, object]) -> float:
    """When the simulated provider finished a task, in ms."""
    return float(str(task["ended_at_ms"]))


def _peak_mib(pid: int) -> int:
    """The most memory that a process ever held, from Linux' own count."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def main() -> int:
    """Measure and print; 1 unless everything was delivered once."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        figures = asyncio.run(measure(Path(folder)))
    print(figures, *figures.problems[:10], sep="\n")  # noqa: T201 - the result
    return 1 if figures.problems or figures.delivered != figures.jobs else 0


if __name__ == "__main__":
    sys.exit(main())

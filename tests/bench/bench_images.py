"""What one member's twelve large photos cost the process and others: `python -m tests.bench.bench_images`.

The bot runs as a process between the fake Discord and the simulated provider. Printed are the resident memory at rest,
at its peak and afterwards; how long another member's `/edit` takes alone and behind the photos, until it is a job; and
how late the event loop woke up at most.
"""

from __future__ import annotations

import asyncio
import io
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import aiohttp
from PIL import Image

from tests.wire.discord_fake import Upload
from tests.wire.stage import BotStage, easel, open_stage, png

PHOTOS = 12
PATIENCE_SECONDS = 300.0
IDLE_TICKS = 10


def photo(width: int, height: int, *, turned: bool, quality: int = 60) -> bytes:
    """A photo of coarse noise, some megabytes large."""
    tags = Image.Exif()
    tags[0x0112] = 6 if turned else 1
    grain = Image.frombytes(
        "RGB", (width // 8, height // 8), random.Random(1).randbytes(width // 8 * (height // 8) * 3)
    )
    file = io.BytesIO()
    grain.resize((width, height)).save(file, "JPEG", quality=quality, exif=tags)
    return file.getvalue()


def flat(width: int, height: int) -> bytes:
    """A see-through picture of one colour: small as a file, large in memory."""
    file = io.BytesIO()
    Image.new("RGBA", (width, height), (9, 8, 7, 99)).save(file, "PNG", compress_level=1)
    return file.getvalue()


CASES: dict[str, Callable[[], bytes]] = {
    "39 megapixels, upright": lambda: photo(7_200, 5_416, turned=False),
    "39 megapixels, turned": lambda: photo(7_200, 5_416, turned=True),
    "39 megapixels, see-through": lambda: flat(7_200, 5_416),
    "200 megapixels, turned": lambda: photo(16_320, 12_240, turned=True, quality=20),
}


def resident(pid: int, field: str) -> float:
    """MiB; `VmHWM` is the most there ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


async def admitted(stage: BotStage, jobs: int) -> float:
    """Seconds until another member's small `/edit` is a job."""
    began = time.perf_counter()
    stage.fake.slash(stage.mo, stage.channel, "edit", {"prompt": "small", "image": Upload("small.png", png())})
    await stage.until(lambda: stage.value("SELECT COUNT(*) FROM jobs WHERE prompt = 'small'") == jobs, PATIENCE_SECONDS)
    return time.perf_counter() - began


async def loop_delay(port: int) -> str:
    """The bucket of the longest delay that the bot has measured of its own loop."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as response:
        lines = (await response.text()).splitlines()
    counts = [line.split() for line in lines if line.startswith("easel_loop_delay_seconds_bucket")]
    most = counts[-1][1]
    return next(name for name, count in counts if count == most).partition('"')[2].rstrip('"}')


async def measure(name: str, content: bytes, port: int, out: TextIO) -> None:
    """Run one case, and print its line."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            open_stage(Path(folder)) as stage,
            easel(stage, cold=True, HEALTH_PORT=str(port)) as process,
        ):
            alone = await admitted(stage, 1)
            at_rest = resident(process.pid, "VmRSS")
            for n in range(PHOTOS):
                upload = Upload(f"{n}.jpg", content)
                stage.fake.slash(stage.alice, stage.channel, "edit", {"prompt": "large", "image": upload})
            await asyncio.sleep(0.5)
            behind = await admitted(stage, 2)
            await settled(process.pid)
            memory = (
                f"{at_rest:4.0f} -> {resident(process.pid, 'VmHWM'):4.0f} -> {resident(process.pid, 'VmRSS'):4.0f} MiB"
            )
            waiting = f"/edit alone {alone:5.2f} s, behind {behind:5.2f} s"
            delay = f"loop delay up to {await loop_delay(port)} s"
            out.write(f"{name:28} {len(content) / 1e6:5.1f} MB   {memory}   {waiting}   {delay}\n")
            out.flush()


async def settled(pid: int) -> None:
    """Wait until the process has done next to nothing for two seconds."""
    before, idle = busy_ticks(pid), 0
    while idle < 4:
        await asyncio.sleep(0.5)
        now = busy_ticks(pid)
        idle = idle + 1 if now - before <= IDLE_TICKS else 0
        before = now


def busy_ticks(pid: int) -> int:
    """Hundredths of a second that the process has computed for."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))


async def main() -> None:
    """Measure all cases."""
    for n, (name, build) in enumerate(CASES.items()):
        await measure(name, await asyncio.to_thread(build), 18_730 + n, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())

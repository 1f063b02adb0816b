"""Dies at every named crash point, at the first and at the second coming by it, and holds what must be true after.

python -m tests.wire.crashing
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.demo.provider import Behaviour, Site
from bot.services.crash_points import CrashPoint
from tests.wire.accounts import audit
from tests.wire.discord_fake import Upload
from tests.wire.fork_server import Forks, forks
from tests.wire.resting import come_to_rest
from tests.wire.stage import PATIENCE_SECONDS, BotStage, open_stage, png
from tests.wire.worker import CRASHED

HITS = (1, 2)
DEATH_SECONDS = 20.0
LANES = 2
JOBS = "SELECT COUNT(*) FROM jobs"


async def run(folder: Path, points: Sequence[CrashPoint] = tuple(CrashPoint)) -> list[str]:
    """Die everywhere; return what was wrong, first of all points that were never reached."""
    problems: list[str] = []
    todo = [(point, hit) for point in points for hit in HITS]

    async def lane(number: int) -> None:
        place = folder / f"lane{number}"
        (place / "data").mkdir(parents=True)
        async with open_stage(place) as stage, forks() as bots:
            while todo:
                point, hit = todo.pop()
                problems.extend(f"{point}, hit {hit}: {each}" for each in await _die(stage, bots, point, hit))

    async with asyncio.TaskGroup() as lanes:
        for number in range(LANES):
            lanes.create_task(lane(number))
    return problems


async def _die(stage: BotStage, bots: Forks, point: CrashPoint, hit: int) -> list[str]:
    """Two jobs of two pictures each, one after the other, of which one answer each is lost: every point comes twice."""
    log = stage.folder / "easel.log"
    heard = len(stage.fake.gateway.identifies)
    await bots.fork(stage.environment(), log, crash=(point, hit))
    await stage.until(lambda: len(stage.fake.gateway.identifies) > heard)
    await stage.heard()
    asking = asyncio.create_task(_ask_twice(stage, f"{point} {hit}"))
    try:
        async with asyncio.timeout(DEATH_SECONDS):
            ended = await bots.wait()
    except TimeoutError:
        await bots.end()
        return ["was never reached"]
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await stage.provider.clear()
    if ended != CRASHED:
        return [f"ended with {ended} instead of dying"]
    return await _come_to_rest(stage, bots, log)


async def _ask_twice(stage: BotStage, prompt: str) -> None:
    before = stage.value(JOBS)
    for n in (1, 2):
        # Pictures that the provider has not seen yet, so that there is something to upload.
        fresh = {
            f"image{place}": Upload("a.png", png((place, n, stage.fake.world.ids.mint() >> 22 & 255)))
            for place in (1, 2)
        }
        await stage.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED, times=1)
        stage.fake.slash(stage.alice, stage.channel, "compose", {"prompt": f"{prompt} {n}", **fresh, "count": 2})
        await stage.until(lambda n=n: stage.value(JOBS) == before + n)
        # A request that the death before cut off lies within what clocks may be off: that is for a moderator to tell.
        await come_to_rest(stage, DEATH_SECONDS)


async def _come_to_rest(stage: BotStage, bots: Forks, log: Path) -> list[str]:
    await bots.fork(stage.environment(), log)
    try:
        await come_to_rest(stage, PATIENCE_SECONDS)
    except AssertionError:
        return ["the next start did not end the jobs"]
    finally:
        await bots.kill()
    return (await audit(stage)).problems


def main() -> int:
    """Print what was wrong; 1 if anything."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        problems = asyncio.run(run(Path(folder)))
    print(f"{len(CrashPoint)} points, {len(HITS)} hits each: {len(problems)} problems", *problems, sep="\n")  # noqa: T201 - the result
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

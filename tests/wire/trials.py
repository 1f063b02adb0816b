"""Short scenarios with a fault: the real program passes each, a program with a planted bug does not.

python -m tests.wire.trials [--database postgresql]     # every story without a bug, and every planted bug

On PostgreSQL there are stories of several workers besides.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import MINUTE, SECOND
from bot.instance import EXIT_ALREADY_RUNNING
from bot.services.crash_points import CrashPoint
from tests.db.engines import drop_databases, empty_database, on_postgresql
from tests.db.server import SERVER, Server
from tests.in_memory import work_in_memory
from tests.wire.accounts import audit
from tests.wire.discord_fake import Fault, Kind, MovableClock, Upload
from tests.wire.discord_fake.journal import Request
from tests.wire.fork_server import Forks, forks
from tests.wire.fronts import LEADS
from tests.wire.planted_bugs import BUGS
from tests.wire.stage import BotStage, open_stage, png
from tests.wire.takeovers import STOOD_BACK
from tests.wire.worker import CRASHED

REST_SECONDS = 12.0
SHORTEST_GAP = 2.5 * 1000
MANY_EDITS = 5
LATE_SECONDS = 0.5
GRACE = "1.0"
LANES = 3
WAITING = "standby.waiting"
TAKEOVER_SECONDS = 30.0
"""The server lets a leader be silent for 12 s."""


@dataclass(slots=True)
class Trial:
    """A stage on which a program, bent or not, lives through a story."""

    stage: BotStage
    bots: Forks
    bug: str

    async def start(self, crash: tuple[CrashPoint, int] | None = None) -> None:
        """Start a bot and wait until it is connected."""
        heard = len(self.stage.fake.gateway.identifies)
        await self.fork(self.bots, self.bug, crash)
        await self.stage.until(lambda: len(self.stage.fake.gateway.identifies) > heard)
        await self.stage.heard()

    async def fork(self, bots: Forks, bug: str, crash: tuple[CrashPoint, int] | None = None, **settings: str) -> None:
        """Start a bot, which logs where all of this stage do."""
        log = self.stage.folder / "easel.log"
        await bots.fork(self.stage.environment(**settings), log, bug=bug, crash=crash)

    async def comes(self, word: str, times: int = 1) -> bool:
        """Whether a word comes to stand in the log so often, within a while."""
        try:
            await self.stage.until(lambda: self.stage.log.count(word) >= times, TAKEOVER_SECONDS)
        except AssertionError:
            return False
        return True

    async def die(self) -> None:
        """Wait until the bot has died at its crash point."""
        async with asyncio.timeout(REST_SECONDS):
            assert await self.bots.wait() == CRASHED

    async def outcome(self, jobs: int = 1) -> list[str]:
        """Let everything come to rest once there are so many jobs, and say what is wrong."""
        problems: list[str] = []
        try:
            await self.stage.closed(REST_SECONDS, jobs=jobs)
        except AssertionError:
            problems.append(f"not at rest after {REST_SECONDS:.0f} s")
        return problems + (await audit(self.stage)).problems + _hasty_edits(self.stage)


Story = Callable[[Trial], Awaitable[list[str]]]


async def lost_answer(trial: Trial, behaviour: Behaviour = Behaviour.DONE_DROPPED) -> list[str]:
    """The provider takes the task, and the answer is lost."""
    await trial.start()
    await trial.stage.provider.script(Site.SUBMIT, behaviour)
    trial.stage.edit()
    return await trial.outcome()


async def bad_gateway(trial: Trial) -> list[str]:
    """The provider takes the task, and a gateway in between says 502."""
    return await lost_answer(trial, Behaviour.DONE_BAD_GATEWAY)


async def accepted_late(trial: Trial) -> list[str]:
    """The connection breaks, and the task comes into being a moment later."""
    return await lost_answer(trial, Behaviour.DONE_LATE)


async def lost_later(trial: Trial) -> list[str]:
    """One job is done; the answer of the next is lost."""
    await trial.start()
    trial.stage.edit("the first")
    await trial.stage.closed()
    await trial.stage.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
    trial.stage.edit("the second", png("red"))
    return await trial.outcome(jobs=2)


async def post_dropped(trial: Trial) -> list[str]:
    """Discord takes the result, and the answer is lost."""
    trial.stage.fake.plant(Fault("POST /channels/*/messages", Kind.DROP, after=True))
    await trial.start()
    trial.stage.edit()
    return await trial.outcome()


async def died_answered(trial: Trial) -> list[str]:
    """The bot dies when the provider has answered, and starts again."""
    await trial.start((CrashPoint.ANSWERED, 1))
    trial.stage.edit()
    await trial.die()
    await trial.start()
    return await trial.outcome()


async def died_posted(trial: Trial) -> list[str]:
    """The bot dies when the result is posted, and starts again when Discord has forgotten the nonce."""
    await trial.start((CrashPoint.POSTED, 1))
    trial.stage.edit()
    await trial.die()
    trial.stage.fake.message_desk.nonce_window = 0
    await trial.start()
    return await trial.outcome()


async def task_fails(trial: Trial) -> list[str]:
    """The provider takes the task and fails."""
    return await lost_answer(trial, Behaviour.TASK_FAILED)


async def slow_picture(trial: Trial) -> list[str]:
    """The picture takes a few seconds."""
    await trial.start()
    await trial.stage.provider.script(Site.SUBMIT, Behaviour.STUCK)
    trial.stage.edit()
    with suppress(AssertionError):  # as it should be: so many edits take longer
        await trial.stage.until(lambda: len(_edits(trial.stage)) > MANY_EDITS, 9)
    return _hasty_edits(trial.stage)


async def token_dies(trial: Trial) -> list[str]:
    """The token has died before the picture is there."""
    await trial.start()
    command = trial.stage.edit()
    await trial.stage.until(lambda: command.response)
    assert isinstance(trial.stage.fake.clock, MovableClock)
    trial.stage.fake.clock.advance(16 * MINUTE / SECOND)
    return await trial.outcome()


async def two_at_once(trial: Trial) -> list[str]:
    """A second bot is started on the same database."""
    await trial.start()
    first = trial.bots.pid
    async with forks() as others:
        await trial.fork(others, trial.bug)
        if on_postgresql():
            return [] if await trial.comes(WAITING) else ["a second bot works on the same database"]
        try:
            async with asyncio.timeout(5):
                code = await others.wait()
        except TimeoutError:
            await others.end()
            return ["a second bot works on the same database"]
    assert trial.bots.pid == first
    return [] if code in {EXIT_ALREADY_RUNNING, 1} else [f"the second bot ended with {code}"]


async def three_references(trial: Trial) -> list[str]:
    """References in three places."""
    await trial.start()
    images = {f"image{n}": Upload(f"{n}.png", png(colour)) for n, colour in enumerate(("red", "green", "blue"), 1)}
    for shift in range(2):
        turned = {f"image{n}": images[f"image{(n + shift) % 3 + 1}"] for n in (1, 2, 3)}
        trial.stage.fake.slash(trial.stage.alice, trial.stage.channel, "compose", {"prompt": f"mix {shift}", **turned})
    await trial.stage.closed(jobs=2)
    return await trial.outcome()


async def wakes_too_late(trial: Trial) -> list[str]:
    """The leader is stopped with a job under way, another worker ends the job, and the first one wakes."""
    await trial.start()
    stopped = trial.bots.bot
    assert stopped is not None
    async with forks() as other:
        await trial.fork(other, trial.bug)
        assert await trial.comes(WAITING)
        identifies = len(trial.stage.fake.gateway.identifies)
        trial.stage.edit()
        await trial.stage.until(lambda: trial.stage.value("SELECT COUNT(*) FROM jobs") == 1)
        stopped.send_signal(signal.SIGSTOP)
        await trial.stage.until(lambda: len(trial.stage.fake.gateway.identifies) > identifies, TAKEOVER_SECONDS)
        stopped.send_signal(signal.SIGCONT)
        stands_back = await trial.comes(STOOD_BACK)
        problems = [] if stands_back else ["a leader that woke too late goes on"]
        return problems + await trial.outcome()


async def words_lost(trial: Trial) -> list[str]:
    """Nothing that a front says reaches the leader."""
    stage, ours = trial.stage, (trial.stage.guild.id >> 22) % 2
    async with forks() as front:
        await trial.fork(trial.bots, trial.bug, SHARD_COUNT="2", SHARD_IDS=str(1 - ours))
        assert await trial.comes(LEADS)
        await trial.fork(front, "words-lost", SHARD_COUNT="2", SHARD_IDS=str(ours))
        await stage.until(lambda: stage.fake.gateway.holds(ours))
        await stage.heard()
        stage.edit()
        return await trial.outcome()


def _edits(stage: BotStage) -> list[Request]:
    return [each for each in stage.fake.journal.requests if each.route.startswith("PATCH") and each.acted]


def _hasty_edits(stage: BotStage) -> list[str]:
    """Edits of one message within one life that followed one another too closely."""
    edits: dict[str, list[int]] = {}
    for request in _edits(stage):
        edits.setdefault(request.path, []).append(request.at)
    return [
        f"{len(instants)} edits of one message, too hasty"
        for instants in edits.values()
        if sum(later - earlier < SHORTEST_GAP for earlier, later in pairwise(instants)) > 2
    ]


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        lost_answer, bad_gateway, accepted_late, lost_later, post_dropped, died_answered, died_posted, task_fails,
        slow_picture, token_dies, two_at_once, three_references,
    )
}  # fmt: skip

WORKERS_STORIES: dict[str, Story] = {story.__name__: story for story in (wakes_too_late, words_lost)}
"""Of several workers, which need PostgreSQL."""


async def live_through(bots: Forks, story: str, bug: str = "") -> list[str]:
    """Live through a story and return what went wrong."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        server = empty_database() if on_postgresql() else ""
        async with open_stage(folder, late=LATE_SECONDS, server=server, SUBMIT_GRACE_SECONDS=GRACE) as stage:
            try:
                return await {**STORIES, **WORKERS_STORIES}[story](Trial(stage, bots, bug))
            except (AssertionError, TimeoutError) as error:
                return [f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"]
            finally:
                await bots.end()


STORIES_UNBENT = tuple((story, "") for story in STORIES)
PLANTED = tuple((bug.trial, name) for name, bug in BUGS.items() if bug.trial in STORIES)
PLANTED_IN_WORKERS = tuple((bug.trial, name) for name, bug in BUGS.items() if bug.trial in WORKERS_STORIES)
"""A story, and the bug with which it is lived through."""


async def try_all(trials: Sequence[tuple[str, str]]) -> int:
    """Live through stories, unbent or with a bug; print what each tripped, and count what did not go as it should."""
    todo = list(trials)
    found: dict[tuple[str, str], list[str]] = {}

    async def lane() -> None:
        async with forks() as bots:
            while todo:
                story, bug = todo.pop()
                found[story, bug] = await live_through(bots, story, bug)

    async with asyncio.TaskGroup() as lanes:
        for _ in range(LANES):
            lanes.create_task(lane())
    return sum(not _report(story, bug, found[story, bug]) for story, bug in trials)


def _report(story: str, bug: str, problems: list[str]) -> bool:
    """Print one line, and tell whether it is as it should be: no problem, or with a bug at least one."""
    is_well = bool(problems) == bool(bug)
    mark = "ok  " if is_well else "FAIL"
    if bug:
        print(f"{mark} {bug:<26} {BUGS[bug].sentence}: {problems[0] if problems else 'NOT CAUGHT'}")  # noqa: T201 - the report
    else:
        print(f"{mark} {story:<20} {'; '.join(problems[:2])}")  # noqa: T201 - the report
    return is_well


def main() -> int:
    """Run the command line; 1 if anything did not go as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire.trials", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    work_in_memory()
    if given.database == "sqlite":
        return 1 if asyncio.run(try_all([*STORIES_UNBENT, *PLANTED])) else 0
    server = Server()
    os.environ[SERVER] = str(server.folder)
    try:
        of_workers = [*((story, "") for story in WORKERS_STORIES), *PLANTED_IN_WORKERS]
        wrong = asyncio.run(try_all([*STORIES_UNBENT, *PLANTED, *of_workers]))
        drop_databases()
    finally:
        server.remove()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Every fault at every call that the bot makes, at both ends: each command ends in a legal state, with a word about it.

    python -m tests.wire.fault_matrix

The bot's clock runs faster than the machine's, so that its patience is tried whole; sockets and processes are real.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from bot.db.prices import WITHDRAWN_FACT
from bot.demo.provider import Behaviour, Site
from bot.domain.clock import MINUTE, SECOND
from bot.domain.lost_answers import TOLERANCE
from bot.ui.render.drawing import NEUTRAL_WORD
from tests.wire.accounts import audit
from tests.wire.discord_fake import Fault, Interaction, Kind, text_of
from tests.wire.fault_cases import (
    AT_START,
    DISCORD_FAULTS,
    DISCORD_SITES,
    PROVIDER_SITES,
    REFUSALS,
    STRIKES,
    FaultCase,
    cases,
)
from tests.wire.fork_server import Forks, forks
from tests.wire.stage import BotStage, open_stage, png
from tests.wire.worker import shared_clock

FACTOR = 15.0
PATIENCE_SECONDS = 40.0
"""Of the machine: ten minutes of the bot."""
LANES = 4
TOLD_APART_SECONDS = 2 * TOLERANCE / SECOND
"""Of the bot, after a request that was given up: what is created sooner may be its, and a moderator would decide."""
OFF_SALE = f"SELECT COUNT(*) FROM facts WHERE name = '{WITHDRAWN_FACT}' AND value <> '{{}}'"
SETTINGS = {"SUBMIT_GRACE_SECONDS": "10", "POLL_INITIAL_SECONDS": "1", "POLL_MAX_SECONDS": "5"}

Struck: TypeAlias = Callable[[], Awaitable[bool]]
"""Tells whether a planted fault has struck."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: in one word, after so many seconds of the bot's time, and what its member reads.

    `met`: whether the fault struck a call of it at all.
    """

    case: FaultCase
    word: str
    seconds: float
    reads: str
    met: bool


@dataclass(slots=True)
class Table:
    """The outcomes, and what should not have been."""

    outcomes: list[Outcome]
    problems: list[str]

    def __str__(self) -> str:
        places = sorted({(each.case.end, each.case.site) for each in self.outcomes})
        return "\n\n".join(
            self._one(end, [site for each, site in places if each == end]) for end in ("provider", "discord")
        )

    def _one(self, end: str, sites: Sequence[str]) -> str:
        rows: dict[str, dict[str, str]] = defaultdict(dict)
        for each in self.outcomes:
            if each.case.end == end:
                rows[each.case.fault][each.case.site] = f"{each.word} {each.seconds:.0f}s"
        head = f"{end:<22}" + "".join(f"{site:>16}" for site in sites)
        return "\n".join(
            [
                head,
                *(
                    f"{fault:<22}" + "".join(f"{row.get(site, ''):>16}" for site in sites)
                    for fault, row in rows.items()
                ),
            ]
        )


@dataclass(slots=True)
class FaultLane:
    """One bot that lives through case after case."""

    stage: BotStage
    bots: Forks
    table: Table
    number: int = 0

    async def start(self) -> None:
        """Start the bot, hurried."""
        heard = len(self.stage.fake.gateway.identifies)
        await self.bots.fork(self.stage.environment(), self.stage.folder / "easel.log", factor=FACTOR)
        await self.stage.until(lambda: len(self.stage.fake.gateway.identifies) > heard)
        await self.stage.heard()

    async def go_through(self, case: FaultCase) -> None:
        """Have a command meet the fault, and note how it ends; one that never met it is a problem too."""
        outcome = await self._try(case)
        if not outcome.met:
            # What an earlier fault did may last: some of it as long as the process, a model off sale for some minutes.
            await self._anew()
            await self.stage.until(lambda: self.stage.value(OFF_SALE) == 0, MINUTE / SECOND)
            outcome = await self._try(case)
        self.table.outcomes.append(outcome)
        if outcome.word == "void":
            await self.stage.fake.clock.sleep(TOLD_APART_SECONDS)
        if not outcome.met:
            self.table.problems.append(f"{case}: never met, {outcome.word}, reads {outcome.reads!r}")

    async def _try(self, case: FaultCase) -> Outcome:
        """Plant the fault, have a command sent, and wait for its end."""
        has_struck = await self._plant(case)
        began = time.monotonic()
        self.number += 1
        command = self._ask(case)
        ended = False
        while not ended and time.monotonic() - began < PATIENCE_SECONDS:
            await asyncio.sleep(0.05)
            ended = self._ended(case, command)
        self.stage.fake.faults.clear()
        await self.stage.provider.clear()
        word = self._word(command) if ended else "open"
        reads = self._reads(command)
        if word not in _LEGAL or (word != "unseen" and not reads):
            self.table.problems.append(f"{case}: {word}, reads {reads!r}")
        return Outcome(case, word, (time.monotonic() - began) * FACTOR, reads, await has_struck())

    async def _plant(self, case: FaultCase) -> Struck:
        """Plant the fault; the answer tells later whether it has struck."""
        if case.end == "provider":
            return await self._plant_at_provider(case)
        if case.site == "gateway":
            return await self._trouble_gateway(case)
        fake = self.stage.fake
        if case.site == "history search":
            fake.plant(Fault(DISCORD_SITES["result post"], Kind.STATUS, status=503, times=3))
        if case.site == "bot edit":
            # Where nothing may be posted the status message becomes the result, by the bot's own edit.
            fake.plant(Fault(DISCORD_SITES["result post"], Kind.REFUSAL, status=403, code=50013))
        fault = fake.plant(Fault(DISCORD_SITES[case.site], **DISCORD_FAULTS[case.fault]))  # pyright: ignore[reportArgumentType] - the fault's own fields

        async def has_struck() -> bool:
            return fault.struck > 0

        return has_struck

    async def _plant_at_provider(self, case: FaultCase) -> Struck:
        provider, site = self.stage.provider, PROVIDER_SITES[case.site]

        async def strikes() -> int:
            called = [each for each in await provider.history() if each["site"] == site]
            return sum(each["behaviour"] == case.fault for each in called)

        before = await strikes()
        if site is Site.LIST:
            await provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED)
        await provider.script(site, Behaviour(case.fault), times=STRIKES.get(site, 3))
        if case.site == AT_START:
            await self._anew()

        async def has_struck() -> bool:
            return await strikes() > before

        return has_struck

    async def _trouble_gateway(self, case: FaultCase) -> Struck:
        gateway = self.stage.fake.gateway
        before = len(gateway.identifies) + len(gateway.resumes)
        self._trouble(case.fault)
        if case.fault != "duplicate":
            await self.stage.until(lambda: len(gateway.identifies) + len(gateway.resumes) > before)
        await self.stage.heard()

        async def has_struck() -> bool:
            return gateway.copies == 1

        return has_struck

    def _trouble(self, fault: str) -> None:
        gateway = self.stage.fake.gateway
        match fault:
            case "drop":
                gateway.drop()
            case "reconnect":
                gateway.reconnect()
            case "invalid":
                gateway.invalidate()
            case "invalid, resumable":
                gateway.invalidate(resumable=True)
            case "duplicate":
                gateway.copies = 2
            case _:
                gateway.close(int(fault.split()[1]))

    async def _anew(self) -> None:
        await self.bots.kill()
        await self.start()

    async def settle(self) -> None:
        """Start again, so that the commands which could not be answered then are answered now."""
        await self._anew()
        waiting = "SELECT COUNT(*) FROM interactions WHERE job_id IS NULL"
        await self.stage.until(lambda: self.stage.value(waiting) == 0)

    def _ask(self, case: FaultCase) -> Interaction:
        """A command with a reference that is new to the provider, or that is no picture where it is to be refused."""
        if case.site in REFUSALS:
            return self.stage.edit("no picture", b"no picture")
        return self.stage.edit(f"picture {self.number}", png((self.number % 256, self.number // 256 % 256, 7)))

    def _ended(self, case: FaultCase, command: Interaction) -> bool:
        rows = self.stage.rows("SELECT closed_at FROM jobs WHERE interaction_id = ?", command.id)
        if rows:
            return rows[0]["closed_at"] is not None
        if case.site in REFUSALS:
            return self._refused(command)
        refused = any(each.visible_to for each in command.messages)
        return refused or (case.site == "callback" and not self._waiting(command))

    def _refused(self, command: Interaction) -> bool:
        """Whether a refusal is through: told and taken back, or given up while the command says it was not run."""
        waits = self.stage.rows("SELECT 1 FROM interactions WHERE interaction_id = ?", command.id)
        old = self.stage.fake.clock.now() - command.created_at > 120 * SECOND
        return command.response is not None and (not waits or (old and bool(self._reads(command))))

    def _waiting(self, command: Interaction) -> bool:
        """Whether the command may yet be answered; one that was not acknowledged in time cannot."""
        if self.stage.fake.clock.now() - command.created_at < 30 * SECOND:
            return True
        waits = self.stage.rows("SELECT 1 FROM interactions WHERE interaction_id = ? AND job_id IS NULL", command.id)
        return bool(waits) and command.response is not None

    def _word(self, command: Interaction) -> str:
        rows = self.stage.rows(
            "SELECT state, reason FROM predictions JOIN jobs USING (job_id) WHERE interaction_id = ?", command.id
        )
        if rows:
            return {"completed": "done", "failed": "void"}.get(rows[0]["state"], str(rows[0]["state"]))
        if any(each.visible_to for each in command.messages):
            return "refused"
        return "not run" if any(NEUTRAL_WORD in text_of(each) for each in command.messages) else "unseen"

    def _reads(self, command: Interaction) -> str:
        rows = self.stage.rows("SELECT result_message_id FROM jobs WHERE interaction_id = ?", command.id)
        shown = [text_of(each) for each in command.messages if not each.loading]
        wanted = rows[0]["result_message_id"] if rows else None
        shown += [text_of(each) for each in self.stage.fake.world.all_messages() if each.id == wanted]
        return " | ".join(each.splitlines()[0] for each in shown if each)


_LEGAL = {"done", "void", "withheld", "refused", "not run", "unseen"}
"""How a command may end; `not run`: Discord did not take the private reason, and the answer says that much in public
until the next start tells why; `unseen`: Discord never learnt that it was heard, and says so to the member itself."""


async def run(folder: Path, chosen: Sequence[FaultCase] | None = None, lanes: int = LANES) -> Table:
    """Go through all cases in so many lanes."""
    table = Table([], [])
    todo = list(reversed(chosen if chosen is not None else cases()))

    async def lane(number: int) -> None:
        place = folder / f"lane{number}"
        (place / "data").mkdir(parents=True)
        clock = shared_clock(FACTOR)
        async with (
            open_stage(place, clock=clock, processing=(1.0, 3.0), late=4.0) as stage,
            forks() as bots,
        ):
            stage.settings.update(SETTINGS)
            # A command is acknowledged in milliseconds; on the hurried clock these are more than Discord's 3 s.
            stage.fake.desk.first_response = MINUTE
            own = FaultLane(stage, bots, table, number * 10_000)
            await own.start()
            while todo:
                await own.go_through(todo.pop())
            await own.settle()
            table.problems += (await audit(stage)).problems

    # A group, not `gather`: when a lane breaks down, the others end here and leave nothing behind for another test.
    async with asyncio.TaskGroup() as group:
        for number in range(lanes):
            group.create_task(lane(number))
    return table


def main() -> int:
    """Print the table; 1 if a case ended badly."""
    began = time.monotonic()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        table = asyncio.run(
            run(Path(folder), [each for each in cases() if wanted in f"{each.end} {each.site} {each.fault}"])
        )
    print(table, *table.problems, sep="\n")  # noqa: T201 - the result
    print(f"{len(table.outcomes)} cases, {len(table.problems)} problems, {time.monotonic() - began:.0f} s")  # noqa: T201 - as above
    return 1 if table.problems else 0


if __name__ == "__main__":
    sys.exit(main())

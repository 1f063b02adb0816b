"""The operator's verbs beside a bot at work: pause and resume reach it at once, doubt stops it, the bill agrees."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import closing
from pathlib import Path

from tests.wire.discord_fake import text_of
from tests.wire.stage import Stage, easel, open_stage

ROOT = Path(__file__).parents[2]


async def verb(stage: Stage, *argv: str) -> tuple[int | None, str]:
    """A verb of `easel` as a process: its exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *argv, env=stage.environment(), cwd=ROOT, stdout=PIPE, stderr=STDOUT
    )
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()


async def refused(stage: Stage) -> str:
    """What alice reads in private after `/edit`."""
    command = stage.edit()
    await stage.until(lambda: any(each.visible_to for each in command.messages))
    return next(text_of(each) for each in command.messages if each.visible_to)


async def test_the_operators_verbs(tmp_path: Path) -> None:
    """Nobody spends while it is paused or in doubt; `resume` lifts either; the provider's bill agrees."""
    async with open_stage(tmp_path) as stage:
        async with easel(stage):
            paused = await verb(stage, "pause", "moving", "house")
            while_paused = await refused(stage)
            resumed = await verb(stage, "resume")
            stage.edit()
            await stage.closed()
            compared = await verb(stage, "reconcile")
        move_balances(stage, 1)
        async with easel(stage):
            await stage.until(lambda: stage.rows("SELECT 1 FROM facts WHERE name = 'doubt' AND value <> ''"))
            in_doubt = await refused(stage)
            move_balances(stage, -1)
            lifted = await verb(stage, "resume")
            stage.edit()
            await stage.closed(jobs=2)

    assert paused == (
        0,
        "Paused: no new jobs are taken, in any server. Running jobs finish. Lift it with easel resume.\n",
    )
    assert "The operator has paused me\\: moving house" in while_paused
    assert resumed == (0, "The pause is lifted.\n")
    assert compared == (
        0,
        "total (days: 7, predictions: 1): ours $0.08, theirs $0.08, booked on servers' own accounts $0.00\n",
    )
    assert "My accounts don't add up" in in_doubt
    assert lifted[0] == 0
    assert lifted[1].startswith("The freeze is lifted. It was set because of this: I2: what is spent is")
    assert "still do not add up" not in lifted[1]


def move_balances(stage: Stage, by_micros: int) -> None:
    """Spoil the accounts, or mend them, behind the program's back."""
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        connection.execute("UPDATE balances SET spent_micros = spent_micros + ? WHERE scope = 'server'", (by_micros,))

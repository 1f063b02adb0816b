"""The operator's verbs beside a bot at work: pause, resume and a broken ledger reach it at once; the bill agrees."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.wire.discord_fake import text_of
from tests.wire.stage import BotStage, easel, open_stage


async def refused(stage: BotStage) -> str:
    """What alice reads in private after `/edit`."""
    command = stage.edit()
    await stage.until(lambda: any(each.visible_to for each in command.messages))
    return next(text_of(each) for each in command.messages if each.visible_to)


async def test_the_operators_verbs(tmp_path: Path) -> None:
    """Nobody spends while it is paused or its ledger is broken; `resume` lifts either; the provider's bill agrees."""
    async with open_stage(tmp_path) as stage:
        async with easel(stage):
            paused = await stage.verb("pause", "moving", "house")
            while_paused = await refused(stage)
            resumed = await stage.verb("resume")
            stage.edit()
            await stage.closed()
            compared = await stage.verb("reconcile")
        move_balances(stage, 1)
        async with easel(stage):
            await stage.until(lambda: stage.rows("SELECT 1 FROM facts WHERE name = 'doubt' AND value <> ''"))
            in_doubt = await refused(stage)
            move_balances(stage, -1)
            lifted = await stage.verb("resume")
            stage.edit()
            await stage.closed(jobs=2)

    assert paused == (
        0,
        "Paused: no new jobs are taken, in any server. Running jobs finish. Lift it with easel resume.\n",
    )
    assert "Easel is paused by its operator\\: moving house" in while_paused
    assert resumed == (0, "The pause is lifted.\n")
    assert compared == (
        0,
        "total (days: 7, predictions: 1): ours $0.08, theirs $0.08, booked on servers' own accounts $0.00\n",
    )
    assert "My accounts don't add up" in in_doubt
    assert lifted[0] == 0
    assert lifted[1].startswith("The freeze is lifted. It was set because of this: I2: what is spent is")
    assert "still do not add up" not in lifted[1]


def move_balances(stage: BotStage, by_micros: int) -> None:
    """Spoil the accounts, or mend them, behind the program's back."""
    with closing(sqlite3.connect(stage.database)) as connection, connection:
        connection.execute("UPDATE balances SET spent_micros = spent_micros + ? WHERE scope = 'server'", (by_micros,))

"""Upkeep: every invariant can be seen to break, and a backup made under load is whole."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.invariants import INVARIANTS, violations
from bot.db.upkeep import BadBackup
from bot.domain.budget import LimitKind
from bot.domain.jobs import MessageAt
from bot.domain.periods import Period
from tests.db.world import PRICE, World, open_world

# What a disk, a tool or a bug might do to a sound database, by the invariant that has to see it.
DAMAGE = {
    "I1": "UPDATE balances SET held_micros = held_micros + 1 WHERE scope = 'bot' AND period = 'day'",
    "I2": "UPDATE balances SET spent_micros = spent_micros + 1 WHERE scope = 'member' AND period = 'week'",
    "I3": "PRAGMA ignore_check_constraints = 1; UPDATE admission_limits SET limit_micros = after_micros - 1",
    "I4": "DROP INDEX ledger_one_end; INSERT INTO ledger SELECT 99, 'void', hold_id, prediction_id, guild_id,"
    " account_id, amount_micros, NULL, '', 0 FROM ledger WHERE kind = 'capture' LIMIT 1",
    "I5": "DROP TRIGGER ledger_keeps_its_entries; UPDATE ledger SET amount_micros = 80001 WHERE kind = 'capture'",
    "I6": "UPDATE predictions SET state = 'failed', ended_at = 1 WHERE state = 'queued'",
    "I7": "UPDATE predictions SET provider_id = prediction_id WHERE state = 'queued'",
    "I8": "UPDATE jobs SET result_channel_id = 1, result_message_id = 2",
    "I9": "DROP TRIGGER postings_keep_their_sums; UPDATE postings SET day = '2027-01-16' WHERE scope = 'channel'"
    " AND spent_micros > 0",
    "I10": "DROP TRIGGER audit_loses_nothing",
    "I11": "DELETE FROM balances WHERE scope = 'channel' AND period = 'total'",
    "I13": "DROP TABLE prices; CREATE TABLE prices (model_id TEXT PRIMARY KEY, price_micros REAL)",
}


async def _lived_in(world: World) -> None:
    await world.limit(LimitKind.SERVER, 0, Period.MONTH, 100 * PRICE)
    for number in range(2):
        job = await world.admit(pictures=2)
        await world.complete(job.predictions[0].prediction_id)
        await world.stores.jobs.set_result_message(job.job_id, MessageAt(1, number))


def test_every_invariant_is_damaged() -> None:
    """There is damage for each invariant."""
    assert sorted(DAMAGE) == sorted(sentence.split(":")[0] for sentence in INVARIANTS)


@pytest.mark.parametrize("name", DAMAGE)
async def test_damage_is_seen(tmp_path: Path, name: str) -> None:
    """An invariant that no longer holds is named, with the place."""
    async with open_world(tmp_path) as world:
        await _lived_in(world)
        sound = await world.stores.upkeep.violations()
    with closing(sqlite3.connect(tmp_path / "easel.db")) as connection:
        connection.executescript(DAMAGE[name])
        found = violations(connection)

    assert sound == ()
    assert name in {sentence.split(":")[0] for sentence in found}


async def test_backup_under_load(world: World, tmp_path: Path) -> None:
    """Copies made while jobs are admitted are sound, and hold everything that was committed before."""
    counts: list[int] = []

    async def admit_many() -> None:
        for _ in range(40):
            await world.admit()

    async def copy_some() -> None:
        for number in range(5):
            committed = (await world.rows("SELECT COUNT(*) FROM jobs"))[0][0]
            target = tmp_path / f"copy{number}.db"
            await world.stores.upkeep.backup(target)
            with closing(sqlite3.connect(target)) as copy:
                copied = copy.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]
            counts.append(copied - int(str(committed)))

    await asyncio.gather(admit_many(), copy_some())

    assert len(counts) == 5
    assert min(counts) >= 0


async def test_backup_takes_no_place(world: World, tmp_path: Path) -> None:
    """A backup never replaces a file."""
    target = tmp_path / "precious"
    target.write_text("letters")

    with pytest.raises(BadBackup, match="already"):
        await world.stores.upkeep.backup(target)
    assert target.read_text() == "letters"


async def test_unsound_copy_is_not_kept(tmp_path: Path) -> None:
    """A copy of accounts that do not add up is refused and leaves no file."""
    async with open_world(tmp_path, after_commit=None) as world:
        await _lived_in(world)
        await world.database.write(lambda c: c.execute("UPDATE balances SET held_micros = 7").fetchall())
        target = tmp_path / "copy.db"
        with pytest.raises(BadBackup, match="not sound"):
            await world.stores.upkeep.backup(target)

    assert not [name for name in os.listdir(tmp_path) if name.startswith("copy")]  # noqa: PTH208 - pathlib's own glob is refused in async code


async def test_restored_backup_goes_on(world: World, tmp_path: Path) -> None:
    """A backup put in a database's place is a world to go on in."""
    job = await world.admit()
    folder = tmp_path / "restored"
    folder.mkdir()
    await world.stores.upkeep.backup(folder / "easel.db")
    async with open_world(folder) as restored:
        await restored.complete(job.predictions[0].prediction_id)
        spent = await restored.standing("member")

    assert spent == [("", 0, PRICE)]

"""Upkeep: every invariant can be seen to break, and a backup made under load is whole."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.database import BadBackup
from bot.db.invariants import INVARIANTS
from bot.domain.budget import LimitKind
from bot.domain.jobs import MessageAt
from bot.domain.periods import Period
from tests.db.damage import DAMAGE
from tests.db.engines import damaged, sqlite_by_nature
from tests.db.world import PRICE, DatabaseWorld, open_database_world


async def _lived_in(world: DatabaseWorld) -> None:
    await world.limit(LimitKind.SERVER, 0, Period.MONTH, 100 * PRICE)
    for number in range(2):
        job = await world.admit(pictures=2)
        await world.complete(job.predictions[0].prediction_id)
        await world.stores.jobs.set_result_message(job.job_id, MessageAt(1, number))


def test_every_invariant_is_damaged() -> None:
    """There is damage for each invariant."""
    assert {name.split(",")[0] for name in DAMAGE} == {sentence.split(":")[0] for sentence in INVARIANTS}


@pytest.mark.parametrize("name", DAMAGE)
async def test_damage_is_seen(tmp_path: Path, name: str) -> None:
    """An invariant that no longer holds is named, with the place."""
    async with open_database_world(tmp_path) as world:
        await _lived_in(world)
        sound = await world.stores.upkeep.violations()
    found = damaged(tmp_path, DAMAGE[name])

    assert sound == ()
    assert name.split(",", maxsplit=1)[0] in {sentence.split(":")[0] for sentence in found}


@sqlite_by_nature("a page of its file is overwritten; test_postgres_migrate.py has the server say so")
async def test_a_damaged_file_is_seen(world: DatabaseWorld, tmp_path: Path) -> None:
    """Accounts that cannot be read do not add up either: that is an answer, not an accident of the check."""
    await _lived_in(world)
    await world.database.checkpoint()
    page, size = (
        await world.rows("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = 'postings'")
    )[0]
    with (tmp_path / "easel.db").open("r+b") as file:
        file.seek((int(str(page)) - 1) * int(str(size)))
        file.write(b"\xff" * int(str(size)))

    assert [found.split(":")[0] for found in await world.stores.upkeep.violations()] == ["the file can be read"]


@sqlite_by_nature("a PostgreSQL database is copied by pg_dump, as test_postgres_migrate.py sees it say")
async def test_backup_under_load(world: DatabaseWorld, tmp_path: Path) -> None:
    """Copies made while jobs are admitted are sound, and hold everything that was committed before."""
    counts: list[int] = []

    async def admit_many() -> None:
        for _ in range(40):
            await world.admit()

    async def copy_some() -> None:
        for number in range(5):
            committed = (await world.rows("SELECT COUNT(*) FROM jobs"))[0][0]
            target = tmp_path / f"copy{number}.db"
            await world.database.backup(target)
            with closing(sqlite3.connect(target)) as copy:
                copied = copy.execute("SELECT COUNT(*) FROM jobs").fetchone()[0]
            counts.append(copied - int(str(committed)))

    await asyncio.gather(admit_many(), copy_some())

    assert len(counts) == 5
    assert min(counts) >= 0


@sqlite_by_nature("a PostgreSQL database is copied by pg_dump, as test_postgres_migrate.py sees it say")
async def test_backup_takes_no_place(world: DatabaseWorld, tmp_path: Path) -> None:
    """A backup never replaces a file."""
    target = tmp_path / "precious"
    target.write_text("letters")

    with pytest.raises(BadBackup, match="already"):
        await world.database.backup(target)
    assert target.read_text() == "letters"


@sqlite_by_nature("a PostgreSQL database is copied by pg_dump, as test_postgres_migrate.py sees it say")
async def test_backup_into_no_folder(world: DatabaseWorld, tmp_path: Path) -> None:
    """A folder that is not there is named, and not made."""
    with pytest.raises(BadBackup, match=r"There is no folder .*missing"):
        await world.database.backup(tmp_path / "missing" / "copy.db")
    assert not (tmp_path / "missing").exists()


@sqlite_by_nature("a PostgreSQL database is copied by pg_dump, as test_postgres_migrate.py sees it say")
async def test_unsound_copy_is_not_kept(tmp_path: Path) -> None:
    """A copy of accounts that do not add up is refused and leaves no file."""
    async with open_database_world(tmp_path, after_commit=None) as world:
        await _lived_in(world)
        await world.database.write(lambda c: c.execute("UPDATE balances SET held_micros = 7").fetchall())
        target = tmp_path / "copy.db"
        with pytest.raises(BadBackup, match="not sound"):
            await world.database.backup(target)

    assert not [name for name in os.listdir(tmp_path) if name.startswith("copy")]  # noqa: PTH208 - pathlib's own glob is refused in async code


@sqlite_by_nature("a PostgreSQL database is copied by pg_dump, as test_postgres_migrate.py sees it say")
async def test_restored_backup_goes_on(world: DatabaseWorld, tmp_path: Path) -> None:
    """A backup put in a database's place is a world to go on in."""
    job = await world.admit()
    folder = tmp_path / "restored"
    folder.mkdir()
    await world.database.backup(folder / "easel.db")
    async with open_database_world(folder) as restored:
        await restored.complete(job.predictions[0].prediction_id)
        spent = await restored.standing("member")

    assert spent == [("", 0, PRICE)]

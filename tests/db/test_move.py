"""Moving to PostgreSQL: everything arrives as it was, or nothing does, and the SQLite file stays as it is."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bot.__main__ import main
from bot.db.database import UnusableDatabase
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_move import TABLES, Moved, NotMoved
from bot.db.url import shown
from bot.domain.predictions import FailureReason
from bot.instance import only_instance
from tests.db.engines import empty_database, needs_postgresql
from tests.db.moving import digest, hook, move, stopped_bot, tables, world_on
from tests.db.server import address
from tests.db.world import NOON, check_invariants

pytestmark = needs_postgresql()

PASSWORD = "correct-horse"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    return await stopped_bot(tmp_path)


async def test_everything_arrives(file: Path) -> None:
    """Each row of each table is there, the accounts add up, and the file has the same bytes as before."""
    before, url = digest(file), empty_database()

    moved = await move(file, url)

    with closing(sqlite3.connect(file)) as source, psycopg.connect(url) as server:
        names = [name for (name,) in source.execute(TABLES)]
        for name in names:
            here = sorted(map(repr, source.execute(f"SELECT * FROM {name}")))
            columns = ", ".join(f'"{row[1]}"' for row in source.execute(f"PRAGMA table_info({name})"))
            there = sorted(map(repr, server.execute(f"SELECT {columns} FROM {name}".encode())))
            assert there == here, name
            moved = replace(moved, rows=moved.rows - len(here))
    assert moved == Moved(len(names), 0)
    assert digest(file) == before


async def test_work_goes_on_there(file: Path) -> None:
    """New rows are numbered on, what was on its way ends, and what had been cut off is found as after a restart."""
    url = empty_database()
    await move(file, url)

    database = await PostgresDatabase.open(url, after_commit=check_invariants)
    try:
        world = await world_on(database)
        world.numbers = iter(range(100, 200))  # pyright: ignore[reportAttributeAccessIssue]
        sent = (await world.rows("SELECT prediction_id FROM predictions WHERE state = 'processing'"))[0][0]
        assert isinstance(sent, int)
        await world.stores.jobs.fail(sent, FailureReason.MODERATED, NOON)
        await world.complete((await world.admit()).predictions[0].prediction_id)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("table", "body", "sentence"),
    [
        ("words", "RETURN NULL", "1 rows of words were sent and 0 arrived"),
        ("jobs", "NEW.prompt := 'another'; RETURN NEW", "rows of jobs did not arrive as they were sent"),
    ],
)
async def test_what_arrives_otherwise_is_not_kept(file: Path, table: str, body: str, sentence: str) -> None:
    """A row that the other side loses or changes is seen before anything is kept."""
    url = empty_database()
    hook(url, table, body)

    with pytest.raises(NotMoved, match=sentence):
        await move(file, url)

    assert tables(url) == []


async def test_broken_copy_leaves_nothing(file: Path) -> None:
    """A connection that ends in the middle leaves no table behind, and the same command then succeeds."""
    url = empty_database()
    hook(url, "jobs", "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW")

    with pytest.raises(NotMoved, match="Nothing was kept there"):
        await move(file, url)
    assert tables(url) == []

    with psycopg.connect(url) as server:
        server.execute("DROP EVENT TRIGGER hooked")
    assert (await move(file, url)).rows > 30


async def test_moving_twice_is_moving_once(file: Path) -> None:
    """Whoever was cut off at the very last word may say the same again; a bot that was at work there makes it other."""
    url = empty_database()

    assert await move(file, url) == await move(file, url)


async def test_refuses_what_is_not_empty(file: Path) -> None:
    """Other books that are there already stay as they are; tables without a row are no books."""
    url = empty_database()
    await (await PostgresDatabase.open(url)).close()
    await move(file, url)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("UPDATE words SET word = 'another'")

    with pytest.raises(NotMoved, match=r"has rows already \(in accounts\)"):
        await move(file, url)


async def test_refuses_another_programs(file: Path) -> None:
    """A database of another program is not touched."""
    url = empty_database()
    with psycopg.connect(url) as server:
        server.execute("CREATE TABLE theirs (x INT)")

    with pytest.raises(UnusableDatabase, match="tables of another program"):
        await move(file, url)

    assert tables(url) == ["theirs"]


async def test_refuses_accounts_that_do_not_add_up(file: Path) -> None:
    """What is wrong already is not carried on as if it were right."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("UPDATE balances SET held_micros = held_micros + 1")
    url = empty_database()

    with pytest.raises(NotMoved, match="do not add up"):
        await move(file, url)

    assert tables(url) == []


async def test_says_what_postgresql_cannot_keep(file: Path) -> None:
    """A text with a zero in it, which SQLite takes and PostgreSQL does not, is named."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("UPDATE words SET word = char(119, 0)")
    url = empty_database()

    with pytest.raises(NotMoved, match=r"words .*cannot be kept by PostgreSQL"):
        await move(file, url)

    assert tables(url) == []


async def test_no_bot_runs_on_either_side(file: Path) -> None:
    """A bot on the other side keeps the books out, however empty it is."""
    url = empty_database()
    other = await PostgresDatabase.open(url, alone=True)
    try:
        with pytest.raises(UnusableDatabase, match="already runs"):
            await move(file, url)
    finally:
        await other.close()


# The verb -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose settings name the file."""
    monkeypatch.chdir(file.parent)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///easel.db")
    # The log would go on to a stream that is closed with this test.
    monkeypatch.setattr("bot.__main__.configure_logging", lambda *_, **__: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    return file


def test_the_verb_says_what_to_do_next(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with what was compared, and with the setting to change."""
    copy = installed.with_name("before.db")
    shutil.copy(installed, copy)

    assert main(["move", empty_database()]) == 0

    said = capsys.readouterr().out
    assert "every one compared" in said
    assert "DATABASE_URL" in said
    assert installed.read_bytes() == copy.read_bytes()


def test_no_bot_goes_on_with_what_was_moved(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every verb on the old file says where the books are, until the note beside it is taken away."""
    assert main(["move", url := empty_database()]) == 0

    for verb in ("migrate", "resume"):
        assert main([verb]) == 1
        assert f"were moved to {shown(url)}: put that address into DATABASE_URL" in capsys.readouterr().err
    installed.with_name("easel.db.moved").unlink()
    assert main(["migrate"]) == 0


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/easel",
        f"postgresql://somebody:{PASSWORD}%zz@127.0.0.1:1/easel",
        f"postgresql://somebody@127.0.0.1:1/easel?password={PASSWORD}",
        f"postgresql://somebody:{PASSWORD}@127.0.0.1:1/easel?nonsense={PASSWORD}",
        f"mysql://somebody:{PASSWORD}@127.0.0.1/easel",
    ],
)
def test_a_fault_is_one_sentence_without_the_password(
    installed: Path, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    """What cannot be reached or read is said without what must not be read."""
    assert installed.exists()

    assert main(["move", url]) in {1, 2}

    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert PASSWORD not in said.err + said.out


def test_the_bot_has_to_be_stopped(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While a bot runs on the file nothing is copied."""
    with only_instance(installed):
        assert main(["move", address("easel_never_made")]) == 75

    assert "already runs" in capsys.readouterr().err

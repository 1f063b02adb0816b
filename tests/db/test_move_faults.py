"""Moving to PostgreSQL while something is wrong with either side: one sentence, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import psycopg
import pytest

from bot.__main__ import main
from bot.db import postgres_session
from bot.db.invariants import INVARIANTS
from bot.db.sqlite import SqliteDatabase
from tests.bench.finished import add_finished
from tests.db.engines import empty_database, needs_postgresql
from tests.db.moving import digest, stopped_bot, tables
from tests.db.server import address
from tests.db.world import NOON
from tests.wire.fork_server import ROOT, Forked, fork_verb

pytestmark = needs_postgresql()

SEED = int(os.environ.get("KILL_SEED", "0")) or int.from_bytes(os.urandom(3))
KILLS = 6
JOBS = 500


@pytest.fixture
async def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose settings name the database of a bot that stopped."""
    file = await stopped_bot(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///easel.db")
    # The log would go on to a stream that is closed with this test.
    monkeypatch.setattr("bot.__main__.configure_logging", lambda *_, **__: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
    return file


def begin_move(file: Path, url: str, log: Path) -> Forked:
    """The verb in a process of its own."""
    return fork_verb(["move", url], {**os.environ, "DATABASE_URL": f"sqlite:///{file}"}, cwd=ROOT, stdout=log)


def note_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.moved")


def jobs_in(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT COUNT(*) FROM jobs").fetchone()
        return 0 if row is None else row[0]


def wait_for_the_end_of_sessions(url: str) -> None:
    """Return once the server has noticed that nobody is there any more."""
    others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(others).fetchone() != (0,):
            time.sleep(0.02)


def server(statement: str, url: str = "") -> None:
    with psycopg.connect(url or address("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]


def read_only(url: str) -> str:
    server(f"ALTER DATABASE {name_in(url)} SET default_transaction_read_only = on")
    return url


def of_latin(url: str) -> str:
    name = f"{name_in(url)}_latin"
    server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    return url.replace(name_in(url), name)


def of_nobodys_rights(url: str) -> str:
    role = f"{name_in(url)}_role"
    server(f"CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC", url)
    return url.replace("postgres@", f"{role}@")


def gone(url: str) -> str:
    return url.replace(name_in(url), f"{name_in(url)}_gone")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (read_only, "cannot execute CREATE TABLE in a read-only transaction. Nothing was kept there"),
        (of_latin, "The database keeps text as LATIN1; Easel needs one that was made with UTF8"),
        (of_nobodys_rights, "permission denied for schema public"),
        (gone, "does not exist"),
    ],
)
def test_the_other_side(
    file: Path, capsys: pytest.CaptureFixture[str], given: Callable[[str], str], sentence: str
) -> None:
    """Read-only, of another encoding, without rights, not there: said in one line, and the file is as it was."""
    before, url = digest(file), empty_database()

    assert main(["move", given(url)]) == 1

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert tables(url) == []
    assert digest(file) == before
    assert not note_of(file).exists()


def test_an_old_server(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of before PostgreSQL 14 is refused; which that is is bent here, since a real one is not at hand."""
    assert file.exists()
    monkeypatch.setattr(postgres_session, "OLDEST_VERSION", 9_990_000)
    url = empty_database()

    assert main(["move", url]) == 1
    assert "needs PostgreSQL 999 or newer" in capsys.readouterr().err
    assert tables(url) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE words SET word = CAST(x'ff41' AS TEXT)", "easel.db cannot be read to its end (Could not decode"),
        # What a surrogate of UTF-16 without its other half is in UTF-8, which is none.
        ("UPDATE drafts SET prompt = CAST(x'eda080' AS TEXT)", "easel.db cannot be read to its end (Could not decode"),
        ("UPDATE drafts SET prompt = 'a' || char(0) || 'b'", "A row of drafts cannot be kept by PostgreSQL"),
    ],
)
def test_text_that_is_none(file: Path, capsys: pytest.CaptureFixture[str], damage: str, sentence: str) -> None:
    """What PostgreSQL does not take as text, or nobody, is said in one line, and nothing was kept."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(damage)
    url = empty_database()

    assert main(["move", url]) == 1

    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert tables(url) == []


def test_a_damaged_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with a page of rubbish in its middle is told in one line, whichever page, or nothing of it was read."""
    pages, whole = file.stat().st_size // 4096, file.read_bytes()
    told = 0
    for page in range(1, pages, 11):
        url = empty_database()
        file.write_bytes(whole[: page * 4096] + b"\xa5" * 4096 + whole[(page + 1) * 4096 :])
        if main(["move", url]) == 0:
            note_of(file).unlink()  # an index's page, which no copy needs
            continue
        said = capsys.readouterr().err
        told += 1
        assert said.count("\n") == 1, said
        assert "Traceback" not in said
        assert tables(url) == []
    assert told


def test_a_file_of_an_older_version(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Books of an older Easel are upgraded first, on the side where a copy is left."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 3")
    url = empty_database()

    assert main(["move", url]) == 1
    assert "run `easel migrate` first" in capsys.readouterr().err
    assert tables(url) == []


async def test_killed_at_any_moment(tmp_path: Path) -> None:
    """However often it is killed, all of it is there or nothing; the same command succeeds in the end."""
    file, log, rng = tmp_path / "easel.db", tmp_path / "move.log", Random(SEED)
    await (await SqliteDatabase.open(file)).close()
    add_finished(file, JOBS, NOON)
    before, longest = digest(file), 0.0
    for _ in range(2):  # the first starts the server of forks as well
        began = time.perf_counter()
        assert await begin_move(file, empty_database(), log).wait() == 0, log.read_text()
        longest = time.perf_counter() - began
        note_of(file).unlink()

    url, cut_short = "", 0
    for _ in range(KILLS):
        url = empty_database()
        process = begin_move(file, url, log)
        await asyncio.sleep(rng.uniform(0.1, 1.0) * longest)
        process.kill()
        cut_short += await process.wait() != 0
        await asyncio.to_thread(wait_for_the_end_of_sessions, url)
        assert not tables(url) or jobs_in(url) == JOBS, f"seed {SEED}"
        note_of(file).unlink(missing_ok=True)
    assert cut_short, f"seed {SEED}"

    assert await begin_move(file, url, log).wait() == 0, log.read_text()
    assert jobs_in(url) == JOBS
    assert note_of(file).exists()
    assert digest(file) == before


async def test_a_long_history(tmp_path: Path) -> None:
    """No invariant reads all postings anew for each entry, however little memory the server has: that never ended."""
    file, log, url = tmp_path / "easel.db", tmp_path / "move.log", empty_database()
    await (await SqliteDatabase.open(file)).close()
    add_finished(file, JOBS, NOON)
    assert await begin_move(file, url, log).wait() == 0, log.read_text()

    with psycopg.connect(url) as there:
        there.execute("SET work_mem = '64kB'; SET hash_mem_multiplier = 1")
        for name, query in INVARIANTS.items():
            if "pragma" not in query:  # of SQLite alone
                plan = "\n".join(line for (line,) in there.execute(f"EXPLAIN {query}".encode()))
                assert "NOT (SubPlan" not in plan, f"{name}\n{plan}"

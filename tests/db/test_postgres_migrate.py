"""PostgreSQL's migrations, as test_migrate.py tries SQLite's; and what a bot refuses to do that is the server's."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from bot.db.connection import Connection
from bot.db.database import BadBackup, DatabaseDamaged, UnusableDatabase
from bot.db.migrate import migrations_in
from bot.db.postgres import PostgresDatabase
from bot.db.postgres_migrate import POSTGRESQL_MIGRATIONS
from tests.db.engines import empty_database, needs_postgresql, url_in

pytestmark = needs_postgresql()


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """The program's own migrations in a folder to which more can be added."""
    folder = tmp_path / "migrations"
    shutil.copytree(POSTGRESQL_MIGRATIONS, folder)
    return folder


def _next(folder: Path, script: str) -> int:
    version = len(migrations_in(folder)) + 1
    (folder / f"{version:04d}_next.sql").write_text(script)
    return version


def _ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as server:
        row = server.execute(query.encode()).fetchone()
        return None if row is None else row[0]


async def _open_and_close(url: str, steps: Path, *, may_migrate: bool = True) -> None:
    database = await PostgresDatabase.open(url, migrations=steps, may_migrate=may_migrate)
    await database.close()


async def test_what_an_older_one_lacks_is_made(steps: Path) -> None:
    """A database of an earlier version is brought to this one, and says so; once more changes nothing."""
    url = empty_database()
    await _open_and_close(url, steps)
    version = _next(steps, "CREATE TABLE more (a BIGINT);")
    for _ in range(2):
        await _open_and_close(url, steps)

    assert _ask(url, "SELECT version FROM easel_version") == version
    assert _ask(url, "SELECT COUNT(*) FROM more") == 0


async def test_failing_migration_changes_nothing(steps: Path) -> None:
    """Of several steps none is kept where the last one fails half-way."""
    url = empty_database()
    await _open_and_close(url, steps)
    version = _ask(url, "SELECT version FROM easel_version")
    _next(steps, "CREATE TABLE whole (a BIGINT);")
    _next(steps, "CREATE TABLE half (a BIGINT); INSERT INTO nowhere VALUES (1);")

    with pytest.raises(UnusableDatabase, match='relation "nowhere" does not exist'):
        await _open_and_close(url, steps)
    assert _ask(url, "SELECT version FROM easel_version") == version
    assert _ask(url, "SELECT COALESCE(to_regclass('whole'), to_regclass('half'))") is None


async def test_newer_database_is_refused(steps: Path) -> None:
    """A database from a newer program is refused in one sentence that says what to do."""
    url = empty_database()
    _next(steps, "CREATE TABLE more (a BIGINT);")
    await _open_and_close(url, steps)

    with pytest.raises(UnusableDatabase, match="newer than this program"):
        await _open_and_close(url, POSTGRESQL_MIGRATIONS)


async def test_older_database_is_left_alone_on_request(steps: Path) -> None:
    """Whoever only looks does not migrate: an older database is refused with the command to run."""
    url = empty_database()
    await _open_and_close(url, steps)
    _next(steps, "CREATE TABLE more (a BIGINT);")

    with pytest.raises(UnusableDatabase, match="easel migrate"):
        await _open_and_close(url, steps, may_migrate=False)
    assert _ask(url, "SELECT to_regclass('more')") is None


async def test_a_copy_is_the_servers_own(tmp_path: Path) -> None:
    """Whoever asks for a copy is told which program makes one."""
    database = await PostgresDatabase.open(url_in(tmp_path))
    with pytest.raises(BadBackup, match="pg_dump"):
        await database.backup(tmp_path / "copy")
    await database.close()

    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("code", ["XX001", "XX002"])
async def test_what_cannot_be_read_back(tmp_path: Path, code: str) -> None:
    """Damaged rows and damaged indexes are told as damage, with the server's own words."""
    database = await PostgresDatabase.open(url_in(tmp_path))

    def look(connection: Connection) -> None:
        connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'invalid page' USING ERRCODE = '{code}'; END $$")

    with pytest.raises(DatabaseDamaged, match="invalid page"):
        await database.aside(look)
    await database.close()

"""Migrations: a database is always of one whole version, and never older or newer than what runs on it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.db import sqlite
from bot.db.connection import Connection
from bot.db.database import UnusableDatabase
from bot.db.migrate import MIGRATIONS, migrate, migrations_in, statements
from bot.db.sqlite import SqliteDatabase
from bot.domain.choices import Choices
from tests.db.engines import migration, older_database, sqlite_by_nature
from tests.db.world import open_database_world


@pytest.fixture(autouse=True)
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrate new databases as the program does."""
    monkeypatch.setattr(sqlite, "migrate", migrate)


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """The program's own migrations in a folder to which more can be added."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    return folder


def _next(folder: Path, script: str) -> int:
    version = len(migrations_in(folder)) + 1
    (folder / f"{version:04d}_next.sql").write_text(script)
    return version


def _ask(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(query).fetchone()
        return None if row is None else row[0]


@sqlite_by_nature("a file with its version in its header")
async def test_schema_is_the_migrations(tmp_path: Path) -> None:
    """A new database has exactly the objects that the migrations name, and every table is STRICT."""
    async with open_database_world(tmp_path) as world:
        made = await world.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        loose = await world.rows(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'"
        )
    with closing(sqlite3.connect(":memory:")) as fresh:
        for step in migrations_in(MIGRATIONS):
            fresh.executescript(step.path.read_text())
        named = fresh.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").fetchall()

    assert made == named
    assert loose == []


@sqlite_by_nature("a file with its version in its header; test_postgres_migrate.py is its twin")
async def test_failing_migration_changes_nothing(tmp_path: Path, steps: Path) -> None:
    """A migration that fails half-way leaves tables and version as they were."""
    path = tmp_path / "easel.db"
    database = await SqliteDatabase.open(path, migrations=steps)
    await database.close()
    version = _ask(path, "PRAGMA user_version")
    _next(steps, "CREATE TABLE half (a INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n")

    with pytest.raises(UnusableDatabase, match="no such table: nowhere"):
        await SqliteDatabase.open(path, migrations=steps)
    assert _ask(path, "PRAGMA user_version") == version
    assert _ask(path, "SELECT name FROM sqlite_schema WHERE name = 'half'") is None


@sqlite_by_nature("it is copied before a migration; PostgreSQL's operator does that")
async def test_copy_before_migrating(tmp_path: Path, steps: Path) -> None:
    """Before an existing database is migrated, it is copied as it was."""
    path = tmp_path / "easel.db"
    database = await SqliteDatabase.open(path, migrations=steps)
    await database.close()
    before = _ask(path, "PRAGMA user_version")
    version = _next(steps, "CREATE TABLE more (a INTEGER) STRICT;\n")
    database = await SqliteDatabase.open(path, migrations=steps)
    await database.close()
    copy = tmp_path / f"easel.db.before-{version}"

    assert _ask(path, "PRAGMA user_version") == version
    assert _ask(copy, "PRAGMA user_version") == before
    assert _ask(copy, "PRAGMA integrity_check") == "ok"


@sqlite_by_nature("a file with its version in its header; test_postgres_migrate.py is its twin")
async def test_newer_database_is_refused(tmp_path: Path, steps: Path) -> None:
    """A database from a newer program is refused in one sentence that says what to do."""
    path = tmp_path / "easel.db"
    _next(steps, "CREATE TABLE more (a INTEGER) STRICT;\n")
    database = await SqliteDatabase.open(path, migrations=steps)
    await database.close()

    with pytest.raises(UnusableDatabase, match="newer than this program"):
        await SqliteDatabase.open(path)


@sqlite_by_nature("a file with its version in its header; test_postgres_migrate.py is its twin")
async def test_older_database_is_left_alone_on_request(tmp_path: Path, steps: Path) -> None:
    """Whoever only looks does not migrate: an older database is refused with the command to run."""
    path = tmp_path / "easel.db"
    database = await SqliteDatabase.open(path, migrations=steps)
    await database.close()
    _next(steps, "CREATE TABLE more (a INTEGER) STRICT;\n")

    with pytest.raises(UnusableDatabase, match="easel migrate"):
        await SqliteDatabase.open(path, migrations=steps, may_migrate=False)


@sqlite_by_nature("a file with its version in its header")
async def test_marks_keep_what_was_set(tmp_path: Path, steps: Path) -> None:
    """A database of the first version keeps its rules for unsafe pictures, and counts no unmarked picture as unsafe."""
    path, later = tmp_path / "easel.db", [each.path for each in migrations_in(steps)[1:]]
    for script in later:
        script.rename(script.with_suffix(".later"))
    await (await SqliteDatabase.open(path, migrations=steps)).close()
    with closing(sqlite3.connect(path)) as first:
        first.execute("INSERT INTO servers (guild_id, nsfw, seen_at) VALUES (1, 'never', 0), (2, 'adult_channels', 0)")
        first.execute(
            "INSERT INTO channel_rules (guild_id, channel_id, nsfw) VALUES (1, 7, 'adult_channels'), (1, 8, NULL)"
        )
        first.commit()
    for script in later:
        script.with_suffix(".later").rename(script)
    await (await SqliteDatabase.open(path, migrations=steps)).close()

    assert _ask(path, "SELECT group_concat(nsfw || unmarked_is_unsafe) FROM servers") == "never0,adult_channels0"
    assert _ask(path, "SELECT group_concat(COALESCE(nsfw, 'none')) FROM channel_rules") == "adult_channels,none"


OLD_DRAFT = """
INSERT INTO accounts (account_id, member_id, member_key, created_at) VALUES (1, 11, 'key', 0);
INSERT INTO drafts (draft_id, guild_id, channel_id, account_id, command, prompt, model_id, aspect_ratio, guidance_scale,
                    seed, count, uses_tray, price_micros, created_at)
VALUES ('full', 1, 2, 1, 'studio', 'a fox', 'wavespeed-ai/flux-kontext-max', '16:9', 2.5, 7, 3, 0, 80000, 0),
       ('bare', 1, 2, 1, 'studio', 'a fox', NULL, NULL, NULL, NULL, 1, 0, 80000, 0),
       ('some', 1, 2, 1, 'studio', 'a fox', NULL, NULL, 4, NULL, 2, 0, 80000, 0);
"""


def test_choices_keep_what_drafts_said(tmp_path: Path) -> None:
    """Requests that wait while a database is migrated keep their model, parameters, seed and number."""
    with older_database(tmp_path, 7) as run:
        run(OLD_DRAFT)
        run(migration(8))
        rows = run("SELECT draft_id, choices FROM drafts;")

    assert {draft_id: Choices(**json.loads(choices)) for draft_id, choices in rows} == {
        "full": Choices(
            "wavespeed-ai/flux-kontext-max", {"aspect_ratio": "16:9", "guidance_scale": 2.5}, seed=7, count=3
        ),
        "bare": Choices(),
        "some": Choices(parameters={"guidance_scale": 4}, count=2),
    }


BEFORE_STORYBOARDS = """
INSERT INTO accounts (account_id, member_id, member_key, created_at) VALUES (1, 11, 'key', 0);
INSERT INTO servers (guild_id, seen_at) VALUES (1, 0);
INSERT INTO jobs (job_id, interaction_id, guild_id, channel_id, purse_channel_id, account_id, command, prompt,
                  sent_prompt, model_id, parameters, price_micros, created_at)
VALUES ('4F7K', 5, 1, 2, 2, 1, 'edit', 'a fox', 'a fox', 'm', '{}', 80000, 0);
INSERT INTO predictions (prediction_id, job_id, n, seed, provider_id, reason, submitted_at, completed_at, ended_at,
                         looks, next_look_at, review_at, state, account_id, model_id)
VALUES (7, '4F7K', 1, 3, 'p7', 'why', 10, 11, 12, 2, 14, 15, 'failed', 1, 'm'),
       (8, '4F7K', 4, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, 'queued', 1, 'm');
INSERT INTO attempts (attempt_id, prediction_id, boot_id, sent_at, account_id) VALUES (1, 7, 'boot', 10, 1);
"""
STORYBOARDS = 12
NEXT_TWO = "INSERT INTO predictions (job_id, n, shot, sent_shot) VALUES ('4F7K', 5, 'a', 'b'), ('4F7K', 6, 'a', 'b');"
NINTH = "INSERT INTO predictions (job_id, n) VALUES ('4F7K', 7);"


def test_predictions_survive_their_new_table(tmp_path: Path) -> None:
    """What SQLite makes anew holds every row with every column, in the same indexes, and takes six pictures a job."""
    with older_database(tmp_path, STORYBOARDS - 1) as run:
        run(BEFORE_STORYBOARDS)
        before = run("SELECT * FROM predictions ORDER BY prediction_id;")
        run(migration(STORYBOARDS))
        after = run("SELECT * FROM predictions ORDER BY prediction_id;")
        run(NEXT_TWO)
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.CheckViolation)):
            run(NINTH)

    assert [row[: len(row) - 2] for row in after] == before
    assert {row[len(row) - 2 :] for row in after} == {(None, None)}


@sqlite_by_nature("SQLite's foreign keys are guarded by a pragma")
async def test_a_migration_may_leave_nothing_dangling(tmp_path: Path, steps: Path) -> None:
    """Foreign keys are not guarded while tables are made anew: what refers to nothing stops the migration instead."""
    path = tmp_path / "easel.db"
    await (await SqliteDatabase.open(path, migrations=steps)).close()
    version = _ask(path, "PRAGMA user_version")
    _next(steps, "INSERT INTO turns (account_id, model_id, served_at, first_id) VALUES (1, 'm', 0, 9);\n")

    with pytest.raises(ValueError, match="rows of turns that refer to nothing"):
        await SqliteDatabase.open(path, migrations=steps)
    assert _ask(path, "PRAGMA user_version") == version


@sqlite_by_nature("SQLite's foreign keys are guarded by a pragma")
async def test_foreign_keys_are_guarded_after_a_migration(tmp_path: Path) -> None:
    """The connection that migrated is the one that writes."""
    async with open_database_world(tmp_path) as world:
        with pytest.raises(sqlite3.IntegrityError):
            await world.database.write(_dangling)


def _dangling(connection: Connection) -> None:
    connection.execute("INSERT INTO turns (account_id, model_id, served_at, first_id) VALUES (1, 'm', 0, 9)")


def test_statements_keep_triggers_whole() -> None:
    """A script is split where SQLite says that a statement is complete, not at every semicolon."""
    script = (
        "-- a; comment\nCREATE TABLE a (b);\nCREATE TRIGGER t AFTER INSERT ON a\nBEGIN\n  SELECT 1;\nEND;\n-- end\n"
    )

    assert [statement.split()[-1] for statement in statements(script)] == ["(b);", "END;"]


def test_unfinished_statement() -> None:
    """A script that ends in the middle of a statement is refused instead of cut short."""
    with pytest.raises(ValueError, match="unfinished statement: SELECT"):
        list(statements("CREATE TABLE a (b);\nSELECT 1\n"))


def test_numbering(tmp_path: Path) -> None:
    """A gap in the numbers is a mistake that stops the start."""
    (tmp_path / "0002_second.sql").write_text("")

    with pytest.raises(ValueError, match="not numbered"):
        migrations_in(tmp_path)

"""Brings a PostgreSQL database to the tables that this program knows: the same numbered steps as SQLite's."""

from __future__ import annotations

from pathlib import Path

from bot.db.database import DatabaseEmpty, UnusableDatabase
from bot.db.migrate import MIGRATIONS, Migration, migrations_in
from bot.db.postgres_session import Session

POSTGRESQL_MIGRATIONS = MIGRATIONS / "postgresql"

# Its one row says of which version the tables are; in SQLite that stands in the file's header.
_MAKE = """
CREATE TABLE easel_version (version BIGINT NOT NULL); INSERT INTO easel_version VALUES (0)
"""
_IS_OURS = "SELECT to_regclass('easel_version')::text"
_OTHERS = """
SELECT relname::text FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1 LIMIT 1
"""
_VERSION = "SELECT version::text FROM easel_version"


def migrate(session: Session, name: str, begin: str, folder: Path, *, may_migrate: bool) -> None:
    """Apply every step that the database has not seen, all in one transaction that `begin` opens under our lock.

    Raises:
        UnusableDatabase: it is another program's, newer than this one, or older and `may_migrate` is false.
    """
    steps = migrations_in(folder)
    if may_migrate:
        session.begin(begin)
        try:
            make_tables(session, name, folder)
            session.commit()
        finally:
            session.roll_back()
        return
    session.connect()
    version = _version(session, name, steps)
    if not version:
        raise DatabaseEmpty(f"The database {name} has no tables yet; the first start makes them.")
    if version < len(steps):
        raise UnusableDatabase(
            f"The database {name} is of version {version}, this program needs {len(steps)}: run `easel migrate` first."
        )


def make_tables(session: Session, name: str, folder: Path = POSTGRESQL_MIGRATIONS) -> None:
    """Apply what the database has not seen, within the transaction that is open.

    Raises:
        UnusableDatabase: it is another program's, or newer than this one.
    """
    steps = migrations_in(folder)
    _apply(session, steps[_version(session, name, steps) :])


def _version(session: Session, name: str, steps: tuple[Migration, ...]) -> int:
    if session.run(_IS_OURS) is None:
        if session.run(_OTHERS) is not None:
            raise UnusableDatabase(
                f"The database {name} has tables of another program; give Easel a database of its own."
            )
        return 0
    version = int(session.run(_VERSION) or 0)
    if version > len(steps):
        raise UnusableDatabase(
            f"The database {name} is of version {version}, newer than this program, which knows {len(steps)}: "
            "start the newer Easel, or restore the copy from before the upgrade."
        )
    return version


def _apply(session: Session, steps: tuple[Migration, ...]) -> None:
    if not steps:
        return
    if session.run(_IS_OURS) is None:
        session.run(_MAKE)
    for step in steps:
        session.run(step.path.read_text(encoding="utf-8"))
    session.run(f"UPDATE easel_version SET version = {steps[-1].version}")

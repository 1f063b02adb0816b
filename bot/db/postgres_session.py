"""A connection to PostgreSQL that is opened when it is needed, and again after it was lost."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Any, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bot.db.database import DatabaseBusy, DatabaseInUse, LostLead, UnusableDatabase
from bot.db.migrate import APPLICATION_ID
from bot.db.postgres_rows import Raw, Statements, adapt
from bot.db.postgres_silence import PatientConnection
from bot.db.url import shown

OLDEST_VERSION = 140_000
"""PostgreSQL 14: from there on the server itself can end a session that says nothing."""

CONNECT_SECONDS = 3
SLACK = 10_000
"""Milliseconds in which the server's word that a statement took too long has to get here."""

REFUSE_SECONDS = 1.0
"""After an attempt to connect that failed, whoever comes this soon is refused without another one."""

# What DATABASE_URL may set otherwise. A host that vanished without a word is noticed within ten seconds.
_PARAMETERS: Mapping[str, str | int] = MappingProxyType(
    {
        "application_name": "easel",
        "connect_timeout": CONNECT_SECONDS,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 8_000,
    }
)
# What was acknowledged survives a power failure, also where the server's default says otherwise.
_DURABLE = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""


class Lock(IntEnum):
    """The advisory locks of one database, all under `APPLICATION_ID`."""

    WRITE = 1  #: held by the one transaction that writes
    RUN = 2  #: held by the session of the one bot that runs
    JOIN = 3  #: held by the one worker that looks who else runs, to be one of them


@dataclass(frozen=True, slots=True)
class SessionTimeouts:
    """How long the server lets a session wait and work, in milliseconds; 0 is for ever."""

    lock: int = 5_000
    statement: int = 30_000
    # Somebody who stopped in the middle of a write must not keep all others from writing.
    idle_in_transaction: int = 15_000
    idle: int = 0

    @property
    def patience_seconds(self) -> float:
        """How long we wait for the server's word: longer than it lets any statement take; 0 is for ever."""
        return (self.statement + SLACK) / 1000 if self.statement else 0.0

    @property
    def statement_sql(self) -> str:
        """The statement that sets them."""
        return (
            f"SET lock_timeout = {self.lock}; SET statement_timeout = {self.statement};"
            f" SET idle_in_transaction_session_timeout = {self.idle_in_transaction};"
            f" SET idle_session_timeout = {self.idle}"
        )


PATIENT = SessionTimeouts(statement=0, idle_in_transaction=0)
LEADING = SessionTimeouts(idle_in_transaction=12_000, idle=12_000)
"""Of whoever leads, who says something every two seconds: who has stopped, or whose host has gone, leads no more."""

TERM = "worker.term"
"""The fact that counts how often somebody began to lead."""

# How the server finds out that the host at the other end has gone while it has something to say to it.
_FROM_THERE = """
SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 2; SET tcp_user_timeout = 8000
"""
_TERM = f"SELECT value FROM facts WHERE name = '{TERM}'"
_NEXT_TERM = f"""
INSERT INTO facts (name, value, set_at) VALUES ('{TERM}', '1', 0)
ON CONFLICT (name) DO UPDATE SET value = (facts.value::bigint + 1)::text RETURNING value
"""


class Session:
    """One connection, used by one thread at a time.

    With `holds` it takes that lock whenever it connects and is of no use without it, so that whatever is written over
    it is written by whoever holds the lock: the server frees the lock with the connection, and no sooner.
    """

    def __init__(self, url: str, timeouts: SessionTimeouts, holds: Lock | None = None) -> None:
        self._url = url
        self._timeouts = timeouts
        self._holds = holds
        self._raw: Raw | None = None
        self._not_before = 0.0
        self._term: str | None = None
        self._is_over = False

    @property
    def is_lost(self) -> bool:
        """Whether there is no connection to go on with."""
        return self._raw is None or self._raw.closed

    @property
    def statements(self) -> Statements:
        """What runs statements in the open transaction."""
        return Statements(self._open())

    @property
    def raw(self) -> Raw:
        """The library's own connection, for what is no statement of the stores."""
        return self._open()

    def begin_term(self) -> None:
        """Within a transaction, begin to lead: whoever led before finds out when next it takes the lock.

        From then on a lost connection is only replaced while nobody else has begun.
        """
        self._term = self.run(_NEXT_TERM)

    def ping(self) -> None:
        """Say something, over a new connection where the old one is lost. Raises as `connect`."""
        if not self.still_answers():
            self.connect()

    def still_answers(self) -> bool:
        """Say something over the connection that there is; False where it is lost."""
        if self.is_lost:
            return False
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            if not self.is_lost:
                raise
            return False
        return True

    def begin(self, script: str) -> str | None:
        """Begin a transaction and return the last value that the script reads.

        Over a new connection where the old one turns out to be lost: nothing was done over it yet.

        Raises:
            DatabaseBusy: there is no connection to be had.
            psycopg.Error: the server refuses.
        """
        if not self.is_lost:
            try:
                return self._begin(script)
            except psycopg.OperationalError:
                # Without a word from the server, or because it ended the session.
                if not self.is_lost:
                    raise
        self.connect()
        return self._begin(script)

    def _begin(self, script: str) -> str | None:
        try:
            return self.run(script)
        except psycopg.Error:
            self.roll_back()
            raise

    def run(self, script: str) -> str | None:
        """Run statements that need no values, and return the last value that they read."""
        cursor = self._open().execute(script.encode())
        value: str | None = None
        while True:
            if cursor.description and (row := cursor.fetchone()) is not None:
                value = cast("str", row[0])
            if not cursor.nextset():
                return value

    def commit(self) -> None:
        """End the transaction.

        Raises:
            psycopg.Error: nothing was kept, or, where the session `is_lost` afterwards, nobody knows.
        """
        # After an error that somebody kept to themselves COMMIT succeeds, and rolls back.
        if (tag := self._open().execute("COMMIT").statusmessage) != "COMMIT":
            message = f"a transaction with a failed statement in it ended as {tag}"
            raise psycopg.InternalError(message)

    def roll_back(self) -> None:
        """Undo what was not kept; a connection on which that fails is given up, which undoes it as well."""
        if self.is_lost:
            self.close()
            return
        try:
            self.run("ROLLBACK")
        except psycopg.Error:
            self.close()

    def connect(self) -> None:
        """Open a new connection in place of the old one.

        Raises:
            DatabaseBusy: an attempt has failed only just now, or what is left of our own connection holds the lock.
            DatabaseInUse: somebody else holds the lock.
            LostLead: somebody else has begun to lead since we did; so it stays.
            psycopg.OperationalError: it cannot be opened.
            UnusableDatabase: the server is not one for Easel.
        """
        self.close()
        if self._is_over:
            raise LostLead
        if time.monotonic() < self._not_before:
            raise DatabaseBusy
        try:
            raw = self._connected()
            self._raw = raw
            if self._holds is not None:
                self._take(raw, self._holds)
        except BaseException:
            self.close()
            self._not_before = time.monotonic() + REFUSE_SECONDS
            raise

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._raw is not None:
            with suppress(psycopg.Error):
                self._raw.close()
            self._raw = None

    def _open(self) -> Raw:
        if self._raw is None:
            raise DatabaseBusy
        return self._raw

    def _connected(self) -> Raw:
        # UTF-8 whatever the environment says: members write in all languages.
        parameters = {**_PARAMETERS, **_understood(self._url), "client_encoding": "UTF8"}
        raw = PatientConnection.connect(autocommit=True, **parameters)  # pyright: ignore[reportArgumentType] - libpq's own names
        raw.patience_seconds = self._timeouts.patience_seconds
        try:
            _judge(raw)
            adapt(raw.adapters)
            raw.execute(self._timeouts.statement_sql.encode())
            raw.execute(_DURABLE)
            if self._timeouts.idle and raw.info.host and not raw.info.host.startswith("/"):
                raw.execute(_FROM_THERE)
        except BaseException:
            raw.close()
            raise
        return raw

    def _take(self, raw: Raw, lock: Lock) -> None:
        row = raw.execute(f"SELECT pg_try_advisory_lock({APPLICATION_ID}, {lock.value})".encode()).fetchone()
        is_ours = row is not None and bool(row[0])
        if self._term is None:
            if not is_ours:
                raise DatabaseInUse("Another Easel already runs on this database; stop it first.")
            return
        # Read after the lock was asked for: who holds it by now has said so.
        term = raw.execute(_TERM.encode()).fetchone()
        if term is None or term[0] != self._term:
            self._is_over = True
            raise LostLead
        if not is_ours:
            raise DatabaseBusy


def _understood(url: str) -> Mapping[str, Any]:
    try:
        return conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The library repeats the part that it does not understand, which may be the password's.
        raise UnusableDatabase(
            f"The address of the database {shown(url)} cannot be read: write its special characters with %, as in %40."
        ) from None


def _judge(raw: Raw) -> None:
    if raw.info.server_version < OLDEST_VERSION:
        raise UnusableDatabase(f"Easel needs PostgreSQL {OLDEST_VERSION // 10_000} or newer.")
    encoding = raw.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise UnusableDatabase(f"The database keeps text as {encoding}; Easel needs one that was made with UTF8.")

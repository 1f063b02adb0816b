"""A line between a bot and its PostgreSQL server that a test can cut."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.db.server import SERVER

COMMIT = b"COMMIT\0"


class Wire:
    """Lies between a bot and its server, cuts the line at a COMMIT, or swallows what is said."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` is that of the server's socket, by default the tests' own."""
        self._socket = str((folder or Path(os.environ[SERVER])) / ".s.PGSQL.5432")
        self.cuts_before = False  #: the server never sees it
        self.cuts_after = False  #: the server does it, and nobody hears
        self.is_open = True
        self.swallows = False  #: both ways, without a word to either; a line that lost something stays dumb afterwards
        self._tasks: list[asyncio.Task[object] | None] = []
        self._bots: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self._tasks.append(asyncio.current_task())
        self._bots.append(writer)
        if self.is_open:
            server, there = await asyncio.open_unix_connection(self._socket)
            back = asyncio.create_task(self._carry_back(server, writer))
            with suppress(ConnectionError):
                await self._carry_there(reader, there, server, back)
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)
            await _hang_up(there)
        await _hang_up(writer)

    async def settle(self) -> None:
        """Close every line that is left, and wait until all are."""
        for bot in self._bots:
            bot.close()
        await asyncio.gather(*filter(None, self._tasks))

    async def _carry_there(
        self,
        reader: asyncio.StreamReader,
        there: asyncio.StreamWriter,
        server: asyncio.StreamReader,
        back: asyncio.Task[None],
    ) -> None:
        while said := await reader.read(65_536):
            if self.swallows:
                continue
            if COMMIT in said and self.cuts_before:
                self.cuts_before = False
                return
            if COMMIT in said and self.cuts_after:
                self.cuts_after = False
                back.cancel()
                await asyncio.gather(back, return_exceptions=True)
                there.write(said)
                await server.readuntil(COMMIT)
                return
            there.write(said)

    async def _carry_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await reader.read(65_536):
                if not self.swallows:
                    writer.write(said)
        writer.close()  # the server has hung up


def end_sessions(url: str) -> None:
    """End every session of a database but this one, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()

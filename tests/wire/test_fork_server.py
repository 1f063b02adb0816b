"""The server that forks bots: one for all threads, harmed by no single question, and loud when it dies."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.wire import fork_little, fork_server
from tests.wire.fork_server import Forked, ForkServer, ForkServerError, ForkServers, fork_verb

THREADS = 8
PATIENCE_SECONDS = 30.0


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServers]:
    """Servers of the test's own, of which none has been started; what they fork says what it was told."""
    own = ForkServers(fork_little.__name__)
    monkeypatch.setattr(fork_server, "SERVERS", own)
    yield own
    own.one().close()


def test_the_first_forks_at_once(servers: ForkServers) -> None:
    """Threads that all want the first fork share one server, so that each bot is looked for where it was forked."""
    together = Barrier(THREADS)

    def ask(_: int) -> ForkServer:
        together.wait()
        return servers.one()

    with ThreadPoolExecutor(THREADS) as pool:
        handed_out = list(pool.map(ask, range(THREADS)))

    assert {each.pid for each in handed_out} == {servers.one().pid}


async def test_a_question_that_fails_harms_no_other(servers: ForkServers, tmp_path: Path) -> None:
    """A look for a process that is not its child is answered with the reason, and the next fork is forked."""
    server = servers.one()

    with pytest.raises(ForkServerError, match="ChildProcessError"):
        await asyncio.to_thread(server.ask, {"look": os.getpid()})

    verb = await asyncio.to_thread(fork_verb, ("hello",), {}, cwd=tmp_path, stdout=tmp_path / "out")
    assert await verb.wait() == 0
    assert (tmp_path / "out").read_text() == "hello\n"
    assert servers.one() is server


async def test_a_server_that_is_killed(servers: ForkServers, tmp_path: Path) -> None:
    """Who waits for its bot is told how it ended, its bot can still be ended, and the next fork has another."""
    first = servers.one()
    verb = await asyncio.to_thread(fork_verb, (fork_little.WAIT,), {}, cwd=tmp_path, stdout=tmp_path / "out")
    os.kill(first.pid, signal.SIGKILL)

    with pytest.raises(ForkServerError, match="ended with -9"):
        await verb.wait()
    assert await asyncio.to_thread(_killed, verb), "what it forked lives on"

    again = await asyncio.to_thread(fork_verb, ("hello",), {}, cwd=tmp_path, stdout=tmp_path / "out")
    assert await again.wait() == 0
    assert servers.one() is not first
    first.close()


def _killed(verb: Forked) -> bool:
    """Whether a process that is nobody's child any more ends when it is told to."""
    process = os.pidfd_open(verb.pid)
    verb.kill()
    gone, _, _ = select.select([process], [], [], PATIENCE_SECONDS)
    os.close(process)
    return bool(gone)


def test_what_a_server_printed_is_told() -> None:
    """One that cannot even start says why, in the words of its interpreter."""
    server = ForkServer("tests.wire.no_such_module")

    with pytest.raises(ForkServerError, match="No module named 'tests"):
        server.ask({"look": 1})

    server.close()


async def test_a_fork_that_fails_prints_why(servers: ForkServers, tmp_path: Path) -> None:
    """What goes wrong in a fork is in its own file."""
    verb = await asyncio.to_thread(fork_verb, ("hello",), {}, cwd=tmp_path / "nowhere", stdout=tmp_path / "out")

    assert await verb.wait() == 1
    assert "FileNotFoundError" in (tmp_path / "out").read_text()
    assert servers.one().lives

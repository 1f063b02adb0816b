"""The program as a real process: exit codes, the one instance per database, and what signals do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.instance import AlreadyRunning, only_instance
from bot.settings import setting_names
from tests.wire.fork_server import SERVERS, ForkServerError, run_cold, run_verb

CANARY = "canary-secret-value"
PATIENCE_SECONDS = 30.0

HOLDER = """
import pathlib, sys
from bot.instance import only_instance
with only_instance(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
CRASHING = """
import sys
from bot.__main__ import main
from bot.cli import migrate
def crash(_settings):
    raise RuntimeError(f"Authorization: Bearer {sys.argv[1]}")
migrate.migrate = crash
sys.exit(main(["migrate"]))
"""
STOPPABLE = """
import asyncio, sys
from bot.log import configure_logging
from bot.shutdown import stop_on_signals
configure_logging()
async def main():
    with stop_on_signals() as stop:
        print("ready", flush=True)
        await stop.wait()
        print("stopping", flush=True)
        if sys.argv[1] == "stuck":
            while True:
                pass
asyncio.run(main())
print("ended in order", flush=True)
"""


WINDOWS_HOLDER = """
import fcntl, os, pathlib, sys, types
from contextlib import contextmanager
def locking(descriptor, mode, count):
    assert os.lseek(descriptor, 0, os.SEEK_CUR) > 1_000, "what is locked cannot be read by others"
    try:
        fcntl.lockf(descriptor, mode, count, 0, os.SEEK_CUR)
    except OSError as error:
        raise PermissionError(13, "Permission denied") from error
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=fcntl.LOCK_EX | fcntl.LOCK_NB)
sys.platform = "win32"
from bot.instance import AlreadyRunning, only_instance
try:
    with only_instance(pathlib.Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except AlreadyRunning as error:
    print(error.sentence, flush=True)
"""
"""Windows' lock, which is one of bytes, played by that of POSIX."""

WITHOUT_LOOP_HANDLERS = STOPPABLE.replace(
    "asyncio.run(main())",
    """
class Loop(asyncio.SelectorEventLoop):
    def add_signal_handler(self, *_):
        raise NotImplementedError
    def remove_signal_handler(self, _):
        raise NotImplementedError
with asyncio.Runner(loop_factory=Loop) as runner:
    runner.run(main())""",
)
"""A loop as it is on Windows."""


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    ours = set(setting_names())
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


def easel(*argv: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Do a verb in a process forked from one that has everything imported."""
    return run_verb(argv, environment(**settings), cwd=cwd, seconds=PATIENCE_SECONDS)


@contextmanager
def script(source: str, *argv: str) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", source, *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


class TestCommandLine:
    """Each verb ends with the exit code that scripts can rely on."""

    def test_run_without_secrets(self, tmp_path: Path) -> None:
        """A start without a token ends with one sentence on standard error and exit code 2."""
        done = easel("run", cwd=tmp_path)

        assert done.returncode == 2
        assert done.stderr == (
            "easel: DISCORD_TOKEN is missing: set it in .env or in the environment (.env.example says how).\n"
        )
        assert list(tmp_path.iterdir()) == []

    def test_server_out_of_reach(self, tmp_path: Path) -> None:
        """A PostgreSQL server that is not there ends a verb with one sentence, without the password."""
        url = f"postgresql://u:{CANARY}@/books?host={tmp_path / 'nowhere'}"
        done = easel("migrate", cwd=tmp_path, DATABASE_URL=url)

        assert done.returncode == 1
        assert done.stderr.startswith("easel: The database postgresql:///books cannot be used: ")
        assert CANARY not in done.stderr + done.stdout

    def test_wrong_setting(self, tmp_path: Path) -> None:
        """A wrong value ends with one sentence that does not repeat it."""
        done = easel("migrate", cwd=tmp_path, DATABASE_URL=f"mysql://u:{CANARY}@h/x")

        assert done.returncode == 2
        assert done.stderr.startswith("easel: DATABASE_URL should be ")
        assert CANARY not in done.stderr + done.stdout

    def test_unknown_verb(self, tmp_path: Path) -> None:
        """An unknown verb is a usage error."""
        assert easel("fly", cwd=tmp_path).returncode == 2

    def test_migrate(self, tmp_path: Path) -> None:
        """`migrate` makes the database and can be repeated."""
        settings = environment(DATABASE_URL=f"sqlite:///{tmp_path}/easel.db")
        first = run_cold(["migrate"], settings, cwd=tmp_path, seconds=PATIENCE_SECONDS)
        second = run_verb(["migrate"], settings, cwd=tmp_path, seconds=PATIENCE_SECONDS)

        assert (first.returncode, second.returncode) == (0, 0)
        assert (tmp_path / "easel.db").stat().st_size > 0

    def test_unusable_database(self, tmp_path: Path) -> None:
        """A file that is no database of ours is refused in one sentence with exit code 1."""
        (tmp_path / "easel.db").write_text("this is a shopping list, not a database\n" * 100)
        done = easel("migrate", cwd=tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/easel.db")

        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("easel: The database ")

    def test_unusable_folder(self, tmp_path: Path) -> None:
        """A database in a place that is no folder is refused in one sentence with exit code 1."""
        (tmp_path / "file").write_text("")
        done = easel("migrate", cwd=tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/file/easel.db")

        assert done.returncode == 1
        assert done.stderr == f"easel: The folder {tmp_path}/file cannot hold the database: File exists.\n"

    def test_crash(self) -> None:
        """A bug ends with exit code 1 and a traceback in the log, without the secret that was in it."""
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", CRASHING, CANARY], env=environment(), capture_output=True, text=True, check=False
        )

        assert done.returncode == 1
        assert "process.crashed" in done.stderr
        assert "RuntimeError: Authorization: Bearer [redacted]" in done.stderr
        assert CANARY not in done.stderr + done.stdout

    def test_check_says_what_fails(self, tmp_path: Path) -> None:
        """`check` without secrets prints a line for each thing and exits 1; it makes no database."""
        done = easel("check", cwd=tmp_path)
        lines = done.stdout.splitlines()

        assert done.returncode == 1
        # The last line is about names on the network, which there may not be.
        assert [line.split(":")[0] for line in lines[:-1]] == [
            "ok settings",
            "FAIL token",
            "FAIL key",
            "ok database",
            "ok commands",
            "ok disk",
        ]
        assert list(tmp_path.iterdir()) == []

    def test_pause_and_resume(self, tmp_path: Path) -> None:
        """`pause` and `resume` reach a database that is in use; the reason is what members read."""
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/easel.db"}
        easel("migrate", cwd=tmp_path, **settings)
        with only_instance(tmp_path / "easel.db"), closing(sqlite3.connect(tmp_path / "easel.db")) as bot:
            paused = easel("pause", "moving", "house", cwd=tmp_path, **settings)
            reason = bot.execute("SELECT value FROM facts WHERE name = 'paused'").fetchone()
            resumed = easel("resume", cwd=tmp_path, **settings)
            lifted = bot.execute("SELECT value FROM facts WHERE name = 'paused'").fetchone()
            again = easel("resume", cwd=tmp_path, **settings)

        assert (paused.returncode, resumed.returncode, again.returncode) == (0, 0, 0)
        assert (reason, lifted) == (("moving house",), ("",))
        assert paused.stdout.startswith("Paused: ")
        assert (resumed.stdout, again.stdout) == ("The pause is lifted.\n", "Nothing was paused or frozen.\n")

    def test_resume_lifts_doubt(self, tmp_path: Path) -> None:
        """`resume` lifts the freeze of a broken ledger, and says when they still do not add up."""
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/easel.db"}
        easel("migrate", cwd=tmp_path, **settings)
        with closing(sqlite3.connect(tmp_path / "easel.db")) as connection, connection:
            connection.execute("INSERT INTO facts VALUES ('doubt', 'I2: something', 0)")
            connection.execute("INSERT INTO balances VALUES ('bot', 0, 0, 'total', '', 1, 0)")
        done = easel("resume", cwd=tmp_path, **settings)
        with closing(sqlite3.connect(tmp_path / "easel.db")) as connection:
            invariant_guard = connection.execute("SELECT value FROM facts WHERE name = 'doubt'").fetchone()

        assert (done.returncode, invariant_guard) == (0, ("",))
        assert "It was set because of this: I2: something." in done.stdout
        assert "The accounts still do not add up" in done.stdout

    @pytest.mark.parametrize("verb", ["migrate", "pause", "resume"])
    def test_a_newer_database(self, tmp_path: Path, verb: str) -> None:
        """A database of a newer version is left as it is, and one sentence says what to do."""
        settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/easel.db"}
        easel("migrate", cwd=tmp_path, **settings)
        with closing(sqlite3.connect(tmp_path / "easel.db")) as connection:
            connection.execute("PRAGMA user_version = 99")
        before = (tmp_path / "easel.db").read_bytes()
        done = easel(verb, cwd=tmp_path, **settings)

        assert done.returncode == 1
        assert done.stderr.startswith(
            f"easel: The database {tmp_path}/easel.db is of version 99, newer than this program"
        )
        assert "start the newer Easel, or restore the copy" in done.stderr
        assert (tmp_path / "easel.db").read_bytes() == before

    @pytest.mark.parametrize("verb", ["pause", "resume"])
    def test_nothing_to_pause(self, tmp_path: Path, verb: str) -> None:
        """Without a database there is nothing to pause; none is made."""
        done = easel(verb, cwd=tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/easel.db")

        assert (done.returncode, done.stderr) == (1, f"easel: There is no database {tmp_path}/easel.db.\n")
        assert list(tmp_path.iterdir()) == []

    def test_check_with_unreadable_settings(self, tmp_path: Path) -> None:
        """`check` reports settings that cannot be read as its one line."""
        done = easel("check", cwd=tmp_path, RETENTION_DAYS="never")

        assert done.returncode == 1
        assert done.stdout == "FAIL settings: RETENTION_DAYS should be a whole number of days from 1 to 3650.\n"


class TestOneInstance:
    """Two bots never work on one database."""

    def test_second_process(self, tmp_path: Path) -> None:
        """While one process holds the database, a second says so and exits 75 within five seconds."""
        SERVERS.one()  # its start is no part of the five seconds
        with script(HOLDER, str(tmp_path / "easel.db")) as holder:
            assert line_of(holder) == "held"
            before = time.monotonic()
            second = easel("migrate", cwd=tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/easel.db")

            assert second.returncode == 75
            assert f"Another Easel (process {holder.pid}) already runs on " in second.stderr
            assert time.monotonic() - before < 5

    def test_killed_process(self, tmp_path: Path) -> None:
        """A killed process leaves no lock behind."""
        with script(HOLDER, str(tmp_path / "easel.db")) as holder:
            assert line_of(holder) == "held"
            holder.kill()
            holder.wait()

        with only_instance(tmp_path / "easel.db"):
            pass

    def test_the_lock_of_windows(self, tmp_path: Path) -> None:
        """Where there is no flock, the second process still reads who holds the database, and the lock ends with it."""
        with script(WINDOWS_HOLDER, str(tmp_path / "easel.db")) as holder:
            assert line_of(holder) == "held"
            with script(WINDOWS_HOLDER, str(tmp_path / "easel.db")) as second:
                assert line_of(second).startswith(f"Another Easel (process {holder.pid}) already runs on ")
            holder.kill()
            holder.wait()

        with script(WINDOWS_HOLDER, str(tmp_path / "easel.db")) as third:
            assert line_of(third) == "held"

    def test_same_file_by_another_name(self, tmp_path: Path) -> None:
        """A symbolic link to the same database is the same database."""
        (tmp_path / "link.db").symlink_to(tmp_path / "easel.db")
        with only_instance(tmp_path / "easel.db"), pytest.raises(AlreadyRunning), only_instance(tmp_path / "link.db"):
            pass


class TestSignals:
    """The first signal asks for an orderly end, the second forces one."""

    @pytest.mark.parametrize("program", [STOPPABLE, WITHOUT_LOOP_HANDLERS], ids=["posix", "windows"])
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_first_signal(self, number: signal.Signals, program: str) -> None:
        """One SIGTERM or SIGINT lets the program end in order with exit code 0, whatever its loop can do."""
        with script(program, "calm") as process:
            assert line_of(process) == "ready"
            process.send_signal(number)

            assert [line_of(process), line_of(process)] == ["stopping", "ended in order"]
            assert process.wait(PATIENCE_SECONDS) == 0

    @pytest.mark.parametrize("program", [STOPPABLE, WITHOUT_LOOP_HANDLERS], ids=["posix", "windows"])
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_second_signal(self, number: signal.Signals, program: str) -> None:
        """A second signal ends the process at once, even one whose loop is blocked."""
        with script(program, "stuck") as process:
            assert line_of(process) == "ready"
            process.send_signal(signal.SIGTERM)
            assert line_of(process) == "stopping"
            process.send_signal(number)

            assert process.wait(PATIENCE_SECONDS) == -number


def test_a_start_draws_nothing() -> None:
    """Matplotlib is imported for the first chart, not for a start: a second of work that few servers ever need."""
    server = SERVERS.one()
    # It has imported all that a start imports once it answers; a library is in its memory with its compiled parts.
    with pytest.raises(ForkServerError):
        server.ask({"look": os.getpid()})
    imported = Path(f"/proc/{server.pid}/maps").read_text()

    assert "/PIL/_imaging." in imported
    assert "/matplotlib/" not in imported

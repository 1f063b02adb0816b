"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

SERVER = "EASEL_TEST_POSTGRESQL"
"""The environment variable with the folder of the server's socket, for the processes that tests start."""

_SETTINGS = (
    "synchronous_commit=on",
    "listen_addresses=",
    "max_connections=300",
    "shared_buffers=64MB",
    "autovacuum=off",
)
_CARELESS = ("fsync=off", "full_page_writes=off")
_START_SECONDS = 30


class Server:
    """A running server, in a folder of the user that it runs as."""

    def __init__(self, *, durable: bool = False, parent: Path | None = None) -> None:
        """`durable`: with its own care for the disk, which tests do without."""
        self._settings = (*_SETTINGS, *(() if durable else _CARELESS))
        self.programs = _programs()
        self._user = _user()
        self.folder = Path(tempfile.mkdtemp(prefix="easel-pg-", dir=parent))
        self.hand_over(self.folder)
        self._run("initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in (*self._settings, f"unix_socket_directories={self.folder}"))
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "--wait", f"--timeout={_START_SECONDS}", f"--log={log}", f"--options={options}")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is a crash, `fast` ends every session first."""
        self._run("pg_ctl", "stop", "--wait", f"--mode={mode}")

    def hand_over(self, path: Path) -> None:
        """Have a file or a folder belong to whom the server runs as."""
        if self._user is not None:
            shutil.chown(path, self._user.pw_uid, self._user.pw_gid)

    def refuse_newcomers(self) -> None:
        """Begin to stop as soon as everybody has left by themselves; until then nobody new is let in."""
        self._run("pg_ctl", "stop", "--no-wait", "--mode=smart")

    def become_a_copy(self) -> None:
        """Start it anew as a replica that waits for a primary: it answers whoever reads, and refuses whoever writes."""
        self.stop("fast")
        signal = self.folder / "data" / "standby.signal"
        signal.touch()
        self.hand_over(signal)
        self.start()

    def be_promoted(self) -> None:
        """Make the replica the primary."""
        self._run("pg_ctl", "promote", "--wait", f"--timeout={_START_SECONDS}")

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()  # at once, whatever state it is in
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments, f"--pgdata={self.folder / 'data'}"]
        as_user: dict[str, Any] = {}
        if self._user is not None:
            as_user = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        with (self.folder.parent / f"{self.folder.name}.out").open("w+") as said:
            code = subprocess.call(command, stdout=said, stderr=said, cwd=self.folder, **as_user)  # noqa: S603
            said.seek(0)
            words = said.read()
        Path(said.name).unlink()
        if code:
            raise pytest.UsageError(f"{program} failed: {words}")


def address(database: str, folder: Path | None = None) -> str:
    """The DATABASE_URL of a database on the tests' server, or on one whose socket is elsewhere."""
    return f"postgresql://postgres@/{database}?host={folder or os.environ[SERVER]}"


def _programs() -> Path:
    """Where the server's programs are: Debian keeps them off the PATH, one folder a version."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise pytest.UsageError("--database postgresql needs PostgreSQL's programs: apt-get install postgresql")
    return versions[-1].parent


def _user() -> pwd.struct_passwd | None:
    """Whom the server runs as: nobody's root, so root's tests need somebody else."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")

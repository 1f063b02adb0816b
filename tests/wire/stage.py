"""Everything that outlives a bot that is killed: a Discord, a provider, a folder; and the bot as a real process."""

from __future__ import annotations

import asyncio
import io
import os
import sqlite3
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg
from PIL import Image

from bot.db.connection import Connection
from bot.db.postgres_rows import Statements, adapt
from bot.demo.provider import Pace
from bot.domain.clock import Clock, SystemClock
from bot.settings import setting_names
from tests.wire.discord_fake import Channel, FakeDiscord, Guild, Interaction, Member, RateLimits, Upload, build
from tests.wire.fork_server import ROOT, fork_verb
from tests.wire.provider_process import KEY, ProviderDoor, provider_here, provider_process

PATIENCE_SECONDS = 60.0
"""Of real time: how long a test waits for what must come; a bot's start alone takes long on a busy machine."""

QUICK = {
    "POLL_INITIAL_SECONDS": "0.05",
    "POLL_MAX_SECONDS": "0.2",
    "SUBMIT_GRACE_SECONDS": "0.3",
    "WAVESPEED_MAX_CONCURRENT": "8",
    "WAVESPEED_MAX_PER_MINUTE": "10000",
    "DEFAULT_MEMBER_LIMIT_USD": "none",
    "DEFAULT_SERVER_LIMIT_USD": "none",
    "LOG_FORMAT": "json",
}
"""Settings that let a job pass in a fraction of a second; the grace is far beyond the simulated provider's lag."""


def png(colour: str | tuple[int, int, int] = "navy", size: tuple[int, int] = (16, 12)) -> bytes:
    """A small picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


class Process(Protocol):
    """A process of a bot or a verb, started either way."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None while it runs, as far as this process has noticed."""
        ...

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    async def wait(self) -> int:
        """Wait for its end."""
        ...


@dataclass(slots=True)
class BotStage:
    """What outlives the bot."""

    fake: FakeDiscord
    provider: ProviderDoor
    folder: Path
    guild: Guild
    channel: Channel
    alice: Member
    mo: Member
    settings: dict[str, str] = field(default_factory=dict[str, str])
    server: str = ""
    """The address of its PostgreSQL database; none: a SQLite file."""
    desks: dict[int, tuple[Member, Channel]] = field(default_factory=dict[int, "tuple[Member, Channel]"])
    """Who decides where in other servers than `guild`, by their ids."""

    @contextmanager
    def books(self) -> Generator[Connection]:
        """The bot's database, alive or dead, for whoever looks."""
        if self.server:
            with psycopg.connect(self.server, autocommit=True) as raw:
                adapt(raw.adapters)
                yield Statements(raw)
            return
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection

    @property
    def database(self) -> Path:
        """The bot's database file."""
        return self.folder / "data" / "easel.db"

    @property
    def log(self) -> str:
        """What every bot of this stage has logged."""
        path = self.folder / "easel.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def environment(self, **settings: str) -> dict[str, str]:
        """A whole environment for the bot: this process's own without settings, and those of the stage."""
        ours = {*setting_names(), "DISCORD_OPENAPI"}
        plain = {name: value for name, value in os.environ.items() if name not in ours}
        provider = urlsplit(self.provider.base_url).netloc
        known = self.fake.environment()
        known |= {
            "CDN_HOSTS": f"{known['CDN_HOSTS']},{provider}",
            "WAVESPEED_API_KEY": KEY,
            "WAVESPEED_BASE_URL": self.provider.base_url,
            "DATABASE_URL": self.server or f"sqlite:///{self.database}",
            "DATA_DIR": str(self.folder / "data"),
            "PYTHONWARNINGS": "ignore",
        }
        return plain | known | QUICK | self.settings | settings

    async def verb(self, *argv: str) -> tuple[int, str]:
        """Do a verb in a process: its exit code and what it printed."""
        with NamedTemporaryFile(dir=self.folder) as printed:
            path = Path(printed.name)
            process = await asyncio.to_thread(fork_verb, argv, self.environment(), cwd=ROOT, stdout=path)
            return await process.wait(), await asyncio.to_thread(path.read_text)

    def rows(self, query: str, *values: object) -> list[Any]:
        """Ask the bot's database, alive or dead."""
        with self.books() as books:
            return list(books.execute(query, values).fetchall())

    def value(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        return self.rows(query, *values)[0][0]

    def edit(self, prompt: str = "make it blue", image: bytes | None = None, **options: object) -> Interaction:
        """Alice uses /edit."""
        given: dict[str, Any] = {"prompt": prompt, "image": Upload("cat.png", image or png()), **options}
        return self.fake.slash(self.alice, self.channel, "edit", given)

    async def until(self, condition: Callable[[], object], within: float = PATIENCE_SECONDS) -> None:
        """Wait for something, and show the bot's log if it does not come."""
        try:
            await self.fake.until(condition, within)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log[-6000:]}") from None

    async def heard(self, within: float = PATIENCE_SECONDS) -> None:
        """Wait until a bot is connected and has synced its commands."""
        await self.until(lambda: self.fake.gateway.connected and self.fake.world.commands[0], within)

    async def closed(self, within: float = PATIENCE_SECONDS, *, jobs: int = 1) -> None:
        """Wait until at least so many jobs exist and none is open."""
        await self.until(lambda: self._all_closed(jobs), within)

    def _all_closed(self, jobs: int) -> bool:
        made, ended = self.rows("SELECT COUNT(*), COUNT(closed_at) FROM jobs")[0]
        return made >= jobs and made == ended


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    rate_limits: RateLimits | None = None,
    processing: tuple[float, float] = (0.02, 0.1),
    late: float = 2.0,
    clock: Clock | None = None,
    apart: bool = False,
    server: str = "",
    **settings: str,
) -> AsyncGenerator[BotStage]:
    """Start what outlives the bot; no bot runs yet.

    With a `clock` Discord and provider live on it. With `apart`, for loads, the provider is a process of its own.
    """
    pace = Pace(0.0, processing, late)
    running = (
        provider_process(folder, processing=processing, late=late)
        if apart
        else provider_here(clock or SystemClock(), pace)
    )
    async with FakeDiscord(rate_limits=rate_limits, clock=clock) as fake, running as provider:
        guild = build.add_guild(fake.world)
        channel = build.add_channel(fake.world, guild)
        alice = build.add_member(fake.world, guild, "alice")
        mo = build.add_moderator(fake.world, guild, "mo")
        yield BotStage(fake, provider, folder, guild, channel, alice, mo, dict(settings), server)


@asynccontextmanager
async def easel(
    stage: BotStage, *argv: str, cold: bool = False, wait: bool = True, **settings: str
) -> AsyncGenerator[Process]:
    """Do a verb (by default `run`) in a process until the block ends, then kill it.

    `cold`: by `python -m bot` in an interpreter of its own, instead of forked from one that has everything imported.
    With `wait`, the block begins once the bot is connected.
    """
    log, environment = stage.folder / "easel.log", stage.environment(**settings)
    verb = argv or ("run",)
    started = (
        interpreter("-m", "bot", *verb, environment=environment, log=log)
        if cold
        else asyncio.to_thread(fork_verb, verb, environment, cwd=ROOT, stdout=log)
    )
    async with running(stage, started, wait=wait) as process:
        yield process


async def interpreter(*argv: str, environment: Mapping[str, str], log: Path, cwd: Path = ROOT) -> Process:
    """Start Python with these arguments; what it prints is added to the log."""
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable, *argv, env=dict(environment), cwd=cwd, stdout=output, stderr=output
        )


@asynccontextmanager
async def running(stage: BotStage, start: Awaitable[Process], *, wait: bool = True) -> AsyncGenerator[Process]:
    """Start a process and kill it as the block ends; with `wait`, the block begins once it is connected to Discord."""
    connects = len(stage.fake.gateway.identifies)
    process = await start
    try:
        if wait:
            await stage.until(lambda: process.returncode is not None or len(stage.fake.gateway.identifies) > connects)
            assert process.returncode is None, f"it ended with {process.returncode} as it started\n{stage.log[-6000:]}"
            await stage.heard()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()

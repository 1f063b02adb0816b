"""The demo's world: the real bot on a simulated Discord, and the simulated provider, in a folder that goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import simcord
from discord import app_commands
from simcord import Env
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.app import App, open_app
from bot.client import EaselBot, cause_of
from bot.demo.provider import Pace, SimulatedProvider
from bot.demo.samples import save_samples
from bot.domain.clock import Clock, SystemClock
from bot.domain.errors import EaselError
from bot.media.fetch import DirectAttachmentReader
from bot.media.guard import AllowedHosts
from bot.settings import Settings
from bot.wiring.resources import Environment

_SETTLE_SECONDS = 10.0
"""How long a command may take to be answered, on a busy machine too."""

_KEY = "simulated-key"

_SIMCORD_FILES = "cdn.simcord.invalid"
"""Where SimCord says that attachments lie."""


@dataclass(frozen=True, slots=True)
class World:
    """Everybody and everything in it. `alice` and `ben` are members, `mona` moderates."""

    app: App
    env: Env
    provider: SimulatedProvider
    clock: Clock
    channel: ChannelHandle
    alice: MemberActor
    ben: MemberActor
    mona: MemberActor
    samples: dict[str, Path]

    @property
    def everybody(self) -> tuple[MemberActor, ...]:
        """All three, members first."""
        return self.alice, self.ben, self.mona

    @property
    def names(self) -> dict[int, str]:
        """What people and channels are called, by their ids."""
        people = {actor.id: actor.name for actor in self.everybody}
        guild = self.app.bot.get_guild(self.guild_id)
        return people | {channel.id: channel.name for channel in (guild.channels if guild is not None else ())}

    @property
    def guild_id(self) -> int:
        """The one server's id."""
        return self.env.guild.id

    def sample(self, name: str) -> tuple[str, bytes]:
        """A sample picture as an attachment."""
        return name, self.samples[name].read_bytes()

    async def catch_up(self) -> None:
        """Bring the simulated Discord's clock to the hour, so that its times and ours are the same."""
        lag = datetime.fromtimestamp(self.clock.now() / 1000, UTC) - self.env.now()
        if lag > timedelta():
            await self.env.advance_time(lag.total_seconds())

    async def until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; False if it is not after that many seconds."""
        give_up = self.clock.monotonic() + seconds
        while not happened():
            if self.clock.monotonic() > give_up:
                return False
            await self.clock.sleep(0.05)
        return True


def demo_settings(folder: Path, provider_url: str) -> Settings:
    """The settings of the demo: its own database, a provider on this machine, and a quicker tier."""
    return Settings.given(
        discord_token="simulated-token",  # noqa: S106 - nothing is behind it
        wavespeed_api_key=_KEY,
        wavespeed_base_url=provider_url,
        database_url=f"sqlite:///{folder / 'easel.db'}",
        data_dir=folder,
        cdn_hosts=("127.0.0.1",),
        wavespeed_max_concurrent=2,
        wavespeed_max_per_minute=30,
        submit_grace_seconds=10,
        poll_initial_seconds=0.5,
        poll_max_seconds=1.0,
    )


def _settle_refusals(bot: EaselBot) -> None:
    """Have an expected refusal end a command as any answer does.

    SimCord takes each error that leaves a command for a crash and calls the command's outcome uncertain; a refusal was
    answered, so it is not shown to it. Mistakes are.
    """
    crashed = bot.tree.on_error

    async def on_error(interaction: discord.Interaction[EaselBot], error: app_commands.AppCommandError) -> None:
        refused = isinstance(cause_of(error), EaselError)
        await (bot.explain(interaction, error) if refused else crashed(interaction, error))

    bot.tree.error(on_error)


@asynccontextmanager
async def open_world(
    folder: Path, *, pace: Pace | None = None, clock: Clock | None = None, settle_seconds: float = _SETTLE_SECONDS
) -> AsyncGenerator[World]:
    """Open all of it for the block; `folder` takes database, pictures and samples.

    `settle_seconds`: how long whoever presses or types waits for the bot to come to rest, before that is an error.
    """
    clock = clock or SystemClock()
    provider = SimulatedProvider(clock, api_key=_KEY, pace=pace or Pace())
    environment = Environment(clock=clock, attachments=DirectAttachmentReader(AllowedHosts.parse(_SIMCORD_FILES)))
    samples = save_samples(folder / "samples")
    async with (
        provider.serve() as url,
        open_app(demo_settings(folder, url), environment) as app,
        simcord.run(app.bot, settle_timeout=settle_seconds, check_errors=False) as env,
    ):
        if app.bot.user is not None:
            await app.bot.user.edit(username="Easel")
        _settle_refusals(app.bot)
        guild = env.create_guild("Paper Fox Studio")
        moderators = guild.create_role("Moderators", permissions=discord.Permissions(manage_guild=True))
        world = World(
            app=app,
            env=env,
            provider=provider,
            clock=clock,
            channel=guild.create_text_channel("studio"),
            alice=guild.add_member(env.create_user("alice")),
            ben=guild.add_member(env.create_user("ben")),
            mona=guild.add_member(env.create_user("mona"), roles=[moderators]),
            samples=samples,
        )
        await world.catch_up()
        # Outside of what SimCord counts as the bot's handlers: a command is settled when it is answered, not when its
        # picture is there.
        engine = asyncio.create_task(app.work(), name="engine")
        try:
            yield world
        finally:
            engine.cancel()
            await asyncio.gather(engine, return_exceptions=True)

"""A small discord.py bot and a bare REST client with which the fake Discord is tried from outside."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.domain.clock import Clock
from bot.ui.discord.bot_pace import BotPace
from bot.ui.discord.exchanges import LONGEST_RATE_LIMIT, RateLimitWord, watch_exchanges
from tests.wire.discord_fake import Channel, FakeDiscord, Guild, Member, build
from tests.wire.discord_fake.shapes import Json


class Probe(discord.Client):
    """Hands every interaction to the test, which answers it with discord.py's own calls."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            guild_ready_timeout=0.05,
            http_trace=watch_exchanges(),
            max_ratelimit_timeout=LONGEST_RATE_LIMIT,
        )
        RateLimitWord(clock).govern(self)
        BotPace(clock).govern(self)
        self.tree = app_commands.CommandTree(self)
        self.arrived: asyncio.Queue[discord.Interaction] = asyncio.Queue()
        self.namespaces: list[app_commands.Namespace] = []
        self.resumed = asyncio.Event()
        self.came = asyncio.Event()
        _add_commands(self)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Leave out discord.py's five seconds before a second IDENTIFY."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        await self.arrived.put(interaction)

    async def on_resumed(self) -> None:
        self.resumed.set()

    async def on_ready(self) -> None:
        self.came.set()

    async def next(self) -> discord.Interaction:
        """Wait for the next interaction."""
        return await asyncio.wait_for(self.arrived.get(), 5)


def _add_commands(probe: Probe) -> None:
    async def note(interaction: discord.Interaction) -> None:
        probe.namespaces.append(interaction.namespace)

    @probe.tree.command(description="Edit one picture")
    @app_commands.describe(prompt="what", image="which", aspect_ratio="shape", seed="number", model="id")
    @app_commands.choices(aspect_ratio=[app_commands.Choice(name="square", value="1:1")])
    async def edit(  # discord.py reads options from positional parameters
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, 100],
        image: discord.Attachment,
        aspect_ratio: app_commands.Choice[str] | None = None,
        seed: app_commands.Range[int, 0, 10] | None = None,
        model: str | None = None,
    ) -> None:
        del prompt, image, aspect_ratio, seed, model
        await note(interaction)

    @edit.autocomplete("model")
    async def models(  # pyright: ignore[reportUnusedFunction]  # the tree holds it
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        del interaction
        return [app_commands.Choice(name=f"{typed}-max", value=f"{typed}-max")]

    @probe.tree.command(description="Compose")
    async def compose(  # pyright: ignore[reportUnusedFunction]  # the tree holds it
        interaction: discord.Interaction,
        image1: discord.Attachment,
        image2: discord.Attachment,
        image3: discord.Attachment | None = None,
    ) -> None:
        del image1, image2, image3
        await note(interaction)

    @probe.tree.context_menu(name="Edit this image")
    async def edit_this(  # pyright: ignore[reportUnusedFunction]  # the tree holds it
        interaction: discord.Interaction, message: discord.Message
    ) -> None:
        del message
        await note(interaction)

    manage = app_commands.Group(
        name="manage", description="Moderate", default_permissions=discord.Permissions(manage_guild=True)
    )
    limit = app_commands.Group(name="limit", description="Limits", parent=manage)

    @limit.command(name="member", description="A member's limit")
    async def limit_member(  # pyright: ignore[reportUnusedFunction]  # the tree holds it
        interaction: discord.Interaction, amount: str, user: discord.Member | None = None
    ) -> None:
        del amount, user
        await note(interaction)

    probe.tree.add_command(manage)


@contextlib.asynccontextmanager
async def connected(fake: FakeDiscord) -> AsyncGenerator[Probe]:
    """Run a probe against the fake until the block ends."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = fake.api_base, yarl.URL(fake.gateway_url)
    probe = Probe(fake.clock)
    running = asyncio.create_task(probe.start(fake.token))
    try:
        ready = asyncio.create_task(probe.came.wait())
        await asyncio.wait({running, ready}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if running.done():
            await running
        yield probe
    finally:
        # In this order: discord.py 2.7.1 gives up its loop while it closes, and a connection that ends after that, or
        # becomes ready, still wants to tell its listeners, on a loop that is gone.
        becoming_ready = cast("asyncio.Task[None] | None", probe._connection._ready_task)  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType] - no public way
        telling = [running] if becoming_ready is None else [running, becoming_ready]
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)
        await probe.close()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@dataclass(frozen=True, slots=True)
class Scene:
    """A fake with one guild, in which Alice is a member and Mo a moderator, and a text channel."""

    fake: FakeDiscord
    guild: Guild
    channel: Channel
    alice: Member
    mo: Member


def furnish(fake: FakeDiscord) -> Scene:
    """Make the scene."""
    guild = build.add_guild(fake.world)
    channel = build.add_channel(fake.world, guild)
    alice = build.add_member(fake.world, guild, "alice")
    return Scene(fake, guild, channel, alice, build.add_moderator(fake.world, guild, "mo"))


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """What REST answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        """Discord's JSON error code; 0 where there is none."""
        return cast("Json", self.body).get("code", 0) if isinstance(self.body, dict) else 0


class Rest:
    """Sends any body to any path, with the bot's token."""

    def __init__(self, fake: FakeDiscord, session: aiohttp.ClientSession) -> None:
        self._fake = fake
        self._session = session

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Mapping[str, bytes] | None = None,
        token: str | None = None,
    ) -> RestAnswer:
        """Send a request; with files as multipart."""
        data: aiohttp.FormData | str | None = None
        headers = {"Authorization": f"Bot {token or self._fake.token}"}
        if files:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body or {}), content_type="application/json")
            for number, (name, content) in enumerate(files.items()):
                data.add_field(
                    f"files[{number}]", io.BytesIO(content), filename=name, content_type="application/octet-stream"
                )
        elif body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        async with self._session.request(
            method, self._fake.api_base + path, data=data, headers=headers, allow_redirects=False
        ) as response:
            plain = response.content_type == "application/json"
            return RestAnswer(response.status, await response.json() if plain else None, response.headers)

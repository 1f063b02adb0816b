"""The fake Discord with a bot in a process of its own, which is killed and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncGenerator

import pytest

from tests.wire.discord_probe import Scene

BOT = """
import os, discord, yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
Route.BASE = os.environ["DISCORD_API_BASE"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY"])

class Bot(discord.Client):
    async def setup_hook(self):
        tree = discord.app_commands.CommandTree(self)
        @tree.command(description="Answer")
        async def ping(interaction: discord.Interaction):
            await interaction.response.send_message(f"pong {os.getpid()}")
        await tree.sync()

Bot(intents=discord.Intents(guilds=True)).run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""


@contextlib.asynccontextmanager
async def running(scene: Scene) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run the bot until the block ends, then kill it."""
    identified = len(scene.fake.gateway.identifies)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-c", BOT, env={**os.environ, **scene.fake.environment()}
    )
    try:
        await scene.fake.until(lambda: len(scene.fake.gateway.identifies) > identified and scene.fake.gateway.connected)
        yield process
    finally:
        process.kill()
        await process.wait()


@pytest.mark.slow
async def test_a_killed_bot_comes_back_to_the_same_discord(scene: Scene) -> None:
    """Messages stay, what was asked of the dead bot stays unanswered, and the next process answers again."""
    fake = scene.fake
    async with running(scene) as first:
        fake.slash(scene.alice, scene.channel, "ping")
        await fake.until(lambda: fake.messages(scene.channel))
    await fake.until(lambda: not fake.gateway.connected)
    lost = fake.slash(scene.alice, scene.channel, "ping")
    async with running(scene) as second:
        fake.slash(scene.alice, scene.channel, "ping")
        await fake.until(lambda: len(fake.messages(scene.channel)) == 2)

    assert fake.transcript(scene.channel) == [f"Easel: pong {first.pid}", f"Easel: pong {second.pid}"]
    assert lost.response is None
    fake.assert_clean()

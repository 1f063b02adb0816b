"""Commands at Discord: sent once, the application's own kept, and what was not taken is known and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import discord
import pytest
from structlog.testing import capture_logs

from bot.command_sync import REFUSED_COMMANDS, SYNCED_COMMANDS, CommandSync
from bot.gateway import point_at
from tests.clocks import ManualClock
from tests.ui.doubles import FakeFacts
from tests.wire.discord_fake import FakeDiscord
from tests.wire.discord_fake.faults import Fault, Kind
from tests.wire.discord_probe import furnish

PUT = "PUT /applications/*/commands"
IMAGE = {"type": 11, "name": "image", "description": "an image", "required": True}
EDIT: dict[str, Any] = {"type": 1, "name": "edit", "description": "Edit an image", "options": [IMAGE]}
LAUNCH: dict[str, Any] = {
    "id": "77",
    "application_id": "1",
    "version": "9",
    "type": 4,
    "name": "launch",
    "description": "Launch the game",
    "handler": 2,
    "contexts": [0, 1],
    "integration_types": [0],
    "name_localizations": None,
}


@pytest.fixture
async def fake() -> AsyncGenerator[FakeDiscord]:
    async with FakeDiscord() as opened:
        furnish(opened)
        point_at(opened.api_base, opened.gateway_url)
        yield opened


@pytest.fixture
async def client(fake: FakeDiscord) -> AsyncGenerator[discord.Client]:
    logged_in = discord.Client(intents=discord.Intents.none())
    await logged_in.login(fake.token)
    yield logged_in
    await logged_in.close()


@pytest.fixture
def facts() -> FakeFacts:
    return FakeFacts()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sync(facts: FakeFacts, clock: ManualClock) -> CommandSync:
    return CommandSync(facts, clock)


def at_discord(fake: FakeDiscord) -> dict[str, dict[str, Any]]:
    return {command["name"]: command for command in fake.world.commands[0]}


async def test_the_applications_own_entry_point_is_kept(
    fake: FakeDiscord, client: discord.Client, sync: CommandSync, facts: FakeFacts
) -> None:
    """An application with an Activity keeps the command that opens it, as it was, beside ours with their filters."""
    fake.world.commands[0] = [LAUNCH]

    await sync.sync(client.http, fake.world.application_id, [EDIT])

    kept = at_discord(fake)
    assert (set(kept), sync.refusal) == ({"edit", "launch"}, None)
    assert {name: kept["launch"][name] for name in ("type", "handler", "description", "contexts")} == {
        "type": 4,
        "handler": 2,
        "description": "Launch the game",
        "contexts": [0, 1],
    }
    assert kept["edit"]["options"][0]["file_types"] == ["image"]
    assert SYNCED_COMMANDS in facts.known


async def test_an_entry_point_where_the_filter_is_refused_too(
    fake: FakeDiscord, client: discord.Client, sync: CommandSync
) -> None:
    """Both reasons for a refusal at once: the entry point stays, the filter goes."""
    fake.world.commands[0] = [LAUNCH]
    fake.plant(Fault(PUT, Kind.REFUSAL, nth=2, status=400, code=50035))

    await sync.sync(client.http, fake.world.application_id, [EDIT])

    assert set(at_discord(fake)) == {"edit", "launch"}
    assert "file_types" not in at_discord(fake)["edit"]["options"][0]


async def test_commands_that_discord_does_not_take(
    fake: FakeDiscord, client: discord.Client, sync: CommandSync, facts: FakeFacts, clock: ManualClock
) -> None:
    """The sentence is kept for `check` and `/healthz`, the log has a line a try, and it is tried until it works."""
    fake.plant(Fault(PUT, Kind.REFUSAL, times=6, status=400, code=30032))
    keeping = asyncio.create_task(sync.keep_synced())
    with capture_logs() as logs:
        await sync.sync(client.http, fake.world.application_id, [EDIT])
        first = (sync.refusal, facts.known.get(REFUSED_COMMANDS))
        async with asyncio.timeout(20):
            while sync.refusal is not None:
                await clock.advance(10)
                await asyncio.sleep(0.005)  # beside what the sockets do, which no clock of ours moves on
    keeping.cancel()

    assert first[0] is not None
    assert "code 30032" in first[0]
    assert first[0] == first[1]
    assert (sync.refusal, facts.known[REFUSED_COMMANDS], set(at_discord(fake))) == (None, "", {"edit"})
    assert sum(line["event"] == "commands.not_synced" for line in logs) == 3
    assert not any(line.get("exc_info") for line in logs)


async def test_commands_that_are_there_are_left_alone(
    fake: FakeDiscord, sync: CommandSync, facts: FakeFacts, client: discord.Client, clock: ManualClock
) -> None:
    """Another run with the same commands sends none, and a refusal of an earlier one is forgotten."""
    await sync.sync(client.http, fake.world.application_id, [EDIT])
    facts.known[REFUSED_COMMANDS] = "earlier"
    fake.plant(Fault(PUT, Kind.REFUSAL, times=9, status=400))

    again = CommandSync(facts, clock)
    await again.sync(client.http, fake.world.application_id, [EDIT])

    assert (again.refusal, facts.known[REFUSED_COMMANDS]) == (None, "")

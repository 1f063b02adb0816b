"""The fake gateway as discord.py meets it: resume with replay, invalid sessions, close codes, heartbeats."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import discord
import pytest

from tests.wire.discord_fake import FakeDiscord, Interaction, build
from tests.wire.discord_probe import Probe, Scene, connected


def use(scene: Scene) -> Interaction:
    return scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})


async def test_an_asked_reconnect_resumes_the_session(probe: Probe, scene: Scene) -> None:
    """After op 7 the bot resumes, is not identified again, and goes on getting events."""
    scene.fake.gateway.reconnect()
    await scene.fake.until(probe.resumed.is_set)
    used = use(scene)

    assert (await probe.next()).id == used.id
    assert (len(scene.fake.gateway.identifies), len(scene.fake.gateway.resumes)) == (1, 1)


async def test_a_resume_replays_what_was_missed(probe: Probe, scene: Scene) -> None:
    """Events that were lost with the connection arrive at the resume, in order; those that had arrived do not."""
    use(scene)
    await probe.next()
    scene.fake.gateway.drop()
    used = [use(scene), use(scene)]
    arrived = [await probe.next(), await probe.next()]

    assert [each.id for each in arrived] == [each.id for each in used]
    assert probe.arrived.empty()
    assert len(scene.fake.gateway.resumes) == 1


async def test_an_invalid_session_is_identified_anew(probe: Probe, scene: Scene) -> None:
    """After op 9 that cannot be resumed the bot identifies again and learns of its guilds once more."""
    scene.fake.gateway.invalidate()
    await scene.fake.until(lambda: len(scene.fake.gateway.identifies) == 2 and scene.fake.gateway.connected)
    used = use(scene)

    assert (await probe.next()).id == used.id
    assert scene.fake.gateway.resumes == []


async def test_an_unknown_session_cannot_be_resumed(probe: Probe, scene: Scene) -> None:
    """A resume of a session that is forgotten ends in op 9 and a new IDENTIFY."""
    scene.fake.gateway.invalidate(resumable=False)
    scene.fake.gateway.close(4000)
    await scene.fake.until(lambda: len(scene.fake.gateway.identifies) == 2 and scene.fake.gateway.connected)

    assert probe.is_ready()


async def test_a_close_code_that_allows_it_is_resumed(probe: Probe, scene: Scene) -> None:
    """4000 is no end: the bot resumes."""
    scene.fake.gateway.close(4000)
    await scene.fake.until(probe.resumed.is_set)

    assert len(scene.fake.gateway.identifies) == 1


async def test_a_wrong_token_closes_with_4004(scene: Scene) -> None:
    """An IDENTIFY with another token is refused for good."""
    async with aiohttp.ClientSession() as session, session.ws_connect(scene.fake.gateway_url) as socket:
        hello = await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 1}})
        await socket.receive()

        assert hello["d"]["heartbeat_interval"] > 0
        assert socket.close_code == 4004


@pytest.mark.parametrize(
    ("code", "error"), [(4004, discord.ConnectionClosed), (4014, discord.PrivilegedIntentsRequired)]
)
async def test_close_codes_on_demand_end_the_bot(scene: Scene, code: int, error: type[Exception]) -> None:
    """The next IDENTIFY can be refused with any code; fatal ones end discord.py's client."""
    scene.fake.gateway.refusals.append(code)

    with pytest.raises(error):
        async with connected(scene.fake):
            pass


async def test_privileged_intents_must_be_allowed(scene: Scene) -> None:
    """An IDENTIFY with the message-content intent closes with 4014 unless the portal allows it."""

    async def identify() -> Any:
        async with aiohttp.ClientSession() as session, session.ws_connect(scene.fake.gateway_url) as socket:
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": {"token": scene.fake.token, "intents": 1 | 1 << 15}})
            message = await socket.receive()
            return json.loads(message.data)["t"] if message.type is aiohttp.WSMsgType.TEXT else socket.close_code

    refused = await identify()
    scene.fake.gateway.privileged = 1 << 15
    allowed = await identify()

    assert (refused, allowed) == (4014, "READY")


async def test_heartbeats_are_acknowledged_unless_silenced(scene: Scene) -> None:
    """Op 1 gets op 11; a silent gateway is what a dead connection looks like."""
    async with aiohttp.ClientSession() as session, session.ws_connect(scene.fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 1, "d": None})
        acknowledged = (await socket.receive_json())["op"]
        scene.fake.gateway.silent = True
        await socket.send_json({"op": 1, "d": None})
        await socket.send_json({"op": 2, "d": {"token": scene.fake.token, "intents": 1}})
        after = (await socket.receive_json())["t"]

    assert (acknowledged, after) == (11, "READY")


async def test_too_many_sends_close_with_4008(scene: Scene) -> None:
    """A connection may send 120 times a minute."""
    async with aiohttp.ClientSession() as session, session.ws_connect(scene.fake.gateway_url) as socket:
        await socket.receive_json()
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        async for _ in socket:
            pass

        assert socket.close_code == 4008


async def test_messages_are_told_only_with_their_intent(scene: Scene) -> None:
    """Deletions of messages reach a session with the guild-messages intent, others' texts are blank without content."""
    async with aiohttp.ClientSession() as session, session.ws_connect(scene.fake.gateway_url) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": scene.fake.token, "intents": 1 << 9}})
        await socket.receive_json()
        written = build.write(scene.fake.world, scene.alice, scene.channel, "secret")
        scene.fake.world.delete_message(written)
        told = [await socket.receive_json() for _ in range(2)]

    assert [each["t"] for each in told] == ["MESSAGE_CREATE", "MESSAGE_DELETE"]
    assert told[0]["d"]["content"] == ""
    assert [each["s"] for each in told] == [2, 3]


async def test_the_fake_outlives_its_bots(fake: FakeDiscord, scene: Scene) -> None:
    """A bot that starts anew finds the messages and commands of the one before, and identifies again."""
    async with connected(fake) as first:
        await first.get_partial_messageable(scene.channel.id).send("from the first")
    command_id = fake.world.commands[0][0]["id"]
    async with connected(fake) as second:
        history = [each.content async for each in second.get_partial_messageable(scene.channel.id).history()]

    assert history == ["from the first"]
    assert fake.world.commands[0][0]["id"] == command_id
    assert len(fake.gateway.identifies) == 2
    assert fake.environment()["DISCORD_API_BASE"].startswith("http://127.0.0.1:")

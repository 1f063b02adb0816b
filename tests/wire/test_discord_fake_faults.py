"""Faults planted in the fake Discord: each kind, before or after the request took effect, at the hit named."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.wire.discord_fake import Fault, Kind, MovableClock
from tests.wire.discord_probe import Probe, Rest, Scene

SEND = "POST /channels/*/messages"


@pytest.mark.parametrize("posted", [0, 1])
async def test_a_dropped_connection_acts_or_not(scene: Scene, rest: Rest, posted: int) -> None:
    """A reset before acting leaves no message, one after acting leaves one; the bot sees the same."""
    fault = scene.fake.plant(Fault(SEND, Kind.DROP, after=bool(posted)))
    with pytest.raises(aiohttp.ClientConnectionError):
        await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})
    [request] = scene.fake.requests()

    assert len(scene.fake.messages(scene.channel)) == posted
    assert (fault.struck, request.fault, request.status, request.acted) == (1, "drop", 0, bool(posted))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("posted", [0, 1])
async def test_an_error_page_acts_or_not(scene: Scene, rest: Rest, status: int, posted: int) -> None:
    """A gateway's error page says nothing about whether the request took effect."""
    scene.fake.plant(Fault(SEND, Kind.STATUS, after=bool(posted), status=status))
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})

    assert (answer.status, answer.body) == (status, None)
    assert len(scene.fake.messages(scene.channel)) == posted


async def test_the_named_hit_is_struck(scene: Scene, rest: Rest) -> None:
    """A fault waits for its hit, strikes as often as it should, and other routes do not count."""
    fault = scene.fake.plant(Fault(SEND, Kind.STATUS, nth=2, times=2))
    path = f"/channels/{scene.channel.id}/messages"
    await rest("GET", path)
    answers = [await rest("POST", path, {"content": "x"}) for _ in range(4)]

    assert [each.status for each in answers] == [200, 502, 502, 200]
    assert fault.struck == 2


@pytest.mark.parametrize(
    ("fault", "marks"),
    [
        (Fault(SEND, Kind.RATE_LIMIT), {"Retry-After", "Via"}),
        (Fault(SEND, Kind.RATE_LIMIT, retry_after=None), {"Via"}),
        (Fault(SEND, Kind.RATE_LIMIT, via=False), {"Retry-After"}),
    ],
)
async def test_planted_429s_come_with_and_without_their_marks(
    scene: Scene, rest: Rest, fault: Fault, marks: set[str]
) -> None:
    """Retry-After and Via can each be missing, as behind Cloudflare."""
    scene.fake.plant(fault)
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})

    assert answer.status == 429
    assert {"Retry-After", "Via"} & set(answer.headers) == marks
    assert ("retry_after" in answer.body) == ("Retry-After" in marks)


async def test_discord_py_waits_out_a_429_but_takes_one_without_via_for_a_ban(probe: Probe, scene: Scene) -> None:
    """With Via the library repeats by itself, without it raises at once."""
    channel = probe.get_partial_messageable(scene.channel.id)
    scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT))
    await channel.send("waited")
    scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, via=False))
    with pytest.raises(discord.HTTPException) as banned:
        await channel.send("banned")

    assert scene.fake.transcript(scene.channel) == ["Easel: waited"]
    assert banned.value.status == 429


async def test_a_lost_answer_with_the_same_nonce_posts_once(probe: Probe, scene: Scene) -> None:
    """On Linux discord.py raises when the connection is lost; a repeat with the nonce finds the message."""
    channel = probe.get_partial_messageable(scene.channel.id)
    scene.fake.plant(Fault(SEND, Kind.DROP, after=True))
    with pytest.raises(aiohttp.ClientConnectionError):
        await channel.send("result", nonce="r:1")
    await channel.send("result", nonce="r:1")

    assert scene.fake.transcript(scene.channel) == ["Easel: result"]


async def test_a_hanging_request_ends_in_a_reset(scene: Scene, rest: Rest, clock: MovableClock) -> None:
    """Nothing comes until the fault's time is up, then the connection is reset."""
    scene.fake.plant(Fault(SEND, Kind.HANG, seconds=600))
    sending = asyncio.create_task(rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"}))
    await scene.fake.until(lambda: scene.fake.requests(where=lambda request: request.body is not None))
    hanging = not sending.done()
    clock.advance(601)
    with pytest.raises(aiohttp.ClientConnectionError):
        await sending

    assert hanging
    assert scene.fake.messages(scene.channel) == []


@pytest.mark.parametrize("visible", [0, 1])
async def test_a_late_answer_comes_with_its_effect(
    scene: Scene,
    rest: Rest,
    clock: MovableClock,
    visible: int,
) -> None:
    """Late before acting, the effect waits as well; late after acting, only the answer does."""
    scene.fake.plant(Fault(SEND, Kind.LATE, after=bool(visible), seconds=600))
    sending = asyncio.create_task(rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"}))
    await scene.fake.until(lambda: scene.fake.requests(where=lambda request: request.body is not None))
    meanwhile = len(scene.fake.messages(scene.channel))
    clock.advance(601)
    answer = await sending

    assert meanwhile == visible
    assert answer.status == 200
    assert len(scene.fake.messages(scene.channel)) == 1


async def test_a_truncated_answer_acts_and_breaks_off(scene: Scene, rest: Rest) -> None:
    """Half of the body arrives although the request took effect."""
    scene.fake.plant(Fault(SEND, Kind.TRUNCATED))
    with pytest.raises(aiohttp.ClientPayloadError):
        await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})

    assert len(scene.fake.messages(scene.channel)) == 1


async def test_a_dripping_answer_arrives_whole(scene: Scene, rest: Rest) -> None:
    """The body comes in pieces, and is complete in the end."""
    scene.fake.plant(Fault(SEND, Kind.SLOW_DRIP, seconds=0.08))
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})

    assert answer.body["content"] == "x"


@pytest.mark.parametrize("kind", [Kind.GARBAGE, Kind.WRONG_TYPE, Kind.REDIRECT])
async def test_answers_of_another_kind(scene: Scene, rest: Rest, kind: Kind) -> None:
    """Bytes that are no JSON, a list instead of an object, a redirect: none of them took effect."""
    scene.fake.plant(Fault(SEND, kind))
    answer = await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"})

    assert {
        Kind.GARBAGE: answer.body is None and answer.status == 200,
        Kind.WRONG_TYPE: isinstance(answer.body, list),
        Kind.REDIRECT: answer.status == 307 and "Location" in answer.headers,
    }[kind]
    assert scene.fake.messages(scene.channel) == []

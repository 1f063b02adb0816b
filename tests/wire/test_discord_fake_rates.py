"""Rate limits of the fake Discord: announced buckets, the global limit, and the hidden shared one."""

from __future__ import annotations

import discord
import pytest

from tests.wire.discord_fake import MovableClock, RateLimits
from tests.wire.discord_probe import Probe, Rest, Scene


async def test_a_bucket_announces_itself_and_refuses_the_sixth(scene: Scene, rest: Rest, clock: MovableClock) -> None:
    """Five sends in five seconds a channel; headers count down; the sixth is 429 and leaves no message."""
    scene.fake.limiter.limits = RateLimits.reported()
    path = f"/channels/{scene.channel.id}/messages"
    answers = [await rest("POST", path, {"content": str(number)}) for number in range(6)]
    last = answers[5]
    clock.advance(float(last.headers["X-RateLimit-Reset-After"]))
    again = await rest("POST", path, {"content": "again"})

    assert [each.headers["X-RateLimit-Remaining"] for each in answers] == ["4", "3", "2", "1", "0", "0"]
    assert {each.headers["X-RateLimit-Bucket"] for each in answers} == {last.headers["X-RateLimit-Bucket"]}
    assert last.status == 429
    assert last.headers["Via"]
    assert last.headers["X-RateLimit-Scope"] == "user"
    assert 0 < last.body["retry_after"] <= 5
    assert again.status == 200
    assert len(scene.fake.messages(scene.channel)) == 6
    assert (scene.fake.journal.rate_limited(), scene.fake.invalid_requests()) == (1, 1)


async def test_buckets_of_two_channels_are_apart(scene: Scene, rest: Rest) -> None:
    """A channel's sends do not count in another, nor do its edits count as sends."""
    scene.fake.limiter.limits = RateLimits.reported()
    direct = scene.fake.world.direct_channel(scene.alice.user)
    answers = [await rest("POST", f"/channels/{scene.channel.id}/messages", {"content": "x"}) for _ in range(5)]
    message = f"/channels/{scene.channel.id}/messages/{answers[0].body['id']}"
    elsewhere = await rest("POST", f"/channels/{direct.id}/messages", {"content": "x"})
    edit = await rest("PATCH", message, {"content": "y"})

    assert (elsewhere.status, edit.status) == (200, 200)
    assert edit.headers["X-RateLimit-Remaining"] == "4"


async def test_the_global_limit_spares_interactions(probe: Probe, scene: Scene, rest: Rest) -> None:
    """Fifty requests a second in all; the fifty-first is refused as global, while a webhook goes through."""
    scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
    interaction = await probe.next()
    scene.fake.limiter.limits = RateLimits(per_second=5)
    answers = [await rest("GET", f"/channels/{scene.channel.id}") for _ in range(6)]
    await interaction.response.send_message("free")

    assert [each.status for each in answers] == [200] * 5 + [429]
    assert answers[5].body["global"] is True
    assert answers[5].headers["X-RateLimit-Scope"] == "global"
    assert scene.fake.transcript(scene.channel) == ["Easel: free"]


async def test_the_shared_limit_is_hidden_until_it_strikes(probe: Probe, scene: Scene, rest: Rest) -> None:
    """Thirty webhook posts a minute in a channel, whatever the interaction; its 429 is no invalid request."""
    scene.fake.limiter.limits = RateLimits(RateLimits.with_shared_webhook_limit().buckets[-1:])
    answers = list[int]()
    last = None
    for _ in range(2):
        scene.fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
        interaction = await probe.next()
        await interaction.response.send_message("x")
        for _ in range(16):
            last = await rest("POST", f"/webhooks/{interaction.application_id}/{interaction.token}", {"content": "y"})
            answers.append(last.status)

    assert answers == [204] * 30 + [429] * 2
    assert last is not None
    assert last.headers["X-RateLimit-Scope"] == "shared"
    assert scene.fake.journal.rate_limited() == 2
    assert scene.fake.invalid_requests() == 0


async def test_discord_py_obeys_a_planted_short_limit(probe: Probe, scene: Scene) -> None:
    """The client reads the headers: it never meets a 429, because its fifth call waits for the window."""
    limits = RateLimits.reported()
    send = limits.buckets[0]
    quick = type(send)(send.name, send.routes, 2, 0.2, send.key)
    scene.fake.limiter.limits = RateLimits((quick,))
    channel = probe.get_partial_messageable(scene.channel.id)
    for number in range(5):
        await channel.send(str(number))

    assert len(scene.fake.messages(scene.channel)) == 5
    assert scene.fake.journal.rate_limited() == 0


async def test_requests_are_counted_by_route(probe: Probe, scene: Scene) -> None:
    """The journal knows each request's route, body, files, status and code."""
    channel = probe.get_partial_messageable(scene.channel.id)
    await channel.send("x")
    with pytest.raises(discord.NotFound):
        await channel.get_partial_message(1).edit(content="y")
    edits = scene.fake.requests("PATCH /channels/{channel_id}/messages/{message_id}")

    assert scene.fake.journal.per_route()["POST /channels/{channel_id}/messages"] == 1
    assert [(each.status, each.code, each.body["content"]) for each in edits] == [(404, 10008, "y")]
    assert not edits[0].acted

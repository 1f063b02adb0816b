"""The one call that costs money: what is sent, over which connection, and what counts as a yes."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain.models import MAX, MAX_MULTI
from bot.provider.client import WaveSpeed
from tests.provider.conftest import KEY, FixedClock, UrlCheck
from tests.provider.scripted import PREDICTION, Break, ScriptedReply, ScriptedServer, ok
from tests.provider.submitting import submit

CREATED: dict[str, object] = {
    "id": PREDICTION,
    "model": "wavespeed-ai/flux-kontext-max",
    "outputs": [],
    "urls": {"get": "https://evil.example/steal"},
    "has_nsfw_contents": [],
    "status": "created",
    "created_at": "2025-05-19T06:09:15.948268264Z",
    "error": "",
    "timings": {"inference": 0},
}


async def test_single_image_body(api: ScriptedServer, client: WaveSpeed) -> None:
    """FLUX Kontext Max gets its documented fields and no others, and sync mode is off."""
    api.plays(ok(CREATED))

    created = await client.submit(
        MAX, "a red hat", ["https://cdn.example/1.png"], {"seed": 7, "guidance_scale": 3.5, "aspect_ratio": "16:9"}
    )

    assert created == PREDICTION
    assert [(request.method, request.path) for request in api.seen] == [
        ("POST", "/api/v3/wavespeed-ai/flux-kontext-max")
    ]
    assert api.seen[0].json == {
        "prompt": "a red hat",
        "image": "https://cdn.example/1.png",
        "seed": 7,
        "guidance_scale": 3.5,
        "aspect_ratio": "16:9",
        "enable_sync_mode": False,
    }


async def test_multi_image_body(api: ScriptedServer, client: WaveSpeed) -> None:
    """FLUX Kontext Max Multi gets the references in their order, as a list."""
    api.plays(ok(CREATED))
    references = [f"https://cdn.example/{place}.png" for place in (3, 1, 2)]

    await client.submit(MAX_MULTI, "all of them", references, {"guidance_scale": 4})

    assert api.seen[0].path == "/api/v3/wavespeed-ai/flux-kontext-max/multi"
    assert api.seen[0].json == {
        "prompt": "all of them",
        "images": references,
        "guidance_scale": 4,
        "enable_sync_mode": False,
    }


async def test_headers(api: ScriptedServer, client: WaveSpeed) -> None:
    """The key goes as a bearer token, and we say who we are."""
    api.plays(ok(CREATED))

    await submit(client)

    sent = api.seen[0].headers
    assert sent["Authorization"] == f"Bearer {KEY}"
    assert sent["Content-Type"] == "application/json"
    assert (sent["X-Client-Name"], bool(sent["X-Client-Version"])) == ("easel", True)


async def test_each_submit_has_a_fresh_connection(api: ScriptedServer, client: WaveSpeed) -> None:
    """No paid request rides on a kept-alive connection, which may be closing at that moment."""
    api.plays(ok(CREATED))

    await submit(client)
    await submit(client)

    assert [request.connection for request in api.seen] == [1, 2]


async def test_accepts_what_the_first_answer_may_look_like(api: ScriptedServer, client: WaveSpeed) -> None:
    """An id counts, whatever the status word, with null or missing fields beside it and fields never heard of."""
    answers: list[dict[str, object]] = [
        {"code": 200, "data": {"id": "pred_abc-1", "status": "queued", "outputs": None, "novel": {"a": 1}}},
        {"data": {"id": "pred_abc-1"}},
        {"code": "200", "data": {"id": "pred_abc-1", "error": None, "timings": None, "urls": None}},
        {
            "code": 200,
            "data": {"id": "pred_abc-1", "status": "processing", "code": 5004, "error": "Sync mode timed out"},
        },
    ]
    api.plays(*(ScriptedReply(200, answer) for answer in answers))

    accepted = [await submit(client) for _ in answers]

    assert accepted == ["pred_abc-1"] * len(answers)


async def test_cancellation_passes_through(api: ScriptedServer, client: WaveSpeed) -> None:
    """A cancelled submit stays cancelled: whoever cancels has already recorded that it was about to be sent."""
    api.plays(Break.HANG)
    sending = asyncio.create_task(submit(client))
    await api.requested.wait()

    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending
    assert len(api.seen) == 1


async def test_sessions_that_keep_connections_are_turned_down(api: ScriptedServer, check_url: UrlCheck) -> None:
    """A client cannot be built that would send paid tasks on kept-alive connections."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ValueError, match="force_close"):
            WaveSpeed(
                session,
                submits=session,
                storage=session,
                base_url=api.url,
                api_key=SecretStr(KEY),
                check_url=check_url,
                clock=FixedClock(),
            )

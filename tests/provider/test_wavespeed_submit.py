"""The one call that costs money."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import aiohttp
import pytest
from pydantic import SecretStr

from bot.domain.models import MAX, MAX_MULTI
from bot.domain.predictions import (
    AnswerLost,
    FailureReason,
    Moderated,
    NotSent,
    OutOfCredit,
    Refused,
    TryLater,
)
from bot.provider.client import WaveSpeed
from bot.provider.transport import Timeouts
from bot.services.ports.provider import Provider
from tests.provider.conftest import IMPATIENT, KEY, FixedClock, UrlCheck
from tests.provider.scripted import PREDICTION, Break, ScriptedReply, ScriptedServer, Step, no, ok

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


async def submit(client: Provider) -> str:
    return await client.submit(MAX, "a red hat", ["https://cdn.example/1.png"], {})


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


@IMPATIENT
@pytest.mark.parametrize(
    "fault",
    [
        Break.RESET_AFTER_READING,
        Break.CLOSE_AFTER_READING,
        Break.TRUNCATED,
        Break.DRIP,
        Break.HANG,
        Break.GARBAGE,
    ],
)
async def test_broken_answers_are_lost(api: ScriptedServer, client: WaveSpeed, fault: Break) -> None:
    """A request that arrived and was not readably answered is a lost answer, and is never sent again."""
    api.plays(fault)

    with pytest.raises(AnswerLost):
        await submit(client)

    assert len(api.seen) == 1


@pytest.mark.parametrize("fault", [Break.RESET_BEFORE_READING, Break.GREETING])
async def test_connection_that_breaks_unread_is_lost(api: ScriptedServer, client: WaveSpeed, fault: Break) -> None:
    """A connection that opened and then broke is lost: what the other side read cannot be known from here."""
    api.plays(fault)

    with pytest.raises(AnswerLost):
        await submit(client)

    assert api.connections == 1


@pytest.mark.parametrize(
    "step",
    [
        *(ScriptedReply(status, {"code": status, "message": "no"}) for status in (408, 500, 502, 503, 504, 520)),
        ScriptedReply(502, b"<html>Bad gateway</html>"),
        *(
            ScriptedReply(status, b"", {"Location": "/api/v3/wavespeed-ai/flux-kontext-max"})
            for status in (301, 302, 303, 307, 308)
        ),
        ScriptedReply(200, b""),
        ScriptedReply(200, b"OK"),
        ScriptedReply(200, b"[]"),
        ScriptedReply(200, b"null"),
        ScriptedReply(200, b"\xff\xfe\x00"),
        ScriptedReply(200, b'{"data": ' + b"[" * 100_000),
        ScriptedReply(200, b'{"code": 200, "data": {"id": NaN}}'),
        ok(None),
        ok([]),
        ok({}),
        ok({"id": ""}),
        ok({"id": 17}),
        ok({"id": "../balance"}),
        ok({"id": "a" * 65}),
        no(5000, "Internal Error"),
        no(5003, "Service Unavailable"),
        no(408, "Request Timeout"),
        no(500, "Internal Error"),
        no(302, "Elsewhere"),
        no(5004, "Timeout", {"id": PREDICTION, "status": "processing"}),
        no(5000, "Internal Error", {"id": PREDICTION, "status": "failed"}),
        no(400, "Bad request", {"id": PREDICTION, "status": "processing"}),
        no(429, "Too many", {"id": PREDICTION, "status": "created"}),
    ],
)
async def test_ambiguous_answers_are_lost(api: ScriptedServer, client: WaveSpeed, step: Step) -> None:
    """What is neither a readable yes nor a definite no may be a paid task; it is sent once and nowhere else."""
    api.plays(step)

    with pytest.raises(AnswerLost):
        await submit(client)

    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("step", "kind", "reason"),
    [
        (ScriptedReply(400, {"code": 400, "message": "Invalid"}), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(400, b"<html>"), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(404, {"message": "model not found"}), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(404, b"<html>Not Found</html>"), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(410, {"message": "gone"}), Refused, FailureReason.NOT_SOLD),
        (no(404, "model not found"), Refused, FailureReason.NOT_SOLD),
        (
            ScriptedReply(400, {"message": "Model flux-kontext-max is no longer available"}),
            Refused,
            FailureReason.NOT_SOLD,
        ),
        (ScriptedReply(404, {"message": "no credits left"}), Refused, FailureReason.NOT_SOLD),
        (ScriptedReply(413, b""), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(422, {"detail": [{"msg": "field required"}]}), Refused, FailureReason.BAD_INPUT),
        (ScriptedReply(401, {"code": 401, "message": "Unauthorized"}), Refused, FailureReason.NOT_AUTHORISED),
        (ScriptedReply(403, {"message": "account issue"}), Refused, FailureReason.NOT_AUTHORISED),
        (
            ScriptedReply(403, {"message": "insufficient permissions", "error_code": "role"}),
            Refused,
            FailureReason.NOT_AUTHORISED,
        ),
        (ScriptedReply(402, {"message": "pay"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(400, {"message": "Insufficient funds"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(403, {"error": "Your balance is too low"}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(403, {"errors": ["Please top up"]}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (ScriptedReply(400, {"error": {"message": "no credits left"}}), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        *(
            (ScriptedReply(status, {"message": words}), OutOfCredit, FailureReason.OUT_OF_CREDIT)
            for status, words in (
                (403, "User is locked. Reason: TOP_UP."),
                (403, "no funds, please recharge"),
                (403, "quota exceeded"),
                (400, "Your credits have run out"),
                (403, "not enough account balance"),
                (429, "insufficient_quota"),
                (429, "You exceeded your current quota: please top up"),
            )
        ),
        (no(429, "insufficient_quota"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        *(
            (ScriptedReply(400, {"message": words}), Refused, FailureReason.BAD_INPUT)
            for words in (
                "white_balance is not supported",
                "white balance is too low",
                "upload quota exceeded",
                "credits_to is an unknown field",
                "stop_up is not a field",
                "the image is prohibited together with images",
                "aspect_ratio 'inappropriate' is not one of 16:9, 1:1",
            )
        ),
        *(
            (ScriptedReply(400, {"message": words}), Moderated, FailureReason.MODERATED)
            for words in (
                "Content violates our usage policies",
                "Prohibited content",
                "The prompt contains inappropriate words",
                "This request was blocked by our safety system",
            )
        ),
        (ScriptedReply(400, {"code": 1200, "message": "no"}), Moderated, FailureReason.MODERATED),
        (
            ScriptedReply(400, {"message": "The content contains sensitive information."}),
            Moderated,
            FailureReason.MODERATED,
        ),
        (no(1200, "The content contains sensitive information."), Moderated, FailureReason.MODERATED),
        (no(1407, "insufficient_credits"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (no(402, "pay"), OutOfCredit, FailureReason.OUT_OF_CREDIT),
        (no(400, "image is required"), Refused, FailureReason.BAD_INPUT),
        (no(401, "Unauthorized"), Refused, FailureReason.NOT_AUTHORISED),
        (no(1400, "Missing Parameter"), Refused, FailureReason.BAD_INPUT),
        (no(1402, "Failed to download image"), Refused, FailureReason.REFERENCE_LOST),
        (no(1403, "Task Execution Failed"), Refused, FailureReason.PROVIDER),
        (no(1200, "no", {"id": PREDICTION, "status": "failed"}), Moderated, FailureReason.MODERATED),
    ],
)
async def test_definite_refusals(
    api: ScriptedServer, client: WaveSpeed, step: Step, kind: type[Refused], reason: FailureReason
) -> None:
    """A 4xx except 408, and a 200 with a code of 1xxx or 4xx, is a definite no with the reason a member can use."""
    api.plays(step)

    with pytest.raises(Refused) as refused:
        await submit(client)

    assert (type(refused.value), refused.value.reason) == (kind, reason)
    assert len(api.seen) == 1


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (ScriptedReply(429, {"code": 429, "message": "Too Many Requests"}), None),
        (ScriptedReply(429, b"slow down", {"Retry-After": "17"}), 17.0),
        (ScriptedReply(429, b"", {"Retry-After": "999999"}), 300.0),
        (ScriptedReply(429, b"", {"Retry-After": "Fri, 21 Nov 2025 02:00:30 GMT"}), 30.0),
        # The clocks differ by ninety seconds: the date counts from that of its own answer.
        (
            ScriptedReply(
                429,
                b"",
                {"Date": "Fri, 21 Nov 2025 02:01:30 GMT", "Retry-After": "Fri, 21 Nov 2025 02:01:40 GMT"},
            ),
            10.0,
        ),
        (ScriptedReply(200, {"code": 429, "message": "slow"}, {"Retry-After": "5"}), 5.0),
        (ScriptedReply(429, {"message": "quota exceeded: 2 requests per minute"}, {"Retry-After": "5"}), 5.0),
        (ScriptedReply(429, {"message": "rate limit quota exceeded"}, {"Retry-After": "5"}), 5.0),
    ],
)
async def test_rate_limit(api: ScriptedServer, client: WaveSpeed, step: Step, after: float | None) -> None:
    """A 429, by status or by code, created nothing: it is "later", after the provider's wish within reason."""
    api.plays(step)

    with pytest.raises(TryLater) as later:
        await submit(client)

    assert later.value.after_seconds == after
    assert len(api.seen) == 1


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


async def test_truncated_refusal_stays_definite(api: ScriptedServer, client: WaveSpeed) -> None:
    """The status line of a 4xx is enough: nothing was created, however the words end."""
    api.plays(ScriptedReply(400, b'{"code": 400, "mess'))

    with pytest.raises(Refused):
        await submit(client)


async def test_refused_connection_was_not_sent(client: WaveSpeed, api: ScriptedServer) -> None:
    """Where nobody listens, nothing left this machine."""
    await api.__aexit__(None, None, None)

    with pytest.raises(NotSent):
        await submit(client)


async def test_name_and_tls_failures_were_not_sent(api: ScriptedServer, check_url: UrlCheck) -> None:
    """A name that does not resolve, and a peer that speaks no TLS, get no byte of the request."""
    api.plays(Break.GREETING)
    addresses = ["http://easel.invalid/api/v3", api.url.replace("http:", "https:") + "/api/v3"]
    async with (
        aiohttp.ClientSession() as session,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as submits,
    ):
        for address in addresses:
            client = WaveSpeed(
                session,
                submits=submits,
                storage=session,
                base_url=address,
                api_key=SecretStr(KEY),
                check_url=check_url,
                clock=FixedClock(),
            )
            with pytest.raises(NotSent):
                await submit(client)

    assert api.seen == []


async def test_cancellation_passes_through(api: ScriptedServer, client: WaveSpeed) -> None:
    """A cancelled submit stays cancelled: whoever cancels has already recorded that it was about to be sent."""
    api.plays(Break.HANG)
    sending = asyncio.create_task(submit(client))
    await api.requested.wait()

    sending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await sending
    assert len(api.seen) == 1


async def test_redirects_are_not_followed(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """A redirect to another host carries neither the key nor the task there."""
    api.plays(ScriptedReply(307, b"", {"Location": f"{storage.url}/steal"}))

    with pytest.raises(AnswerLost):
        await submit(client)

    assert storage.connections == 0


async def test_details_keep_the_prompt_and_addresses_out(api: ScriptedServer, client: WaveSpeed) -> None:
    """What goes to the operator's log quotes neither the prompt nor an address, even where the provider echoes them."""
    api.plays(no(1401, "bad prompt 'a red hat' for https://cdn.example/1.png"))

    with pytest.raises(Refused) as refused:
        await submit(client)

    assert refused.value.detail == "HTTP 200, code 1401: bad prompt '[prompt]' for [address]"


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


async def test_connect_timeout_was_not_sent(check_url: UrlCheck) -> None:
    """A peer that never completes the connection has seen nothing of the request."""
    async with contextlib.AsyncExitStack() as opened:
        full = opened.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        session = await opened.enter_async_context(aiohttp.ClientSession())
        connector = aiohttp.TCPConnector(force_close=True)
        client = WaveSpeed(
            session,
            submits=await opened.enter_async_context(aiohttp.ClientSession(connector=connector)),
            storage=session,
            base_url=f"http://127.0.0.1:{full.getsockname()[1]}",
            api_key=SecretStr(KEY),
            check_url=check_url,
            clock=FixedClock(),
            timeouts=Timeouts(connect=0.1),
        )

        with pytest.raises(NotSent):
            await submit(client)

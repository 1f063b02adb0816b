"""Lost answers to a paid request: without a readable yes or a definite no it was sent once, and is not sent again."""

from __future__ import annotations

import pytest

from bot.domain.predictions import AnswerLost
from bot.provider.client import WaveSpeed
from tests.provider.conftest import IMPATIENT
from tests.provider.scripted import PREDICTION, Break, ScriptedReply, ScriptedServer, Step, no, ok
from tests.provider.submitting import submit


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


async def test_redirects_are_not_followed(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """A redirect to another host carries neither the key nor the task there."""
    api.plays(ScriptedReply(307, b"", {"Location": f"{storage.url}/steal"}))

    with pytest.raises(AnswerLost):
        await submit(client)

    assert storage.connections == 0

"""Looks at predictions, and the retries that all free calls share."""

from __future__ import annotations

import pytest
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from bot.domain.marks import Mark
from bot.domain.predictions import (
    AnswerLost,
    FailureReason,
    OutOfCredit,
    PredictionStatus,
    Refused,
    RemoteStatus,
    TryLater,
)
from bot.provider.client import WaveSpeed
from bot.provider.reads import backoff
from tests.provider.conftest import IMPATIENT, KEY
from tests.provider.scripted import PREDICTION, Break, ScriptedReply, ScriptedServer, Step, no, ok

OUTPUT = "https://d11ewybssaphwx.cloudfront.net/output/a.jpg"
COMPLETED: dict[str, object] = {
    "id": PREDICTION,
    "model": "wavespeed-ai/flux-kontext-max",
    "status": "completed",
    "outputs": [OUTPUT],
    "urls": {"get": "https://evil.example/steal"},
    "has_nsfw_contents": [False],
    "created_at": "2025-05-19T06:09:15.948268264Z",
    "error": "",
    "executionTime": 25729,
    "timings": {"inference": 25729},
}


async def look(api: ScriptedServer, client: WaveSpeed, data: object) -> PredictionStatus:
    api.plays(ok(data))
    return await client.result(PREDICTION)


async def test_completed(api: ScriptedServer, client: WaveSpeed) -> None:
    """A documented answer is read whole; its nanoseconds become milliseconds, its own address is not used."""
    seen = await look(api, client, COMPLETED)

    assert seen == PredictionStatus(
        provider_id=PREDICTION,
        model_id="wavespeed-ai/flux-kontext-max",
        status=RemoteStatus.COMPLETED,
        outputs=(OUTPUT,),
        marks=(Mark.CLEAN,),
        created_at=1_747_634_955_948,
    )
    assert [(request.method, request.path) for request in api.seen] == [
        ("GET", f"/api/v3/predictions/{PREDICTION}/result")
    ]
    assert api.seen[0].headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("created", RemoteStatus.PENDING),
        ("processing", RemoteStatus.PENDING),
        ("pending", RemoteStatus.PENDING),
        ("queued", RemoteStatus.PENDING),
        ("reticulating", RemoteStatus.PENDING),
        ("", RemoteStatus.PENDING),
        (None, RemoteStatus.PENDING),
        (7, RemoteStatus.PENDING),
        ("completed", RemoteStatus.COMPLETED),
        ("Completed", RemoteStatus.COMPLETED),
        ("failed", RemoteStatus.FAILED),
        ("cancelled", RemoteStatus.FAILED),
        ("timeout", RemoteStatus.FAILED),
        ("deleted", RemoteStatus.GONE),
        *((word, RemoteStatus.COMPLETED) for word in ("succeeded", "SUCCESS", "done")),
        *((word, RemoteStatus.FAILED) for word in ("error", "canceled", "aborted", "timed-out", "failure")),
    ],
)
async def test_status_words(api: ScriptedServer, client: WaveSpeed, word: object, status: RemoteStatus) -> None:
    """Each documented end has its meaning, so have other providers' words for it; any other means: keep polling."""
    seen = await look(api, client, {**COMPLETED, "status": word})

    assert seen.status is status


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"code": 1200, "error": "no"}, FailureReason.MODERATED),
        ({"error": "The content contains sensitive information."}, FailureReason.MODERATED),
        ({"code": 1405, "error": "Flagged by the safety system"}, FailureReason.MODERATED),
        ({"code": 1403, "error": "Content violates our usage policies"}, FailureReason.MODERATED),
        ({"code": 1403, "error": "prohibited"}, FailureReason.MODERATED),
        ({"code": 1403, "error": "The prompt was judged inappropriate"}, FailureReason.MODERATED),
        ({"code": 5000, "error": "PROHIBITED_CONTENT"}, FailureReason.MODERATED),
        ({"code": 1405, "error": "blocked by the content filter"}, FailureReason.MODERATED),
        ({"code": 1400, "error": "Missing Parameter"}, FailureReason.BAD_INPUT),
        ({"code": 1401, "error": "Invalid Parameter"}, FailureReason.BAD_INPUT),
        (
            {"code": 1402, "error": "Failed to download image from the provided URL."},
            FailureReason.REFERENCE_LOST,
        ),
        ({"code": 1403, "error": "Task Execution Failed"}, FailureReason.PROVIDER),
        ({"code": 1405, "error": "Task Failed"}, FailureReason.PROVIDER),
        ({"code": 1406, "error": "retry_exhausted"}, FailureReason.PROVIDER),
        ({"code": 1407, "error": "insufficient_credits"}, FailureReason.OUT_OF_CREDIT),
        ({"error": "Insufficient balance"}, FailureReason.OUT_OF_CREDIT),
        ({"code": 1403, "error": "User is locked. Reason: Exhausted balance."}, FailureReason.OUT_OF_CREDIT),
        ({"code": 1403, "error": "white_balance is not supported"}, FailureReason.PROVIDER),
        ({"code": 5000, "error": "Internal Error"}, FailureReason.PROVIDER),
        ({"code": 5003, "error": None}, FailureReason.PROVIDER),
        ({"code": 5004, "error": {"message": "Timeout"}}, FailureReason.PROVIDER),
        ({}, FailureReason.PROVIDER),
    ],
)
async def test_failure_reasons(
    api: ScriptedServer, client: WaveSpeed, data: dict[str, object], reason: FailureReason
) -> None:
    """A failed task is an HTTP 200; its code, or else its words, say why."""
    seen = await look(api, client, {"id": PREDICTION, "status": "failed", "outputs": [], **data})

    assert (seen.status, seen.reason) == (RemoteStatus.FAILED, reason)


async def test_deleted_is_expired(api: ScriptedServer, client: WaveSpeed) -> None:
    """A deleted prediction is gone, and the reason says that it is no longer kept."""
    seen = await look(api, client, {"id": PREDICTION, "status": "deleted"})

    assert (seen.status, seen.reason) == (RemoteStatus.GONE, FailureReason.EXPIRED)


@pytest.mark.parametrize(
    ("outputs", "flags", "expected"),
    [
        ([OUTPUT], [True], ((OUTPUT,), (Mark.MARKED,))),
        ([OUTPUT, OUTPUT], [True, False], ((OUTPUT, OUTPUT), (Mark.MARKED, Mark.CLEAN))),
        ([{"url": OUTPUT, "content_type": "image/png"}], [False], ((OUTPUT,), (Mark.CLEAN,))),
        (OUTPUT, [False], ((OUTPUT,), (Mark.CLEAN,))),
        ([OUTPUT], None, ((OUTPUT,), (Mark.MISSING,))),
        ([OUTPUT], [], ((OUTPUT,), (Mark.MISSING,))),
        ([OUTPUT], [False, False], ((OUTPUT,), (Mark.MISSING,))),
        ([OUTPUT], [0.98], ((OUTPUT,), (Mark.MARKED,))),
        ([OUTPUT], ["false"], ((OUTPUT,), (Mark.CLEAN,))),
        ([OUTPUT, None], [False], ((OUTPUT,), (Mark.MISSING,))),
        ([None, OUTPUT], [True, False], ((OUTPUT,), (Mark.CLEAN,))),
    ],
)
async def test_outputs_and_marks(
    api: ScriptedServer,
    client: WaveSpeed,
    outputs: object,
    flags: object,
    expected: tuple[tuple[str, ...], tuple[Mark, ...]],
) -> None:
    """Outputs may be addresses or objects with one; each keeps the mark that was sent for it, as numbers come too."""
    seen = await look(api, client, {**COMPLETED, "outputs": outputs, "has_nsfw_contents": flags})

    assert (seen.outputs, seen.marks) == expected


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        [],
        "",
        {},
        [None],
        [""],
        [{"url": None}],
        ["ftp://x/a.png"],
        ["data:image/png;base64,AA"],
        ["https://x/\n"],
    ],
)
async def test_completed_without_picture(api: ScriptedServer, client: WaveSpeed, outputs: object) -> None:
    """Completed without a usable output stays completed, as it may be billed, and says that there is no picture."""
    seen = await look(api, client, {**COMPLETED, "outputs": outputs})

    assert (seen.status, seen.reason, seen.outputs) == (RemoteStatus.COMPLETED, FailureReason.NO_PICTURE, ())


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2025-05-19T06:09:15.948268264Z", 1_747_634_955_948),
        ("2025-05-19T06:09:15Z", 1_747_634_955_000),
        ("2025-05-19T08:09:15.5+02:00", 1_747_634_955_500),
        ("2025-05-19T06:09:15", 1_747_634_955_000),
        (1_747_634_955, 1_747_634_955_000),
        (1_747_634_955_948, 1_747_634_955_948),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:59", 0),
        ("9999-99-99", None),
        (None, None),
        (True, None),
        (-5, None),
        ([], None),
    ],
)
async def test_created_at(api: ScriptedServer, client: WaveSpeed, written: object, instant: int | None) -> None:
    """The time of creation is read in any ISO 8601 form, and is None where it cannot be read."""
    seen = await look(api, client, {**COMPLETED, "created_at": written})

    assert seen.created_at == instant


async def test_another_predictions_answer(api: ScriptedServer, client: WaveSpeed) -> None:
    """An answer that names another prediction is not taken for this one's."""
    api.plays(ok({**COMPLETED, "id": "somebody-elses"}))

    with pytest.raises(TryLater):
        await client.result(PREDICTION)


@pytest.mark.parametrize("step", [ScriptedReply(404, {"message": "task not found"}), no(404, "task not found")])
async def test_unknown_prediction(api: ScriptedServer, client: WaveSpeed, step: Step) -> None:
    """A prediction that the provider does not know has expired; asking again would not help."""
    api.plays(step)

    with pytest.raises(Refused) as refused:
        await client.result(PREDICTION)

    assert (refused.value.reason, len(api.seen)) == (FailureReason.EXPIRED, 1)


async def test_refused_key(api: ScriptedServer, client: WaveSpeed) -> None:
    """A key that is not accepted is a definite no."""
    api.plays(ScriptedReply(401, {"code": 401, "message": "Unauthorized"}))

    with pytest.raises(Refused) as refused:
        await client.result(PREDICTION)

    assert (refused.value.reason, len(api.seen)) == (FailureReason.NOT_AUTHORISED, 1)


@pytest.mark.parametrize("status", [401, 402, 403, 407])
async def test_a_page_is_no_word_about_the_key(api: ScriptedServer, client: WaveSpeed, status: int) -> None:
    """What a proxy or a network that wants a login answers in the API's place says nothing about key or account."""
    api.plays(*[ScriptedReply(status, b"<html>Please log in</html>")] * 4)

    with pytest.raises(TryLater, match=f"HTTP {status}, unreadable"):
        await client.balance()


async def test_ids_cannot_leave_their_path(client: WaveSpeed, api: ScriptedServer) -> None:
    """An id that could change the address is not asked about."""
    with pytest.raises(ValueError, match="not a prediction id"):
        await client.result("../balance")

    assert api.connections == 0


@pytest.mark.parametrize(
    "step",
    [
        *(ScriptedReply(status, b"") for status in (408, 429, 500, 502, 503, 504)),
        ScriptedReply(302, b"", {"Location": "/elsewhere"}),
        ScriptedReply(200, b"<html>"),
        ScriptedReply(200, b'{"code": 200, "data": {"id": "tru'),
        ok(None),
        no(429, "slow down"),
        no(5000, "Internal Error"),
        no(503, "unavailable"),
        Break.RESET_BEFORE_READING,
        Break.RESET_AFTER_READING,
        Break.CLOSE_AFTER_READING,
        Break.TRUNCATED,
        Break.GARBAGE,
    ],
)
async def test_failed_looks_say_nothing_about_the_prediction(
    api: ScriptedServer, client: WaveSpeed, step: Step
) -> None:
    """A look that fails for good is "later", never a failed or lost prediction."""
    api.plays(step)

    with pytest.raises(TryLater) as later:
        await client.result(PREDICTION)

    assert not isinstance(later.value, AnswerLost)


@IMPATIENT
@pytest.mark.parametrize("fault", [Break.HANG, Break.DRIP])
async def test_endless_answers_end(api: ScriptedServer, client: WaveSpeed, fault: Break) -> None:
    """An answer that does not come, or never ends, is given up after the read timeout and asked for again."""
    api.plays(fault, ok(COMPLETED))

    seen = await client.result(PREDICTION)

    assert (seen.status, len(api.seen)) == (RemoteStatus.COMPLETED, 2)


async def test_reads_are_retried(api: ScriptedServer, client: WaveSpeed) -> None:
    """Passing trouble is not seen outside: the fourth and last try may still bring the answer."""
    api.plays(ScriptedReply(503, b""), Break.RESET_AFTER_READING, ScriptedReply(200, b"{"), ok(COMPLETED))

    seen = await client.result(PREDICTION)

    assert (seen.status, len(api.seen)) == (RemoteStatus.COMPLETED, 4)


async def test_retries_end(api: ScriptedServer, client: WaveSpeed) -> None:
    """After four tries the caller decides."""
    api.plays(ScriptedReply(503, b""))

    with pytest.raises(TryLater):
        await client.result(PREDICTION)

    assert len(api.seen) == 4


async def test_long_waits_are_the_callers(api: ScriptedServer, client: WaveSpeed) -> None:
    """A wish to wait longer than a read may is handed on at once, with its length."""
    api.plays(ScriptedReply(429, b"", {"Retry-After": "60"}))

    with pytest.raises(TryLater) as later:
        await client.result(PREDICTION)

    assert (later.value.after_seconds, len(api.seen)) == (60.0, 1)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (TryLater("HTTP 503"), True),
        (TryLater("HTTP 429", 0.0), 0.0),
        (TryLater("HTTP 429", 7.5), 7.5),
        (TryLater("HTTP 429", 10.0), 10.0),
        (TryLater("HTTP 429", 10.5), False),
        (OutOfCredit("HTTP 402"), False),
        (RuntimeError("a bug"), False),
    ],
)
def test_waits_between_tries(error: Exception, decision: bool | float) -> None:  # noqa: FBT001 - what stamina expects
    """A wait that the provider wishes is kept to the second, up to ten; without a wish it is ours to choose."""
    chosen = backoff(error)

    assert (type(chosen), chosen) == (type(decision), decision)


async def test_retries_tell_no_secrets(api: ScriptedServer, client: WaveSpeed) -> None:
    """What a retry reports to the log names the failure, and neither key nor address."""
    reported: list[RetryDetails] = []

    def note(details: RetryDetails) -> None:
        reported.append(details)

    set_on_retry_hooks([note])
    # aiohttp itself repeats a GET once on a new connection, so that it takes two to be seen.
    api.plays(Break.CLOSE_AFTER_READING, Break.CLOSE_AFTER_READING, ok(COMPLETED))
    try:
        await client.result(PREDICTION)
    finally:
        set_on_retry_hooks(None)

    assert [(repr(details.caused_by), details.args) for details in reported] == [
        ("TryLater('ServerDisconnectedError')", ())
    ]


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({"Date": "Fri, 21 Nov 2025 02:01:30 GMT"}, 90_000),
        ({"Date": "Fri, 21 Nov 2025 02:01:30 GMT", "Age": "0"}, 90_000),
        ({"Date": "Fri, 21 Nov 2025 02:01:30 GMT", "Age": "600"}, None),
        ({"Date": "the day before yesterday"}, None),
        ({"Date": "Fri, 99 Nov 20255 02:01:30 GMT"}, None),
        ({}, None),
    ],
)
async def test_the_providers_clock_is_read_from_its_answers(
    api: ScriptedServer, client: WaveSpeed, headers: dict[str, str], ahead: int | None
) -> None:
    """Each dated answer shows the provider's clock, a refusal as well; one that lay in a cache does not."""
    api.plays(ScriptedReply(404, {"message": "task not found"}, headers))
    with pytest.raises(Refused):
        await client.result(PREDICTION)

    offset = client.remote_clock.offset
    if ahead is None:
        assert offset is None
    else:
        assert offset is not None
        assert offset.earliest <= ahead <= offset.latest

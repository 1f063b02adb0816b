"""Answers bent at random: whatever arrives, the client answers in its own words."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.clock import SystemClock
from bot.domain.predictions import ProviderError, RemoteStatus, TryLater
from bot.provider import lenient, wire
from bot.provider.errors import refusal, retry_after, scrub
from bot.provider.predictions import report
from bot.provider.reads import demand, settled
from bot.provider.submits import created_id
from bot.provider.transport import Reply

DATA: dict[str, object] = {
    "id": "e6832d4abffb4d79bfbca19783fca133",
    "model": "wavespeed-ai/flux-kontext-max",
    "status": "completed",
    "outputs": ["https://d11ewybssaphwx.cloudfront.net/output/a.jpg"],
    "urls": {"get": "https://api.wavespeed.ai/api/v3/predictions/e683/result"},
    "has_nsfw_contents": [False],
    "created_at": "2025-05-19T06:09:15.948268264Z",
    "error": "",
    "executionTime": 25729,
    "timings": {"inference": 25729},
    "download_url": "https://cdn.wavespeed.ai/a.png",
    "upload": {"method": "PUT", "url": "https://s/x", "headers": {"Content-Type": "image/png"}},
    "price": 0.08,
    "discounted_price": 0.08,
    "balance": 156.78,
    "items": [{"uuid": "b1", "billing_type": "deduct", "price": 0.08, "prediction": {"uuid": "p1"}}],
    "has_more": False,
    "deleted_count": 1,
}
SHAPES = (
    wire.Prediction,
    wire.Upload,
    wire.Price,
    wire.Balance,
    wire.ListedModel,
    wire.BillingLine,
    wire.Deleted,
    wire.Listing,
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, -(10**12), 1e308, 1e-308, 429, 408, 1200, 5000])
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text()
    | st.sampled_from(["\ud800", "\x00", "completed", "failed", "https://x/\u0661", "0001-01-01", "9" * 5_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A recorded answer with up to four places replaced or removed, and sometimes its bytes cut or overwritten."""
    data = dict(DATA)
    answer: dict[str, object] = {"code": 200, "message": "success", "data": data}
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.sampled_from([place for place in (answer, data) if place]))
        name = draw(st.sampled_from(sorted(place)))
        if draw(st.booleans()):
            place[name] = draw(anything)
        else:
            del place[name]
    body = json.dumps(answer).encode()
    cut = draw(st.none() | st.integers(0, len(body)))
    return body if cut is None else body[:cut] + draw(st.binary(max_size=8))


@settings(max_examples=300, deadline=None)
@given(status=st.sampled_from([200, 201, 400, 403, 404, 408, 422, 429, 500, 503]), body=bent())
def test_a_bent_answer_has_a_defined_outcome(status: int, body: bytes) -> None:
    """Every answer is an id that fits into a path, a well-formed report, or one of the provider's errors."""
    with suppress(ProviderError):
        answer = demand(settled(Reply(status, None, body), SystemClock()))
        for shape in SHAPES:
            with suppress(lenient.Unreadable):
                wire.read(shape, answer.data)
        with suppress(lenient.Unreadable):
            seen = report(wire.read(wire.Prediction, answer.data), provider_id="p", model_id="m")
            seen.message.encode()

            assert isinstance(seen.status, RemoteStatus)
            assert all(output.isascii() and output.startswith("http") for output in seen.outputs)
            assert len(seen.marks) == len(seen.outputs)
            assert seen.created_at is None or 0 <= seen.created_at < 2**63
    with suppress(ProviderError, lenient.Unreadable):
        created = created_id(wire.open_envelope(status, body), "prompt")

        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", created)


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=60))
def test_noise_is_unreadable_or_read(body: bytes) -> None:
    """Bytes that are no answer are "later" to a free call, and nothing else."""
    try:
        answer = settled(Reply(200, None, body), SystemClock())
    except TryLater:
        return

    assert isinstance(json.loads(body), dict)
    assert answer.status == 200


@settings(max_examples=300, deadline=None)
@given(
    header=st.text(max_size=40) | st.sampled_from(["inf", "-inf", "nan", "1e400", "-3", "Fri, 31 Dec 9999 23:59:59"])
)
def test_retry_after_is_bounded(header: str) -> None:
    """Whatever the header says, the wait lies between nothing and five minutes, or is not known."""
    wait = retry_after(Reply(503, header, b""), 0)

    assert wait is None or 0.0 <= wait <= 300.0


@settings(max_examples=200, deadline=None)
@given(
    status=st.integers(100, 599),
    code=st.none() | st.integers(0, 6000),
    words=st.text(max_size=300),
    prompt=st.text(min_size=3, max_size=20),
)
def test_details_never_quote_the_prompt(status: int, code: int | None, words: str, prompt: str) -> None:
    """Refusals keep their words short and the prompt out of them."""
    detail = refusal(status, code, scrub(f"{prompt} https://x.example/{prompt} {words}", prompt)).detail

    assert "https://" not in detail
    assert len(detail) <= 240

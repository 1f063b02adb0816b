"""Addresses that only the provider can know, and signatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.clock import SECOND
from bot.domain.webhooks import OLDEST_SIGNATURE, Addresses, SentAttempt, WebhookCall, signature
from tests.clocks import NOON

ATTEMPT = SentAttempt(7, 9, NOON)
SECRET = "whsec_of_these_tests"
numbers = st.integers(0, 10**17)


def last_part(address: str) -> str:
    return address.rpartition("/")[2]


@given(numbers, numbers, numbers)
def test_an_address_names_its_attempt(prediction_id: int, attempt_id: int, sent_at: int) -> None:
    """What was made for an attempt is read as that attempt by the same key, and as nothing by another."""
    attempt = SentAttempt(prediction_id, attempt_id, sent_at)
    name = last_part(Addresses("https://easel.example/calls", b"key").of(attempt))

    assert Addresses("https://elsewhere.example", b"key").read(name) == attempt
    assert Addresses("https://easel.example/calls", b"another key").read(name) is None


@pytest.mark.parametrize("place", range(0, 60, 3))
def test_a_changed_address_is_nobodys(place: int) -> None:
    """No digit of it can be another: neither of the numbers nor of the secret."""
    addresses = Addresses("https://easel.example", b"key")
    name = last_part(addresses.of(ATTEMPT))
    other = "1" if name[place % len(name)] != "1" else "2"

    assert addresses.read(name[: place % len(name)] + other + name[place % len(name) + 1 :]) is None


@given(st.text(max_size=200))
def test_any_other_text_is_nobodys(text: str) -> None:
    """Whatever stands at the end of an address, it is read without a fault, and names nothing."""
    assert Addresses("https://easel.example", b"key").read(text) is None


def test_an_answer_needs_the_key() -> None:
    """Another installation cannot answer a challenge, nor is an answer the secret of an address."""
    ours, theirs = (Addresses("https://easel.example", key) for key in (b"key", b"another key"))
    name = last_part(ours.of(ATTEMPT))

    assert ours.answer("abc") != theirs.answer("abc")
    assert ours.answer(name.rpartition("-")[0]) != name.rpartition("-")[2]


def signed(body: bytes = b'{"id": "p1"}', *, at: int = NOON, secret: str = SECRET, **changed: str) -> WebhookCall:
    seconds = str(at // SECOND)
    headers = {
        "webhook-id": "p1",
        "webhook-timestamp": seconds,
        "webhook-signature": signature(secret, "p1", seconds, body),
    }
    return WebhookCall(ATTEMPT, headers | {name.replace("_", "-"): value for name, value in changed.items()}, body)


@pytest.mark.parametrize(
    ("call", "is_right"),
    [
        (signed(), True),
        (signed(at=NOON - OLDEST_SIGNATURE), True),
        (signed(at=NOON - OLDEST_SIGNATURE - SECOND), False),
        (signed(at=NOON + OLDEST_SIGNATURE + SECOND), False),
        (signed(secret="whsec_another"), False),
        (signed(webhook_id="p2"), False),
        (signed(webhook_signature="v3,"), False),
        (signed(webhook_signature="v3,é"), False),
        (signed(webhook_timestamp="9" * 5_000), False),
        (signed(webhook_timestamp="²"), False),
        (WebhookCall(ATTEMPT, {}, b""), False),
    ],
)
def test_signatures(call: WebhookCall, *, is_right: bool) -> None:
    """Only what the account's secret signed, over this body, within five minutes."""
    assert call.is_signed(SECRET, NOON) is is_right


@pytest.mark.parametrize(
    ("body", "announced"),
    [
        (b'{"id": "p1", "status": "completed"}', "p1"),
        (b'{"id": 7}', None),
        (b'["p1"]', None),
        (b"", None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
    ],
)
def test_what_a_body_announces(body: bytes, announced: str | None) -> None:
    """The id of a prediction, or nothing."""
    assert WebhookCall(ATTEMPT, {}, body).announced_id() == announced

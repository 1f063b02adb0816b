"""Webhook addresses that carry an attempt's secret, and which calls to them to trust."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from bot.domain.clock import SECOND, Instant

OLDEST_SIGNATURE = 300 * SECOND
"""Milliseconds; the page *Verifying Webhooks* wants older signatures refused."""

_NAME = re.compile(r"(?P<prediction>\d{1,18})-(?P<attempt>\d{1,18})-(?P<sent_at>\d{1,18})-(?P<secret>[0-9a-f]{40})")
_SECRET_DIGITS = 40
_PURPOSE = b"webhook addresses"
_LONGEST_CHALLENGE = 64


@dataclass(frozen=True, slots=True)
class SentAttempt:
    """Which POST an address was made for; the instant tells attempts of the same number apart after a restore."""

    prediction_id: int
    attempt_id: int
    sent_at: Instant


@dataclass(frozen=True, slots=True)
class UnansweredAttempt:
    """What a call's prediction has to fit to be taken for the attempt whose answer is missing."""

    job_id: str
    model_id: str


class Addresses:
    """The addresses below `base_url`, each with a secret that follows from `key` and the attempt.

    Nothing has to be stored for them, or looked up to tell a true one from a guess: whoever knows neither the key nor
    the address has one chance in 2^160.
    """

    def __init__(self, base_url: str, key: bytes) -> None:
        self._base_url = base_url
        self._key = hmac.new(key, _PURPOSE, hashlib.sha256).digest()

    def of(self, attempt: SentAttempt) -> str:
        """The address that the provider calls when this attempt's prediction ends."""
        name = f"{attempt.prediction_id}-{attempt.attempt_id}-{attempt.sent_at}"
        return f"{self._base_url}/{name}-{self._secret(name)}"

    def read(self, name: str) -> SentAttempt | None:
        """The attempt that the last part of an address names; None: it is none of ours."""
        match = _NAME.fullmatch(name)
        if match is None:
            return None
        unsigned = name[: -_SECRET_DIGITS - 1]
        if not hmac.compare_digest(self._secret(unsigned), match["secret"]):
            return None
        return SentAttempt(int(match["prediction"]), int(match["attempt"]), int(match["sent_at"]))

    def answer(self, challenge: str) -> str:
        """What only the holder of the key can answer: whoever gets it has reached this installation."""
        return self._secret(f"challenge {challenge[:_LONGEST_CHALLENGE]}")

    def _secret(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:_SECRET_DIGITS]


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """A call to the address of an attempt: its headers, by lower-case name, and its body."""

    attempt: SentAttempt
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def announced_id(self) -> str | None:
        """The provider's id of the prediction that the body is about; a claim, until it was read there."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        announced = cast("dict[str, object]", body).get("id") if isinstance(body, dict) else None
        return announced if isinstance(announced, str) else None

    def is_signed(self, secret: str, now: Instant) -> bool:
        """Whether its signature is right, as the page *Verifying Webhooks* describes it: `v3,<hex>` over all of it."""
        signed_at = self.headers.get("webhook-timestamp", "")
        if not signed_at.isascii() or not signed_at.isdigit() or len(signed_at) > len(str(now)):
            return False
        if abs(now - int(signed_at) * SECOND) > OLDEST_SIGNATURE:
            return False
        right = signature(secret, self.headers.get("webhook-id", ""), signed_at, self.body)
        return hmac.compare_digest(right.encode(), self.headers.get("webhook-signature", "").encode())


def signature(secret: str, call_id: str, signed_at: str, body: bytes) -> str:
    """Sign a call: HMAC-SHA256 over id, seconds and body, under the secret without its prefix, which is not decoded."""
    key = secret.removeprefix("whsec_").encode()
    signed = b".".join((call_id.encode(), signed_at.encode(), body))
    return f"v3,{hmac.new(key, signed, hashlib.sha256).hexdigest()}"

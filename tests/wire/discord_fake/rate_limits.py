"""Rate limits as Discord announces them: buckets with headers, the global 50 a second, and limits that stay hidden."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from math import ceil

from bot.domain.clock import SECOND, Clock

_ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_FOLLOWUP = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
_EXECUTE = "POST /webhooks/{webhook_id}/{webhook_token}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """`limit` requests in `window` seconds to any of `routes`, counted for each value of `key`.

    Attributes:
        name: for the bucket's hash.
        routes: method and template of each.
        key: the path parameter that separates counts; `channel_id` of a webhook is its interaction's channel.
        scope: what `X-RateLimit-Scope` says; requests refused in scope `shared` are no invalid requests.
        hidden: no headers until it refuses.
    """

    name: str
    routes: frozenset[str]
    limit: int
    window: float
    key: str
    scope: str = "user"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class RateLimits:
    """All limits that are in force; `per_second` is the global one (0: none), from which webhooks are free."""

    buckets: tuple[Bucket, ...] = ()
    per_second: int = 0

    @classmethod
    def none(cls) -> RateLimits:
        """No limit at all, for quick tests."""
        return cls()

    @classmethod
    def reported(cls) -> RateLimits:
        """The values that bots report: 5 sends and 5 edits in 5 s a channel, 5 in 2 s an interaction, 50/s in all."""
        send = Bucket("send", frozenset({"POST /channels/{channel_id}/messages"}), 5, 5.0, "channel_id")
        edit = Bucket("edit", frozenset({"PATCH /channels/{channel_id}/messages/{message_id}"}), 5, 5.0, "channel_id")
        hooks = {f"{method} {path}" for method in ("GET", "PATCH", "DELETE") for path in (_ORIGINAL, _FOLLOWUP)}
        webhook = Bucket("webhook", frozenset({_EXECUTE, *hooks}), 5, 2.0, "webhook_token")
        return cls((send, edit, webhook), 50)

    @classmethod
    def with_shared_webhook_limit(cls) -> RateLimits:
        """`reported`, and the unannounced limit that all apps share: 30 webhook posts a minute in one channel."""
        shared = Bucket("shared", frozenset({_EXECUTE}), 30, 60.0, "channel_id", scope="shared", hidden=True)
        base = cls.reported()
        return cls((*base.buckets, shared), base.per_second)


@dataclass(slots=True)
class _Window:
    opened: float
    used: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a request gets: headers for its answer and, if it is refused, how many seconds to wait."""

    headers: dict[str, str] = field(default_factory=dict[str, str])
    retry_after: float | None = None
    scope: str = "user"


class RateLimiter:
    """Counts requests in fixed windows that open with the first request."""

    def __init__(self, clock: Clock, limits: RateLimits) -> None:
        self.limits = limits
        self._clock = clock
        self._windows: dict[tuple[str, str], _Window] = {}

    def take(self, route: str, keys: dict[str, str]) -> Verdict:
        """Count one request to `route` (method and template) and say whether it may go on."""
        if self.limits.per_second and not route.split(" ")[1].startswith(("/webhooks/", "/interactions/")):
            window = self._window(("global", ""), 1.0)
            if window.used >= self.limits.per_second:
                return Verdict({"X-RateLimit-Global": "true"}, self._left(window, 1.0), "global")
            window.used += 1
        headers: dict[str, str] = {}
        for bucket in self.limits.buckets:
            if route not in bucket.routes:
                continue
            window = self._window((bucket.name, keys.get(bucket.key, "")), bucket.window)
            left = self._left(window, bucket.window)
            if window.used >= bucket.limit:
                return Verdict(self._headers(bucket, 0, left), left, bucket.scope)
            window.used += 1
            if not bucket.hidden:
                headers = self._headers(bucket, bucket.limit - window.used, left)
        return Verdict(headers)

    def _window(self, key: tuple[str, str], length: float) -> _Window:
        now = self._clock.monotonic()
        window = self._windows.get(key)
        if window is None or now - window.opened >= length:
            window = self._windows[key] = _Window(now)
        return window

    def _left(self, window: _Window, length: float) -> float:
        """Tell how many seconds are left, in whole milliseconds, rounded up: who waits so long is not refused again."""
        return max(1, ceil((window.opened + length - self._clock.monotonic()) * SECOND)) / SECOND

    def _headers(self, bucket: Bucket, remaining: int, left: float) -> dict[str, str]:
        digest = hashlib.sha256(bucket.name.encode()).hexdigest()[:32]
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": f"{self._clock.now() / SECOND + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": digest,
        }

"""The record of every request with its time and outcome, from which tests read rates, repeats and broken rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.clock import MINUTE, Instant


@dataclass(slots=True)
class Request:
    """One request to REST.

    Attributes:
        at: when it arrived.
        route: method and template, as in Discord's OpenAPI description.
        path: the template filled in.
        params: what filled it.
        body: the JSON, None if there was none.
        files: name and size of each file.
        status: of the answer; 0 while none has been sent or the connection was dropped.
        code: Discord's JSON error code, 0 if none.
        fault: the planted fault that struck it.
        acted: whether it took effect (a refusal is none).
        shared: whether a 429 was in scope `shared`.
    """

    at: Instant
    route: str
    path: str
    params: dict[str, str]
    body: Any = None
    files: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    status: int = 0
    code: int = 0
    fault: str | None = None
    acted: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of Discord's that a request broke."""

    route: str
    rule: str
    text: str


_INVALID = {401, 403, 429}


class Journal:
    """All requests and violations since the start or the last `clear`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.violations: list[Violation] = []

    def select(self, route: str | None = None, where: Callable[[Request], bool] | None = None) -> list[Request]:
        """Pick requests by route and condition, in order of arrival."""
        return [
            each for each in self.requests if (route is None or each.route == route) and (where is None or where(each))
        ]

    def per_route(self) -> Counter[str]:
        """Count the requests of each route."""
        return Counter(each.route for each in self.requests)

    def rate_limited(self) -> int:
        """Count the 429s that were met."""
        return sum(each.status == 429 for each in self.requests)

    def invalid(self, now: Instant) -> int:
        """Count what Discord calls invalid requests of the last ten minutes: 401, 403, and 429 unless shared.

        10,000 of them get an address banned.
        """
        return sum(each.status in _INVALID and not each.shared for each in self.requests if each.at > now - 10 * MINUTE)

    def clear(self) -> None:
        """Forget requests and violations."""
        self.requests.clear()
        self.violations.clear()

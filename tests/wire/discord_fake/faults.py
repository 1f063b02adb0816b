"""Faults that a test plants at a route: what goes wrong, at which hit, before or after the request has taken effect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    DROP = "drop"
    """The connection is reset."""
    HANG = "hang"
    """No answer for `seconds`, then a reset."""
    LATE = "late"
    """The answer, and before acting also the effect, comes after `seconds`."""
    STATUS = "status"
    """An HTML page with `status`."""
    REFUSAL = "refusal"
    """JSON with `status` and Discord's own `code`."""
    RATE_LIMIT = "rate_limit"
    """429, with `retry_after` and a Via header unless they are taken away."""
    GARBAGE = "garbage"
    """200 with bytes that are no JSON."""
    REDIRECT = "redirect"
    """307 to another place."""
    WRONG_TYPE = "wrong_type"
    """200 with JSON of another shape: a list where an object is expected."""
    TRUNCATED = "truncated"
    """Half of the answer, then a reset. Only after acting."""
    SLOW_DRIP = "slow_drip"
    """The answer in eight pieces over `seconds`. Only after acting."""


@dataclass(slots=True)
class Fault:
    """One planted fault.

    Attributes:
        route: method and template with `*` for any run of characters: `POST /channels/*/messages`, `PATCH *@original`.
        kind: what goes wrong.
        after: whether the request takes effect first.
        nth: the first matching request that it strikes, from 1.
        times: how many it strikes from there on.
        status: for `STATUS` and `REFUSAL`.
        code: for `REFUSAL`.
        seconds: for `HANG`, `LATE` and `SLOW_DRIP`.
        retry_after: for `RATE_LIMIT`, in the body and header; None leaves both out.
        via: whether a `RATE_LIMIT` comes from Discord itself; without it a bot must take it for a ban by Cloudflare.
    """

    route: str
    kind: Kind
    after: bool = False
    nth: int = 1
    times: int = 1
    status: int = 502
    code: int = 0
    seconds: float = 3600.0
    retry_after: float | None = 0.05
    via: bool = True
    hits: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind in {Kind.TRUNCATED, Kind.SLOW_DRIP}:
            self.after = True

    def strikes(self, route: str) -> bool:
        """Count a request to this route if it matches, and say whether the fault strikes it."""
        if not re.fullmatch(".*".join(map(re.escape, self.route.split("*"))), route):
            return False
        self.hits += 1
        if not self.nth <= self.hits < self.nth + self.times:
            return False
        self.struck += 1
        return True


class Faults:
    """All planted faults; of several that match, the first planted strikes."""

    def __init__(self) -> None:
        self.planted: list[Fault] = []

    def plant(self, fault: Fault) -> Fault:
        """Plant a fault and hand it back, to read later how often it struck."""
        self.planted.append(fault)
        return fault

    def strike(self, route: str) -> Fault | None:
        """Pick the fault for this request, if any."""
        struck = [fault for fault in self.planted if fault.strikes(route)]
        return struck[0] if struck else None

    def clear(self) -> None:
        """Take all faults away."""
        self.planted.clear()

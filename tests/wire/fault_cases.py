"""The cases of the fault matrix: every fault that either end can show, at every call that the bot makes there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.demo.provider import RULES, Behaviour, Site
from tests.wire.discord_fake import Kind

B = Behaviour
PROVIDER_FAULTS = (
    B.DROPPED, B.HANGING, B.BAD_REQUEST, B.UNAUTHORIZED, B.PAYMENT_REQUIRED, B.NOT_FOUND, B.REQUEST_TIMEOUT,
    B.UNPROCESSABLE, B.RATE_LIMITED, B.RATE_LIMITED_SECONDS, B.SERVER_ERROR, B.BAD_GATEWAY, B.UNAVAILABLE, B.MOVED,
    B.MOVED_KEEPING_METHOD, B.DONE_DROPPED, B.DONE_HANGING, B.DONE_BAD_GATEWAY, B.DRIPPING, B.EMPTY_BODY, B.GARBAGE,
    B.HALVED, B.CUT_OFF, B.WRONG_TYPE, B.NO_DATA, B.NO_ID, B.DUPLICATES, B.DONE_LATE,
)  # fmt: skip
AT_START = "price at start"
"""Where a bot that starts asks for prices; at `Site.PRICE` itself the fault waits for a command's own question."""
PROVIDER_SITES = {
    **{
        str(site): site
        for site in (Site.SUBMIT, Site.RESULT, Site.LIST, Site.TICKET, Site.PUT, Site.OUTPUT, Site.PRICE)
    },
    AT_START: Site.PRICE,
}
STRIKES = {Site.SUBMIT: 1, Site.PRICE: 1}
"""How often a fault strikes at a site in a row; elsewhere three times, since reads are repeated by the client."""

DISCORD_SITES = {
    "file": "GET file",
    "callback": "POST */callback",
    "status edit": "PATCH *@original",
    "result post": "POST /channels/*/messages",
    "history search": "GET /channels/*/messages",
    "bot edit": "PATCH /channels/*/messages/*",
    "status removal": "DELETE /channels/*/messages/*",
    "followup": "POST /webhooks/{webhook_id}/{webhook_token}",
    "removal": "DELETE *@original",
}
REFUSALS = ("followup", "removal")
"""Calls that only a refusal after the public answer makes, provoked by a file that is no picture."""
DISCORD_FAULTS: dict[str, dict[str, object]] = {
    "reset before": {"kind": Kind.DROP},
    "reset after": {"kind": Kind.DROP, "after": True},
    "hang before": {"kind": Kind.HANG, "seconds": 60.0},
    "hang after": {"kind": Kind.HANG, "after": True, "seconds": 60.0},
    "late": {"kind": Kind.LATE, "seconds": 8.0},
    "late after": {"kind": Kind.LATE, "after": True, "seconds": 8.0},
    "500": {"kind": Kind.STATUS, "status": 500},
    "502 after": {"kind": Kind.STATUS, "status": 502, "after": True},
    "503": {"kind": Kind.STATUS, "status": 503},
    "400": {"kind": Kind.STATUS, "status": 400},
    "403": {"kind": Kind.STATUS, "status": 403},
    "404": {"kind": Kind.STATUS, "status": 404},
    "40333": {"kind": Kind.REFUSAL, "status": 403, "code": 40333},
    "429": {"kind": Kind.RATE_LIMIT},
    "429 bare": {"kind": Kind.RATE_LIMIT, "retry_after": None},
    "429 no Via": {"kind": Kind.RATE_LIMIT, "via": False},
    "redirect": {"kind": Kind.REDIRECT},
    "garbage": {"kind": Kind.GARBAGE},
    "wrong type": {"kind": Kind.WRONG_TYPE},
    "truncated": {"kind": Kind.TRUNCATED},
    "slow drip": {"kind": Kind.SLOW_DRIP, "seconds": 8.0},
}
GATEWAY_FAULTS = ("drop", "reconnect", "invalid", "invalid, resumable", "close 4000", "close 4009", "duplicate")


@dataclass(frozen=True, slots=True)
class FaultCase:
    """One fault at one place."""

    end: str
    site: str
    fault: str


def cases() -> list[FaultCase]:
    """Every case there is."""
    provider = [
        FaultCase("provider", site, fault)
        for site, called in PROVIDER_SITES.items()
        for fault in PROVIDER_FAULTS
        if called in RULES[fault].sites
    ]
    discord = [FaultCase("discord", site, fault) for site in DISCORD_SITES for fault in DISCORD_FAULTS]
    return provider + discord + [FaultCase("discord", "gateway", fault) for fault in GATEWAY_FAULTS]

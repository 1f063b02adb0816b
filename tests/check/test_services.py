"""What `check` says about Discord and the provider."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.drift import Confirmed
from bot.permissions import NEEDED, invite_url
from tests.check.reporting import about, report
from tests.checked_services import CheckedServices


async def test_commands_that_discord_did_not_take(services: CheckedServices, here: Path) -> None:
    """What the last start met with is an error here, in Discord's own words."""
    services.guilds = [{"id": "1", "name": "Studio", "permissions": str(NEEDED.value)}]
    (here / "easel.db").write_text("ours")
    services.commands_refused = "Discord did not take the commands: HTTP 400, code 50240: Entry Point."

    assert about("commands", await report(services, here)) == f"FAIL commands: {services.commands_refused}"


async def test_all_well(services: CheckedServices, here: Path) -> None:
    """When everything works, each line says ok, and one of them holds the invite link."""
    services.guilds = [{"id": "1", "name": "Studio", "permissions": str(NEEDED.value)}]
    lines = await report(services, here)

    assert [line.split(":")[0] for line in lines] == [
        "ok settings",
        "ok token",
        "ok application",
        "ok permissions",
        "ok key",
        "ok clock",
        "ok balance",
        "ok prices",
        "ok models",
        "ok database",
        "ok commands",
        "ok disk",
        "ok file hosts",
    ]
    assert invite_url(42) in about("application", lines)


async def test_missing_permissions(services: CheckedServices, here: Path) -> None:
    """A server in which the bot's role lacks something is named, with what is missing."""
    services.guilds = [
        {"id": "1", "name": "Studio", "permissions": str(NEEDED.value)},
        {"id": "2", "name": "Attic", "permissions": str(NEEDED.value & ~(1 << 15))},
        {"id": "3", "name": "Admins", "permissions": str(1 << 3)},
    ]

    assert about("permissions", await report(services, here)) == (
        "FAIL permissions: the bot's role lacks permissions in Attic (Attach Files); the invite link grants them."
    )


@pytest.mark.parametrize(
    ("ahead_seconds", "sentence"),
    [
        (0.0, "this machine's clock and WaveSpeed's agree to within 2 s."),
        (92.0, "this machine's clock is 92 s behind WaveSpeed's; Easel allows for that."),
        (-3600.0, "this machine's clock is 3600 s ahead of WaveSpeed's; Easel allows for that."),
        (None, "WaveSpeed's answers bear no date; this machine's clock has to be right, so keep it set by NTP."),
    ],
)
async def test_the_clocks_are_compared(
    services: CheckedServices, here: Path, ahead_seconds: float | None, sentence: str
) -> None:
    """How far this machine's clock is off the provider's is said, to the second, and is no failure."""
    services.ahead_seconds = ahead_seconds
    told = about("clock", await report(services, here))

    numbers = [int(number) for number in re.findall(r"\d+", told)]
    assert all(abs(number - (abs(round(ahead_seconds or 0)) or 2)) <= 1 for number in numbers)
    assert re.sub(r"\d+", "N", told) == re.sub(r"\d+", "N", f"ok clock: {sentence}")


async def test_a_kind_of_place_that_is_closed(services: CheckedServices, here: Path) -> None:
    """A server can keep the bot out of threads, or let it into them only; it fails where it can post nowhere."""
    send, in_threads = 1 << 11, 1 << 38
    services.guilds = [
        {"id": "1", "name": "Studio", "permissions": str(NEEDED.value & ~in_threads)},
        {"id": "2", "name": "Attic", "permissions": str(NEEDED.value & ~send)},
    ]

    assert about("permissions", await report(services, here)) == (
        "ok permissions: the bot's role has what it needs in 2 servers; "
        "not in threads of Studio (Send Messages in Threads); not in the channels of Attic (Send Messages)."
    )

    services.guilds = [{"id": "2", "name": "Attic", "permissions": str(NEEDED.value & ~send & ~in_threads)}]

    assert about("permissions", await report(services, here)) == (
        "FAIL permissions: the bot's role lacks permissions in Attic (Send Messages, Send Messages in Threads); "
        "the invite link grants them."
    )


async def test_empty_account(services: CheckedServices, here: Path) -> None:
    """A balance too small for one picture fails."""
    services.balance = 0.01

    assert about("balance", await report(services, here)).startswith("FAIL balance: $0.01 is left at WaveSpeed")


async def test_dearer_model(services: CheckedServices, here: Path) -> None:
    """A live price above the known one fails and is shown; a lower one does not."""
    services.prices["wavespeed-ai/flux-kontext-max"] = 0.1
    services.prices["wavespeed-ai/flux-kontext-pro"] = 0.01

    assert about("prices", await report(services, here)) == (
        "FAIL prices: WaveSpeed asks more than Easel knows: wavespeed-ai/flux-kontext-max $0.10 instead of $0.08. "
        "Once you have looked: easel models --confirm wavespeed-ai/flux-kontext-max"
    )

    (here / "easel.db").write_text("ours")
    services.confirmed = {"wavespeed-ai/flux-kontext-max": Confirmed(100_000)}
    assert about("prices", await report(services, here)).startswith("ok prices: FLUX Kontext Max $0.10; ")


async def test_a_paused_model(services: CheckedServices, here: Path) -> None:
    """What members cannot use fails, with why, and with the line that lets go of it."""
    (here / "easel.db").write_text("ours")
    services.paused = {"google/nano-banana-2/edit": ["resolution is not declared"]}

    assert about("models", await report(services, here)) == (
        "FAIL models: members cannot use google/nano-banana-2/edit (resolution is not declared). "
        "Once you have looked: easel models --confirm google/nano-banana-2/edit"
    )


async def test_missing_model(services: CheckedServices, here: Path) -> None:
    """A model that is not on the live list fails."""
    del services.prices["wavespeed-ai/flux-kontext-pro"]

    assert about("prices", await report(services, here)) == (
        "FAIL prices: WaveSpeed does not offer wavespeed-ai/flux-kontext-pro to this key."
    )


async def test_silence(services: CheckedServices, here: Path) -> None:
    """A service that never answers is given up after the time of one check."""
    services.hangs = True

    assert about("token", await report(services, here, seconds=0.1)) == "FAIL token: no answer within 0.1 seconds."


async def test_unreachable(services: CheckedServices, here: Path) -> None:
    """An address where nobody listens fails with a sentence."""
    services.base = "http://127.0.0.1:9"

    assert about("token", await report(services, here)).startswith(
        "FAIL token: 127.0.0.1 cannot be reached: no connection (connection refused) (ClientConnectorError); look at "
    )

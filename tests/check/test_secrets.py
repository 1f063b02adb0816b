"""What `check` says about the token and the key, and never repeats."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.secret_shapes import impossible
from tests.check.reporting import about, report
from tests.checked_services import KEY, TOKEN, CheckedServices


async def test_wrong_token(services: CheckedServices, here: Path) -> None:
    """A wrong token gives one clear line, not one for each thing that needs it; it is not repeated."""
    lines = await report(services, here, token="canary-wrong")
    failing = [line for line in lines if line.startswith("FAIL")]

    assert failing == ["FAIL token: Discord does not accept DISCORD_TOKEN: reset it on the application's Bot page."]


async def test_wrong_key(services: CheckedServices, here: Path) -> None:
    """A wrong key gives one clear line."""
    services.key = "another"
    failing = [line for line in await report(services, here) if line.startswith("FAIL")]

    assert len(failing) == 1
    assert failing[0].startswith("FAIL key: WaveSpeed does not accept WAVESPEED_API_KEY: ")
    assert KEY not in failing[0]


@pytest.mark.parametrize("status", [200, 302, 401, 402, 403, 407, 511])
async def test_the_page_of_a_network_is_no_word_about_a_secret(
    services: CheckedServices, here: Path, status: int
) -> None:
    """Where a hotel's page answers for everybody, neither secret is called wrong."""
    services.captive_status = status

    lines = await report(services, here)

    for name in ("token", "key"):
        assert about(name, lines).startswith("FAIL ")
        assert "does not accept" not in about(name, lines)
        assert "a network that wants a login" in about(name, lines)


@pytest.mark.parametrize(
    ("token", "key", "sentence"),
    [
        (
            "123456789012345678",
            KEY,
            "DISCORD_TOKEN is a number: that is an id, such as the application's. The token is",
        ),
        ("wsk_0123456789abcdef", KEY, "DISCORD_TOKEN holds a key of WaveSpeed's; the two are mixed up."),
        (TOKEN, f"{'M' * 24}.Gabcde.{'x' * 38}", "WAVESPEED_API_KEY holds a bot token of Discord's; the two are mixed"),
        (TOKEN, "k", "WAVESPEED_API_KEY is too short: it has 1 of some dozens of characters."),
        ("https://discord.com/oauth2", KEY, "DISCORD_TOKEN holds an address; put the secret itself there."),
        ("tokén-of-letters", KEY, "DISCORD_TOKEN holds letters that no secret has; copy it again."),
        ("the-same-text", "the-same-text", "DISCORD_TOKEN and WAVESPEED_API_KEY hold the same text; one is Discord's"),
    ],
)
def test_what_no_secret_can_be(token: str, key: str, sentence: str) -> None:
    """What was copied from the wrong place is named by its form alone, and not repeated."""
    told = impossible(token, key)

    assert told is not None
    assert told.startswith(sentence)
    assert token not in told


@pytest.mark.parametrize(
    ("token", "remark"),
    [
        ("abcdefghijKLMNOPQRST0123456789_-", "What is there has the form of the client secret of the page OAuth2."),
        ("0f" * 32, "What is there has the form of the public key of the page General Information."),
        ("canary-wrong", "Bot page."),
    ],
)
async def test_a_token_with_the_form_of_something_else(
    services: CheckedServices, here: Path, token: str, remark: str
) -> None:
    """Where Discord refuses what has the form of another of its secrets, the sentence says which."""
    assert about("token", await report(services, here, token=token)).endswith(remark)

"""What `check` says about Discord, the provider, the database and the disk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import aiohttp
import pytest
import stamina
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.check import Means, check_all
from bot.db.prices import Paused
from bot.db.url import sqlite_path
from bot.domain.clock import SystemClock
from bot.domain.drift import Confirmed
from bot.domain.errors import EaselError
from bot.domain.webhooks import Addresses
from bot.file_hosts import FileHostsUnreachable, judge_file_hosts
from bot.permissions import NEEDED, invite_url
from bot.provider.client import WaveSpeed
from bot.secret_shapes import impossible
from bot.settings import Settings
from bot.texts.templates import Refusal
from bot.webhooks import serve_webhooks, webhook_app
from tests.checked_services import KEY, TOKEN, CheckedServices
from tests.ports import free_port


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Reads are retried without their waits."""
    with stamina.set_testing(testing=True, attempts=4, cap=True):
        yield


@pytest.fixture
async def services() -> AsyncIterator[CheckedServices]:
    services = CheckedServices()
    async with TestServer(services.app()) as server:
        services.base = str(server.make_url("")).rstrip("/")
        yield services


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path


async def report(
    services: CheckedServices,
    here: Path,
    *,
    token: str = TOKEN,
    seconds: float = 5.0,
    cdn_hosts: tuple[str, ...] = (),
    **others: object,
) -> list[str]:
    settings = Settings.given(
        discord_token=token,
        wavespeed_api_key=KEY,
        discord_api_base=f"{services.base}/api/v10",
        wavespeed_base_url=f"{services.base}/api/v3",
        database_url=f"sqlite:///{here}/easel.db",
        data_dir=here / "images",
        cdn_hosts=cdn_hosts,
        **others,
    )
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:

        def provider() -> WaveSpeed:
            return WaveSpeed(
                session,
                submits=session,
                storage=session,
                base_url=settings.wavespeed_base_url,
                api_key=SecretStr(settings.api_key()),
                check_url=lambda _url: None,
                clock=SystemClock(),
            )

        async def open_database(url: str) -> None:
            path = sqlite_path(url)
            assert path is not None
            if await asyncio.to_thread(path.read_text) != "ours":
                raise EaselError(Refusal("The database belongs to another program."))

        async def commands_refused(url: str) -> str | None:
            del url
            return services.commands_refused

        async def webhook_key(url: str) -> str | None:
            del url
            return services.webhook_key

        async def confirmed(url: str) -> Mapping[str, Confirmed]:
            del url
            return services.confirmed

        async def paused(url: str) -> Paused:
            del url
            return services.paused

        async def workers() -> str:
            raise AssertionError("a SQLite file has no workers")

        reads = (open_database, commands_refused, webhook_key, confirmed, paused, workers)
        lines = await check_all(settings, Means(session, provider, *reads, seconds, services.resolve))
    return [str(line) for line in lines]


def about(name: str, lines: list[str]) -> str:
    return next(line for line in lines if line.split(":")[0].endswith(f" {name}"))


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


async def test_database(services: CheckedServices, here: Path) -> None:
    """An existing database is opened, and the reason why it cannot be used is passed on."""
    (here / "easel.db").write_text("another's")

    assert about("database", await report(services, here)) == (
        "FAIL database: The database belongs to another program."
    )


async def test_unwritable_folder(services: CheckedServices, here: Path) -> None:
    """A data folder that is in fact a file fails."""
    (here / "images").write_text("a file")

    assert about("disk", await report(services, here)) == (
        f"FAIL disk: {here / 'images'} is not a folder that this user may write to."
    )


async def test_file_hosts_that_lead_inward_are_named(services: CheckedServices, here: Path) -> None:
    """A resolver that gives names inner addresses is named with the way out; what the operator listed is fine."""
    assert about("file hosts", await report(services, here)).startswith("ok ")
    services.addresses["media.discordapp.net"] = ["162.159.130.233", "198.18.3.4"]

    line = about("file hosts", await report(services, here))

    assert line.startswith(
        "FAIL file hosts: media.discordapp.net resolves to 198.18.3.4, an address that is not public"
    )
    assert line.endswith("add media.discordapp.net to CDN_HOSTS.")
    listed = await report(services, here, cdn_hosts=("media.discordapp.net",))
    assert about("file hosts", listed).startswith("ok ")


async def test_file_hosts_that_cannot_be_looked_up_are_named(services: CheckedServices, here: Path) -> None:
    """Without a name server no image can be fetched from Discord; a Discord of one's own has files of its own."""
    services.addresses.clear()
    assert about("file hosts", await report(services, here)).startswith("ok ")

    settings = Settings.given(discord_api_base="https://discord.com/api/v10", data_dir=here)
    with pytest.raises(FileHostsUnreachable) as failed:
        await judge_file_hosts(settings, services.resolve)

    assert failed.value.sentence == "cdn.discordapp.com cannot be looked up; images come from there."


async def test_webhooks_lead_here(services: CheckedServices, here: Path) -> None:
    """With the bot at rest the port is opened for the question, behind a proxy that leads to it."""
    port = free_port()
    lines = await report(services, here, webhook_url=f"http://127.0.0.1:{port}/calls", webhook_port=port)

    assert about("webhooks", lines) == f"ok webhooks: http://127.0.0.1:{port}/calls leads here."


async def test_the_running_bot_answers_for_its_webhooks(services: CheckedServices, here: Path) -> None:
    """Its port is taken; it is recognised by the key in the database, and another installation by its not having it."""
    (here / "easel.db").write_text("ours")
    services.webhook_key = "the key"
    endpoint = webhook_app(Addresses("", b"the key"), lambda _: None, lambda _: None)
    async with serve_webhooks(endpoint, 0, "127.0.0.1") as port:
        url = f"http://127.0.0.1:{port}"
        ours = await report(services, here, webhook_url=url, webhook_port=port)
        services.webhook_key = "another key"
        theirs = await report(services, here, webhook_url=url, webhook_port=port)

    assert about("webhooks", ours).startswith("ok ")
    assert about("webhooks", theirs).startswith(f"FAIL webhooks: WEBHOOK_URL does not lead to WEBHOOK_PORT {port} here")


async def test_webhooks_that_lead_elsewhere(services: CheckedServices, here: Path) -> None:
    """Another page, or nobody, answers at the public address; without the settings nothing is said."""
    elsewhere = f"{services.base}/api/v3".replace("localhost", "127.0.0.1")
    lost = await report(services, here, webhook_url=elsewhere, webhook_port=free_port())
    silent = await report(services, here, webhook_url=f"http://127.0.0.1:{free_port()}", webhook_port=free_port())

    assert about("webhooks", lost).startswith("FAIL webhooks: WEBHOOK_URL does not lead to WEBHOOK_PORT")
    assert about("webhooks", silent).startswith("FAIL webhooks: WEBHOOK_URL cannot be reached from this machine")
    assert not [line for line in await report(services, here) if line.startswith(("ok webhooks", "FAIL webhooks"))]


async def test_a_bucket_out_of_reach(here: Path, services: CheckedServices) -> None:
    """A bucket for images that does not answer is one line of the report."""
    lines = await report(services, here, images_url="s3://pictures/easel?endpoint=http://127.0.0.1:1")

    assert [line for line in lines if "IMAGES_URL names a bucket that cannot be used" in line and "FAIL" in line]

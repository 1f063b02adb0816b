"""Logging in: what passes is waited out, and what only the operator can mend ends with one sentence."""

from __future__ import annotations

import asyncio

import discord
import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from structlog.testing import capture_logs

from bot.connection import GatewayRefused, stay_connected
from bot.gateway import point_at
from tests.clocks import ManualClock
from tests.gateway.hub import Hub, PacedClient, pace


@pytest.mark.parametrize(("code", "words"), [(4004, "DISCORD_TOKEN"), (4014, "intent"), (4013, "upgrade")])
async def test_a_close_without_a_way_back_ends_with_one_sentence(clock: ManualClock, code: int, words: str) -> None:
    """A token or intent that Discord does not accept is told to the operator, not tried for ever."""
    hub = Hub()
    async with hub.open(close_code=code):
        governed = pace(clock)
        client = PacedClient(governed)
        with pytest.raises(GatewayRefused, match=words):
            await stay_connected(client, "token", governed, clock)
        await client.close()

    assert hub.connections == 1


async def test_a_wrong_token_ends_with_one_sentence(clock: ManualClock) -> None:
    """Discord's 401 at login is the operator's to mend."""

    class Refusing(discord.Client):
        async def login(self, token: str) -> None:
            del token
            raise discord.LoginFailure("Improper token has been passed.")

    with pytest.raises(GatewayRefused, match="DISCORD_TOKEN"):
        await stay_connected(Refusing(intents=discord.Intents.none()), "wrong", pace(clock), clock)


class Stumbling(discord.Client):
    """A client whose logins fail as told, and which closes when nothing is left to fail."""

    def __init__(self, logins: list[Exception]) -> None:
        super().__init__(intents=discord.Intents.none())
        self.logins = logins
        self.tried = 0

    async def login(self, token: str) -> None:
        del token
        self.tried += 1
        if self.logins:
            raise self.logins.pop(0)
        self._closing_task = asyncio.create_task(asyncio.sleep(0))


async def refused_at_last(hub: Hub, clock: ManualClock) -> BaseException | None:
    """Connect until Discord refuses the token for good, and return that."""
    async with hub.open(close_code=4004):
        governed = pace(clock)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, "token", governed, clock))
        while not connecting.done():
            await clock.advance(1)
        await client.close()
    return connecting.exception()


async def test_a_discord_out_of_service_at_start_is_waited_out(clock: ManualClock) -> None:
    """Each login has a session and a connector of its own, so that the one that succeeds really can speak."""
    hub = Hub()
    hub.out_of_service = 2
    refusal = await refused_at_last(hub, clock)

    assert isinstance(refusal, GatewayRefused)
    assert (hub.out_of_service, hub.connections) == (0, 1)


async def test_no_network_at_start_is_waited_out(clock: ManualClock) -> None:
    """A start before the network is up tries again, ever more rarely, until it is."""
    client = Stumbling([OSError(), OSError(), TimeoutError()])
    point_at("https://discord.example/api/v10", None)
    with capture_logs() as logs:
        connecting = asyncio.create_task(stay_connected(client, "token", pace(clock), clock))
        await clock.advance(1 + 2 + 4)
        await connecting

    assert client.tried == 4
    assert [line["sentence"] for line in logs if line["log_level"] == "warning"] == [
        "discord.example cannot be reached: the connection broke (OSError). I go on trying.",
        "discord.example cannot be reached: it does not answer in time (TimeoutError). I go on trying.",
    ]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429])
async def test_only_a_401_is_about_the_token(clock: ManualClock, status: int) -> None:
    """Whatever else Discord's edge says to the login passes: it is tried again, and told once for all that is alike."""
    pages = [web.Response(status=status, body=b"<html>not now</html>", content_type="text/html") for _ in range(2)]
    unavailable = web.json_response({"code": 40333, "message": "internal network error"}, status=418)
    hub = Hub()
    hub.logins = [*pages, unavailable]
    with capture_logs() as logs:
        await refused_at_last(hub, clock)

    told = [line["sentence"] for line in logs if line["event"] == "gateway.login_failed"]
    host = "127.0.0.1 did not take the login"
    assert told == [f"{host} (HTTP {status}). I go on trying.", f"{host} (HTTP 418). I go on trying."]
    assert hub.connections == 1


async def test_a_page_in_place_of_an_answer_at_login(clock: ManualClock) -> None:
    """What a captive portal says with a 200 is no answer of Discord's: the login is tried again."""
    hub = Hub()
    hub.logins = [web.Response(body=b"<html>please sign in</html>", content_type="text/html")]
    await refused_at_last(hub, clock)

    assert hub.connections == 1


def test_pointing_elsewhere() -> None:
    """Both addresses may be any; without a gateway Discord's own stays."""
    before = DiscordWebSocket.DEFAULT_GATEWAY
    point_at("http://127.0.0.1:8/api/v10/", None)

    assert Route.BASE == "http://127.0.0.1:8/api/v10"
    assert before == DiscordWebSocket.DEFAULT_GATEWAY

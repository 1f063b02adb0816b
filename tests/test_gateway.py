"""The gateway's pace: reconnections that stay bounded, a budget of sessions that survives restarts, and its ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import discord
import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route
from structlog.testing import capture_logs

from bot.connection import GatewayRefused, Waits, stay_connected
from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.errors import Unavailable
from bot.gateway import FREE_IDENTIFIES_A_DAY, GatewayPace, IdentifyPostponed, identify_pause, point_at
from bot.texts.templates import Refusal
from tests.clocks import NOON, ManualClock
from tests.ui.doubles import FakeFacts
from tests.wire.discord_fake import FakeDiscord
from tests.wire.discord_probe import furnish


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def discords_own_addresses() -> Generator[None]:
    """Put Discord's addresses back after a test that changed them."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def pace(clock: ManualClock, facts: FakeFacts | None = None) -> GatewayPace:
    return GatewayPace(facts or FakeFacts(), clock, Random(7))


@pytest.mark.parametrize(
    ("in_the_last_day", "seconds"),
    [(0, 0), (1, 0), (499, 0), (500, 5), (501, 10), (507, 640), (508, 900), (530, 900)],
)
def test_sessions_beyond_those_of_a_usual_day_cost_ever_more_waiting(in_the_last_day: int, seconds: float) -> None:
    """500 sessions in 24 hours are free; each further one waits twice as long as the one before, up to 15 minutes."""
    yesterdays = [NOON - DAY - MINUTE] * 900

    assert identify_pause([*yesterdays, *[NOON] * in_the_last_day], NOON) == seconds


async def test_two_days_of_restarts_stay_within_the_budget(clock: ManualClock) -> None:
    """A supervisor that starts a broken bot anew each time asks Discord for far fewer than 1,000 sessions in a day."""
    facts, times = FakeFacts(), list[int]()
    restarted = pace(clock, facts)
    while clock.now() < NOON + 2 * DAY:
        waiting = asyncio.ensure_future(restarted.before_session())
        while not waiting.done():
            await clock.advance(60)
        await restarted.before_identify()
        times.append(clock.now())
        restarted = pace(clock, facts)  # as a supervisor that starts the program anew each time

    assert max(sum(at <= other < at + DAY for other in times) for at in times) <= 620


async def test_the_budget_survives_a_restart(clock: ManualClock) -> None:
    """What one run of the program used is remembered by the next."""
    facts = FakeFacts()
    for _ in range(FREE_IDENTIFIES_A_DAY + 4):
        waiting = asyncio.ensure_future(pace(clock, facts).before_session())
        while not waiting.done():
            await clock.advance(60)
        await pace(clock, facts).before_identify()

    with pytest.raises(IdentifyPostponed):
        await pace(clock, facts).before_identify()


async def test_two_sessions_of_one_process_are_five_seconds_apart(clock: ManualClock) -> None:
    """Discord takes one IDENTIFY in five seconds; the first of a process does not wait."""
    governed = pace(clock)
    await governed.before_identify()
    second = asyncio.ensure_future(governed.before_identify())
    await clock.advance(4.9)
    too_early = second.done()
    await clock.advance(0.1)

    assert (too_early, second.done()) == (False, True)


async def test_a_full_disk_does_not_keep_the_bot_offline(clock: ManualClock) -> None:
    """A session that cannot be recorded is started all the same, counted by this run, and recorded when there is room.

    Results that are paid already can only be delivered by a bot that is online.
    """

    class FullDisk(FakeFacts):
        is_full = True

        async def set_fact(self, name: str, value: str, at: int) -> None:
            if self.is_full:
                raise Unavailable(Refusal("full"))
            await super().set_fact(name, value, at)

    facts = FullDisk()
    facts.known["gateway.identifies"] = json.dumps([NOON] * FREE_IDENTIFIES_A_DAY)
    governed = pace(clock, facts)
    for _ in range(2):
        await clock.advance(60)
        await governed.before_identify()
    recorded = json.loads(facts.known["gateway.identifies"])
    facts.is_full = False
    await clock.advance(900)
    await governed.before_identify()

    assert len(recorded) == FREE_IDENTIFIES_A_DAY
    assert len(json.loads(facts.known["gateway.identifies"])) == FREE_IDENTIFIES_A_DAY + 3


def test_a_clock_set_back_delays_no_session() -> None:
    """Sessions that seem to lie in the future do not keep the bot offline until then."""
    later = [NOON + HOUR] * (FREE_IDENTIFIES_A_DAY + 20)

    assert identify_pause(later, NOON) == 0


async def test_a_connection_that_lasted_is_no_failure(clock: ManualClock) -> None:
    """After a minute of standing the pace starts afresh: the usual reconnection waits a second or less."""
    governed = pace(clock)
    for _ in range(8):
        connecting = asyncio.ensure_future(governed.before_connect())
        await clock.advance(45)
        await connecting
    await clock.advance(60)
    connecting = asyncio.ensure_future(governed.before_connect())
    await clock.advance(1)

    assert connecting.done()


class Hub:
    """A gateway over real sockets that treats every connection in the same way."""

    def __init__(self) -> None:
        self.connections = 0
        self.out_of_service = 0
        self.logins: list[web.Response] = []

    @asynccontextmanager
    async def open(self, close_code: int) -> AsyncGenerator[None]:
        async def serve(request: web.Request) -> web.WebSocketResponse:
            self.connections += 1
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
            await socket.close(code=close_code)
            return socket

        app = web.Application()
        app.router.add_get("/gateway/", serve)
        app.router.add_get("/api/users/@me", self._me)
        app.router.add_get("/api/oauth2/applications/@me", application)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        point_at(f"http://127.0.0.1:{port}/api/", f"ws://127.0.0.1:{port}/gateway/")
        try:
            yield
        finally:
            await runner.cleanup()

    async def _me(self, _: web.Request) -> web.Response:
        if self.out_of_service:
            self.out_of_service -= 1
            return web.Response(status=503)
        if self.logins:
            return self.logins.pop(0)
        return _json({"id": "1", "username": "easel", "discriminator": "0", "avatar": None})


APPLICATION = {
    "id": "1",
    "name": "easel",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "owner": {"id": "2", "username": "owner", "discriminator": "0", "avatar": None},
    "verify_key": "",
    "flags": 0,
}


async def application(_: web.Request) -> web.Response:
    return _json(APPLICATION)


def _json(body: Any) -> web.Response:
    """discord.py reads JSON only if the content type says exactly that, without a charset."""
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


class PacedClient(discord.Client):
    """The least client that asks the pace before each session, as `bot.client.EaselBot` does."""

    def __init__(self, governed: GatewayPace) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.governed = governed

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        del shard_id, initial
        await self.governed.before_identify()


async def test_a_gateway_that_accepts_and_closes_is_not_stormed(clock: ManualClock) -> None:
    """discord.py alone connects thousands of times in seconds; here ten minutes bring fewer than thirty."""
    hub = Hub()
    async with hub.open(close_code=4000):
        governed = pace(clock)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, "token", governed, clock))
        for _ in range(600):
            await clock.advance(1)
            await asyncio.sleep(0.002)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()

    assert 5 <= hub.connections < 30


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


async def test_a_dropped_connection_comes_back(clock: ManualClock) -> None:
    """After a drop the session is resumed, after an invalidation a new one is started, each counted as it should be."""
    facts = FakeFacts()
    async with FakeDiscord() as fake:
        furnish(fake)
        point_at(fake.api_base, fake.gateway_url)
        governed = pace(clock, facts)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, fake.token, governed, clock))
        await _until_connected(fake, clock)
        for lose in (fake.gateway.drop, fake.gateway.reconnect, fake.gateway.invalidate):
            lose()
            await fake.until(lambda: not fake.gateway.connected)
            await _until_connected(fake, clock)
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await client.close()

    assert len(json.loads(facts.known["gateway.identifies"])) == 2


async def _until(clock: ManualClock, condition: Callable[[], bool]) -> None:
    """Let time pass beside what the sockets do, which no clock of ours moves on."""
    for _ in range(2_000):
        if condition():
            return
        await clock.advance(0.25)
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen")


async def _until_connected(fake: FakeDiscord, clock: ManualClock) -> None:
    while not fake.gateway.connected:
        await clock.advance(1)


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


# Sessions that cannot be resumed, and events that cannot be read ------------------------------------------------------


@asynccontextmanager
async def connected(clock: ManualClock, *, waits: Waits | None = None) -> AsyncGenerator[FakeDiscord]:
    """A client that stays connected to a simulated Discord."""
    async with FakeDiscord() as fake:
        furnish(fake)
        point_at(fake.api_base, fake.gateway_url)
        governed = pace(clock)
        client = PacedClient(governed)
        connecting = asyncio.create_task(stay_connected(client, fake.token, governed, clock, waits=waits))
        try:
            yield fake
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await client.close()


@asynccontextmanager
async def dead_host(kind: str) -> AsyncGenerator[tuple[str, list[float]]]:
    """An address that is of no use for resuming, and when it was tried."""
    tries: list[float] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        tries.append(asyncio.get_running_loop().time())
        if kind == "unavailable":
            return web.Response(status=503)
        if kind == "mute":
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            async for _ in socket:
                pass
            return socket
        await asyncio.sleep(60)
        return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    if kind == "refusing":
        await runner.cleanup()
    try:
        yield f"ws://127.0.0.1:{port}", tries
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("kind", ["refusing", "unavailable", "silent", "mute"])
async def test_a_dead_address_for_resuming(clock: ManualClock, kind: str) -> None:
    """After two tries at the host that was named for resuming, a new session is started at Discord's own address."""
    async with dead_host(kind) as (url, tries), connected(clock, waits=Waits(resume=0.3)) as fake:
        fake.gateway.resume_url = url
        await _until_connected(fake, clock)
        began = clock.monotonic()
        fake.gateway.drop()
        await fake.until(lambda: not fake.gateway.connected)
        await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (2, 0)
    assert len(tries) == (0 if kind == "refusing" else 2)
    assert clock.monotonic() - began < 120


async def test_a_session_that_resumes_is_kept_for_ever(clock: ManualClock) -> None:
    """Only failures in a row count: a session that goes on at every second try is not given up."""
    async with connected(clock) as fake:
        await _until_connected(fake, clock)
        for _ in range(4):
            fake.gateway.refusals.append(4000)
            fake.gateway.drop()
            await fake.until(lambda: not fake.gateway.connected)
            await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (1, 8)


async def test_an_event_that_cannot_be_read(clock: ManualClock) -> None:
    """It is left out and told to the operator; neither the session nor the connection ends."""
    with capture_logs() as logs:
        async with connected(clock) as fake:
            await _until_connected(fake, clock)
            fake.gateway.dispatch("GUILD_CREATE", {"id": "no number"}, 0, None)
            await fake.until(lambda: "gateway.unreadable" in {line["event"] for line in logs})
            await clock.advance(5)
            still = fake.gateway.connected

    assert still
    assert [line["skipped"] for line in logs if line["event"] == "gateway.unreadable"] == [True]
    assert (len(fake.gateway.identifies), len(fake.gateway.connects)) == (1, 1)


@pytest.mark.parametrize("frame", ["{", "[]", '{"op": 10, "d": null}', "null"])
async def test_a_frame_that_cannot_be_read(clock: ManualClock, frame: str) -> None:
    """The connection ends, since nobody knows what was missed, and the same session goes on."""
    async with connected(clock) as fake:
        await _until_connected(fake, clock)
        fake.gateway.say(frame)
        await _until(clock, lambda: len(fake.gateway.connects) > 1)
        await _until(clock, lambda: fake.gateway.connected)

    assert (len(fake.gateway.identifies), len(fake.gateway.resumes)) == (1, 1)


def test_pointing_elsewhere() -> None:
    """Both addresses may be any; without a gateway Discord's own stays."""
    before = DiscordWebSocket.DEFAULT_GATEWAY
    point_at("http://127.0.0.1:8/api/v10/", None)

    assert Route.BASE == "http://127.0.0.1:8/api/v10"
    assert before == DiscordWebSocket.DEFAULT_GATEWAY

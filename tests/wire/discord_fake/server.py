"""The fake Discord: one server on the loopback with REST, gateway and CDN, which outlives the bots that come and go."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.domain.clock import Clock
from tests.wire.discord_fake.cdn import FILE, Cdn
from tests.wire.discord_fake.clock import MovableClock
from tests.wire.discord_fake.faults import Fault, Faults
from tests.wire.discord_fake.gateway import Gateway
from tests.wire.discord_fake.interactions import InteractionDesk
from tests.wire.discord_fake.journal import Journal, Request
from tests.wire.discord_fake.members import Members
from tests.wire.discord_fake.messages import MessageDesk
from tests.wire.discord_fake.openapi import OpenApi
from tests.wire.discord_fake.payloads import Payloads
from tests.wire.discord_fake.rate_limits import RateLimiter, RateLimits
from tests.wire.discord_fake.rest import PREFIX, Rest
from tests.wire.discord_fake.routes import Routes
from tests.wire.discord_fake.world import DiscordWorld

_LARGEST_REQUEST = 512 * 1024 * 1024
_LOOK_AGAIN = 0.05
_TOKEN = "fake.discord.token"


class FakeDiscord(Members):
    """Discord on a loopback port; use it as an asynchronous context manager.

    Attributes:
        world: what exists; `tests.wire.discord_fake.build` furnishes it.
        gateway: sessions and trouble with them.
        journal: every request and every broken rule.
        faults: what goes wrong at which route.
        limiter: rate limits; `limiter.limits` may be replaced at any time.
        desk: the interactions.
        message_desk: the messages, with `nonce_window`.
        cdn: the files.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        rate_limits: RateLimits | None = None,
        token: str = _TOKEN,
        openapi: OpenApi | None = None,
    ) -> None:
        """Build the parts; nothing listens yet.

        Args:
            clock: for expiry, windows and the faults' waits; by default the machine's, movable.
            rate_limits: by default none.
            token: the bot's.
            openapi: the description to check requests against; by default the one that `DISCORD_OPENAPI` names.
        """
        self.clock = clock or MovableClock()
        self.token = token
        self.world = DiscordWorld(self.clock)
        self.cdn = Cdn(self.clock, self.world.ids)
        self.payloads = Payloads(self.world, self.cdn)
        self.gateway = Gateway(self.world, self.payloads, token)
        self.message_desk = MessageDesk(self.world, self.cdn)
        self.desk = InteractionDesk(self.world, self.message_desk, self.payloads)
        self.journal = Journal()
        self.faults = Faults()
        self.limiter = RateLimiter(self.clock, rate_limits or RateLimits.none())
        self.openapi = openapi or OpenApi.from_environment()
        super().__init__(self.world, self.desk, self.gateway, self.payloads, self.cdn)
        self.world.listener = self.gateway.hear
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on the loopback, on a free port unless one is named."""
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        routes = Routes(self.world, self.message_desk, self.desk, self.payloads, self.gateway)
        rest = Rest(
            self.clock, self.journal, self.limiter, self.faults, self.desk, self.openapi, self.token, self._changed.set
        )
        rest.mount(app, routes.table())
        app.router.add_get("/gateway/", self.gateway.serve)

        async def file(request: web.Request) -> web.StreamResponse:
            return await rest.page(FILE, request, self.cdn.serve)

        for folder in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/{folder}/{{channel_id}}/{{attachment_id:\\d+}}/{{filename}}", file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        self.cdn.base = f"http://{self.cdn_host}"

    async def stop(self) -> None:
        """Close every connection and the port."""
        await self.gateway.stop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def api_base(self) -> str:
        """The REST base, for `DISCORD_API_BASE` or `discord.http.Route.BASE`."""
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """The gateway, for `DISCORD_GATEWAY` or `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws://127.0.0.1:{self._port}/gateway/"

    @property
    def cdn_host(self) -> str:
        """The CDN's host with port, for `CDN_HOSTS`."""
        return f"127.0.0.1:{self._port}"

    def environment(self) -> dict[str, str]:
        """Give the settings with which the real bot, as a process of its own, runs against this server."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_BASE": self.api_base,
            "DISCORD_GATEWAY": self.gateway_url,
            "CDN_HOSTS": self.cdn_host,
        }

    async def until(self, condition: Callable[[], object], within: float = 10.0) -> None:
        """Wait until a condition holds, looking after each request and at least every 50 ms.

        Args:
            condition: anything that becomes true.
            within: real seconds, since a bot is another party that lives on the machine's time.

        Raises:
            AssertionError: it did not, with the last requests for a look at what happened.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while not condition():
            if loop.time() > deadline:
                raise AssertionError(f"Not within {within} s; the last requests were\n{self._recent()}")
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), _LOOK_AGAIN)
            except TimeoutError:
                continue

    def plant(self, fault: Fault) -> Fault:
        """Plant a fault; see `Faults.plant`."""
        return self.faults.plant(fault)

    def requests(self, route: str | None = None, where: Callable[[Request], bool] | None = None) -> list[Request]:
        """Pick requests by route (method and template) and condition."""
        return self.journal.select(route, where)

    def invalid_requests(self) -> int:
        """Count the invalid requests of the last ten minutes, of which 10,000 get an address banned."""
        return self.journal.invalid(self.clock.now())

    def assert_clean(self) -> None:
        """Fail if any request broke a rule of Discord's."""
        broken = "\n".join(f"{each.route} {each.rule}: {each.text}" for each in self.journal.violations)
        if broken:
            raise AssertionError(f"Requests broke Discord's rules:\n{broken}")

    def _recent(self) -> str:
        last = itertools.islice(reversed(self.journal.requests), 10)
        return "\n".join(f"{each.status} {each.code} {each.route} {each.fault or ''}" for each in last)

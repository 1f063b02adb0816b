"""The pace of the whole bot: never more than Discord takes, and results before progress."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from discord.http import Route

from bot.ui.discord.bot_pace import PER_SECOND, WINDOW_SECONDS, BotPace, letting_others_go_first
from tests.clocks import ManualClock
from tests.wire.discord_fake import FakeDiscord, RateLimits
from tests.wire.discord_probe import connected, furnish

POST = Route("POST", "/channels/{channel_id}/messages", channel_id=1)
EDIT = Route("PATCH", "/channels/{channel_id}/messages/{message_id}", channel_id=1, message_id=2)
ANSWER = Route("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", webhook_id=1, webhook_token="t")


class RequestTimes:
    """Notes when which request was sent."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.sent: list[tuple[float, Route]] = []
        self.client: Any = SimpleNamespace(http=SimpleNamespace(request=self._request))
        BotPace(clock).govern(self.client)

    def ask(self, route: Route, times: int = 1) -> list[asyncio.Task[None]]:
        return [asyncio.ensure_future(self.client.http.request(route)) for _ in range(times)]

    def progress(self, times: int = 1) -> list[asyncio.Task[None]]:
        with letting_others_go_first():
            return self.ask(EDIT, times)

    async def _request(self, route: Route) -> None:
        self.sent.append((self.clock.monotonic(), route))

    @property
    def routes(self) -> list[Route]:
        return [route for _, route in self.sent]


@pytest.fixture
def discord() -> RequestTimes:
    return RequestTimes(ManualClock())


async def test_no_second_has_more_than_its_share(discord: RequestTimes) -> None:
    """However many are wanted at once, and all of them go out in the end."""
    asked = discord.ask(POST, 3 * PER_SECOND)
    await discord.clock.advance(0.5)
    asked += discord.ask(POST, PER_SECOND)
    await discord.clock.advance(5)
    await asyncio.gather(*asked)
    times = [at for at, _ in discord.sent]

    assert len(times) == 4 * PER_SECOND
    assert max(sum(at <= other < at + WINDOW_SECONDS for other in times) for at in times) == PER_SECOND
    assert max(times) <= 4 * WINDOW_SECONDS


async def test_a_result_goes_before_all_progress(discord: RequestTimes) -> None:
    """Of what waits, results go first although the progress was asked for before."""
    discord.progress(2 * PER_SECOND)
    await discord.clock.settle()
    discord.ask(POST, 3)
    await discord.clock.advance(1)

    assert discord.routes[PER_SECOND : PER_SECOND + 4] == [POST, POST, POST, EDIT]


async def test_answers_to_interactions_do_not_wait(discord: RequestTimes) -> None:
    """They have a limit of their own and are free of the bot's."""
    discord.ask(POST, 2 * PER_SECOND)
    await discord.clock.settle()
    discord.ask(ANSWER)
    await discord.clock.settle()

    assert discord.routes[-1] is ANSWER


async def test_what_is_not_wanted_any_more_takes_no_turn(discord: RequestTimes) -> None:
    """Whoever gave up waiting does not hold up the others."""
    discord.ask(POST, PER_SECOND)
    given_up = discord.progress(PER_SECOND)
    await discord.clock.settle()
    for each in given_up:
        each.cancel()
    discord.progress()
    await discord.clock.advance(1)

    assert len(discord.sent) == PER_SECOND + 1


async def test_discord_has_nothing_to_refuse() -> None:
    """Sixty messages at once, where Discord takes fifty in a second: not one comes too early, and all come.

    On the real clock, for a second: a clock that leaps would leave behind what is still on its way.
    """
    async with FakeDiscord(rate_limits=RateLimits(per_second=50)) as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            channel = probe.get_partial_messageable(scene.channel.id)
            await asyncio.gather(*(channel.send(str(n)) for n in range(60)))

            assert len(fake.messages(scene.channel)) == 60
            assert fake.journal.rate_limited() == 0

"""Notices at 80 % and 100 %: once per scope and period, also across restarts, each to whom it concerns."""

from __future__ import annotations

import pytest

from bot.domain.budget import LimitKind
from bot.domain.clock import DAY, SECOND
from bot.domain.money import Micros
from bot.domain.periods import Period
from bot.services.ports.messages import NotNow
from tests.services.world import ANN, BEN, CHANNEL, GUILD, MODERATOR, PRICE, ServiceWorld, request

LOG_CHANNEL = 7_900


async def limit(world: ServiceWorld, kind: LimitKind, subject_id: int, amount: Micros) -> None:
    """Allow so much a day."""
    guild_id = 0 if kind is LimitKind.BOT else GUILD
    await world.bot.stores.budgets.set_limit(
        guild_id, kind, subject_id, Period.DAY, amount, by_member_id=MODERATOR, at=world.clock.now()
    )


async def paint(world: ServiceWorld, *, pictures: int = 1, member: int = ANN) -> None:
    await world.closed(await world.command(request(member=member, count=pictures)))


async def log_to(world: ServiceWorld, channel_id: int) -> None:
    """Have the server tell its log channel."""
    await world.bot.services.moderation.server_settings.set_log_channel(
        world.actor(MODERATOR, can_manage=True), channel_id
    )


def told_privately(world: ServiceWorld) -> list[int]:
    return [notice.percent for _, notice in world.fake_messenger.private_notices]


async def test_a_member_is_told_at_80_and_at_100(world: ServiceWorld) -> None:
    """The member reads it alone, with the answer that crossed the line; below 80 % and in between nothing is told."""
    told: list[list[int]] = []
    async with world.start():
        await limit(world, LimitKind.MEMBER, ANN, 10 * PRICE)
        for pictures in (4, 3, 1, 1, 1):
            await paint(world, pictures=pictures)
            told.append(told_privately(world))

    assert told == [[], [], [80], [80], [80, 100]]


async def test_both_lines_at_once(world: ServiceWorld) -> None:
    """Who crosses both lines with one job is told the higher one only."""
    async with world.start():
        await limit(world, LimitKind.MEMBER, ANN, PRICE)
        await paint(world)

    assert told_privately(world) == [100]


async def test_once_across_a_restart(world: ServiceWorld) -> None:
    """A notice that was given is not given again after a restart, and the next period has its own."""
    async with world.start():
        await limit(world, LimitKind.MEMBER, ANN, 5 * PRICE)
        await paint(world, pictures=4)
    async with world.start() as bot:
        again = await bot.stores.notices.due((await bot.stores.jobs.jobs_of(GUILD, ANN, limit=1))[0].job_id)
        world.clock.leap(DAY / SECOND)
        await paint(world, pictures=4)

    assert again == ()
    assert told_privately(world) == [80, 80]


async def test_who_cannot_be_told_now_is_told_with_the_next_answer(world: ServiceWorld) -> None:
    """A notice that did not reach the member is given with their next job."""
    world.fake_messenger.closed.add("send_private_notice")
    async with world.start():
        await limit(world, LimitKind.MEMBER, ANN, 10 * PRICE)
        await paint(world, pictures=4)
        await paint(world, pictures=4)
        world.fake_messenger.closed.clear()
        await paint(world)

    assert told_privately(world) == [80]


@pytest.mark.parametrize(("kind", "subject_id"), [(LimitKind.CHANNEL, CHANNEL), (LimitKind.SERVER, 0)])
async def test_a_pool_is_told_in_the_log_channel(world: ServiceWorld, kind: LimitKind, subject_id: int) -> None:
    """What several members spend together is told in the server's log channel, once, and to no member."""
    async with world.start():
        await log_to(world, LOG_CHANNEL)
        await limit(world, kind, subject_id, 5 * PRICE)
        await paint(world, pictures=2)
        await paint(world, pictures=2, member=BEN)
        await paint(world, member=BEN)

    assert [(channel, notice.percent) for channel, notice in world.fake_messenger.logged] == [
        (LOG_CHANNEL, 80),
        (LOG_CHANNEL, 100),
    ]
    assert told_privately(world) == []


async def test_without_a_log_channel_it_waits(world: ServiceWorld) -> None:
    """Where no log channel is set, or it is out of reach, the notice is given once there is one."""
    async with world.start():
        await limit(world, LimitKind.CHANNEL, CHANNEL, 10 * PRICE)
        await paint(world, pictures=4)
        await paint(world, pictures=4)
        await log_to(world, LOG_CHANNEL)
        world.fake_messenger.will("log_notice", NotNow())
        await paint(world)
        before = list(world.fake_messenger.logged)
        await paint(world)

    assert before == []
    assert [notice.percent for _, notice in world.fake_messenger.logged] == [100]


async def test_the_bot_as_a_whole_is_the_operators(world: ServiceWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """What all servers spend together is told in the log, and in no server."""
    async with world.start():
        await log_to(world, LOG_CHANNEL)
        await limit(world, LimitKind.BOT, 0, PRICE)
        await paint(world)

    assert capsys.readouterr().out.count("limit.bot") == 1
    assert (world.fake_messenger.logged, told_privately(world)) == ([], [])

"""What people do to jobs and budgets: who may, what it changes, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.demo.provider import Behaviour, Site
from bot.domain.budget import LimitKind, OverLimit, ScopeKind
from bot.domain.clock import DAY
from bot.domain.errors import BadAmount, BadRequest, NoSuchJob, NotAllowed, TooLateToCancel
from bot.domain.expiry import BadExpiry
from bot.domain.jobs import Job
from bot.domain.orders import Requester
from bot.domain.periods import Period
from bot.services.rights import Actor
from tests.services.world import ANN, BEN, CHANNEL, GUILD, MODERATOR, PRICE, Running, ServiceWorld, png, request

ELSEWHERE = Actor(MODERATOR, 9_999, can_manage=True)


async def stuck(world: ServiceWorld, member: int = ANN, *, pictures: int = 2) -> Job:
    """A job that waits for its upload for as long as the test lasts."""
    world.provider.script(Site.TICKET, Behaviour.UNAVAILABLE, times=10_000)
    return await world.bot.accept(request(png("red"), member=member, count=pictures))


# Cancelling


@pytest.mark.parametrize(("member", "can_manage"), [(ANN, False), (MODERATOR, True)])
async def test_the_requester_or_a_moderator_cancels(
    world: ServiceWorld, bot: Running, member: int, *, can_manage: bool
) -> None:
    """Either stops what waits; all its money comes back at once and the job is closed."""
    job = await stuck(world)

    cancelled = await bot.services.jobs.cancelling.cancel(
        f" {job.job_id.lower()} ", world.actor(member, can_manage=can_manage)
    )

    assert (cancelled.stopped, cancelled.saved_micros, cancelled.job.job_id) == (2, 2 * PRICE, job.job_id)
    assert await world.budget() == (0, 0)
    await world.closed(job)
    with pytest.raises(TooLateToCancel):
        await bot.services.jobs.cancelling.cancel(job.job_id, world.actor())


async def test_others_cancel_nothing(world: ServiceWorld, bot: Running) -> None:
    """Neither another member nor a moderator of another server can; the job goes on."""
    job = await stuck(world)

    with pytest.raises(NotAllowed):
        await bot.services.jobs.cancelling.cancel(job.job_id, world.actor(BEN))
    for actor, job_id in ((ELSEWHERE, job.job_id), (world.actor(), "NOSUCH")):
        with pytest.raises(NoSuchJob):
            await bot.services.jobs.cancelling.cancel(job_id, actor)
    assert await world.budget() == (0, 2 * PRICE)


# The archive


async def test_members_find_their_own_jobs(world: ServiceWorld, bot: Running) -> None:
    """Lists and suggestions hold a member's own jobs, newest first; a moderator is suggested everybody's."""
    anns = [await stuck(world), await stuck(world)]
    bens = await stuck(world, BEN)
    job_history, ann = bot.services.jobs.history, world.actor(ANN)

    assert [job.job_id for job in await job_history.mine(ann)] == [job.job_id for job in reversed(anns)]
    assert {job.job_id for job in await job_history.suggest(ann, "")} == {job.job_id for job in anns}
    everybody = await job_history.suggest(world.actor(MODERATOR, can_manage=True), "blue")
    assert {job.job_id for job in everybody} == {job.job_id for job in (*anns, bens)}
    assert [job.job_id for job in await job_history.suggest(ann, f" {anns[0].job_id} ")] == [anns[0].job_id]
    assert await job_history.suggest(ann, "%") == ()


async def test_a_job_is_shown_to_whom_it_concerns(world: ServiceWorld, bot: Running) -> None:
    """Its requester and moderators see a job, others of the server do not, and elsewhere it does not exist."""
    job = await stuck(world)
    job_history = bot.services.jobs.history

    for actor in (world.actor(ANN), world.actor(MODERATOR, can_manage=True)):
        assert (await job_history.show(f" {job.job_id.lower()}", actor)).job.job_id == job.job_id
    with pytest.raises(NotAllowed):
        await job_history.show(job.job_id, world.actor(BEN))
    with pytest.raises(NoSuchJob):
        await job_history.show(job.job_id, ELSEWHERE)


# Budgets


def requester(member: int = ANN) -> Requester:
    return Requester(member, GUILD, CHANNEL, CHANNEL, ())


async def test_a_budget_shows_what_is_held_and_spent(world: ServiceWorld, bot: Running) -> None:
    """One's own budget: the limit, what was spent, what is held, the jobs that run, and what the last ones came to."""
    paid = await world.closed(await world.command())
    running = await stuck(world)

    view = await bot.services.money.budgets.view(requester(), world.actor())

    (line, *_) = view.lines
    assert (line.limit_micros, line.spent_micros, line.held_micros) == (5_000_000, PRICE, 2 * PRICE)
    assert [job.job_id for job in view.open_jobs] == [running.job_id]
    assert [entry.job_id for entry in view.entries] == [paid.job_id]


async def test_budgets_of_others_are_private(world: ServiceWorld, bot: Running) -> None:
    """Only a moderator can look at the budget of somebody else."""
    with pytest.raises(NotAllowed):
        await bot.services.money.budgets.view(requester(BEN), world.actor(ANN))

    view = await bot.services.money.budgets.view(requester(BEN), world.actor(MODERATOR, can_manage=True))
    assert view.member_id == BEN


async def test_only_moderators_change_budgets(world: ServiceWorld, bot: Running) -> None:
    """Neither limits nor grants are a member's to give, and the bot's own limit is not even a moderator's."""
    budgets, moderator = bot.services.money.budgets, world.actor(MODERATOR, can_manage=True)

    with pytest.raises(NotAllowed):
        await budgets.set_limit(world.actor(), LimitKind.MEMBER, ANN, Period.MONTH, "100")
    with pytest.raises(NotAllowed):
        await budgets.grant(world.actor(), ScopeKind.MEMBER, ANN, "100", reason="me", expires=None)
    with pytest.raises(NotAllowed):
        await budgets.set_limit(moderator, LimitKind.BOT, 0, Period.MONTH, "none")
    assert (await bot.stores.moderation.audit(GUILD, limit=5)) == ()


async def test_a_limit_binds_at_once_and_is_recorded(world: ServiceWorld, bot: Running) -> None:
    """A changed limit says what it was, binds the next command, and never touches jobs that run."""
    running = await stuck(world)
    budgets, moderator = bot.services.money.budgets, world.actor(MODERATOR, can_manage=True)

    first = await budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.MONTH, "$0.10")
    second = await budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.MONTH, " None ")

    assert (first.before_micros, first.after_micros) == (None, 100_000)
    assert (second.before_micros, second.after_micros) == (100_000, None)
    await budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.MONTH, "0")
    assert isinstance(await world.refusal(request()), OverLimit)
    assert (await world.job(running.job_id)).held_micros == 2 * PRICE


@pytest.mark.parametrize("typed", ["-1", "a lot", "", "1,000", "1e9", "nan", "9999999"])
async def test_amounts_that_cannot_be_read_change_nothing(world: ServiceWorld, bot: Running, typed: str) -> None:
    """A limit or grant that cannot be understood is refused in words, and nothing changes."""
    moderator = world.actor(MODERATOR, can_manage=True)

    with pytest.raises(BadAmount):
        await bot.services.money.budgets.set_limit(moderator, LimitKind.SERVER, 0, Period.MONTH, typed)
    with pytest.raises(BadAmount):
        await bot.services.money.budgets.grant(moderator, ScopeKind.MEMBER, ANN, typed, reason="prize", expires=None)
    assert (await bot.stores.moderation.audit(GUILD, limit=5)) == ()


async def test_a_grant_adds_room(world: ServiceWorld, bot: Running) -> None:
    """Credit beyond a limit pays at once, and is shown with what is left of it."""
    budgets, moderator = bot.services.money.budgets, world.actor(MODERATOR, can_manage=True)
    await budgets.set_limit(moderator, LimitKind.MEMBER, ANN, Period.MONTH, "0")

    grant = await budgets.grant(moderator, ScopeKind.MEMBER, ANN, "0.10", reason="  a \n prize ", expires="2d")

    assert grant.reason == "a prize"
    assert abs((grant.expires_at or 0) - world.clock.now() - 2 * DAY) < DAY
    await world.closed(await world.command())
    view = await budgets.view(requester(), world.actor())
    assert [left.left_micros for left in view.grants] == [100_000 - PRICE]


@pytest.mark.parametrize(
    ("amount", "reason", "expires", "error"),
    [
        ("0", "prize", None, BadRequest),
        ("1", " \n ", None, BadRequest),
        ("1", "prize", "2001-01-01", BadRequest),
        ("1", "prize", "soon", BadExpiry),
    ],
)
async def test_senseless_grants_are_refused(
    world: ServiceWorld, bot: Running, amount: str, reason: str, expires: str | None, error: type[Exception]
) -> None:
    """A grant of nothing, for nothing, or for the past is refused."""
    moderator = world.actor(MODERATOR, can_manage=True)

    with pytest.raises(error):
        await bot.services.money.budgets.grant(moderator, ScopeKind.MEMBER, ANN, amount, reason=reason, expires=expires)
    assert (await bot.stores.moderation.audit(GUILD, limit=5)) == ()


async def test_looking_at_a_budget_writes_nothing(world: ServiceWorld, bot: Running) -> None:
    """A server that nobody used is not written down by a look."""
    asked = replace(requester(), guild_id=4_242)

    await bot.services.money.budgets.view(asked, Actor(ANN, 4_242, can_manage=False))

    assert await bot.stores.budgets.see_server(4_242, world.clock.now())

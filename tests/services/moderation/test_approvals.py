"""Asking a moderator: one request, one outcome, exactly its money; and what a crash or an erasure leaves of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.approvals import AlreadyAsked, AlreadyDecided, ChannelGone, NoDesk, NoSuchApproval, Verdict
from bot.domain.budget import LimitKind, OverLimit
from bot.domain.clock import DAY, MINUTE, SECOND
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.jobs import MessageAt
from bot.domain.models import MAX
from bot.domain.orders import Requester
from bot.domain.periods import Period
from bot.services.rights import Actor
from tests.services.creative.erasing import erased, files_with
from tests.services.dying import Crash
from tests.services.fake_desks import DESK_CHANNEL, FakeApprovalDesk
from tests.services.world import (
    ANN,
    BEN,
    CHANNEL,
    GUILD,
    MODERATOR,
    PRICE,
    ServiceWorld,
    open_service_world,
    png,
    request,
)

SECRET = "a heron in my grandmother's garden"
MONA = Actor(MODERATOR, GUILD, can_manage=True)
HELPERS = 4_400
OLGA = Actor(44, GUILD, can_manage=False, role_ids=(1, HELPERS))


@dataclass
class ApprovalCase:
    """A world in which Ann has no room of her own, and the moderators have a channel."""

    world: ServiceWorld

    @property
    def room(self) -> FakeApprovalDesk:
        """What the moderators see."""
        return self.world.request_room

    async def draft(self, member: int = ANN) -> str:
        """A refused request, kept."""
        services = self.world.bot.services
        asked = request(png("red"), member=member, prompt=SECRET)
        references = await services.creative.references.take(asked.references, member_id=asked.requester.member_id)
        return (await services.creative.drafting.keep(asked, references, MAX)).draft_id

    async def ask(self, draft_id: str | None = None, member: int = ANN) -> str:
        """Put it before the moderators; returns the request's id."""
        draft_id = draft_id or await self.draft(member)
        requester = Requester(member, GUILD, CHANNEL, CHANNEL, ())
        return (await self.world.bot.services.moderation.approvals.ask(draft_id, requester)).approval.approval_id

    async def approve(self, approval_id: str, who: Actor = MONA, press: int = 77) -> str:
        """Approve it; returns the job's id."""
        return (await self.world.bot.services.moderation.approvals.approve(approval_id, who, press)).job_id

    async def limit(self, kind: LimitKind, subject: int, micros: int) -> None:
        """Set what may be spent in a month."""
        await self.world.bot.stores.budgets.set_limit(
            GUILD, kind, subject, Period.MONTH, micros, by_member_id=MODERATOR, at=self.world.clock.now()
        )

    async def prepare(self) -> None:
        """Give the moderators a channel, and Ann nothing to spend."""
        settings = self.world.bot.services.moderation.server_settings
        await settings.set_desk_channel(MONA, DESK_CHANNEL)
        await settings.set_desk_roles(MONA, (HELPERS,))
        await self.limit(LimitKind.MEMBER, ANN, 0)


@pytest.fixture
async def case(tmp_path: Path) -> AsyncGenerator[ApprovalCase]:
    async with open_service_world(tmp_path) as world, world.start():
        case = ApprovalCase(world)
        await case.prepare()
        yield case


@pytest.fixture
async def unconnected(tmp_path: Path) -> AsyncGenerator[ApprovalCase]:
    async with open_service_world(tmp_path) as world, world.start(connected=False):
        case = ApprovalCase(world)
        await case.prepare()
        yield case


class TestAsking:
    """One refusal, one request."""

    async def test_the_same_refusal_asks_once(self, case: ApprovalCase) -> None:
        """However often it is pressed; what moderators see does not change with the member's draft."""
        draft_id = await case.draft()
        approval_id = await case.ask(draft_id)

        with pytest.raises(AlreadyAsked):
            await case.ask(draft_id)
        assert [each.approval.approval_id for each in case.room.requests.values()] == [approval_id]
        assert await case.world.bot.stores.jobs.jobs_of(GUILD, None, limit=9) == ()

    async def test_without_a_channel_nothing_waits(self, case: ApprovalCase) -> None:
        """The member reads what a moderator has to set."""
        await case.world.bot.services.moderation.server_settings.set_desk_channel(MONA, None)

        with pytest.raises(NoDesk, match="no moderators"):
            await case.ask()

    async def test_nobody_asks_with_anothers_request(self, case: ApprovalCase) -> None:
        """A draft is its member's."""
        with pytest.raises(NotAllowed):
            await case.ask(await case.draft(BEN))


class TestDeciding:
    """One outcome, and exactly its money."""

    @pytest.mark.parametrize("who", [MONA, OLGA])
    async def test_approving_pays_for_exactly_this(self, case: ApprovalCase, who: Actor) -> None:
        """Beyond the member's own limit, for this job; nothing is left over for another."""
        job_id = await case.approve(await case.ask(), who)
        closed = await case.world.closed(job_id)

        assert (closed.member_id, closed.status_message) == (ANN, case.room.lines[0])
        assert closed.spent_micros == PRICE
        assert isinstance(await case.world.refusal(request()), OverLimit)
        assert await case.world.bot.stores.upkeep.violations() == ()

    async def test_of_many_at_once_one_decides(self, case: ApprovalCase) -> None:
        """Five approve and five decline in the same moment: one job or none, nine are told, no line stays behind."""
        approval_id = await case.ask()
        approvals = case.world.bot.services.moderation.approvals
        outcomes = await asyncio.gather(
            *(case.approve(approval_id, press=n) for n in range(80, 85)),
            *(approvals.decline(approval_id, MONA, "No") for _ in range(5)),
            return_exceptions=True,
        )
        jobs = await case.world.bot.stores.jobs.jobs_of(GUILD, None, limit=9)
        decided = await approvals.decided(approval_id, MONA)

        assert [type(each) for each in outcomes if isinstance(each, Exception)] == [AlreadyDecided] * 9
        assert len(jobs) == int(decided.approval.verdict is Verdict.APPROVED)
        assert set(case.room.lines) - set(case.room.removed) == {job.status_message for job in jobs}

    async def test_other_limits_hold(self, case: ApprovalCase) -> None:
        """What the server may spend is not a moderator's to pass by; the request stays open, its line does not."""
        approval_id = await case.ask()
        await case.limit(LimitKind.SERVER, 0, 0)

        with pytest.raises(OverLimit):
            await case.approve(approval_id)
        assert case.room.removed == case.room.lines
        await case.limit(LimitKind.SERVER, 0, 10 * PRICE)
        await case.world.closed(await case.approve(approval_id))

    async def test_where_nothing_can_be_shown_nothing_runs(self, case: ApprovalCase) -> None:
        """Its channel was deleted meanwhile."""
        approval_id = await case.ask()
        case.room.is_closed = True

        with pytest.raises(ChannelGone):
            await case.approve(approval_id)
        assert await case.world.bot.stores.jobs.jobs_of(GUILD, None, limit=9) == ()

    async def test_a_decline_says_why(self, case: ApprovalCase) -> None:
        """To whoever asked, and in the audit; without a reason there is none."""
        approval_id = await case.ask()
        approvals = case.world.bot.services.moderation.approvals

        with pytest.raises(BadRequest):
            await approvals.decline(approval_id, MONA, " \n ")
        await approvals.decline(approval_id, OLGA, " Not \n today ")
        [act, *_] = await case.world.bot.stores.moderation.audit(GUILD, limit=1)

        assert case.room.declined == [(ANN, "Not today")]
        assert (act.action, act.actor_member_id, act.reason) == ("decline", OLGA.member_id, "Not today")

    @pytest.mark.parametrize(
        ("who", "error"),
        [
            (Actor(BEN, GUILD, can_manage=False), NotAllowed),
            (Actor(BEN, GUILD, can_manage=False, role_ids=(1, 2)), NotAllowed),
            (Actor(ANN, GUILD, can_manage=False, role_ids=(HELPERS,)), NotAllowed),
            (Actor(MODERATOR, GUILD + 1, can_manage=True), NoSuchApproval),
        ],
        ids=["a member", "another role", "the role, about one's own", "another server"],
    )
    async def test_who_may_not_decide(self, case: ApprovalCase, who: Actor, error: type[Exception]) -> None:
        """It is asked again at each press, and nothing changes."""
        approval_id = await case.ask()

        for deciding in (
            case.approve(approval_id, who),
            case.world.bot.services.moderation.approvals.decline(approval_id, who, "No"),
        ):
            with pytest.raises(error):
                await deciding
        assert (await case.world.bot.services.moderation.approvals.look(approval_id, MONA)).approval.verdict is None

    async def test_a_moderator_may_approve_their_own(self, case: ApprovalCase) -> None:
        """They could grant it to themselves as well."""
        approval_id = await case.ask()
        await case.world.closed(await case.approve(approval_id, Actor(ANN, GUILD, can_manage=True)))

    async def test_after_seven_days_it_is_gone(self, case: ApprovalCase) -> None:
        """It waits longer than a draft, but not for ever."""
        approval_id = await case.ask()
        case.world.clock.leap(7 * DAY / SECOND)

        with pytest.raises(NoSuchApproval):
            await case.approve(approval_id)


class TestCrashes:
    """What a crash leaves behind finds its end."""

    async def test_a_line_without_a_job_goes_by_itself(self, tmp_path: Path) -> None:
        """It was posted, and the program ended before there was a job; the request can still be approved."""
        async with open_service_world(tmp_path) as world:
            case = ApprovalCase(world)
            async with world.start():
                await case.prepare()
                approval_id = await case.ask()
            trap_is_set = True

            def trap(point: object) -> None:
                if trap_is_set and point == "admitting":
                    raise Crash

            async with world.start(trap):
                with pytest.raises(Crash):
                    await case.approve(approval_id)
            trap_is_set = False
            async with world.start(trap):
                world.clock.leap(5 * MINUTE / SECOND)
                await world.until(lambda: _removed(world, case.room.lines[0]))
                await world.closed(await case.approve(approval_id, press=78))
                world.clock.leap(6 * MINUTE / SECOND)
                await world.clock.sleep(30)

            assert world.fake_messenger.removed == [case.room.lines[0]]

    @pytest.mark.parametrize("verdict", list(Verdict))
    async def test_a_decision_is_told_after_the_next_start(self, tmp_path: Path, verdict: Verdict) -> None:
        """It was committed and the program ended: the request says so, a declined member reads why, once."""
        async with open_service_world(tmp_path) as world:
            case = ApprovalCase(world)
            async with world.start() as running:
                await case.prepare()
                approval_id = await case.ask()
                if verdict is Verdict.APPROVED:
                    await case.approve(approval_id)
                else:
                    at = world.clock.now()
                    await running.stores.approvals.decline(approval_id, reason="No", by_member_id=MODERATOR, at=at)
            async with world.start(connected=False) as running:
                finish = running.services.moderation.approvals.finish
                await finish(world.clock.now())
                await finish(world.clock.now())
                [shown] = case.room.requests.values()

            assert shown.approval.verdict is verdict
            assert case.room.renewals == 1
            assert case.room.declined == [(ANN, "No")] * (verdict is Verdict.DECLINED)

    async def test_it_is_told_when_discord_is_back(self, unconnected: ApprovalCase) -> None:
        """What Discord does not take is tried again; a fresh decision is left to whoever makes it."""
        case = unconnected
        approval_id = await case.ask()
        before = case.world.clock.now()
        await case.approve(approval_id)
        finish = case.world.bot.services.moderation.approvals.finish
        await finish(before - 1)
        case.room.is_down = True
        await finish(case.world.clock.now())

        assert case.room.renewals == 0
        case.room.is_down = False
        await finish(case.world.clock.now())
        assert case.room.renewals == 1


async def _removed(world: ServiceWorld, message: MessageAt) -> bool:
    return message in world.fake_messenger.removed


class TestErasure:
    """A member's request goes with everything else of theirs."""

    @pytest.mark.parametrize("decided", [False, True], ids=["waiting", "declined"])
    async def test_no_trace_is_left(self, tmp_path: Path, decided: bool) -> None:  # noqa: FBT001 - a case of the table
        """Its words and images go, the moderators' message too, and nobody can decide it any more."""
        async with open_service_world(tmp_path) as world, world.start():
            case = ApprovalCase(world)
            await case.prepare()
            approval_id = await case.ask()
            if decided:
                await world.bot.services.moderation.approvals.decline(approval_id, MONA, "No")

            assert files_with(tmp_path, SECRET)

            await erased(world, ANN)

            with pytest.raises(NoSuchApproval):
                await case.approve(approval_id)
            assert files_with(tmp_path, SECRET) == []
            assert list((tmp_path / "images").glob("*/*")) == []
            assert world.fake_messenger.removed == list(case.room.requests)
            renewed = case.room.renewals  # the decision may have been shown there before
            await world.bot.services.moderation.approvals.finish(world.clock.now())
            assert case.room.renewals == renewed

"""Reported pictures: decided once, on record first, and carried out in Discord however often the program ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import Measure, NoSuchReport, NotShown, PictureReport, ReportDecided
from bot.domain.rules import Blocked
from bot.services.moderation.outbox import PAUSE_SECONDS
from bot.services.moderation.reporting import Reach
from bot.services.rights import Actor
from tests.services.fake_desks import DESK_CHANNEL, FakeReportDesk
from tests.services.world import ANN, BEN, CHANNEL, GUILD, MODERATOR, ServiceWorld, open_service_world, png, request

SECRET = "a heron in my grandmother's garden"
MONA = Actor(MODERATOR, GUILD, can_manage=True)
HELPERS = 4_400
OLGA = Actor(44, GUILD, can_manage=False, role_ids=(HELPERS,))
COPY = MessageAt(CHANNEL + 5, 8_888)
DECIDE = (Measure.HIDE, Measure.DELETE, Measure.BLOCK, Measure.DISMISS)


@dataclass
class ReportCase:
    """A picture of Ann's that Ben reported: the result itself, or a copy of it that was brought elsewhere."""

    world: ServiceWorld
    job: Job
    report: PictureReport

    @property
    def room(self) -> FakeReportDesk:
        """What was done in Discord."""
        return self.world.report_room

    async def decide(self, measure: Measure, who: Actor = MONA, steps: int = 0, reason: str = "rude") -> Reach:
        """Decide about it; returns how far that got in Discord."""
        reporting = self.world.bot.services.moderation.reporting
        decided = await reporting.decide(who, self.report.report_id, measure, steps, reason=reason)
        return decided.reach

    async def acts(self) -> list[str]:
        """What stands on record about it, newest first."""
        rows = await self.world.bot.stores.moderation.audit(GUILD, limit=9)
        return [row.action for row in rows if row.action.startswith(("report.", "block"))]

    async def now(self) -> Job:
        """The job as it stands."""
        return await self.world.job(self.job.job_id)


async def reported(world: ServiceWorld, shown: MessageAt | None = None) -> ReportCase:
    """Make a picture and report a message with it."""
    settings = world.bot.services.moderation.server_settings
    await settings.set_desk_channel(MONA, DESK_CHANNEL)
    await settings.set_desk_roles(MONA, (HELPERS,))
    job = await world.closed(await world.command(request(png("red"), prompt=SECRET)))
    assert job.result_message is not None
    ben, message = Actor(BEN, GUILD, can_manage=False), shown or job.result_message
    report = await world.bot.services.moderation.reporting.report(ben, message, named_job_id=job.job_id)
    return ReportCase(world, job, report)


@pytest.fixture
async def case(tmp_path: Path) -> AsyncGenerator[ReportCase]:
    async with open_service_world(tmp_path) as world, world.start():
        yield await reported(world)


async def test_hiding_covers_the_result(case: ReportCase) -> None:
    """And takes it out of galleries and buttons; a helper may do it."""
    assert await case.decide(Measure.HIDE, OLGA) is Reach.ALL
    assert case.room.covered == [case.job.result_message]
    assert (await case.now()).taken_down_at is not None
    assert [each.measure for each in case.room.reports.values()] == [Measure.HIDE]


async def test_showing_again_restores_a_copy_too(tmp_path: Path) -> None:
    """What Hide took out of a copy that was brought elsewhere comes back, with every picture."""
    async with open_service_world(tmp_path) as world, world.start():
        case = await reported(world, COPY)
        await case.decide(Measure.HIDE)
        assert sorted(case.room.covered, key=lambda each: each.message_id) == [COPY, case.job.result_message]
        edits = world.fake_messenger.results_of(case.job.job_id)[0].edits
        await case.decide(Measure.SHOW, steps=1)

        async def is_back() -> bool:
            return world.fake_messenger.results_of(case.job.job_id)[0].edits > edits

        await world.until(is_back)
        assert case.room.uncovered == [(COPY, 1)]
        assert (await case.now()).taken_down_at is None


async def test_what_is_no_longer_kept_is_not_promised(case: ReportCase) -> None:
    """Its files went by age: the moderator reads that, and nothing is on record as shown."""
    await case.decide(Measure.HIDE)
    now = case.world.clock.now()
    assert await case.world.bot.stores.privacy.erase_older(now + 1, 9, now) == 1

    with pytest.raises(NotShown):
        await case.decide(Measure.SHOW, steps=1)
    assert await case.acts() == ["report.hide"]


async def test_a_result_that_became_the_status_is_covered(tmp_path: Path) -> None:
    """Where nothing could be posted the status message is the result, whatever was reported."""
    async with open_service_world(tmp_path) as world, world.start():
        world.fake_messenger.closed.add("post_result")
        case = await reported(world, COPY)
        await case.decide(Measure.HIDE)

        assert case.job.result_message == case.job.status_message
        assert set(case.room.covered) == {COPY, case.job.result_message}


async def test_a_block_is_one_with_its_decision(case: ReportCase) -> None:
    """Reason and all; the member reads it."""
    with pytest.raises(BadRequest):
        await case.decide(Measure.BLOCK, reason=" \n ")
    await case.decide(Measure.BLOCK, reason="rude \n again")

    with pytest.raises(Blocked, match="rude again"):
        await case.world.bot.services.creative.policy.admit_person(GUILD, ANN)
    assert await case.acts() == ["block", "report.block"]


@pytest.mark.parametrize("measure", DECIDE)
@pytest.mark.parametrize(
    ("who", "error"),
    [
        (Actor(BEN, GUILD, can_manage=False), NotAllowed),
        (Actor(BEN, GUILD, can_manage=False, role_ids=(1,)), NotAllowed),
        (Actor(ANN, GUILD, can_manage=False, role_ids=(HELPERS,)), NotAllowed),
        (Actor(MODERATOR, GUILD + 1, can_manage=True), NoSuchReport),
    ],
    ids=["a member", "another role", "the role, about one's own", "another server"],
)
async def test_who_may_not_decide(case: ReportCase, measure: Measure, who: Actor, error: type[Exception]) -> None:
    """Nothing is on record, and nothing is touched."""
    with pytest.raises(error):
        await case.decide(measure, who)
    assert await case.acts() == []
    assert (case.room.covered, case.room.removed) == ([], [])


async def test_a_helper_blocks_nobody(case: ReportCase) -> None:
    """A block shuts a person out of everything, and only /manage unblock lets them back in."""
    with pytest.raises(NotAllowed):
        await case.decide(Measure.BLOCK, OLGA)
    assert await case.acts() == []


async def test_a_gone_message_is_told(case: ReportCase) -> None:
    """The decision counts all the same."""
    assert case.job.result_message is not None
    case.room.gone.add(case.job.result_message)

    assert await case.decide(Measure.HIDE) is Reach.GONE
    assert await case.acts() == ["report.hide"]


@pytest.mark.parametrize("measure", [Measure.HIDE, Measure.DELETE, Measure.BLOCK, Measure.DISMISS])
async def test_a_decision_survives_a_crash(tmp_path: Path, measure: Measure) -> None:
    """It was committed and the program ended: after the next start Discord shows it, and it is carried out once."""
    async with open_service_world(tmp_path) as world:
        room = world.report_room
        async with world.start() as running:
            case = await reported(world)
            decided = await running.stores.reports.decide(
                case.report, measure, by_member_id=MODERATOR, at=world.clock.now(), reason="rude"
            )
        async with world.start(connected=False) as running:
            await running.services.moderation.reporting.finish(world.clock.now())
            covered, removed, calls = list(room.covered), set(room.removed), room.calls
            await running.services.moderation.reporting.finish(world.clock.now())

            with pytest.raises(ReportDecided):
                await case.decide(measure)
            messages = {case.job.result_message, case.job.status_message}
            assert decided
            assert room.calls == calls
            assert covered == [case.job.result_message] * (measure is Measure.HIDE)
            assert removed == (messages if measure is Measure.DELETE else set())
            assert [each.measure for each in room.reports.values()] == [measure]
            assert ((await case.now()).taken_down_at is None) == (measure not in {Measure.HIDE, Measure.DELETE})


async def test_it_is_carried_out_when_discord_is_back(case: ReportCase) -> None:
    """Whoever decided reads that it is tried again, and it is."""
    case.room.is_down = True
    assert await case.decide(Measure.HIDE) is Reach.LATER

    case.room.is_down = False
    case.world.clock.leap(2 * PAUSE_SECONDS)

    async def is_covered() -> bool:
        return bool(case.room.covered)

    await case.world.until(is_covered)
    assert case.room.covered == [case.job.result_message]


async def test_no_act_holds_a_prompt(case: ReportCase) -> None:
    """Whatever is decided, the audit says what was done, to whom and why, and never what was asked for."""
    for step, measure in enumerate((Measure.HIDE, Measure.SHOW, Measure.DELETE, Measure.BLOCK)):
        await case.decide(measure, steps=step)
    rows = await case.world.bot.stores.moderation.audit(GUILD, limit=20)

    assert len(rows) >= 5
    assert "heron" not in repr(rows)

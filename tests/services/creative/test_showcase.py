"""Sharing survives any death: a picture is in the showcase once, or not at all when it was taken back meanwhile."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.clock import HOUR, SECOND
from bot.domain.jobs import Job, MessageAt
from bot.domain.rules import RuleChange
from bot.domain.shares import Share
from bot.services.creative.album import Album
from bot.services.creative.showcase import Showcase
from bot.services.ports.messages import CannotSearch, NotNow, Picture, Unreachable
from bot.services.rights import Actor
from tests.db.world import ALICE, GUILD, MODERATOR, NOON, DatabaseWorld, open_database_world
from tests.services.fake_showcase import SHOWCASE_CHANNEL, FakeShowcase

ACTOR = Actor(ALICE, GUILD, can_manage=False)


class Death(BaseException):
    """The process ends here."""


class StandingClock:
    """Shows the time that a test gives it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> int:
        """See `Clock.now`."""
        return self.at

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self.at / SECOND

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`; nothing here may need it."""
        raise AssertionError(seconds)


class Pictures(Album):
    """An album whose pictures are always kept."""

    def __init__(self) -> None:
        self.left: list[int] = []

    async def picture(self, job: Job, n: int, max_bytes: int) -> Picture | None:
        """See `Album.picture`."""
        del max_bytes
        return Picture(b"jpeg", f"easel-{job.job_id}-{n}.jpg", "A cat")


@dataclass
class Exhibition:
    """A finished picture of alice's, a showcase, and the use case before and after a restart."""

    world: DatabaseWorld
    clock: StandingClock
    hall: FakeShowcase
    job: Job

    @property
    def showcase(self) -> Showcase:
        """The use case of a process that has just started."""
        return Showcase(self.world.stores, Pictures(), self.hall, self.hall, self.clock)

    async def share(self) -> Share:
        """Press *Share*."""
        return await self.showcase.share(ACTOR, self.job, 1)

    async def finish(self, later: int = 31 * SECOND) -> None:
        """The next look of the outbox."""
        self.clock.at += later
        await self.showcase.finish(self.clock.at - 30 * SECOND)

    async def to_delete(self) -> list[object]:
        """The messages that are still to be deleted."""
        return [row[0] for row in await self.world.rows("SELECT message_id FROM deletions ORDER BY deletion_id")]

    async def rows(self) -> list[tuple[object, ...]]:
        """Every share: its message, and whether it was taken back and given up."""
        return await self.world.rows(
            "SELECT message_id, taken_back_at IS NOT NULL, given_up_at IS NOT NULL FROM shares ORDER BY share_id"
        )


@pytest.fixture
async def exhibition(tmp_path: Path) -> AsyncGenerator[Exhibition]:
    async with open_database_world(tmp_path) as world:
        job = await world.admit()
        await world.complete(job.predictions[0].prediction_id)
        change = RuleChange("showcase_channel_id", SHOWCASE_CHANNEL, None, str(SHOWCASE_CHANNEL))
        await world.stores.rules.set_rule(GUILD, change, by_member_id=MODERATOR, at=NOON)
        clock = StandingClock()
        yield Exhibition(world, clock, FakeShowcase(clock), await world.stores.jobs.job(job.job_id))


@pytest.mark.parametrize("later", [31 * SECOND, HOUR], ids=["soon", "when the nonce is forgotten"])
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_dying_around_the_post_posts_once(exhibition: Exhibition, moment: str, later: int) -> None:
    """Committed and not posted, or posted and not recorded: the next start ends with exactly one message."""
    setattr(exhibition.hall, moment, Death())
    with pytest.raises(Death):
        await exhibition.share()
    await exhibition.finish(later)
    await exhibition.finish(later)

    assert exhibition.hall.count == 1
    assert await exhibition.rows() == [(901, 0, 0)]


@pytest.mark.parametrize("later", [31 * SECOND, HOUR])
async def test_a_bad_moment_is_tried_again(exhibition: Exhibition, later: int) -> None:
    """Discord took it without an answer, and then not: whoever shared reads that it follows, and it is there once."""
    exhibition.hall.after = NotNow()
    share = await exhibition.share()
    exhibition.hall.before = NotNow()
    await exhibition.finish(31 * SECOND)
    await exhibition.finish(later)

    assert share.message is None
    assert exhibition.hall.count == 1
    assert await exhibition.rows() == [(901, 0, 0)]


@pytest.mark.parametrize("was_posted", [True, False])
async def test_taken_back_before_anybody_knows_where_it_is(exhibition: Exhibition, *, was_posted: bool) -> None:
    """It is never posted after that, and what was posted unseen is found and deleted."""
    setattr(exhibition.hall, "after" if was_posted else "before", NotNow())
    share = await exhibition.share()
    await exhibition.showcase.take_back(ACTOR, share.share_id)
    await exhibition.finish()
    await exhibition.finish(HOUR)

    assert exhibition.hall.count == int(was_posted)
    assert await exhibition.to_delete() == ([901] if was_posted else [])
    assert await exhibition.world.stores.shares.unposted(exhibition.clock.at) == ()


async def test_where_nobody_can_tell_nothing_is_posted_again(exhibition: Exhibition) -> None:
    """After a long time without the right to read the channel it is given up, and may be shared anew."""
    exhibition.hall.before = NotNow()
    await exhibition.share()
    exhibition.hall.searching = CannotSearch()
    await exhibition.finish(HOUR)
    given_up = await exhibition.rows()
    again = await exhibition.share()

    assert given_up == [(None, 1, 1)]
    assert again.message == MessageAt(SHOWCASE_CHANNEL, 901)


async def test_a_channel_that_closed_meanwhile_is_given_up(exhibition: Exhibition) -> None:
    """It is tried once more and then no more."""
    exhibition.hall.before = NotNow()
    await exhibition.share()
    exhibition.hall.before = Unreachable()
    await exhibition.finish()

    assert await exhibition.rows() == [(None, 1, 1)]
    assert exhibition.hall.count == 0


async def test_a_picture_that_went_meanwhile_is_given_up(exhibition: Exhibition) -> None:
    """Erased by age before it could be posted: it holds up nothing else."""
    exhibition.hall.before = NotNow()
    await exhibition.share()
    job_id = exhibition.job.job_id
    await exhibition.world.stores.jobs.close(job_id, NOON)
    assert await exhibition.world.stores.privacy.erase_older(NOON + HOUR, 9, NOON) == 1
    await exhibition.finish()

    assert await exhibition.rows() == [(None, 1, 1)]
    assert exhibition.hall.count == 0


async def test_taking_down_the_job_takes_its_picture_back(exhibition: Exhibition) -> None:
    """In the same transaction, so that no death lies between."""
    await exhibition.share()
    await exhibition.world.stores.gallery.take_down(exhibition.job.job_id, MODERATOR, NOON)

    assert await exhibition.to_delete() == [901]
    assert await exhibition.rows() == [(901, 1, 0)]

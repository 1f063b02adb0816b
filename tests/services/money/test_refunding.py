"""Refunds and freezes by themselves: a reason is needed, jobs of other servers are unknown, nothing stays nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import BadRequest, NoSuchJob
from bot.domain.predictions import FailureReason
from bot.services.money.freezing import Freezing
from bot.services.money.refunding import NothingToRefund, Refunding
from bot.services.rights import Actor
from tests.services.parts import ANN, GUILD, open_parts

MODERATOR = Actor(13, GUILD, can_manage=True)
ELSEWHERE = Actor(13, GUILD + 1, can_manage=True)


async def test_a_job_without_a_picture_has_nothing_to_refund(tmp_path: Path) -> None:
    """While it runs, the way to stop it is named; once it failed, nobody paid; another server's is unknown."""
    async with open_parts(tmp_path) as parts:
        refunding = Refunding(parts.stores.jobs, parts.stores.moderation, parts.clock)
        job = await parts.admitted()
        with pytest.raises(NothingToRefund, match="finished and paid yet"):
            await refunding.refund(MODERATOR, job.job_id, "too slow")
        await parts.stores.jobs.fail(job.predictions[0].prediction_id, FailureReason.MODERATED, parts.clock.now())
        with pytest.raises(NothingToRefund, match="brought no picture"):
            await refunding.refund(MODERATOR, job.job_id, "too slow")
        with pytest.raises(NoSuchJob):
            await refunding.refund(ELSEWHERE, job.job_id, "not ours")

        assert await refunding.suggest(MODERATOR, "") == ()
        assert await parts.stores.moderation.audit(GUILD, limit=5) == ()


async def test_freezes_and_refunds_need_a_reason(tmp_path: Path) -> None:
    """Spaces are none; what is kept is one line of at most 200 characters."""
    async with open_parts(tmp_path) as parts:
        freezing = Freezing(parts.stores.moderation, parts.stores.jobs, parts.clock)
        refunding = Refunding(parts.stores.jobs, parts.stores.moderation, parts.clock)
        with pytest.raises(BadRequest, match="A freeze needs a reason"):
            await freezing.freeze(MODERATOR, ANN, " \n ")
        with pytest.raises(BadRequest, match="A refund needs a reason"):
            await refunding.refund(MODERATOR, "J00001", " ")
        await parts.admitted()
        change = await freezing.freeze(MODERATOR, ANN, "too\n  much " + "x" * 300)

        assert (change.is_new, change.running) == (True, 1)
        assert change.reason.startswith("too much x")
        assert len(change.reason) == 200

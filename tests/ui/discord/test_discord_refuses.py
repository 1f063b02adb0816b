"""What becomes of a job's messages when Discord refuses: for good, for a moment, until a set time, or by AutoMod."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Unavailable
from bot.services.ports.messages import NotNow, Unreachable
from bot.texts.templates import Refusal
from tests.ui.discord.messenger_case import EDIT, FOLLOW_UP, ORIGINAL, PICTURES, SEND, WAITING, MessengerCase
from tests.ui.samples import snapshot
from tests.wire.discord_fake import Fault, Kind


async def test_a_discord_that_stays_down_is_left_alone_after_three_tries(case: MessengerCase) -> None:
    """A 503 that lasts is for later, and a later try posts once."""
    case.scene.fake.plant(Fault(SEND, Kind.STATUS, status=503, times=3))
    with pytest.raises(NotNow):
        await case.messenger.post_result(case.job(), PICTURES)
    await case.messenger.post_result(case.job(), PICTURES)

    assert len(case.shown) == 1


async def test_a_mistake_of_ours_is_a_closed_door(case: MessengerCase) -> None:
    """What Discord finds faulty goes another way, so that no job waits for ever for a bug to be mended."""
    case.scene.fake.plant(Fault("POST /channels/*/messages", Kind.STATUS, status=400))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await case.messenger.post_result(case.job(), PICTURES)

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["discord.our_mistake"]


EDGE = {
    "a page with 403": {"kind": Kind.STATUS, "status": 403},
    "a page with 404": {"kind": Kind.STATUS, "status": 404},
    "code 40333": {"kind": Kind.REFUSAL, "status": 403, "code": 40333},
    "code 0": {"kind": Kind.REFUSAL, "status": 403},
}
"""What stands before Discord's API answers for some seconds now and then, on every route."""


@pytest.mark.parametrize("said", EDGE)
@pytest.mark.parametrize("way", ["post", "edit", "dm", "last word", "apology", "search"])
async def test_a_refusal_by_discords_edge_closes_no_way(case: MessengerCase, way: str, said: str) -> None:
    """A 403 or 404 without one of the API's own codes is a bad moment, on whatever way: the same is sent again."""
    job = await case.commanded(case.job())
    at = await case.messenger.post_result(job, PICTURES)
    opened = await case.opened()
    ways: dict[str, tuple[str, Callable[[], Awaitable[object]]]] = {
        "post": (SEND, lambda: case.messenger.post_result(job, PICTURES)),
        "edit": (EDIT, lambda: case.messenger.edit_result(job, at, PICTURES)),
        "dm": (SEND, lambda: case.messenger.result_by_dm(job, PICTURES)),
        "last word": (f"PATCH {ORIGINAL}", lambda: case.messenger.finish_status(snapshot(job))),
        "apology": (FOLLOW_UP, lambda: case.messenger.apologise(opened, Unavailable(Refusal("I was restarted.")))),
        "search": ("GET /channels/{channel_id}/messages", lambda: case.messenger.find_result(job)),
    }
    route, call = ways[way]
    fault = case.scene.fake.plant(Fault(route, **EDGE[said]))  # pyright: ignore[reportArgumentType] - the fault's own fields
    await call()

    assert (fault.struck, fault.hits) == (1, 2)


async def test_progress_goes_on_after_a_refusal_by_discords_edge(case: MessengerCase) -> None:
    """A status that could not be edited for a moment is not taken for one that is gone."""
    job = await case.commanded(case.job(WAITING))
    case.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=403))
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)

    assert len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2


async def test_what_automod_refuses_is_no_mistake_of_ours(case: MessengerCase) -> None:
    """The server's AutoMod does not take the words: another way is tried, and the log says who refused."""
    case.scene.fake.plant(Fault(SEND, Kind.REFUSAL, status=400, code=200000))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await case.messenger.post_result(case.job(), PICTURES)

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("discord.blocked_by_automod", "warning")]


async def test_nothing_is_sent_before_discord_said(case: MessengerCase) -> None:
    """After a 429 with a quarter of an hour the route is left alone for as long; other routes are open."""
    case.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900))
    job = await case.commanded(case.job())
    for _ in range(2):
        with pytest.raises(NotNow) as refused:
            await case.messenger.post_result(job, PICTURES)
        assert 895 < refused.value.retry_after <= 900
    assert len(case.scene.fake.requests(SEND)) == 1
    await case.messenger.finish_status(snapshot(job))

    case.clock.advance(901)
    await case.messenger.post_result(job, PICTURES)

    assert len(case.shown) == 2


async def test_a_ban_holds_for_every_route(case: MessengerCase) -> None:
    """A 429 that comes from the edge and not from the API is for this address: nothing is sent before its time."""
    case.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900, via=False))
    job = await case.commanded(case.job())
    case.scene.fake.journal.clear()
    for call in (case.messenger.post_result(job, PICTURES), case.messenger.finish_status(snapshot(job))):
        with pytest.raises(NotNow):
            await call

    assert case.routes() == [SEND]

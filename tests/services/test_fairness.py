"""What there is only so much of is shared in turns, and nobody's wish is lost or granted twice."""

from __future__ import annotations

import asyncio

import pytest

from bot.services.fairness import FairShare

ANN, BEN, CAY = 11, 12, 13


class Crowd:
    """Members who ask for their share, and leave when they are told to."""

    def __init__(self, share: FairShare) -> None:
        self.share = share
        self.came: list[str] = []
        self.inside: dict[str, asyncio.Task[None]] = {}
        self._leave: dict[str, asyncio.Event] = {}

    async def ask(self, name: str, member_id: int, units: int = 1) -> None:
        self._leave[name] = asyncio.Event()
        self.inside[name] = asyncio.create_task(self._visit(name, member_id, units))
        await settle()

    async def leave(self, name: str) -> None:
        self._leave[name].set()
        await self.inside[name]
        await settle()

    async def give_up(self, name: str) -> None:
        self.inside[name].cancel()
        await asyncio.wait([self.inside[name]])
        await settle()

    async def _visit(self, name: str, member_id: int, units: int) -> None:
        async with self.share.turn(member_id, units):
            self.came.append(name)
            await self._leave[name].wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_members_take_turns() -> None:
    """However many wishes one member has, another's first is next, and each member's own keep their order."""
    hall = Crowd(FairShare(1))
    for name in ("a1", "a2", "a3"):
        await hall.ask(name, ANN)
    for name in ("b1", "b2"):
        await hall.ask(name, BEN)

    for name in ("a1", "a2", "b1", "a3"):
        await hall.leave(name)

    assert hall.came == ["a1", "a2", "b1", "a3", "b2"]


async def test_nobody_overtakes_a_large_wish() -> None:
    """A wish that does not fit yet is next, even if smaller ones would fit meanwhile."""
    hall = Crowd(FairShare(10))
    await hall.ask("a", ANN, 6)
    await hall.ask("b", BEN, 8)
    await hall.ask("c", CAY, 1)
    assert hall.came == ["a"]

    await hall.leave("a")

    assert hall.came == ["a", "b", "c"]


async def test_one_member_does_not_fill_the_room() -> None:
    """Beyond their share they wait for themselves, and others come in beside them."""
    hall = Crowd(FairShare(10, each=5))
    await hall.ask("a1", ANN, 4)
    await hall.ask("a2", ANN, 4)
    await hall.ask("b1", BEN, 4)
    assert hall.came == ["a1", "b1"]

    await hall.leave("b1")
    assert hall.came == ["a1", "b1"]
    await hall.leave("a1")
    assert hall.came == ["a1", "b1", "a2"]


async def test_a_wish_beyond_the_room_is_the_whole_room() -> None:
    """Nobody waits for ever for more than there is."""
    hall = Crowd(FairShare(10, each=5))
    await hall.ask("a", ANN, 99)
    await hall.ask("b", BEN, 1)
    assert hall.came == ["a"]

    await hall.leave("a")
    await hall.leave("b")
    await hall.ask("c", CAY, 10)

    assert hall.came == ["a", "b", "c"]


@pytest.mark.parametrize("who", ["a2", "b1"])
async def test_who_gives_up_holds_nobody_up(who: str) -> None:
    """One that is cancelled while waiting leaves the line, and the room is whole afterwards."""
    hall = Crowd(FairShare(1))
    await hall.ask("a1", ANN)
    await hall.ask("a2", ANN)
    await hall.ask("b1", BEN)
    await hall.give_up(who)

    await hall.leave("a1")
    left = "b1" if who == "a2" else "a2"
    assert hall.came == ["a1", left]
    await hall.leave(left)
    await hall.ask("c", CAY)
    assert hall.came[-1] == "c"


async def test_a_grant_that_meets_a_cancellation_is_given_back() -> None:
    """Granted and cancelled in the same moment: the next one comes in."""
    hall = Crowd(FairShare(1))
    await hall.ask("a1", ANN)
    await hall.ask("b1", BEN)
    await hall.ask("c1", CAY)

    hall.share.give_back(ANN)  # as "a1" would on leaving; "b1" is granted, and has not come in yet
    hall.inside["b1"].cancel()
    await settle()

    assert hall.came == ["a1", "c1"]
    for name in ("a1", "c1"):
        hall.inside[name].cancel()
    await settle()

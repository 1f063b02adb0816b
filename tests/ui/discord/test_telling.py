"""A deferred answer says now and then how far it is, and never after the last word."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import discord
from discord import ui

from bot.services.creative.transfers import Transfers
from bot.ui.discord.replies import AnyInteraction
from bot.ui.discord.telling import telling
from bot.ui.render.drawing import drawn, one_sentence
from bot.ui.render.transfers import telling_of
from tests.clocks import ManualClock


class Deferred:
    """An interaction that was deferred: what its answer was edited to, and when Discord takes an edit."""

    def __init__(self) -> None:
        self.edits: list[str] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.error: Exception | None = None

    async def edit_original_response(self, *, view: ui.LayoutView, **_: object) -> None:
        await self.takes.wait()
        if self.error is not None:
            raise self.error
        self.edits.append("\n".join(each.content for each in view.walk_children() if isinstance(each, ui.TextDisplay)))

    @property
    def seen(self) -> AnyInteraction:
        return cast("AnyInteraction", self)


async def test_each_file_that_moves_is_named_every_five_seconds() -> None:
    """Nothing at first, since most are quick; then what is here of each, again only where that has changed."""
    clock, answer, transfers = ManualClock(), Deferred(), Transfers()
    fox, cat = transfers.begin("fox.png", 8_400_000), transfers.begin("cat.png", None)
    async with telling(answer.seen, telling_of(transfers), clock):
        fox.has_arrived(1_100_000)
        await clock.advance(4.9)
        assert answer.edits == []
        await clock.advance(0.2)
        [first] = answer.edits
        await clock.advance(5)
        assert answer.edits == [first]
        cat.has_arrived(2_000_000)
        fox.is_done = True
        await clock.advance(5)

    assert "### Fetching your images\nfox.png: 1.1 of 8.4 MB\n" in first + "\n"
    assert "nothing is spent yet" in first
    assert "cat.png: 2.0 MB" in answer.edits[1]
    assert "fox.png" not in answer.edits[1]


async def test_the_last_word_comes_last() -> None:
    """An edit that is on its way when the block ends has ended before anything else is said."""
    clock, answer = ManualClock(), Deferred()
    answer.takes.clear()

    async def ask() -> None:
        async with telling(answer.seen, lambda: one_sentence("so far"), clock):
            await clock.sleep(6)
        await answer.edit_original_response(view=drawn(one_sentence("done")))

    asking = asyncio.create_task(ask())
    await clock.advance(7)
    assert not asking.done()
    answer.takes.set()
    await asking
    await clock.advance(60)

    assert answer.edits == ["so far", "done"]


async def test_an_edit_that_fails_is_only_a_missed_kindness() -> None:
    """Whatever Discord answers, the work goes on."""
    clock, answer = ManualClock(), Deferred()
    answer.error = discord.DiscordServerError(cast("Any", _Response()), "no")
    words = iter("abc")
    async with telling(answer.seen, lambda: one_sentence(next(words)), clock):
        await clock.advance(6)
        answer.error = None
        await clock.advance(6)

    assert answer.edits == ["b"]


class _Response:
    status = 500
    reason = "because"

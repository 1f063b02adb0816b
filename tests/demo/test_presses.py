"""Presses on the demo's pages are taken as Discord would take them: late ones too, and each by its button."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from simcord import Preview
from simcord.actors import MemberActor

from bot.db.jobs import JobStore
from bot.demo.presses import Presses
from bot.demo.reading import text_of
from bot.demo.world import World, open_world
from tests.clocks import HurriedClock

HURRY = 20
SIMCORD_PROTOCOL = 3


class OpenPage:
    """One page of the preview, and what its browser would send."""

    def __init__(self, preview: Preview, viewer: MemberActor) -> None:
        self._preview: Any = preview
        self._page = self._preview._open_page(str(viewer.id))
        self._numbers = count(1)

    @property
    def revision(self) -> int:
        return self._page.revision

    @property
    def generation(self) -> int:
        return self._page.generation

    @property
    def present(self) -> datetime:
        return datetime.fromisoformat(self._page.snapshot["profile"]["presentationTime"])

    def place_of(self, custom_id: str) -> str:
        """SimCord's key of a button that is there now."""
        return _places(self._page.snapshot["messages"])[custom_id]

    async def send(self, kind: str, *, revision: int, generation: int | None = None, **more: Any) -> dict[str, Any]:
        """Send an action from the page as it was at this revision."""
        body = {
            "protocol_version": SIMCORD_PROTOCOL,
            "sequence": self._page.last_sequence + 1,
            "request_id": f"request-{next(self._numbers)}",
            "generation": generation or self.generation,
            "bot_generation": 1,
            "published_revision": revision,
            "kind": kind,
        }
        return await self._preview._action(self._page.id, body | more)

    async def click(self, place: str, *, revision: int) -> dict[str, Any]:
        """Press what stands at a place."""
        target = place.split(":")[1]
        return await self.send("click", revision=revision, control_key=place, target_id=target)


def _places(drawn: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    match drawn:
        case {"control_key": str(key), "custom_id": str(custom_id)}:
            found[custom_id] = key
        case _:
            pass
    inside = cast(
        "Iterable[Any]", drawn.values() if isinstance(drawn, dict) else drawn if isinstance(drawn, list) else ()
    )
    for each in inside:
        found |= _places(each)
    return found


@asynccontextmanager
async def open_demo(folder: Path) -> AsyncGenerator[tuple[World, Preview]]:
    """The world with one preview of its channel, as the demo opens it."""
    async with open_world(folder, clock=HurriedClock(HURRY)) as world:
        preview = world.env.preview(world.channel, viewers=world.everybody, layout="channel")
        async with preview:
            Presses(world).govern(preview)
            yield world, preview


async def collect(world: World, *names: str) -> None:
    for name in names:
        await world.alice.slash(world.channel, "references add", image=world.sample(name))


def newest(world: World) -> str:
    return text_of(world.channel.history(viewer=world.alice)[-1])


async def test_a_press_on_a_page_that_was_published_anew_is_taken(tmp_path: Path) -> None:
    """What was sent from before a refresh, and from before a change of person, does what it says."""
    async with open_demo(tmp_path) as (world, preview):
        await collect(world, "fox.png")
        await preview.refresh()
        page = OpenPage(preview, world.alice)
        seen, place, generation = page.revision, page.place_of("clear"), page.generation
        await preview.refresh()
        late = await page.click(place, revision=seen)
        await page.send("viewer", revision=page.revision, viewer_id=str(world.ben.id))
        first = await page.send("send_message", revision=page.revision, generation=generation, content="hello")

    assert (late["settlement"], late["diagnostics"]) == ("settled", [])
    assert (first["settlement"], first["diagnostics"]) == ("settled", [])


async def test_a_late_press_reaches_the_button_that_was_seen(tmp_path: Path) -> None:
    """Where the message was redrawn, the same button elsewhere in it is pressed, or none."""
    async with open_demo(tmp_path) as (world, preview):
        await collect(world, "fox.png", "coat.png")
        await preview.refresh()
        page = OpenPage(preview, world.alice)
        seen = page.revision
        add_coat, drop, clear = page.place_of("roles:tray"), page.place_of("drop:tray:2"), page.place_of("clear")
        dropped = await page.click(drop, revision=seen)
        gone = await page.click(drop, revision=seen)
        cleared = await page.click(clear, revision=seen)
        await preview.refresh()
        shown = newest(world)

    assert add_coat != clear
    assert dropped["settlement"] == "settled"
    assert (gone["settlement"], gone["dispatch"]) == ("rejected", "not_dispatched")
    assert cleared["settlement"] == "settled"
    assert "fox.png" not in shown


async def test_the_page_never_lies_behind_what_it_shows(tmp_path: Path) -> None:
    """Relative times are counted from when the page was published, so nothing of the past is told as yet to come."""
    async with open_demo(tmp_path) as (world, preview):
        page = OpenPage(preview, world.alice)
        await world.clock.sleep(30)
        before = world.clock.now()
        await page.send("send_message", revision=page.revision, content="hello")
        present = page.present

    assert present >= datetime.fromtimestamp(before / 1000, UTC)


async def test_an_expected_refusal_settles_as_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no crash to SimCord; a mistake in a command still is."""

    async def broken_read(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    async with open_demo(tmp_path) as (world, _):
        cursor = world.env.error_cursor
        await world.alice.slash(world.channel, "jobs show", job="ABCDEF")
        refused = world.env.errors_since(cursor)
        monkeypatch.setattr(JobStore, "jobs_of", broken_read)
        await world.alice.slash(world.channel, "jobs list")
        broken = world.env.errors_since(cursor)

    assert refused == ()
    assert len(broken) == 1

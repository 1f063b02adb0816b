"""The demo in a browser: a Discord page with the real bot behind it, kept fresh while the bot writes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simcord import Preview, SetupError

from bot.demo.menus import ReplyMenus
from bot.demo.world import World, open_world
from bot.signals import stop_on_signals

_LOOK_SECONDS = 0.4

_WELCOME = """**Welcome to Easel's demo.** Everything here is the real bot; Discord and the provider are simulated, \
so nothing costs money.

**Begin here:** type `/edit` below, choose `fox.png` as its image and *Make it rain* as its prompt, and send it. The \
sample pictures lie in `{samples}`; your own do as well.

Then, as alice or ben (choose who you are at the top):
1. `/compose` with `fox.png`, `coat.png` and `street.png`, roles *identity*, *outfit*, *background*
2. `/edit` with a count of 4, then press **Cancel** at once
3. `/studio`, `/gallery`, `/guide`, `/budget` and `/jobs list`
4. The menu of a message (*Apps*) is missing on this page: instead, reply to a picture with `Add to references`, \
`Report this picture` or `Edit this image: add snow`

Then look as mona, who moderates: `/manage overview`; `/manage limit member` with `0.10`, and as a member see what it \
stops; `/manage grant` to help them out.
Words in a prompt make the provider misbehave: `[sim:moderated]`, `[sim:task-failed]`, `[sim:flagged]`, or \
`[sim:done-dropped]` for an answer that gets lost on its way."""


async def show_page(announce: asyncio.Future[str] | None = None) -> None:
    """Serve the page until Ctrl-C, SIGTERM, or until it is ended in the browser.

    `announce` is given the page's address when it is there.
    """
    with tempfile.TemporaryDirectory(prefix="easel-demo-") as folder, stop_on_signals() as stop:
        async with open_world(Path(folder)) as world:
            await world.mona.send(world.channel, _WELCOME.format(samples=Path(folder) / "samples"))
            viewers = [world.alice, world.ben, world.mona]
            async with world.env.preview(world.channel, viewers=viewers, layout="channel") as preview:
                _say(preview.url, folder)
                if announce is not None:
                    announce.set_result(preview.url)
                await _until_ended(world, preview, stop)


async def _until_ended(world: World, preview: Preview, stop: asyncio.Event) -> None:
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(keep_fresh(world, preview), name="fresh"),
        asyncio.create_task(preview.wait_closed(), name="closed"),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_fresh(world: World, preview: Preview) -> None:
    """Publish what the bot wrote since the last look, and nothing in between, so that typing is not disturbed."""
    shown, menus, turn = -1, ReplyMenus(world), _turns_of(preview)
    while True:
        async with turn:
            try:
                await menus.press_new()
                written = len(world.env.http_requests)
                if written != shown:
                    await world.catch_up()
                    await preview.refresh()
                    shown = written
            except (SetupError, TimeoutError):
                pass  # the bot was too busy to be looked at; the next look shows both
        await world.clock.sleep(_LOOK_SECONDS)


def _turns_of(preview: Preview) -> asyncio.Lock:
    """Have each press on the page wait for its turn, and return the turn that our own looks wait for.

    SimCord 3.2.1 answers a press during `refresh` with HTTP 400, which its page takes for a lost answer: it would offer
    nothing any more.
    """
    turn, act = asyncio.Lock(), preview._action  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - SimCord has no public way to put presses in turn

    async def in_turn(context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with turn:
            return await act(context_id, body)

    preview._action = in_turn  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return turn


def _say(url: str, folder: str) -> None:
    lines = (
        "Easel's demo is ready. Open this page:",
        f"  {url}",
        f"Sample pictures for its file chooser: {folder}/samples",
        "Nothing here costs money. Ctrl-C ends it.",
    )
    print("\n".join(lines), flush=True)  # noqa: T201 - for the person at the terminal

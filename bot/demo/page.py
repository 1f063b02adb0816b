"""The demo in a browser: a Discord page for each channel, the real bot behind it, kept fresh while the bot writes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from simcord import Preview, SetupError
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.demo.channels import open_channels
from bot.demo.menus import ReplyMenus
from bot.demo.presses import Presses
from bot.demo.world import World, open_world
from bot.shutdown import stop_on_signals

_LOOK_SECONDS = 0.4

_WELCOME = """**Welcome to Easel's demo.** Everything here is the real bot; Discord and the provider are simulated, \
so nothing costs money.

**Begin here:** type `/edit` below, choose `fox.png` as its image and *Make it rain* as its prompt, and send it. The \
sample pictures lie in `{samples}`; your own do as well.

Then, as alice or ben (choose who you are at the top):
1. `/compose` with `fox.png`, `coat.png` and `street.png`, roles *identity*, *outfit*, *background*
2. `/edit` with a count of 4, then press **Cancel** at once
3. `/storyboard` with three lines, such as *It wakes*, *It runs*, *It sleeps*
4. `/studio`, `/gallery`, `/guide`, `/budget` and `/jobs list`

Then look as mona, who moderates: `/manage overview`; `/manage limit everyone` with `0.10`, and as a member see what \
it stops; `/manage grant` to help them out. What members report or ask for comes into her channel.

**The other channels** are pages of their own: [#moderators]({moderators}), which only mona sees and where the bot \
said hello, and [#showcase]({showcase}).

**What this page lacks** and Discord has: the *Apps* menu of a message (reply to a picture with `Add to references`, \
`Report this picture` or `Edit this image: add snow` instead), a list of channels, notifications, and times that count \
on by themselves. Pictures in a form may have 10 MB here.

Words in a prompt make the provider misbehave: `[sim:moderated]`, `[sim:task-failed]`, `[sim:flagged]`, or \
`[sim:done-dropped]` for an answer that gets lost on its way."""


async def show_page(announce: asyncio.Future[str] | None = None) -> None:
    """Serve the pages until Ctrl-C, SIGTERM, or until one is ended in the browser.

    `announce` is given the address of #studio's page when it is there.
    """
    with tempfile.TemporaryDirectory(prefix="easel-demo-") as folder, stop_on_signals() as stop:
        async with open_world(Path(folder)) as world, AsyncExitStack() as opened:
            channels, presses = await open_channels(world), Presses(world)

            async def open_page(channel: ChannelHandle, viewers: Sequence[MemberActor]) -> Preview:
                world.env._preview = None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - SimCord knows one channel a page, and one page only
                preview = await opened.enter_async_context(
                    world.env.preview(channel, viewers=viewers, layout="channel")
                )
                presses.govern(preview)
                return preview

            moderators = await open_page(channels.moderators, [world.mona])
            showcase = await open_page(channels.showcase, world.everybody)
            studio = await open_page(world.channel, world.everybody)
            samples = Path(folder) / "samples"
            await world.mona.send(
                world.channel,
                _WELCOME.format(samples=samples, moderators=moderators.url, showcase=showcase.url),
            )
            await studio.refresh()
            _say(studio, moderators, showcase, samples)
            if announce is not None:
                announce.set_result(studio.url)
            await _until_ended(world, (studio, moderators, showcase), presses, stop)


async def _until_ended(world: World, previews: Sequence[Preview], presses: Presses, stop: asyncio.Event) -> None:
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(keep_fresh(world, previews, presses), name="fresh"),
        *(asyncio.create_task(preview.wait_closed(), name="closed") for preview in previews),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep_fresh(world: World, previews: Sequence[Preview], presses: Presses) -> None:
    """Publish what the bot wrote since the last look, and nothing in between, so that typing is not disturbed."""
    shown, menus = -1, ReplyMenus(world)
    while True:
        async with presses.turn():
            try:
                await menus.press_new()
                written = len(world.env.http_requests)
                if written != shown:
                    await world.catch_up()
                    for preview in previews:
                        await preview.refresh()
                    shown = written
            except (SetupError, TimeoutError):
                pass  # the bot was too busy to be looked at; the next look shows both
        await world.clock.sleep(_LOOK_SECONDS)


def _say(studio: Preview, moderators: Preview, showcase: Preview, samples: Path) -> None:
    lines = (
        "Easel's demo is ready. Open this page:",
        f"  {studio.url}",
        "The other two channels, each a page of its own:",
        f"  #moderators  {moderators.url}",
        f"  #showcase    {showcase.url}",
        f"Sample pictures for its file chooser: {samples}",
        "Nothing here costs money. Ctrl-C ends it.",
    )
    print("\n".join(lines), flush=True)  # noqa: T201 - for the person at the terminal

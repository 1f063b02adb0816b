"""The creative desk on the demo's page, in a real browser: collect, compose from the tray, go on from the result."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.demo.samples import save_samples
from tests.demo.browser import chromium, demo_in_browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")]

_PROMPT, _NEXT = "A poster of both", "Now make it rain"


async def test_compose_from_the_tray_and_go_on(tmp_path: Path) -> None:
    """Two references collected one by one become a picture, and that picture another one, without any command."""
    samples = save_samples(tmp_path)
    async with demo_in_browser() as demo:
        await demo.send("references add", {"image": samples["fox.png"], "role": "identity"})
        await demo.see("1 identity · fox.png")
        await demo.send("references add", {"image": samples["street.png"], "role": "background"})
        await demo.see("2 background · street.png")
        await demo.send("compose", {"prompt": _PROMPT})
        await demo.see_picture(_PROMPT)
        await (await demo.open_form(re.compile("Edit this"), "Prompt")).fill(_NEXT)
        await demo.submit_form("Prompt")
        size = await demo.see_picture(_NEXT)
        overflowing = await demo.overflowing()

    assert min(size) > 0
    assert overflowing == []


async def test_the_menus_of_messages_are_reached_by_a_reply(tmp_path: Path) -> None:
    """The page draws no menu of a message, so a reply names it: a result is collected, reported and edited."""
    samples = save_samples(tmp_path)
    async with demo_in_browser() as demo:
        await demo.send("edit", {"prompt": _PROMPT, "image": samples["fox.png"]})
        await demo.see("here is your picture.")
        await demo.reply("here is your picture.", "Add to references")
        await demo.see("One image was added.")
        await demo.reply("here is your picture.", "Report this picture")
        await demo.see("The moderators of this server can see it now.")
        await demo.reply("here is your picture.", f"Edit this image: {_NEXT}")
        size = await demo.see_picture(_NEXT)

    assert min(size) > 0

"""The demo's page in a real browser: what a person sees of the main job, at a desk's and at a phone's width."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.demo.samples import save_samples
from tests.demo.browser import chromium, demo_in_browser

pytestmark = [pytest.mark.slow, pytest.mark.skipif(chromium() is None, reason="no Chromium on this machine")]

_PROMPT = "A rainy street at night"


@pytest.mark.parametrize("width", [1100, 360])
async def test_compose_on_the_page(tmp_path: Path, width: int) -> None:
    """Three references with roles become one picture at the asked shape, and nothing sticks out of the page."""
    samples = save_samples(tmp_path)
    async with demo_in_browser(width=width) as demo:
        await demo.send(
            "compose",
            {
                "prompt": _PROMPT,
                "image1": samples["fox.png"],
                "image2": samples["coat.png"],
                "image3": samples["street.png"],
                "role1": "identity",
                "role2": "outfit",
                "aspect_ratio": "16:9",
            },
        )
        await demo.see(re.compile(r"1 identity . fox\.png|identity . fox\.png"))
        await demo.see("here is your picture.")
        picture = await demo.see_picture(_PROMPT)
        await demo.see_no_more("Painting")
        overflowing = await demo.overflowing()

    assert round(16 / 9, 1) == round(picture[0] / picture[1], 1)
    assert overflowing == []


async def test_a_refusal_is_an_answer_and_the_first_press_of_another_counts(tmp_path: Path) -> None:
    """One press each: a refused command leaves the composer, and whoever one has just become is believed at once."""
    samples = save_samples(tmp_path)
    async with demo_in_browser() as demo:
        await demo.send("jobs show", {"job": "ABCDEF"})
        await demo.see("I don't know that job")
        await demo.page.get_by_text("Action completed").wait_for()
        refusals = await demo.page.locator("article", has_text="I don't know that job").count()
        for name in ("mona", "alice"):
            await demo.page.locator("select").first.select_option(label=name)
            await demo.send("edit", {"prompt": f"{_PROMPT} of {name}", "image": samples["fox.png"]}, tries=1)
            await demo.see(f"@{name} here is your picture.")
        complaints = await demo.page.get_by_text(re.compile("uncertain|not completed|stale")).count()
        times = await demo.page.locator("article").all_inner_texts()

    assert refusals == 1
    assert complaints == 0
    assert not [text for text in times if re.search(r"\bin \d+ seconds?\b", text)]


async def test_the_moderators_see_the_hello_and_what_is_reported(tmp_path: Path) -> None:
    """The moderators' channel is a page of its own, to which the welcome leads."""
    samples = save_samples(tmp_path)
    async with demo_in_browser() as demo:
        address = await demo.page.get_by_role("link", name="#moderators").get_attribute("href")
        await demo.send("edit", {"prompt": _PROMPT, "image": samples["fox.png"]})
        await demo.see("here is your picture.")
        await demo.reply("here is your picture.", "Report this picture")
        await demo.see("The moderators of this server can see it now.")
        await demo.page.goto(str(address))
        await demo.see("Thanks for adding me")
        await demo.see(re.compile("reported"))
        overflowing = await demo.overflowing()

    assert overflowing == []

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
        await demo.see(re.compile(r"Done in \d"))
        overflowing = await demo.overflowing()

    assert round(16 / 9, 1) == round(picture[0] / picture[1], 1)
    assert overflowing == []

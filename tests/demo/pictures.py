"""Takes the README's pictures of the real thing: `python -m tests.demo.pictures FOLDER` (needs Chromium)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.demo.samples import save_samples
from tests.demo.browser import DemoPage, demo_in_browser

_PROMPT = "A cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field"


async def _compose(demo: DemoPage, samples: dict[str, Path]) -> None:
    await demo.send(
        "compose",
        {
            "prompt": _PROMPT,
            "image1": samples["fox.png"],
            "image2": samples["coat.png"],
            "image3": samples["street.png"],
            "role1": "identity",
            "role2": "outfit",
            "role3": "background",
            "aspect_ratio": "16:9",
        },
    )


async def take(folder: Path) -> None:
    """Save `compose.png` while it is painted and done at a desk, and `result-360.png` on a phone's width."""
    with tempfile.TemporaryDirectory() as scratch:
        samples = save_samples(Path(scratch))
        async with demo_in_browser(width=1100, height=1240) as demo:
            await _compose(demo, samples)
            await demo.see("Painting")
            await demo.page.screenshot(path=folder / "status.png")
            await demo.see("Done in")
            await demo.see_picture("A cinematic")
            await demo.page.screenshot(path=folder / "compose.png")
        async with demo_in_browser(width=360, height=900) as demo:
            await _compose(demo, samples)
            await demo.see("Done in")
            await demo.see_picture("A cinematic")
            await demo.page.screenshot(path=folder / "result-360.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))

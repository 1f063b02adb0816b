"""Takes the README's pictures of the real thing: `python -m tests.demo.pictures .github/images` (needs Chromium)."""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.demo.samples import save_samples
from tests.demo.browser import DemoPage, demo_in_browser

_PROMPT = "A cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field"
_COLOURS, _WIDTH = 128, 690


async def take(folder: Path) -> None:
    """Save the status, the result on a phone's width, the tray, `/studio`'s confirmation and a moderator's overview."""
    with tempfile.TemporaryDirectory() as scratch:
        samples = save_samples(Path(scratch))
        async with demo_in_browser(width=1100, height=1240) as demo:
            await _compose(demo, samples)
            await demo.see("Painting")
            await _save(demo, folder / "status.png")
            await demo.see_no_more("Painting")
            await _collect(demo, samples)
            await _save(demo, folder / "tray.png")
            await _begin(demo)
            await _save(demo, folder / "studio.png")
            await _oversee(demo, samples)
            await _save(demo, folder / "overview.png")
        async with demo_in_browser(width=360, height=1100) as demo:
            await _compose(demo, samples)
            await demo.see_picture("A cinematic")
            await demo.see_no_more("Painting")
            await _save(demo, folder / "result-360.png")


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


async def _collect(demo: DemoPage, samples: dict[str, Path]) -> None:
    for name, role in (("fox", "identity"), ("coat", "outfit"), ("street", "background")):
        await demo.send("references add", {"image": samples[f"{name}.png"], "role": role})
        await demo.see("One image was added.")
        await demo.see(f"{role} · {name}.png")


async def _begin(demo: DemoPage) -> None:
    """Open the form, without files, and send it: the confirmation shows the tray."""
    await (await demo.open_form("Compose", "Prompt")).fill(_PROMPT)
    await demo.submit_form("Prompt")
    await demo.see("Ready to run?")


async def _oversee(demo: DemoPage, samples: dict[str, Path]) -> None:
    """Have somebody else ask for four pictures, one of which is still being made when a moderator looks."""
    await demo.become("ben")
    await demo.send("edit", {"prompt": "Make it snow", "image": samples["street.png"], "count": "4"})
    await demo.see(re.compile(r"[23] of 4"))
    await demo.become("mona")
    await demo.send("manage overview", {})
    await demo.see("This server, this month")


async def _save(demo: DemoPage, path: Path) -> None:
    """Keep a picture of the newest message once its own pictures are there, in as few colours as look alike."""
    card = demo.page.locator("article:visible").last
    await card.scroll_into_view_if_needed()
    await demo.page.mouse.move(0, 0)
    await demo.page.wait_for_function(
        "() => [...document.images].every(each => each.complete && each.naturalWidth > 0)"
    )
    with Image.open(BytesIO(await card.screenshot())) as image:
        shown = image.convert("RGB").crop((0, 0, min(image.width, _WIDTH), image.height))
        shown.quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go; made if it is missing")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(wanted.folder))

"""The order of references over the wire: what a member put in place 3 is number 3 in the picture that is posted."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from itertools import permutations
from pathlib import Path

import pytest
from PIL import Image

from tests.demo.tiles import COLOURS, colours_of_tiles
from tests.wire.discord_fake import Upload, images_of
from tests.wire.stage import easel, open_stage, png

IN_PLACE = tuple(COLOURS)
"""The colour of each place's image, place 1 first."""

TOGETHER = 12
"""How many jobs run at once: this is about their order, not about a slow machine's three seconds."""


def options() -> Mapping[str, Upload]:
    """Five images by the name of their option; the files are named backwards, to mislead whoever reads file names."""
    return {f"image{place}": Upload(f"image{6 - place}.png", png(each)) for place, each in enumerate(IN_PLACE, 1)}


@pytest.mark.slow
async def test_every_order_of_delivery(tmp_path: Path) -> None:
    """In whatever of the 120 orders Discord delivers five options and their files, the picture has them by place."""
    orders = list(permutations(options().items()))
    async with open_stage(tmp_path, apart=True, WAVESPEED_MAX_CONCURRENT="100") as stage, easel(stage):
        for number, order in enumerate(orders):
            if number % TOGETHER == 0:
                await stage.closed(within=60, jobs=number)
            command = stage.fake.slash(stage.alice, stage.channel, "compose", {"prompt": "mix", **dict(order)})
            await stage.until(lambda command=command: command.original)
        await stage.closed(within=60, jobs=len(orders))
        messages = [each for each in stage.fake.messages(stage.channel) if stage.alice.user.mention in each.pinged]
        pictures = [Image.open(BytesIO(image)).convert("RGB") for each in messages for image in images_of(each)]
        painted = [tuple(colours_of_tiles(each, len(IN_PLACE))) for each in pictures]

        assert painted == [IN_PLACE] * 120
        stage.fake.assert_clean()

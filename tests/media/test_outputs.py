"""What the provider made is kept as it came, and what is no picture is told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from bot.domain.predictions import FailureReason, Refused
from bot.services.ports.images import ImageChecker
from tests.media import pictures
from tests.media.pictures import BLUE, RED, corners, near, opened, saved, solid


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_outputs_keep_every_byte(checker: ImageChecker, form: str) -> None:
    """What was paid for is delivered as it came, marks of its origin included."""
    content = solid(RED, form=form)

    checked = await checker.check_output(content)

    assert content == checked.content
    assert (64, 48, Image.MIME[form]) == (checked.width, checked.height, checked.content_type)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "MPO"])
async def test_of_several_frames_the_checked_one_is_kept(checker: ImageChecker, form: str) -> None:
    """Frames that nobody looked at, and whatever else follows the picture, are never delivered."""
    if form == "MPO":
        content = saved(corners(), form, save_all=True, append_images=[Image.new("RGB", (64, 48), BLUE)])
    else:
        content = pictures.animation(form)

    checked = await checker.check_output(content + b"TRAILER")
    kept = opened(checked.content)

    assert getattr(kept, "n_frames", 1) == 1
    assert b"TRAILER" not in checked.content
    assert len(checked.content) < len(content)
    assert near(RED, kept.convert("RGB").getpixel((5, 5)))


@pytest.mark.parametrize("build", [lambda: b"", lambda: b"<html>not found</html>", lambda: solid(RED)[:60]])
async def test_an_output_that_is_no_picture_is_refused(checker: ImageChecker, build: Callable[[], bytes]) -> None:
    """An empty, foreign or cut output is no picture, and nobody pays for it."""
    with pytest.raises(Refused) as refusal:
        await checker.check_output(build())

    assert refusal.value.reason == FailureReason.NO_PICTURE

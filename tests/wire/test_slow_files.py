"""Files that Discord's own host hands over slowly."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from tests.wire.discord_fake import Fault, Kind, text_of
from tests.wire.discord_fake.cdn import FILE
from tests.wire.stage import easel, open_stage


def photo() -> bytes:
    """A picture of 1.6 MB."""
    file = io.BytesIO()
    Image.frombytes("RGB", (900, 600), random.Random(5).randbytes(900 * 600 * 3)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.slow
async def test_a_slow_file_is_waited_for_and_said(tmp_path: Path) -> None:
    """While it moves the public answer says how far it is; then the job takes its place."""
    async with open_stage(tmp_path) as stage, easel(stage):
        stage.fake.faults.plant(Fault(FILE, Kind.SLOW_DRIP, seconds=14))
        command = stage.edit(image=photo())
        await stage.until(lambda: command.original is not None and "Fetching your images" in text_of(command.original))
        assert command.original is not None
        said = text_of(command.original)
        await stage.closed()

        assert "cat.png: " in said
        assert " of 1.6 MB" in said
        assert "Fetching" not in text_of(command.original)
        assert stage.value("SELECT COUNT(*) FROM jobs") == 1
        stage.fake.assert_clean()

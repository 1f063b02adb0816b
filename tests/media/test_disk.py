"""The room that is left: enough for a new job on every disk that is written to, or not."""

from __future__ import annotations

from pathlib import Path

from bot.media.disk import Disks


async def test_every_folder_counts(tmp_path: Path) -> None:
    """One disk without the reserve is enough to take no job."""
    assert await Disks(tmp_path, Path("/"), reserve_bytes=1).has_room()
    # A disk of the kernel's own has no room for files at all.
    assert not await Disks(tmp_path, Path("/proc"), reserve_bytes=1).has_room()


async def test_a_folder_that_nothing_has_made(tmp_path: Path) -> None:
    """With books and images elsewhere there may be no DATA_DIR: the disk counts on which it would be made."""
    assert await Disks(tmp_path / "data" / "images", reserve_bytes=1).has_room()
    assert not await Disks(Path("/proc/1/easel"), reserve_bytes=1).has_room()

"""What is kept in a folder survives crashes whole or not at all; tests/media/test_vaults.py has what all places do."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from bot.domain.errors import Unavailable
from bot.domain.images import CannotKeepImages, CheckedImage
from bot.media.vault import ABANDONED_SECONDS, FileVault
from tests.media.pictures import RED, noise, saved, solid

IMAGE = CheckedImage(solid(RED), "image/png", 64, 48)
DIGEST = sha256(IMAGE.content).hexdigest()


@pytest.fixture
async def vault(tmp_path: Path) -> FileVault:
    vault = FileVault(tmp_path / "data" / "images")
    await vault.prepare()
    return vault


def _files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_the_same_image_is_kept_once(vault: FileVault, tmp_path: Path) -> None:
    """Keeping it again, even many times at once, writes nothing; the file is only marked as wanted again."""
    first = await vault.keep(IMAGE)
    written = _files(tmp_path)[0].stat()
    again = await asyncio.gather(*(vault.keep(IMAGE) for _ in range(20)))

    assert set(again) == {first}
    assert [path.stat().st_ino for path in _files(tmp_path)] == [written.st_ino]
    assert _files(tmp_path)[0].stat().st_mtime_ns > written.st_mtime_ns


@contextmanager
def _small_disk(max_bytes: int) -> Generator[None]:
    """No file of this process can grow further than that, as on a full disk (the signal is ignored by Python)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_refuses_and_leaves_nothing(vault: FileVault, tmp_path: Path) -> None:
    """When a file cannot be written whole, the member is told to come back, and no half file stays."""
    large = CheckedImage(saved(noise(200, 200), "PNG"), "image/png", 200, 200)

    with _small_disk(10_000), pytest.raises(CannotKeepImages) as refusal:
        await vault.keep(large)

    assert isinstance(refusal.value, Unavailable)
    assert refusal.value.sentence == "I can't store images at the moment."
    assert refusal.value.detail == "File too large"
    assert _files(tmp_path) == []
    assert await vault.read(await vault.keep(large)) == large.content


async def test_no_half_file_ever_has_the_final_name(
    vault: FileVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed process leaves is cleared at a later start, once nobody can be at it any more, and not before."""

    class Killed(BaseException):
        """Stands for SIGKILL: nothing of ours runs after it."""

    def kill(_descriptor: int) -> None:
        raise Killed

    monkeypatch.setattr(os, "fsync", kill)
    with pytest.raises(Killed):
        await vault.keep(IMAGE)
    left = _files(tmp_path)
    await FileVault(tmp_path / "data" / "images").prepare()

    assert [path.suffix for path in left] == [".part"]
    assert _files(tmp_path) == left  # another process may be writing it
    long_ago = left[0].stat().st_mtime - ABANDONED_SECONDS - 1
    os.utime(left[0], (long_ago, long_ago))
    await vault.prepare()
    assert _files(tmp_path) == []


async def test_everything_is_synced_before_it_counts(vault: FileVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are on disk before the name is, and the name before `keep` returns."""
    events: list[str] = []
    sync, move = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        events.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112 - a descriptor
        sync(descriptor)

    def moved(self: Path, target: Path) -> Path:
        events.append("name")
        return move(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", moved)
    await vault.keep(IMAGE)

    assert events == ["file", "name", "folder", "folder"]


async def test_a_folder_that_cannot_be_made_is_said_at_the_start(tmp_path: Path) -> None:
    """Where the data folder is taken by a file, the start fails with the reason."""
    (tmp_path / "data").write_text("not a folder")

    with pytest.raises(CannotKeepImages) as refusal:
        await FileVault(tmp_path / "data" / "images").prepare()

    assert refusal.value.detail == "Not a directory"

"""What is kept stays as it was, survives crashes whole or not at all, and says so when it is gone."""

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
from bot.domain.images import CannotKeepImages, CheckedImage, ImageNotKept, StoredImage
from bot.media.vault import FileVault
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


async def test_keeps_by_content(vault: FileVault, tmp_path: Path) -> None:
    """An image lies under the hash of its bytes, in a folder of the first two digits, and comes back as it was."""
    stored = await vault.keep(IMAGE)

    assert stored == StoredImage(DIGEST, "image/png", 64, 48, len(IMAGE.content))
    assert _files(tmp_path) == [tmp_path / "data" / "images" / DIGEST[:2] / f"{DIGEST}.png"]
    assert await vault.read(stored) == IMAGE.content


async def test_the_same_image_is_kept_once(vault: FileVault, tmp_path: Path) -> None:
    """Keeping it again, even many times at once, writes nothing; the file is only marked as wanted again."""
    first = await vault.keep(IMAGE)
    written = _files(tmp_path)[0].stat()
    again = await asyncio.gather(*(vault.keep(IMAGE) for _ in range(20)))

    assert set(again) == {first}
    assert [path.stat().st_ino for path in _files(tmp_path)] == [written.st_ino]
    assert _files(tmp_path)[0].stat().st_mtime_ns > written.st_mtime_ns


async def test_twenty_at_once_leave_one_whole_file(vault: FileVault, tmp_path: Path) -> None:
    """Two commands with the same picture may race; both find it whole."""
    stored = await asyncio.gather(*(vault.keep(IMAGE) for _ in range(20)))

    assert len(_files(tmp_path)) == 1
    assert await vault.read(stored[-1]) == IMAGE.content


async def test_a_damaged_file_is_not_handed_out_and_heals(vault: FileVault) -> None:
    """Bytes that no longer match their hash are never sent to a paid model; keeping the image again repairs it."""
    stored = await vault.keep(IMAGE)
    path = vault.path(stored)
    path.write_bytes(b"x" * stored.size)

    with pytest.raises(ImageNotKept):
        await vault.read(stored)
    await vault.keep(IMAGE)

    assert await vault.read(stored) == IMAGE.content


async def test_a_file_is_there_whole_or_not(vault: FileVault) -> None:
    """Whether an image is still kept is known without reading it: a file that was cut short is none."""
    stored = await vault.keep(IMAGE)

    assert await vault.has(stored)
    vault.path(stored).write_bytes(IMAGE.content[:-1])
    assert not await vault.has(stored)
    vault.unlink(stored.sha256)
    assert not await vault.has(stored)


async def test_a_missing_file_is_said_clearly(vault: FileVault) -> None:
    """A picture that is gone gives a sentence for its member, not a system's error."""
    stored = await vault.keep(IMAGE)
    vault.unlink(stored.sha256)

    with pytest.raises(ImageNotKept, match="no longer stored"):
        await vault.read(stored)


async def test_deleting_twice_is_no_error(vault: FileVault, tmp_path: Path) -> None:
    """Deletion is for good, and repeating it after a crash does no harm."""
    stored = await vault.keep(IMAGE)
    vault.unlink(stored.sha256)
    vault.unlink(stored.sha256)

    assert _files(tmp_path) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, f"{'a' * 63}/", f"{'a' * 64}\n"])
async def test_only_hashes_become_paths(vault: FileVault, digest: str) -> None:
    """No path is ever made of anything but a hash."""
    stored = StoredImage(digest, "image/png", 1, 1, 1)

    with pytest.raises(ValueError, match="sha256"):
        await vault.read(stored)
    with pytest.raises(ValueError, match="sha256"):
        vault.unlink(stored.sha256)


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
    """A process killed before the file is safely on disk leaves only an unfinished one, cleared at the next start."""

    class Killed(BaseException):
        """Stands for SIGKILL: nothing of ours runs after it."""

    def kill(_descriptor: int) -> None:
        raise Killed

    monkeypatch.setattr(os, "fsync", kill)
    with pytest.raises(Killed):
        await vault.keep(IMAGE)
    left = _files(tmp_path)
    await vault.prepare()

    assert [path.suffix for path in left] == [".part"]
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

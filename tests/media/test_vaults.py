"""Wherever images are kept, they are kept alike: in a folder, in a bucket on a real S3 server, in memory."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore, S3Store

from bot.domain.images import CannotKeepImages, CannotReadImages, CheckedImage, ImageNotKept, StoredImage
from bot.media.bucket import BucketVault
from bot.media.location import Bucket, bucket_in
from bot.media.names import name_of
from bot.media.opening import UnusableImages, open_vault
from bot.services.ports.images import ImageVault
from tests.media.pictures import RED, noise, saved, solid
from tests.media.s3_server import KEYS, make_bucket, s3_server

IMAGE = CheckedImage(solid(RED), "image/png", 64, 48)
OTHER = CheckedImage(saved(noise(40, 40), "PNG"), "image/png", 40, 40)
DIGEST = sha256(IMAGE.content).hexdigest()


@dataclass
class VaultPlace:
    """A vault, another one at the same place as a second process has it, and the raw place beneath."""

    vault: ImageVault
    again: Callable[[], Awaitable[ImageVault]]
    beneath: LocalStore | S3Store | MemoryStore

    async def names(self) -> list[str]:
        """The paths of all that is there."""
        listed = obstore.list(self.beneath)  # pyright: ignore[reportUnknownMemberType] - of Arrow
        return [each["path"] async for batch in listed for each in batch]

    async def damage(self, image: StoredImage, content: bytes) -> None:
        """Have other bytes stand where an image was."""
        await obstore.put_async(self.beneath, f"{image.sha256[:2]}/{name_of(image)}", content)


@pytest.fixture(scope="session")
def server() -> Generator[str]:
    """One server for all tests of this process."""
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The IMAGES_URL of a fresh bucket, with the keys in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    name = f"b{uuid.uuid4().hex}"
    make_bucket(server, name)
    return f"s3://{name}/deep/down?endpoint={server}"


@pytest.fixture(params=["folder", "s3", "memory"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[VaultPlace]:
    folder = tmp_path / "images"
    if request.param == "folder":
        vault = await open_vault(folder)
        yield VaultPlace(vault, lambda: open_vault(folder), LocalStore(folder))
    elif request.param == "memory":
        store = MemoryStore()
        vault = cast("ImageVault", BucketVault(store))

        async def again() -> ImageVault:
            other = BucketVault(store)
            await other.prepare()
            return cast("ImageVault", other)

        yield VaultPlace(vault, again, store)
    else:
        bucket = bucket_in(str(request.getfixturevalue("bucket")))
        assert bucket is not None
        vault = await open_vault(bucket)
        assert isinstance(vault, BucketVault)
        yield VaultPlace(cast("ImageVault", vault), lambda: open_vault(bucket), vault.store)


async def test_keeps_by_content(place: VaultPlace) -> None:
    """An image lies under the hash of its bytes, below the first two digits, and comes back as it was."""
    stored = await place.vault.keep(IMAGE)

    assert stored == StoredImage(DIGEST, "image/png", 64, 48, len(IMAGE.content))
    assert await place.names() == [f"{DIGEST[:2]}/{DIGEST}.png"]
    assert await place.vault.read(stored) == IMAGE.content


async def test_twenty_at_once_over_two_processes(place: VaultPlace) -> None:
    """Many commands with the same picture may race on several hosts; all find it whole, and it lies there once."""
    vaults = [place.vault, await place.again()]
    stored = await asyncio.gather(*(vaults[n % 2].keep(IMAGE) for n in range(20)))

    assert len(set(stored)) == 1
    assert await place.names() == [f"{DIGEST[:2]}/{DIGEST}.png"]
    assert [await vault.read(stored[0]) for vault in vaults] == [IMAGE.content] * 2


async def test_a_damaged_one_is_not_handed_out_and_heals(place: VaultPlace) -> None:
    """Bytes that no longer match their hash are never sent to a paid model; keeping the image again repairs it."""
    stored = await place.vault.keep(IMAGE)
    await place.damage(stored, b"x" * stored.size)

    with pytest.raises(ImageNotKept):
        await place.vault.read(stored)
    await place.vault.keep(IMAGE)

    assert await place.vault.read(stored) == IMAGE.content


async def test_it_is_there_whole_or_not(place: VaultPlace) -> None:
    """Whether an image is still kept is known without reading it: one that was cut short is none."""
    stored = await place.vault.keep(IMAGE)

    assert await place.vault.has(stored)
    await place.damage(stored, IMAGE.content[:-1])
    assert not await place.vault.has(stored)
    await place.vault.let_go([name_of(stored)], unless_kept_within=0)
    assert not await place.vault.has(stored)


async def test_a_missing_one_is_said_clearly(place: VaultPlace) -> None:
    """A picture that is gone gives a sentence for its member, not a system's error."""
    stored = await place.vault.keep(IMAGE)
    await place.vault.let_go([name_of(stored)], unless_kept_within=0)

    with pytest.raises(ImageNotKept, match="no longer stored"):
        await place.vault.read(stored)


async def test_what_is_old_can_be_let_go(place: VaultPlace) -> None:
    """All that was not kept again lately is named and can be removed, twice as well; what was kept again stays."""
    old, wanted = await place.vault.keep(IMAGE), await place.vault.keep(OTHER)
    names = sorted([name_of(old), name_of(wanted)])

    assert not await place.vault.older_than(3_600)
    assert sorted(await _once_older(place.vault)) == names
    await place.vault.let_go(names, unless_kept_within=3_600)
    assert len(await place.names()) == 2
    for _ in range(2):
        await place.vault.let_go([name_of(old)], unless_kept_within=0)
    assert await place.names() == [f"{wanted.sha256[:2]}/{name_of(wanted)}"]


async def _once_older(vault: ImageVault) -> list[str]:
    # Some places date things by whole seconds: a moment that lies ahead is later than all of them.
    return list(await vault.older_than(-2))


async def test_keeping_again_says_that_it_is_wanted(place: VaultPlace) -> None:
    """One that is kept again between the look and the removal is about to be used: it stays."""
    stored = await place.vault.keep(IMAGE)
    names = await _once_older(place.vault)
    await (await place.again()).keep(IMAGE)
    await place.vault.let_go(names, unless_kept_within=30)

    assert await place.vault.read(stored) == IMAGE.content


async def test_starting_another_process_leaves_what_is_there(place: VaultPlace) -> None:
    """Who comes later touches nothing that is kept."""
    stored = await place.vault.keep(IMAGE)
    before = await place.names()
    await place.again()

    assert await place.names() == before
    assert await place.vault.has(stored)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, f"{'a' * 63}/", f"{'a' * 64}\n"])
async def test_only_hashes_become_names(place: VaultPlace, digest: str) -> None:
    """No path is ever made of anything but a hash."""
    with pytest.raises(ValueError, match="sha256"):
        await place.vault.read(StoredImage(digest, "image/png", 1, 1, 1))
    with pytest.raises(ValueError, match="sha256"):
        await place.vault.let_go([f"{digest}.png"], unless_kept_within=0)


# A bucket's own troubles ----------------------------------------------------------------------------------------------


async def test_no_bucket_is_said_at_the_start(server: str, bucket: str) -> None:
    """A bucket that is not there ends the start with one sentence, without its keys."""
    assert bucket
    with pytest.raises(UnusableImages) as refusal:
        await open_vault(Bucket("nowhere", "", server, "us-east-1"))

    assert "IMAGES_URL names a bucket that cannot be used" in refusal.value.sentence
    assert "AWS_SECRET_ACCESS_KEY in the environment, where a line of .env is not" in refusal.value.sentence
    assert KEYS["AWS_SECRET_ACCESS_KEY"] not in refusal.value.sentence
    assert "\n" not in refusal.value.sentence


async def test_out_of_reach_is_not_gone() -> None:
    """While a server does not answer nobody says that a picture is lost: it is asked for again later."""
    with_nobody = S3Store(
        "b",
        endpoint="http://127.0.0.1:1",
        region="us-east-1",
        skip_signature=True,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    vault, stored = BucketVault(with_nobody), StoredImage(DIGEST, "image/png", 64, 48, len(IMAGE.content))

    with pytest.raises(CannotReadImages):
        await vault.read(stored)
    with pytest.raises(CannotReadImages):
        await vault.has(stored)
    with pytest.raises(CannotReadImages):
        await vault.older_than(1)
    with pytest.raises(CannotKeepImages):
        await vault.keep(IMAGE)


async def test_a_bucket_that_goes_away_is_not_an_empty_one(server: str, bucket: str) -> None:
    """A bucket that somebody removed takes no job's references with it: that is for the operator to mend."""
    assert bucket
    gone = S3Store(
        "gone",
        endpoint=server,
        region="us-east-1",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )

    with pytest.raises(CannotReadImages):
        await BucketVault(gone).read(StoredImage(DIGEST, "image/png", 64, 48, len(IMAGE.content)))

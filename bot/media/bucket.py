"""Keeps images in a bucket that several hosts share, under the same names as in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import MemoryStore, S3Store

from bot.domain.images import CannotKeepImages, CannotReadImages, CheckedImage, ImageNotKept, StoredImage
from bot.media.names import hash_in, name_of

_NO_BUCKET = "NoSuchBucket"
_FAULTS = (BaseError, OSError)
"""What obstore raises: errors of its own, and FileNotFoundError or PermissionError for what they say."""


class BucketVault:
    """Implements `ImageVault` with objects. A PUT makes a whole object or none, and the same one again is harmless."""

    def __init__(self, store: S3Store | MemoryStore) -> None:
        self.store = store

    async def prepare(self) -> None:
        """See that objects can be written, read and removed.

        Raises:
            CannotKeepImages: the bucket is not there, out of reach, or refuses us.
        """
        probe = f"probe/{uuid4().hex}"
        try:
            await obstore.put_async(self.store, probe, b"easel")
            await (await obstore.get_async(self.store, probe)).bytes_async()
            await obstore.delete_async(self.store, probe)
        except _FAULTS as error:
            raise CannotKeepImages(_brief(error)) from error

    async def keep(self, image: CheckedImage) -> StoredImage:
        """See `ImageVault.keep`. Written anew each time: that is what says that it is wanted again."""
        digest = sha256(image.content).hexdigest()
        stored = StoredImage(digest, image.content_type, image.width, image.height, len(image.content))
        try:
            await obstore.put_async(self.store, _path(name_of(stored)), image.content)
        except _FAULTS as error:
            raise CannotKeepImages(_brief(error)) from error
        return stored

    async def read(self, image: StoredImage) -> bytes:
        """See `ImageVault.read`."""
        try:
            answer = await obstore.get_async(self.store, _path(name_of(image)))
            content = bytes(await answer.bytes_async())
        except _FAULTS as error:
            raise _unread(error) from error
        if sha256(content).hexdigest() != image.sha256:
            raise ImageNotKept
        return content

    async def has(self, image: StoredImage) -> bool:
        """See `ImageVault.has`."""
        try:
            return (await obstore.head_async(self.store, _path(name_of(image))))["size"] == image.size
        except FileNotFoundError:
            return False
        except _FAULTS as error:
            raise CannotReadImages(_brief(error)) from error

    async def older_than(self, seconds: float) -> Sequence[str]:
        """See `ImageVault.older_than`; by the server's dates and this machine's clock."""
        before = datetime.now(UTC) - timedelta(seconds=seconds)
        found: list[str] = []
        try:
            async for batch in obstore.list(self.store):  # pyright: ignore[reportUnknownMemberType] - of Arrow
                found += [
                    name
                    for each in batch
                    if hash_in(name := each["path"].rpartition("/")[2]) and each["last_modified"] < before
                ]
        except _FAULTS as error:
            raise CannotReadImages(_brief(error)) from error
        return found

    async def let_go(self, names: Iterable[str], *, unless_kept_within: float) -> None:
        """See `ImageVault.let_go`."""
        before = datetime.now(UTC) - timedelta(seconds=unless_kept_within)
        for name in names:
            try:
                if (await obstore.head_async(self.store, _path(name)))["last_modified"] <= before:
                    await obstore.delete_async(self.store, _path(name))
            except FileNotFoundError:
                continue
            except _FAULTS as error:
                raise CannotKeepImages(_brief(error)) from error


def _path(name: str) -> str:
    digest = hash_in(name)
    if digest is None:
        raise ValueError("not named after a sha256 in lower-case hex")
    return f"{digest[:2]}/{name}"


def _unread(error: BaseError | OSError) -> ImageNotKept | CannotReadImages:
    is_gone = isinstance(error, FileNotFoundError) and _NO_BUCKET not in str(error)
    return ImageNotKept() if is_gone else CannotReadImages(_brief(error))


def _brief(error: BaseError | OSError) -> str:
    """The first line of what the library says, which names the address and no key."""
    return str(error).strip().partition("\n")[0][:300] or type(error).__name__

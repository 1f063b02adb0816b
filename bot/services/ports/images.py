"""The Protocols through which the use cases get, check, draw and keep images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from bot.domain.images import CheckedImage, StoredImage, Tile


def ignore(_: int) -> None:
    """Takes note of nothing."""


class ReadableAttachment(Protocol):
    """What Easel needs of an attachment; `discord.Attachment` is one."""

    @property
    def id(self) -> int:
        """Discord's id of the file."""
        ...

    @property
    def filename(self) -> str:
        """The name as the member sees it; never trusted, never used as a path."""
        ...

    @property
    def size(self) -> int | None:
        """Bytes, as Discord declares them; None where it does not."""
        ...

    @property
    def url(self) -> str:
        """The signed address, which dies within a day."""
        ...

    @property
    def content_type(self) -> str | None:
        """The declared type; the bytes decide."""
        ...

    async def read(self) -> bytes:
        """Fetch the whole file through the Discord library."""
        ...


class AttachmentReader(Protocol):
    """Fetches the bytes of a member's attachment."""

    def can_fetch(self, url: str) -> bool:
        """Whether a file at this address lies where files are fetched from."""
        ...

    async def read(
        self, attachment: ReadableAttachment, *, max_bytes: int, arrived: Callable[[int], None] = ignore
    ) -> bytes:
        """Fetch it, giving up as soon as it proves larger than `max_bytes`, and say how many bytes have arrived.

        Raises:
            BadImage: too large, not served by Discord, or not to be had just now.
            AttachmentGone: Discord no longer has it.
        """
        ...


class ImageChecker(Protocol):
    """Decodes images that others made, and fits our own answers to what Discord takes. Never blocks the loop.

    Members take turns, and small pictures never wait for large ones.
    """

    async def check_reference(self, content: bytes, filename: str, *, member_id: int) -> CheckedImage:
        """Take in a member's image: upright, without metadata, its pixels otherwise unchanged.

        A photo of more pixels than the models can use comes out smaller, and its notes say so.

        Raises:
            BadImage: names the file and says why it cannot be used.
        """
        ...

    async def check_output(self, content: bytes) -> CheckedImage:
        """Make sure that what the provider sent is a picture; its bytes stay as they are, up to its first frame's end.

        Raises:
            Refused: with NO_PICTURE.
        """
        ...

    async def fit(self, content: bytes, max_bytes: int) -> CheckedImage | None:
        """Re-encode a checked image until it has at most `max_bytes`; None where even a small copy is larger.

        An image that fits already comes back byte for byte.
        """
        ...

    async def thumbnail(self, content: bytes, pixels: int) -> CheckedImage:
        """A PNG copy whose longer side has at most `pixels`."""
        ...

    async def square(self, content: bytes) -> CheckedImage:
        """One checked image as it stands in a strip; `strip` draws the same from it as from the image itself."""
        ...

    async def strip(self, contents: Sequence[bytes | None], numbers: Sequence[int] | None = None) -> CheckedImage:
        """Draw the reference strip: one PNG, one to six checked images in this order; None is covered.

        Each bears its number, from 1 on where no `numbers` are given.
        """
        ...

    async def contact_sheet(self, tiles: Sequence[Tile]) -> CheckedImage:
        """Draw a storyboard on one sheet, a JPEG: small checked images in their order, with numbers and words."""
        ...


class ImageVault(Protocol):
    """Keeps the bytes of images under the hash of their content."""

    async def keep(self, image: CheckedImage) -> StoredImage:
        """Write it durably; the same content again changes nothing.

        Raises:
            CannotKeepImages: the disk is full or not writable.
        """
        ...

    async def read(self, image: StoredImage) -> bytes:
        """The bytes as they were kept.

        Raises:
            ImageNotKept: it is gone or damaged.
            CannotReadImages: nobody can tell at the moment.
        """
        ...

    async def has(self, image: StoredImage) -> bool:
        """Whether it is there, by its name and size; only `read` looks at every byte.

        Raises:
            CannotReadImages: nobody can tell at the moment.
        """
        ...

    async def older_than(self, seconds: float) -> Sequence[str]:
        """The names (the hash, a dot, an ending) of all that were not kept again since.

        Raises:
            CannotReadImages: nobody can tell at the moment.
        """
        ...

    async def let_go(self, names: Iterable[str], *, unless_kept_within: float) -> None:
        """Remove what has these names, but what was kept again within those seconds; none is fine.

        Raises:
            CannotKeepImages: it could not be removed.
        """
        ...


class OutputFetcher(Protocol):
    """Fetches the picture that the provider made."""

    async def fetch(self, url: str) -> bytes:
        """Download an output.

        Raises:
            TryLater: it did not get through this time.
            Refused: with NO_PICTURE; it is not there, too large, or at an address that Easel does not fetch.
        """
        ...

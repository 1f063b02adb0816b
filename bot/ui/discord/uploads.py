"""Reads what a submitted form says: its fields by name, and its files in the order in which they were chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.domain.drafts import PickedFile
from bot.services.ports.messages import SPOILER_PREFIX

_SPOILER_FLAG = 1 << 3
"""Discord's "Attachment Flags"."""

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class UploadedAttachment:
    """A file as an interaction names it; implements `bot.services.ports.images.ReadableAttachment`."""

    id: int
    filename: str
    size: int | None
    url: str = field(repr=False)
    content_type: str | None
    fetch: Fetch = field(repr=False)
    is_spoiler: bool = False

    async def read(self) -> bytes:
        """Fetch the whole file through the Discord library."""
        return await self.fetch(self.url)


def fields_of(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What was typed or chosen in each field of a submitted form, by custom id."""
    return {str(each["custom_id"]): _values(each) for each in _controls(data)}


def uploads_of(data: Mapping[str, Any], fetch: Fetch) -> tuple[UploadedAttachment, ...]:
    """The files of a submitted form, in the order in which they were chosen.

    That order stands in the field's `values`; the files themselves come in a map that has an order of its own, which
    discord.py 2.7.1 takes for that of the files.
    """
    files: Mapping[str, Any] = data.get("resolved", {}).get("attachments", {})
    chosen = (str(each) for control in _controls(data) for each in control.get("values", ()))
    return tuple(_upload(files[each], fetch) for each in chosen if each in files)


def opened(file: PickedFile, fetch: Fetch) -> UploadedAttachment:
    """A file that was picked before, ready to be fetched."""
    return UploadedAttachment(file.id, file.filename, file.size, file.url, file.content_type, fetch, file.is_spoiler)


def picked_from(attachments: Sequence[discord.Attachment]) -> tuple[PickedFile, ...]:
    """A message's files as its interaction names them."""
    return tuple(
        PickedFile(each.id, each.filename, each.size, each.url, each.content_type, is_spoiler(each))
        for each in attachments
    )


def is_spoiler(attachment: discord.Attachment) -> bool:
    """Whether whoever sent a file wants it covered: a flag says so, in older clients the file's name."""
    return _is_spoiler(attachment.filename, attachment.flags.value)


def _is_spoiler(filename: str, flags: int) -> bool:
    return bool(flags & _SPOILER_FLAG) or filename.startswith(SPOILER_PREFIX)


def _controls(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for label in data.get("components", ()):
        control = label.get("component")
        if control is not None and "custom_id" in control:
            yield control


def _values(control: Mapping[str, Any]) -> tuple[str, ...]:
    if "values" in control:
        return tuple(map(str, control["values"]))
    value = control.get("value")
    return () if value is None else (str(value),)


def _upload(file: Mapping[str, Any], fetch: Fetch) -> UploadedAttachment:
    return UploadedAttachment(
        int(file["id"]),
        str(file["filename"]),
        int(file["size"]),
        str(file["url"]),
        file.get("content_type"),
        fetch,
        _is_spoiler(str(file["filename"]), int(file.get("flags", 0))),
    )

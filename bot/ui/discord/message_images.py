"""Finds the images of a message wherever Discord puts them: files, embeds, galleries, and those of what it forwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeAlias
from urllib.parse import unquote, urlsplit

import discord

from bot.domain.drafts import PickedFile
from bot.services.creative.menu_selection import images_among
from bot.ui.discord.uploads import picked_from

CanFetch = Callable[[str], bool]

_Shown: TypeAlias = discord.Message | discord.MessageSnapshot
_Address: TypeAlias = tuple[str | None, str | None, bool]
"""Where an image lies, where Discord keeps its own copy of it, and whether it is a spoiler."""

_MOVING = frozenset(("video", "gifv"))
_ANY_IMAGE = "image/*"


def images_in(message: discord.Message, can_fetch: CanFetch) -> tuple[tuple[PickedFile, ...], int]:
    """The images of a message in their order, each once, and how many files there are besides that are none.

    Files come first, then what embeds and components show and `can_fetch` says that lies where we may fetch it. A
    forwarded message has none of its own: they are in its snapshot.
    """
    shown: Sequence[_Shown] = (message, *message.message_snapshots)
    files = tuple(chain.from_iterable(picked_from(each.attachments) for each in shown))
    images = images_among(files)
    linked = (_linked(address, can_fetch) for each in shown for address in (*_embedded(each), *_in_components(each)))
    found: dict[str, PickedFile] = {}
    for file in chain(images, linked):
        if file is not None:
            found.setdefault(_place(file.url), file)
    return tuple(found.values()), len(files) - len(images)


def _embedded(shown: _Shown) -> Iterator[_Address]:
    for embed in shown.embeds:
        if embed.type not in _MOVING:
            yield embed.image.url, embed.image.proxy_url, False
            yield embed.thumbnail.url, embed.thumbnail.proxy_url, False


def _in_components(shown: _Shown) -> Iterator[_Address]:
    for media, is_spoiler in _media_of(shown.components):
        if media.content_type is None or media.content_type.startswith("image/"):
            yield media.url, media.proxy_url, is_spoiler


def _media_of(components: Iterable[object]) -> Iterator[tuple[discord.UnfurledMediaItem, bool]]:
    for component in components:
        match component:
            case discord.Container():
                inside = _media_of(component.children)
                yield from ((media, is_spoiler or component.spoiler) for media, is_spoiler in inside)
            case discord.SectionComponent():
                yield from _media_of([component.accessory])
            case discord.MediaGalleryComponent():
                yield from ((item.media, item.spoiler) for item in component.items)
            case discord.ThumbnailComponent():
                yield component.media, component.spoiler
            case _:
                pass


def _linked(address: _Address, can_fetch: CanFetch) -> PickedFile | None:
    *ways, is_spoiler = address
    url = next((each for each in ways if each and can_fetch(each)), None)
    if url is None:
        return None
    return PickedFile(id=0, filename=_name(url), size=None, url=url, content_type=_ANY_IMAGE, is_spoiler=is_spoiler)


def _place(url: str) -> str:
    """The same for each way to one file: Discord serves it from two hosts, under addresses signed anew each time."""
    return urlsplit(url).path


def _name(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2]) or "image"

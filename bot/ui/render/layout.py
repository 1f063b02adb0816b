"""A message built top to bottom that cannot break Discord's limits, whatever goes into it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.ui.render.escape import alt_text
from bot.ui.render.theme import Accent

MAX_COMPONENTS = 40
MAX_TEXT_CHARS = 4000
MAX_GALLERY_ITEMS = 10
MAX_ROW_BUTTONS = 5
"""All four: Discord's Component Reference page. discord.py 2.7.1 checks only the first."""

_ELLIPSIS = "\u2026"


class LayoutOverflow(UserWarning):
    """A renderer asked for more than a message holds, and the rest was cut; tests turn this into an error."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a gallery: its address (`attachment://name` for our own files) and what it shows, in words.

    `is_spoiler`: covered until whoever looks uncovers it.
    """

    url: str
    alt: str
    is_spoiler: bool = False


class Layout:
    """Collects the parts of one message and builds it as one container under an optional line of its own.

    What does not fit is cut, with a `LayoutOverflow` warning: a shortened message is better than none.
    """

    def __init__(self, accent: Accent, *, above: str = "") -> None:
        self._container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=int(accent))
        self._above = above
        self._chars_left = MAX_TEXT_CHARS - len(above)
        self._components_left = MAX_COMPONENTS - 1 - bool(above)

    @property
    def chars_left(self) -> int:
        """How much text still fits."""
        return self._chars_left

    def text(self, *lines: str) -> Layout:
        """Add lines; empty ones are left out, and nothing at all is added if all are."""
        content = "\n".join(line for line in lines if line)
        if not content:
            return self
        if len(content) > self._chars_left:
            _overflow(f"text is {len(content) - self._chars_left} characters too long")
            content = content[: max(0, self._chars_left - 1)] + _ELLIPSIS * (self._chars_left > 0)
        if content and self._take(1):
            self._chars_left -= len(content)
            self._container.add_item(ui.TextDisplay(content))
        return self

    def listing(self, lines: Sequence[str], *, more: str, keep_chars: int = 0) -> Layout:
        """Add as many of the lines as fit, then `more` (with `{count}`) for the others.

        `keep_chars` are left free for what comes after; where not even `more` fits beside them, nothing is added.
        """
        room = self._chars_left - keep_chars - len(more) - 1
        if room < 0:
            return self
        shown: list[str] = []
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            shown.append(line)
        rest = len(lines) - len(shown)
        return self.text(*shown, more.format(count=rest) if rest else "")

    def gallery(self, pictures: Sequence[Shown]) -> Layout:
        """Add pictures side by side; none adds nothing."""
        if len(pictures) > MAX_GALLERY_ITEMS:
            _overflow(f"{len(pictures)} pictures in one gallery")
        items = [
            discord.MediaGalleryItem(picture.url, description=alt_text(picture.alt), spoiler=picture.is_spoiler)
            for picture in pictures[:MAX_GALLERY_ITEMS]
        ]
        if items and self._take(1):
            self._container.add_item(ui.MediaGallery(*items))
        return self

    def file(self, url: str, *, is_spoiler: bool = False) -> Layout:
        """Add one of our own attached files (`attachment://name`) to be downloaded, covered if it is a spoiler."""
        if self._take(1):
            self._container.add_item(ui.File(url, spoiler=is_spoiler))
        return self

    def separator(self) -> Layout:
        """Add a thin line between what it is about and what happens."""
        if self._take(1):
            self._container.add_item(ui.Separator())
        return self

    def section(self, text: str, button: ui.Item[Any]) -> Layout:
        """Add a paragraph with one button beside it."""
        if len(text) <= self._chars_left and self._take(3):
            self._chars_left -= len(text)
            self._container.add_item(ui.Section(text, accessory=button))
        else:
            _overflow("a section does not fit")
        return self

    def buttons(self, *buttons: ui.Item[Any]) -> Layout:
        """Add one row of at most five buttons, or one select; none adds nothing."""
        if len(buttons) > MAX_ROW_BUTTONS:
            _overflow(f"{len(buttons)} buttons in one row")
        row = buttons[:MAX_ROW_BUTTONS]
        if row and self._take(1 + len(row)):
            self._container.add_item(ui.ActionRow(*row))
        return self

    def build(self) -> ui.LayoutView:
        """The finished message. It has no timeout: its buttons carry ids, so that they work after any restart."""
        view = ui.LayoutView(timeout=None)
        if self._above:
            view.add_item(ui.TextDisplay(self._above))
        view.add_item(self._container)
        return view

    def _take(self, components: int) -> bool:
        if components > self._components_left:
            _overflow("more than 40 components")
            return False
        self._components_left -= components
        return True


def _overflow(what: str) -> None:
    warnings.warn(what, LayoutOverflow, stacklevel=3)

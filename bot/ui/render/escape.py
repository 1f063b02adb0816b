"""Escapes members' text for Discord: no formatting, links or mentions."""

from __future__ import annotations

import re

from bot import texts
from bot.domain.errors import clip_filename
from bot.domain.prompts import clip
from bot.domain.visible import visible

MAX_ALT_CHARS = 1024
"""Discord's Message Components page: the description of a media gallery's item."""

_JOINER = "\u2060"

# A backslash before any of these makes Discord print it as it is. The colon unmakes addresses and custom emoji.
_MARKS = re.compile(r"([\\`*_~|<>\[\]()#:])")
# Lists begin a line with one of these; headings, quotes and small print with marks that are escaped anyway.
_LINE_START = re.compile(r"^(\d*)([-+.])")


def one_line(text: str) -> str:
    """The words on one line, without characters that are invisible or turn the reading direction."""
    return visible(" ".join(text.split()))


def escaped(text: str) -> str:
    """One line of text in which nothing is formatting, a link, a mention or a command.

    Each `@` is followed by an invisible joiner, so that even a message sent without `AllowedMentions` pings nobody.
    """
    line = _MARKS.sub(r"\\\1", one_line(text))
    return _LINE_START.sub(r"\1\\\2", line).replace("@", f"@{_JOINER}")


def words(text: str, limit: int) -> str:
    """A member's words, clipped to `limit` characters before escaping."""
    return escaped(clip(one_line(text), limit))


def quoted(text: str, limit: int) -> str:
    """A member's words as a quote of one paragraph, clipped to `limit` characters; nothing where there are none."""
    line = words(text, limit)
    return f"> {line}" if line else ""


def shown_file_name(filename: str) -> str:
    """A member's file name, at most 40 characters before escaping."""
    return escaped(clip_filename(one_line(filename)))


def code_block(text: str, limit: int) -> str:
    """A member's words in a block of their own, of which at most `limit` characters are shown and can be copied.

    Three backticks would end the block; an invisible joiner parts them, and keeps each `@` from pinging anybody.
    """
    inside = visible(text, keep="\n").replace("@", f"@{_JOINER}").replace("``", f"`{_JOINER}`")
    shown = inside if len(inside) <= limit else f"{inside[: limit - 1]}\u2026"
    return f"```\n{shown or ' '}\n```"


def alt_text(text: str) -> str:
    """A picture's description: read aloud, never formatted, at most 1,024 characters."""
    return clip(one_line(text), MAX_ALT_CHARS) or texts.results.UNNAMED

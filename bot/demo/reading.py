"""Renders a Discord message as plain lines, for the tour's report and for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import discord

from bot.domain.clock import SECOND, Instant

_MENTION = re.compile(r"<(@|#)[!&]?(\d+)>")
_TIME = re.compile(r"<t:(-?\d+)(?::([tTdDfFR]))?>")
_COMMAND = re.compile(r"</([^:>]+):\d+>")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def lines_of(message: discord.Message) -> tuple[str, ...]:
    """A message's text, pictures and buttons from top to bottom."""
    lines = [message.content] if message.content else []
    for component in message.components:
        lines.extend(_lines(component))
    return tuple(lines)


def text_of(message: discord.Message) -> str:
    """All lines as one text."""
    return "\n".join(lines_of(message))


def as_read(line: str, names: Mapping[int, str], now: Instant) -> str:
    """A line as Discord shows it: people and channels by their names, times as one says them."""

    def moment(found: re.Match[str]) -> str:
        seconds = int(found[1]) - now // SECOND
        if found[2] != "R":
            return datetime.fromtimestamp(int(found[1]), UTC).strftime("%d %B %Y, %H:%M UTC")
        size, unit = next((each for each in _UNITS if abs(seconds) >= each[0]), _UNITS[-1])
        amount = abs(seconds) // size
        said = f"{amount} {unit}{'' if amount == 1 else 's'}"
        return f"in {said}" if seconds > 0 else f"{said} ago"

    named = _MENTION.sub(lambda found: f"{found[1][0]}{names.get(int(found[2]), 'unknown')}", line)
    return _COMMAND.sub(r"/\1", _TIME.sub(moment, named))


def _lines(component: Any) -> Iterator[str]:
    match component:
        case discord.TextDisplay():
            yield from component.content.splitlines()
        case discord.MediaGalleryComponent():
            yield from (f"[picture: {item.description or 'no words'}]" for item in component.items)
        case discord.ActionRow():
            yield "  ".join(f"({child.label})" for child in component.children if isinstance(child, discord.Button))
        case discord.SeparatorComponent():
            yield "\u2500" * 12
        case discord.Container() | discord.SectionComponent():
            for child in component.children:
                yield from _lines(child)
        case _:
            yield f"[{type(component).__name__}]"

"""What people see of a message, as plain lines: for the tour's report and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord


def lines_of(message: discord.Message) -> tuple[str, ...]:
    """A message's text, pictures and buttons from top to bottom."""
    lines = [message.content] if message.content else []
    for component in message.components:
        lines.extend(_lines(component))
    return tuple(lines)


def text_of(message: discord.Message) -> str:
    """All lines as one text."""
    return "\n".join(lines_of(message))


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

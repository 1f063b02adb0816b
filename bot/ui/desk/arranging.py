"""References in their order, as trays and confirmations show them, with what moves, replaces and removes them."""

from __future__ import annotations

from collections.abc import Iterator

import discord

from bot.domain.drafts import Slots
from bot.domain.errors import clip_filename
from bot.ui.desk import texts
from bot.ui.desk.actions import ActionButton, ActionSelect
from bot.ui.drawing import STRIP_URL
from bot.ui.escape import file_name, one_line, words
from bot.ui.layout import Layout, Shown
from bot.ui.texts import STRIP_ALT
from bot.ui.theme import DOT

TRAY = "tray"
"""The holder whose references are the presser's tray; every other holder is a draft's id."""

_ROLE_CHARS = 60


def strip_of(slots: Slots) -> Shown:
    """The strip as a gallery's picture, named so that it can be followed without seeing it."""
    names = "; ".join(f"{slot.place} {slot.role or ''} {slot.filename}" for slot in slots)
    return Shown(STRIP_URL, STRIP_ALT.format(names=one_line(names)))


def lines_of(slots: Slots) -> Iterator[str]:
    """One line for each reference: `**1** identity · fox.png`."""
    for slot in slots:
        role = words(slot.role, _ROLE_CHARS) if slot.role else ""
        note = words(slot.note, _ROLE_CHARS) if slot.note else ""
        facts = DOT.join(part for part in (role, file_name(slot.filename), note) if part)
        yield f"**{slot.place}** {facts}"


def add_arranging(layout: Layout, holder: str, slots: Slots, chosen: int) -> Layout:
    """Add a select for one reference, and the buttons that act on it."""
    place = min(max(chosen, 1), len(slots))
    options = [
        discord.SelectOption(
            label=texts.PLACE_OPTION.format(place=slot.place, name=slot.role or clip_filename(one_line(slot.filename))),
            value=str(slot.place),
            default=slot.place == place,
        )
        for slot in slots
    ]
    layout.buttons(ActionSelect("place", holder, options=options, placeholder=texts.CHOOSE_PLACE))
    at_start, at_end = place == 1, place == len(slots)
    return layout.buttons(
        ActionButton("first", holder, place, label=texts.FIRST, disabled=at_start),
        ActionButton("earlier", holder, place, label=texts.EARLIER, disabled=at_start),
        ActionButton("later", holder, place, label=texts.LATER, disabled=at_end),
        ActionButton("replace", holder, place, label=texts.REPLACE),
        ActionButton("drop", holder, place, label=texts.DROP, style=discord.ButtonStyle.danger),
    )

"""What moves, replaces and removes references, under trays and confirmations alike."""

from __future__ import annotations

import discord

from bot import texts
from bot.domain.drafts import Slots
from bot.domain.errors import clip_filename
from bot.ui.render.actions import ActionButton, ActionSelect
from bot.ui.render.escape import one_line
from bot.ui.render.layout import Layout

TRAY = "tray"
"""The holder whose references are the member's tray; every other holder is a draft's id."""


def add_arranging(layout: Layout, holder: str, slots: Slots, chosen: int) -> Layout:
    """Add a select for one reference, and the buttons that act on it."""
    place = min(max(chosen, 1), len(slots))
    options = [
        discord.SelectOption(
            label=texts.tray.PLACE_OPTION.format(
                place=slot.place, name=slot.role or clip_filename(one_line(slot.filename))
            ),
            value=str(slot.place),
            default=slot.place == place,
        )
        for slot in slots
    ]
    layout.buttons(ActionSelect("place", holder, options=options, placeholder=texts.tray.CHOOSE_PLACE))
    at_start, at_end = place == 1, place == len(slots)
    return layout.buttons(
        ActionButton("first", holder, place, label=texts.labels.FIRST, disabled=at_start),
        ActionButton("earlier", holder, place, label=texts.labels.EARLIER, disabled=at_start),
        ActionButton("later", holder, place, label=texts.labels.LATER, disabled=at_end),
        ActionButton("replace", holder, place, label=texts.labels.REPLACE),
        ActionButton("drop", holder, place, label=texts.labels.DROP, style=discord.ButtonStyle.danger),
    )

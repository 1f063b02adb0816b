"""The tray as a message: numbered thumbnails, what each is for, and what can be done with them."""

from __future__ import annotations

import discord
from discord import ui

from bot.domain.drafts import Slots
from bot.ui.render.about import counted, reference_lines, strip_of
from bot.ui.render.actions import ActionButton
from bot.ui.render.creative import texts
from bot.ui.render.creative.arranging import TRAY, add_arranging
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def render_tray(slots: Slots, *, news: tuple[str, ...] = (), chosen: int = 1, has_strip: bool = True) -> ui.LayoutView:
    """A member's tray in one channel; `news` says what just happened to it, the strip is to be attached."""
    layout = Layout(Accent.WORKING if slots else Accent.CALM).text(heading(texts.TRAY))
    if not slots:
        return layout.text(*news, texts.TRAY_EMPTY if not news else "", texts.TRAY_HOW).build()
    if has_strip:
        layout.gallery([strip_of(slots)])
    layout.text(*reference_lines(slots)).separator().text(
        " ".join(each for each in news if each), small(texts.TRAY_USE)
    )
    add_arranging(layout, TRAY, slots, chosen)
    return layout.buttons(
        ActionButton("start", label=texts.COMPOSE, style=discord.ButtonStyle.primary),
        ActionButton("roles", TRAY, label=texts.ROLES),
        ActionButton("clear", label=texts.CLEAR, style=discord.ButtonStyle.danger),
    ).build()


def news_of(added: int, known: int, left_out: int, not_taken: int = 0) -> tuple[str, ...]:
    """What adding did, in short sentences."""
    return (
        counted(texts.ADDED, texts.ADDED_MANY, added),
        counted(texts.KNOWN, texts.KNOWN_MANY, known) if known else "",
        counted(texts.LEFT_OUT, texts.LEFT_OUT_MANY, left_out) if left_out else "",
        counted(texts.NOT_TAKEN, texts.NOT_TAKEN_MANY, not_taken) if not_taken else "",
    )

"""The tray as a message: numbered thumbnails, what each is for, and what can be done with them."""

from __future__ import annotations

import discord
from discord import ui

from bot import texts
from bot.domain.drafts import Slots
from bot.ui.render.about import reference_lines, strip_of
from bot.ui.render.actions import ActionButton
from bot.ui.render.creative.arranging import TRAY, add_arranging
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def render_tray(slots: Slots, *, news: tuple[str, ...] = (), chosen: int = 1, has_strip: bool = True) -> ui.LayoutView:
    """A member's tray in one channel; `news` says what just happened to it, the strip is to be attached."""
    layout = Layout(Accent.WORKING if slots else Accent.CALM).text(heading(texts.tray.TRAY))
    if not slots:
        return layout.text(*news, texts.tray.TRAY_EMPTY if not news else "", texts.tray.TRAY_HOW).build()
    if has_strip:
        layout.gallery([strip_of(slots)])
    layout.text(*reference_lines(slots)).separator().text(
        " ".join(each for each in news if each), small(texts.tray.TRAY_USE)
    )
    add_arranging(layout, TRAY, slots, chosen)
    return layout.buttons(
        ActionButton("start", label=texts.labels.COMPOSE, style=discord.ButtonStyle.primary),
        ActionButton("roles", TRAY, label=texts.labels.ROLES),
        ActionButton("clear", label=texts.labels.CLEAR, style=discord.ButtonStyle.danger),
    ).build()


def news_of(added: int, known: int, left_out: int, not_taken: int = 0) -> tuple[str, ...]:
    """What adding did, in short sentences."""
    return (
        texts.tray.ADDED.format(count=added),
        texts.tray.KNOWN.format(count=known) if known else "",
        texts.tray.LEFT_OUT.format(count=left_out) if left_out else "",
        texts.tray.NOT_TAKEN.format(count=not_taken) if not_taken else "",
    )

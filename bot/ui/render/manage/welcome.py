"""The one message with which the bot begins in a server, and the place where it says it."""

from __future__ import annotations

from discord import ButtonStyle, ui

from bot import texts
from bot.domain.money import Micros, format_usd
from bot.ui.render.actions import ActionButton
from bot.ui.render.buttons import priced
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def render_welcome(missing: tuple[str, ...] = (), sample_micros: Micros | None = None) -> ui.LayoutView:
    """Three steps for a moderator, and a first picture for `sample_micros`; None where none can be made from here.

    `missing` are the permissions that the bot lacks where it says this.
    """
    layout = Layout(Accent.WORKING).text(heading(texts.guide.WELCOME), texts.guide.WELCOME_ABOUT).separator()
    layout.text(*texts.guide.WELCOME_STEPS)
    if missing:
        layout.text(texts.guide.WELCOME_MISSING.format(permissions=", ".join(missing)))
    if sample_micros is not None:
        layout.separator().text(texts.guide.WELCOME_SAMPLE).buttons(_sample_button(sample_micros))
    return layout.text(small(texts.guide.WELCOME_SMALL)).build()


def _sample_button(price: Micros) -> ActionButton:
    """Makes a picture of the sample; its id carries the price that stands on it, so that no more is held unasked."""
    label = priced(texts.guide.TRY_WITH_A_SAMPLE, format_usd(price))
    return ActionButton("sample", price, label=label, style=ButtonStyle.primary)

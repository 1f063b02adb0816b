"""The one message with which the bot begins in a server, and the place where it says it."""

from __future__ import annotations

from discord import ui

from bot.ui.render.layout import Layout
from bot.ui.render.manage import texts
from bot.ui.render.theme import Accent, heading, small


def render_welcome(missing: tuple[str, ...] = ()) -> ui.LayoutView:
    """Three steps for a moderator; `missing` are the permissions that the bot lacks where it says this."""
    layout = Layout(Accent.WORKING).text(heading(texts.WELCOME), texts.WELCOME_ABOUT).separator()
    layout.text(*texts.WELCOME_STEPS)
    if missing:
        layout.text(texts.WELCOME_MISSING.format(permissions=", ".join(missing)))
    return layout.text(small(texts.WELCOME_SMALL)).build()

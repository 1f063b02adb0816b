"""What `/privacy` says: the export, the question before an erasure, and what follows."""

from __future__ import annotations

from discord import ButtonStyle, ui

from bot import texts
from bot.domain.privacy import ErasureAsked
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small

EXPORT_FILENAME = "easel-export.json"


def render_export() -> ui.LayoutView:
    """The answer to `/privacy export`; the file is attached by the sender."""
    layout = (
        Layout(Accent.CALM)
        .text(heading(texts.privacy.EXPORT), texts.privacy.EXPORT_ABOUT)
        .file(f"attachment://{EXPORT_FILENAME}")
    )
    return layout.text(small(texts.privacy.EXPORT_FILE)).build()


def render_erasure_question() -> ui.LayoutView:
    """The answer to `/privacy delete`."""
    layout = Layout(Accent.WAITING).text(
        heading(texts.privacy.ASK), texts.privacy.ASK_WHAT, texts.privacy.ASK_WAIT, texts.privacy.ASK_POSTED
    )
    return (
        layout.buttons(_erase("keep", texts.privacy.KEEP_POSTED), _erase("all", texts.privacy.DELETE_POSTED))
        .text(small(texts.privacy.NO_WAY_BACK))
        .build()
    )


def render_erasure_asked(asked: ErasureAsked) -> ui.LayoutView:
    """What the question turns into."""
    layout = Layout(Accent.DONE).text(heading(texts.privacy.ASKED))
    return layout.text(
        texts.privacy.AFTER.format(count=asked.open_jobs) if asked.open_jobs else texts.privacy.SOON
    ).build()


def _erase(what: str, label: str) -> ActionButton:
    return ActionButton("erase", what, label=label, style=ButtonStyle.danger)

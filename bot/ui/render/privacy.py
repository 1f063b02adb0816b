"""What `/privacy` says: the export, the question before an erasure, and what follows."""

from __future__ import annotations

from discord import ButtonStyle, ui

from bot.domain.privacy import ErasureAsked
from bot.ui.render.about import counted
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small

EXPORT_FILENAME = "easel-export.json"

_EXPORT = "Everything that I keep about you"
_EXPORT_ABOUT = "Your requests, what they cost, where the pictures are, and what moderators decided about you."
_EXPORT_FILE = "from all servers \u00b7 only you can see this"
_ASK = "Delete what I keep about you?"
_ASK_WHAT = "Prompts, references, names and pictures on my side go, and I ask the provider to delete its copies."
_ASK_WAIT = "What you have running ends first. Amounts stay in the books under a number that names nobody."
_ASK_POSTED = "The pictures that I posted for you can stay where they are, or go as well."
_NO_WAY_BACK = "this cannot be undone"
_KEEP, _ALL = "Delete, keep posted pictures", "Delete with posted pictures"
_ASKED = "It is being deleted"
_SOON = "That takes about a minute."
_AFTER = {1: "One request of yours is still running; it begins when that has ended."}
_AFTER_MANY = "{count} requests of yours are still running; it begins when they have ended."


def render_export() -> ui.LayoutView:
    """The answer to `/privacy export`; the file is attached by the sender."""
    layout = Layout(Accent.CALM).text(heading(_EXPORT), _EXPORT_ABOUT).file(f"attachment://{EXPORT_FILENAME}")
    return layout.text(small(_EXPORT_FILE)).build()


def render_erasure_question() -> ui.LayoutView:
    """The answer to `/privacy delete`."""
    layout = Layout(Accent.WAITING).text(heading(_ASK), _ASK_WHAT, _ASK_WAIT, _ASK_POSTED)
    return layout.buttons(_erase("keep", _KEEP), _erase("all", _ALL)).text(small(_NO_WAY_BACK)).build()


def render_erasure_asked(asked: ErasureAsked) -> ui.LayoutView:
    """What the question turns into."""
    layout = Layout(Accent.DONE).text(heading(_ASKED))
    return layout.text(counted(_AFTER, _AFTER_MANY, asked.open_jobs) if asked.open_jobs else _SOON).build()


def _erase(what: str, label: str) -> ActionButton:
    return ActionButton("erase", what, label=label, style=ButtonStyle.danger)

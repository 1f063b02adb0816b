"""How to ask for a picture, with the provider's own templates and examples that can be tried at once."""

from __future__ import annotations

from discord import ui

from bot import texts
from bot.ui.render.actions import ActionButton
from bot.ui.render.creative.examples import EXAMPLES
from bot.ui.render.escape import escaped
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, small


def render_guide(*, can_try: bool = True) -> ui.LayoutView:
    """The whole guide; in a direct message there is no server to make pictures in, so nothing can be tried there."""
    layout = Layout(Accent.CALM).text(heading(texts.guide.GUIDE))
    layout.text(texts.guide.GUIDE_EDIT)
    _examples(layout, 0, 3, can_try=can_try)
    layout.separator().text(texts.guide.GUIDE_COMPOSE)
    _examples(layout, 3, 6, can_try=can_try)
    layout.separator().text(texts.guide.GUIDE_STORYBOARD)
    return layout.separator().text(texts.guide.GUIDE_TIPS, small(texts.guide.GUIDE_TRY) if can_try else "").build()


def _examples(layout: Layout, start: int, end: int, *, can_try: bool) -> None:
    for number, example in enumerate(EXAMPLES[start:end], start=start):
        line = texts.guide.EXAMPLE.format(title=example.title, prompt=escaped(example.prompt))
        if can_try:
            layout.section(line, ActionButton("try", number, label=texts.labels.TRY))
        else:
            layout.text(line)

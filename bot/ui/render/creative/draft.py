"""The confirmation: what was understood, what it costs, what is left, and the ways to change it before it is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord
from discord import ui

from bot import texts
from bot.domain.budget import BudgetLine
from bot.domain.choices import given
from bot.domain.drafts import Draft
from bot.domain.errors import EaselError
from bot.domain.money import format_usd
from bot.domain.parameters import SEED, ParameterValue
from bot.domain.prompts import with_roles
from bot.domain.styles import Style
from bot.ui.render.about import reference_lines, shot_lines, strip_of
from bot.ui.render.actions import ActionButton, ActionSelect
from bot.ui.render.buttons import priced
from bot.ui.render.creative.arranging import add_arranging
from bot.ui.render.escape import escaped, one_line, quoted
from bot.ui.render.layout import Layout
from bot.ui.render.parameters import shown_parameters
from bot.ui.render.theme import Accent, facts, heading, small

_PROMPT_CHARS = 300
_KEPT_CHARS = 700
"""For what stands behind the shots: model, settings and money."""


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft, the line of the budget that leaves its member least, and the styles that it could have."""

    draft: Draft
    tightest: BudgetLine | None
    styles: Sequence[Style] = ()


def render_draft(
    view: DraftView, *, ordering: int | None = None, has_strip: bool = True, news: str = ""
) -> ui.LayoutView:
    """The confirmation, only for its member; with `ordering`, its references can be moved instead.

    `news` is why it is shown although nobody asked for it.
    """
    draft = view.draft
    layout = Layout(Accent.WORKING).text(heading(_title(draft, is_ordering=ordering is not None)), news)
    shown = draft.references if ordering is not None and draft.references else draft.all_references
    if shown and has_strip:
        layout.gallery([strip_of(shown)])
    layout.text(*reference_lines(shown))
    if ordering is not None and draft.references:
        layout.separator().text(small(texts.tray.HOW_TO_ORDER))
        add_arranging(layout, draft.draft_id, draft.references, ordering)
        roles = ActionButton("roles", draft.draft_id, label=texts.labels.ROLES)
        return layout.buttons(roles, ActionButton("back", draft.draft_id, label=texts.labels.BACK)).build()
    layout.text(*asked_words(draft, layout.chars_left - _KEPT_CHARS) or (texts.drafts.NO_WORDS,))
    layout.text(small(settings_line(draft)))
    layout.separator().text(_problem(draft) or _money(view))
    layout.buttons(*_buttons(view))
    if view.styles:
        layout.buttons(_style_select(view))
    return layout.build()


def asked_words(draft: Draft, room: int) -> tuple[str, ...]:
    """What the provider would be told: one paragraph, or the numbered shots of a storyboard within so much room."""
    if draft.choices.is_storyboard:
        return tuple(f"> {line}" for line in shot_lines(draft.shots, room))
    words = draft.prompt if draft.style is None else draft.style.around(draft.prompt)
    sent = with_roles(words, [slot.role for slot in draft.all_references])
    return (quoted(sent, _PROMPT_CHARS),) if draft.prompt.strip() else ()


def render_running(view: DraftView) -> ui.LayoutView:
    """What is left of the confirmation once it runs."""
    return Layout(Accent.CALM).text(texts.drafts.RUNNING).text(small(settings_line(view.draft))).build()


def render_changed() -> ui.LayoutView:
    """What is left of a confirmation that was changed by a form opened from elsewhere."""
    return Layout(Accent.CALM).text(texts.drafts.CHANGED_BELOW).build()


def run_label(draft: Draft) -> str:
    """What stands on the button that runs it."""
    return priced(texts.labels.RUN, format_usd(draft.total_micros))


def _title(draft: Draft, *, is_ordering: bool) -> str:
    if is_ordering and draft.references:
        return texts.drafts.ORDERING
    ready = texts.storyboards.READY if draft.choices.is_storyboard else texts.drafts.READY
    return ready if _can_run(draft) else texts.drafts.NOT_READY


def _can_run(draft: Draft) -> bool:
    return not _problem(draft) and bool(draft.prompt.strip())


def _problem(draft: Draft) -> str:
    """Why its images cannot be used as they are, and what to do; empty where they can."""
    if draft.style is not None:
        try:
            draft.style.check_room(len(draft.references))
        except EaselError as error:
            return escaped(f"{error.sentence} {error.advice}")
    return "" if draft.all_references or draft.model.fits(0) else texts.drafts.NEEDS_IMAGE


def _style_select(view: DraftView) -> ActionSelect:
    """The server's styles, and none."""
    own = 0 if view.draft.style is None else view.draft.style.style_id
    options = [(0, texts.styles.WITHOUT), *((each.style_id, one_line(each.name)) for each in view.styles)]
    drawn = [discord.SelectOption(label=name, value=str(n), default=n == own) for n, name in options]
    return ActionSelect("style", view.draft.draft_id, options=drawn)


def _buttons(view: DraftView) -> list[ActionButton]:
    draft = view.draft
    run = run_label(draft)
    nothing = not draft.references
    is_board = draft.choices.is_storyboard
    buttons = [
        ActionButton("run", draft.draft_id, label=run, style=discord.ButtonStyle.success, disabled=not _can_run(draft)),
        ActionButton("prompt", draft.draft_id, label=texts.storyboards.SHOTS_OF if is_board else texts.labels.PROMPT),
        ActionButton("order", draft.draft_id, label=texts.labels.REFERENCES_OF, disabled=nothing),
        ActionButton("template", draft.draft_id, label=texts.labels.TEMPLATE),
        ActionButton("parameters", draft.draft_id, label=texts.labels.PARAMETERS),
    ]
    return [each for each in buttons if not (is_board and each.name == "template")]


def _money(view: DraftView) -> str:
    total = format_usd(view.draft.total_micros)
    line = view.tightest
    if line is None or line.left_micros is None:
        return texts.drafts.NO_LIMIT.format(total=total)
    return texts.drafts.LEFT.format(
        total=total, left=format_usd(line.left_micros), period=texts.budgets.IN_PERIOD[line.period]
    )


def settings_line(draft: Draft) -> str:
    """Model and settings in one line, those that are left to the model left out."""
    chosen, model = draft.choices, draft.model
    of_style: Mapping[str, ParameterValue] = {} if draft.style is None else draft.style.parameters
    parts = (
        escaped(model.label),
        *shown_parameters(model, {**of_style, **chosen.parameters, **given(**{SEED.name: chosen.seed})}),
        _number(draft),
        "" if draft.style is None else texts.styles.WITH_STYLE.format(name=escaped(draft.style.name)),
    )
    return facts(*parts)


def _number(draft: Draft) -> str:
    """How many pictures, where it is not one."""
    if draft.choices.is_storyboard:
        return texts.storyboards.SHOTS.format(count=len(draft.shots))
    return texts.results.PICTURES.format(count=draft.choices.count) if draft.choices.count > 1 else ""

"""The forms of the creative desk, filled in with what is known; each is found again by its name and ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import discord
from discord import ui

from bot import texts
from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.drafts import Draft, Slots
from bot.domain.errors import clip_filename
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job
from bot.domain.models import MAX_PROMPT_CHARS, MAX_REFERENCES
from bot.domain.money import Micros, format_usd
from bot.domain.parameters import ASPECT, COUNT, MAX_COUNT, PARAMETERS, SEED, ChoiceParameter, Parameter, ParameterValue
from bot.domain.prompts import COMPOSE_TEMPLATE, EDIT_TEMPLATE, MAX_ROLE_CHARS, SUGGESTED_ROLES, template_parts
from bot.domain.storyboards import MAX_SHOT_CHARS, MAX_SHOTS, numbers_of
from bot.services.creative.follow_ups import chosen_for
from bot.ui.render.actions import form
from bot.ui.render.escape import one_line, quoted
from bot.ui.render.image_upload import ImageUpload
from bot.ui.render.theme import facts

_TEMPLATE_CHARS = 400
_OPTION_CHARS = 100
_SHOWN_PROMPT_CHARS = 300
_LABEL_CHARS = 45
_NUMBER_CHARS = 10
_SHOTS_CHARS = MAX_SHOTS * MAX_SHOT_CHARS + 200
"""With room for blank lines. Longer ones would not be whole in the message that refuses them."""
_LABELS = 5
_OPTIONS = 25

Prices: TypeAlias = Mapping[ImageModel, Micros]
"""What one picture of each model costs now."""


def edit_form(job: Job, picture: int = 1) -> ui.Modal:
    """What to change about one picture of a result; which references stay."""
    labels = [_prompt("", texts.labels.CHANGE_HELP)]
    kept = [_option(f"{r.place} \u00b7 {r.role or one_line(r.filename)}", str(r.place)) for r in job.references]
    kept = kept[: MAX_REFERENCES - 1]
    if kept:
        select: ui.Select[ui.Modal] = ui.Select(
            custom_id="keep", options=kept, required=False, min_values=0, max_values=len(kept)
        )
        labels.append(
            ui.Label(text=texts.labels.KEEP_OTHERS, description=texts.labels.KEEP_OTHERS_HELP, component=select)
        )
    title = (
        texts.labels.FORM_EDIT_N.format(n=_number_of(job, picture)) if len(job.pictures) > 1 else texts.labels.FORM_EDIT
    )
    return form("editing", job.job_id, picture, title=title, labels=labels)


def _number_of(job: Job, picture: int) -> int:
    numbers = numbers_of(job)
    return numbers[picture - 1] if picture <= len(numbers) else picture


def change_form(job: Job, prices: Prices) -> ui.Modal:
    """The same request, filled in."""
    chosen = chosen_for(job)
    words = _shots(job.prompt) if chosen.is_storyboard else _prompt(job.prompt)
    labels = [words, _model(chosen.model_id, prices), _parameter(ASPECT, chosen), *_number(chosen)]
    return form("changing", job.job_id, title=texts.labels.FORM_CHANGE, labels=labels)


def studio_form(
    prices: Prices, prompt: str = "", choices: Choices = NOTHING_CHOSEN, *, style_id: int | None = None
) -> ui.Modal:
    """Images in their order, prompt, model, aspect ratio, count; the style of that number goes with it."""
    labels = [_images(), _prompt(prompt), _model(None, prices), _parameter(ASPECT, choices), _count(1)]
    return form("studio", *(() if style_id is None else (style_id,)), title=texts.labels.FORM_STUDIO, labels=labels)


def storyboard_form(prices: Prices) -> ui.Modal:
    """Images in their order, the shots, model, aspect ratio."""
    labels = [_images(), _shots(""), _model(None, prices), _parameter(ASPECT, NOTHING_CHOSEN)]
    return form("storyboard", title=texts.storyboards.FORM_STORYBOARD, labels=labels)


def picked_form(pick_id: str, filenames: Sequence[str]) -> ui.Modal:
    """What to do with the images of a message; which of them, where there are several."""
    labels = [_prompt("", texts.labels.CHANGE_HELP)]
    if len(filenames) > 1:
        options = [
            _option(f"{n} \u00b7 {clip_filename(one_line(name))}", str(n), is_default=n == 1)
            for n, name in enumerate(filenames, start=1)
        ]
        select: ui.Select[ui.Modal] = ui.Select(
            custom_id="images", options=options, min_values=1, max_values=min(len(options), MAX_REFERENCES)
        )
        labels.append(
            ui.Label(text=texts.labels.WHICH_IMAGES, description=texts.labels.WHICH_IMAGES_HELP, component=select)
        )
    return form("picked", pick_id, title=texts.labels.FORM_PICKED, labels=labels)


def roles_form(holder: str, slots: Slots) -> ui.Modal:
    """What each reference is for, in their order."""
    labels: list[ui.Label[ui.Modal]] = [
        ui.Label(
            text=texts.labels.ROLE_OF.format(place=slot.place, name=clip_filename(one_line(slot.filename)))[
                :_LABEL_CHARS
            ],
            description=texts.labels.ROLE_HELP.format(role=SUGGESTED_ROLES[slot.place - 1]),
            component=ui.TextInput(
                custom_id=f"role{slot.place}", default=slot.role, required=False, max_length=MAX_ROLE_CHARS
            ),
        )
        for slot in slots
    ]
    return form("roles", holder, title=texts.labels.FORM_ROLES, labels=labels)


def prompt_form(draft: Draft) -> ui.Modal:
    """The present words, to be changed."""
    if draft.choices.is_storyboard:
        return form("prompt", draft.draft_id, title=texts.storyboards.FORM_SHOTS, labels=[_shots(draft.prompt)])
    return form("prompt", draft.draft_id, title=texts.labels.FORM_PROMPT, labels=[_prompt(draft.prompt)])


def template_form(draft: Draft) -> ui.Modal:
    """The provider's template: for one image Keep, Change, Ensure, Match; for several what stands behind the roles.

    It begins with the parts that the prompt was made of; other words are shown, for the parts would replace them.
    """
    if len(draft.all_references) <= 1:
        parts = (
            ("keep", texts.labels.KEEP, texts.labels.KEEP_HELP),
            ("change", texts.labels.CHANGE_WHAT, texts.labels.CHANGE_HELP),
            ("ensure", texts.labels.ENSURE, texts.labels.ENSURE_HELP),
            ("match", texts.labels.MATCH, texts.labels.MATCH_HELP),
        )
    else:
        parts = (
            ("generate", texts.labels.GENERATE, texts.labels.GENERATE_HELP),
            ("keep", texts.labels.KEEP, texts.labels.KEEP_ALL_HELP),
        )
    known = template_parts(template_of(draft), draft.prompt)
    filled = known or ("",) * len(parts)
    labels = [
        line_field(name, text, help_, default[:_TEMPLATE_CHARS], max_length=_TEMPLATE_CHARS)
        for (name, text, help_), default in zip(parts, filled, strict=True)
    ]
    above = _what_it_replaces(draft, known)
    return form("template", draft.draft_id, title=texts.labels.FORM_TEMPLATE, labels=[*above, *labels])


def template_of(draft: Draft) -> tuple[str, ...]:
    """Which of the provider's templates its number of references asks for."""
    return EDIT_TEMPLATE if len(draft.all_references) <= 1 else COMPOSE_TEMPLATE


def _what_it_replaces(draft: Draft, known: tuple[str, ...] | None) -> list[ui.TextDisplay[Any]]:
    if not draft.prompt.strip():
        return []
    replaces = texts.labels.TEMPLATE_REPLACES.format(prompt=quoted(draft.prompt, _SHOWN_PROMPT_CHARS))
    return [ui.TextDisplay(texts.labels.TEMPLATE_KEEPS if known else replaces)]


def parameters_form(draft: Draft, prices: Prices) -> ui.Modal:
    """Everything that can be set beside images and words, as far as the present model has it and a form has room."""
    chosen, model = draft.choices, draft.model
    known = [each for each in (*PARAMETERS, SEED) if model.takes(each.name)]
    parameters = (_parameter(each, chosen) for each in known[: _LABELS - 2])
    labels = [_model(chosen.model_id, prices), *parameters, *_number(chosen)]
    return form("parameters", draft.draft_id, title=texts.labels.FORM_PARAMETERS, labels=labels)


def replace_form(holder: str, place: int) -> ui.Modal:
    """Another image for one place."""
    upload = ImageUpload(custom_id="image", max_values=1)
    label: ui.Label[ui.Modal] = ui.Label(text=texts.labels.ONE_IMAGE, component=upload)
    return form("replacing", holder, place, title=texts.labels.FORM_REPLACE.format(place=place), labels=[label])


def decline_form(approval_id: str) -> ui.Modal:
    """Why not; whoever asked reads it."""
    return form(
        "declining",
        approval_id,
        title=texts.approvals.FORM_DECLINE,
        labels=[line_field("reason", texts.approvals.WHY, texts.approvals.WHY_HELP, max_length=300)],
    )


def _images() -> ui.Label[ui.Modal]:
    upload = ImageUpload(custom_id="images", required=False, min_values=0, max_values=MAX_REFERENCES)
    return ui.Label(text=texts.labels.IMAGES, description=texts.labels.IMAGES_HELP, component=upload)


def _shots(default: str) -> ui.Label[ui.Modal]:
    box: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id="prompt",
        style=discord.TextStyle.paragraph,
        default=default[:_SHOTS_CHARS] or None,
        min_length=1,
        max_length=_SHOTS_CHARS,
    )
    return ui.Label(text=texts.storyboards.SHOTS_LABEL, description=texts.storyboards.SHOTS_HELP, component=box)


def _number(chosen: Choices) -> list[ui.Label[ui.Modal]]:
    """How many pictures, where the words do not say it."""
    return [] if chosen.is_storyboard else [_count(chosen.count)]


def _prompt(default: str, description: str = texts.labels.PROMPT_HELP) -> ui.Label[ui.Modal]:
    box: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id="prompt",
        style=discord.TextStyle.paragraph,
        default=default[:MAX_PROMPT_CHARS] or None,
        min_length=1,
        max_length=MAX_PROMPT_CHARS,
    )
    return ui.Label(text=texts.labels.PROMPT, description=description, component=box)


def line_field(
    name: str, text: str, description: str, default: str = "", *, max_length: int = _TEMPLATE_CHARS
) -> ui.Label[ui.Modal]:
    """A line of words, which may be left empty."""
    box: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=name, default=default or None, required=False, max_length=max_length
    )
    return ui.Label(text=text, description=description, component=box)


def _model(chosen: str | None, prices: Prices) -> ui.Label[ui.Modal]:
    """Every model with what one picture of it costs now."""
    offered = [(facts(model.label, format_usd(price)), model.id) for model, price in prices.items()]
    options = [(texts.labels.BY_NUMBER, ""), *offered[: _OPTIONS - 1]]
    return choice_field("model", texts.labels.MODEL, None, options, chosen)


def _parameter(parameter: Parameter, chosen: Choices) -> ui.Label[ui.Modal]:
    return parameter_field(parameter, chosen.seed if parameter is SEED else chosen.parameters.get(parameter.name))


def parameter_field(parameter: Parameter, value: ParameterValue | None) -> ui.Label[ui.Modal]:
    """A parameter's field: a list for a choice, else a line to type in."""
    said = texts.parameters.PARAMETERS[parameter.name]
    if isinstance(parameter, ChoiceParameter):
        options = [(texts.labels.AUTOMATIC, ""), *((choice, choice) for choice in parameter.choices)]
        return choice_field(parameter.name, said.label, said.hint, options, None if value is None else str(value))
    return line_field(parameter.name, said.label, said.hint, _shown(value), max_length=_NUMBER_CHARS)


def _count(chosen: int) -> ui.Label[ui.Modal]:
    options = [(str(n), str(n)) for n in range(1, MAX_COUNT + 1)]
    return choice_field(COUNT.name, texts.labels.COUNT, texts.labels.COUNT_HELP, options, str(chosen))


def choice_field(
    name: str, text: str, description: str | None, options: Iterable[tuple[str, str]], chosen: str | None
) -> ui.Label[ui.Modal]:
    """One of these, each with its label and what it stands for; empty words stand for nothing chosen."""
    select: ui.Select[ui.Modal] = ui.Select(
        custom_id=name,
        options=[_option(label, value or NOTHING, is_default=value == (chosen or "")) for label, value in options],
        required=False,
    )
    return ui.Label(text=text, description=description, component=select)


NOTHING = "-"
"""Stands for nothing chosen: Discord takes no empty option."""


def chosen(value: str) -> str:
    """What an option means."""
    return "" if value == NOTHING else value


def _option(label: str, value: str, *, is_default: bool = False) -> discord.SelectOption:
    return discord.SelectOption(label=label[:_OPTION_CHARS], value=value, default=is_default)


def _shown(value: ParameterValue | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

"""Styles as messages and forms: the list that members read, one by itself, and what moderators type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import discord
from discord import ui

from bot import texts
from bot.domain.errors import clip_filename
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE, MAX
from bot.domain.money import Micros, format_usd
from bot.domain.parameters import ASPECT, GUIDANCE
from bot.domain.prompts import MAX_ROLE_CHARS
from bot.domain.references import Reference
from bot.domain.styles import MAX_NAME_CHARS, MAX_TEMPLATE_CHARS, MOST_STYLE_REFERENCES, Style, StyleSample
from bot.services.ports.messages import Picture
from bot.ui.render.about import reference_lines, strip_of
from bot.ui.render.actions import ActionButton, ActionSelect, form
from bot.ui.render.buttons import priced
from bot.ui.render.creative.forms import choice_field, line_field, parameter_field
from bot.ui.render.escape import escaped, one_line, quoted, words
from bot.ui.render.image_upload import ImageUpload
from bot.ui.render.layout import MAX_GALLERY_ITEMS, Layout
from bot.ui.render.parameters import shown_parameters
from bot.ui.render.result import attached
from bot.ui.render.theme import Accent, facts, heading, small

_LISTED_TEMPLATE_CHARS = 80
_OPTION_CHARS = 100
_SELECT_OPTIONS = 25
_TEMPLATE_CHARS = 600


def render_styles(
    samples: Sequence[StyleSample], thumbnails: Mapping[int, Picture], *, of_channel: Style | None
) -> ui.LayoutView:
    """The answer to `/styles`, those with a picture first and in the pictures' order; `thumbnails` go by style id."""
    layout = Layout(Accent.CALM).text(heading(texts.styles.STYLES))
    if not samples:
        return layout.text(texts.styles.NO_STYLES).build()
    in_order = sorted(samples, key=lambda each: each.style.style_id not in thumbnails)
    shown = [thumbnails[each.style.style_id] for each in in_order if each.style.style_id in thumbnails]
    layout.gallery(attached(shown[:MAX_GALLERY_ITEMS]))
    numbered = [(n, each.style) for n, each in enumerate(in_order, start=1)]
    lines = [_line(n, style, has_sample=style.style_id in thumbnails, own=of_channel) for n, style in numbered]
    layout.listing(lines, more=texts.budgets.MORE_LINES)
    options = [
        discord.SelectOption(label=facts(str(n), one_line(style.name))[:_OPTION_CHARS], value=str(style.style_id))
        for n, style in numbered
    ]
    return layout.buttons(ActionSelect("styles", options=options, placeholder=texts.styles.CHOOSE)).build()


def render_style(
    sample: StyleSample, picture: Picture | None, *, has_strip: bool, title: str = "", price: Micros | None = None
) -> ui.LayoutView:
    """One style, for whoever looks; for a moderator, who can change it, with `title` and what *Try it* costs now.

    Its sample and the strip of its images are to be attached. Without a price it is a member's view.
    """
    style = sample.style
    layout = Layout(Accent.DONE if title else Accent.CALM)
    layout.text(heading(title or texts.styles.STYLE.format(name=escaped(style.name))))
    layout.gallery([*attached([] if picture is None else [picture])])
    if style.references and has_strip:
        layout.gallery([strip_of(style.references)])
    layout.text(texts.styles.STYLE.format(name=f"**{escaped(style.name)}**") if title else "")
    layout.text(*reference_lines(style.references)).text(quoted(style.template, _TEMPLATE_CHARS))
    layout.text("" if style.is_whole else texts.styles.INCOMPLETE)
    named_beside = facts(*settings_of(style))
    layout.text(small(named_beside) if named_beside else "", texts.styles.HOW_TO_USE if title else "")
    if not title:
        use = ActionButton("style-use", style.style_id, label=texts.styles.USE, style=discord.ButtonStyle.primary)
        return layout.buttons(use).build()
    if price is not None:
        layout.text(small(texts.styles.TRY_WHY if sample.job else f"{texts.styles.NOT_TRIED} {texts.styles.TRY_WHY}"))
    return layout.buttons(*_moderators_buttons(style, price)).build()


def render_removed(style: Style) -> ui.LayoutView:
    """What the moderator who removed one reads."""
    why = texts.styles.REMOVED_WHY.format(name=f"**{escaped(style.name)}**")
    return Layout(Accent.DONE).text(heading(texts.styles.REMOVED), why).build()


def style_form(style: Style | None = None) -> ui.Modal:
    """A new style's words and images, or those of one that there is."""
    name, template = ("", "") if style is None else (style.name, style.template)
    roles = "" if style is None else "\n".join(each.role or "" for each in style.references)
    labels = [
        line_field("name", texts.styles.NAME, texts.styles.NAME_HELP, name, max_length=MAX_NAME_CHARS),
        _box(
            "template",
            texts.styles.TEMPLATE,
            texts.styles.TEMPLATE_HELP,
            template,
            MAX_TEMPLATE_CHARS,
            texts.styles.TEMPLATE_HINT,
        ),
        *(() if style is None or not style.references else (_staying(style.references),)),
        _upload(is_new=style is None or not style.references),
        _box("roles", texts.styles.ROLES, texts.styles.ROLES_HELP, roles, MOST_STYLE_REFERENCES * (MAX_ROLE_CHARS + 1)),
    ]
    if style is None:
        return form("style-adding", title=texts.styles.FORM_ADD, labels=labels)
    return form("style-editing", style.style_id, title=texts.styles.FORM_EDIT, labels=labels)


def style_settings_form(style: Style, prices: Mapping[ImageModel, Micros]) -> ui.Modal:
    """What a style names beside its words and images."""
    able = [
        (facts(model.label, format_usd(price)), model.id) for model, price in prices.items() if _takes(model, style)
    ]
    options = [(texts.styles.BY_NUMBER, ""), *able[: _SELECT_OPTIONS - 1]]
    labels = [
        choice_field("model", texts.labels.MODEL, None, options, style.model_id),
        parameter_field(ASPECT, style.parameters.get(ASPECT.name)),
        parameter_field(GUIDANCE, style.parameters.get(GUIDANCE.name)),
    ]
    return form("style-settings", style.style_id, title=texts.styles.FORM_SETTINGS, labels=labels)


def settings_of(style: Style) -> Iterator[str]:
    """What a style names beside its words and images, in a few words."""
    model = CATALOGUE.find(style.model_id or "")
    if style.model_id is not None:
        yield escaped(style.model_id if model is None else model.label)
    yield from shown_parameters(model or MAX, style.parameters)


def _takes(model: ImageModel, style: Style) -> bool:
    return model.max_references >= max(1, style.images)


def _moderators_buttons(style: Style, price: Micros | None) -> tuple[ActionButton, ...]:
    tried = () if price is None else (_try_button(style, price),)
    return (
        *tried,
        ActionButton("style-words", style.style_id, label=texts.styles.WORDS),
        ActionButton("style-settings", style.style_id, label=texts.styles.SETTINGS),
    )


def _try_button(style: Style, price: Micros) -> ActionButton:
    label = priced(texts.styles.TRY, format_usd(price))
    return ActionButton("style-try", style.style_id, price, label=label, style=discord.ButtonStyle.primary)


def _line(n: int, style: Style, *, has_sample: bool, own: Style | None) -> str:
    said = facts(
        texts.styles.IMAGES.format(count=style.images),
        *settings_of(style),
        "" if has_sample else texts.styles.NO_SAMPLE,
        texts.styles.OF_THIS_CHANNEL if own is not None and own.style_id == style.style_id else "",
    )
    template = words(style.template, _LISTED_TEMPLATE_CHARS)
    return f"{facts(texts.styles.LINE.format(n=n, name=escaped(style.name)), said)}\n{small(template)}"


def _staying(references: Sequence[Reference]) -> ui.Label[ui.Modal]:
    options = [
        discord.SelectOption(
            label=facts(str(each.place), each.role or "", clip_filename(one_line(each.filename)))[:_OPTION_CHARS],
            value=str(each.place),
            default=True,
        )
        for each in references
    ]
    select: ui.Select[ui.Modal] = ui.Select(
        custom_id="keep", options=options, required=False, min_values=0, max_values=len(options)
    )
    return ui.Label(text=texts.styles.KEEP, description=texts.styles.KEEP_HELP, component=select)


def _upload(*, is_new: bool) -> ui.Label[ui.Modal]:
    upload = ImageUpload(custom_id="images", required=False, min_values=0, max_values=MOST_STYLE_REFERENCES)
    text, description = (
        (texts.styles.IMAGES_FIELD, texts.styles.IMAGES_HELP)
        if is_new
        else (texts.styles.MORE_IMAGES, texts.styles.MORE_IMAGES_HELP)
    )
    return ui.Label(text=text, description=description, component=upload)


def _box(
    name: str, text: str, description: str, default: str, max_length: int, placeholder: str | None = None
) -> ui.Label[ui.Modal]:
    box: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph,
        default=default[:max_length] or None,
        placeholder=placeholder,
        required=False,
        max_length=max_length,
    )
    return ui.Label(text=text, description=description, component=box)

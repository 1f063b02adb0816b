"""Forms that come back: acted on by their name, and where that fails, nothing of what was typed is lost.

The refusal shows what was typed, and a button puts it back into the form. It is kept nowhere but in that private
message, from which the button reads it again: it outlives a restart, and there is nothing to delete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import discord
import structlog
from discord import ui

from bot import texts
from bot.domain.errors import EaselError
from bot.services.creative.clicks import PressedTwice
from bot.ui.discord.answers import Finish, as_it_is
from bot.ui.discord.replies import AnyInteraction
from bot.ui.discord.uploads import fields_of, uploads_of
from bot.ui.handlers.presses import REOPEN, Handler, Press, client_of, perform
from bot.ui.render.actions import ActionButton
from bot.ui.render.creative.forms import NOTHING
from bot.ui.render.escape import escaped
from bot.ui.render.layout import MAX_TEXT_CHARS, Layout
from bot.ui.render.theme import Accent, small

log = structlog.stdlib.get_logger(__name__)

_FENCE, _PAIR, _BROKEN_PAIR = "```", "``", "`\u2060`"
_INLINE_CHARS = 60
_KEPT_FREE = 200
"""For the labels and marks around what was typed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it would be opened now, by which it can be opened again, and what was sent with it."""

    form: ui.Modal
    name: str
    ids: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    has_files: bool


async def submit(interaction: AnyInteraction) -> None:
    """Act on a submitted form, found by its custom id: it may have been opened before a restart.

    discord.py keeps forms in memory by their custom id and drops what it does not know, so none of Easel's is kept.
    """
    data = cast("Mapping[str, Any]", interaction.data or {})
    name, *ids = str(data.get("custom_id", "")).split(":")
    handler = client_of(interaction).handlers.forms.get(name)
    if handler is not None:
        uploads = uploads_of(data, interaction.client.http.get_from_cdn)
        await perform(
            interaction,
            handler,
            refused=partial(_under_refusal, name),
            ids=tuple(ids),
            fields=fields_of(data),
            uploads=uploads,
        )


async def _under_refusal(name: str, press: Press, error: Exception) -> Finish:
    typed = await _typed_in(press, name, error)
    return as_it_is if typed is None else partial(add_typed, typed=typed)


async def _typed_in(press: Press, name: str, error: Exception) -> Typed | None:
    """What was typed into a form that failed; None where the form is of no use any more, or its first click counts."""
    if isinstance(error, PressedTwice):
        return None
    try:
        form = await client_of(press.interaction).handlers.openers[name](press)
    except EaselError:
        return None
    except Exception:
        log.exception("form.not_opened", form=name)
        return None
    return Typed(form, name, press.ids, press.fields, bool(press.uploads))


def add_typed(refusal: ui.LayoutView, typed: Typed) -> ui.LayoutView:
    """Put what was typed under a refusal, with the button that opens the form filled in."""
    used = sum(len(item.content) for item in refusal.walk_children() if isinstance(item, ui.TextDisplay))
    room = MAX_TEXT_CHARS - used - _KEPT_FREE
    layout = Layout(Accent.CALM)
    for label, shown in _changed(typed):
        line = _line(label, shown, max(0, room))
        room -= len(line)
        layout.text(line)
    layout.text(small(texts.errors.FILES_AGAIN) if typed.has_files else "")
    layout.buttons(
        ActionButton(REOPEN, typed.name, *typed.ids, label=texts.errors.OPEN_AGAIN, style=discord.ButtonStyle.primary)
    )
    for item in layout.build().children:
        refusal.add_item(item)
    return refusal


async def reopen(press: Press) -> None:
    """*Open the form again*: as it would be opened now, filled in with what its refusal shows."""
    name, *ids = press.ids
    form = await client_of(press.interaction).handlers.openers[name](replace(press, ids=tuple(ids)))
    lines = list(_texts_of(press.interaction.message))
    for label, control in _controls(form):
        line = next((each for each in lines if each.startswith(_title(label))), None)
        if line is not None:
            _fill(control, _read(line.removeprefix(_title(label))))
    await press.answers.show_form(press.interaction, form)


ITEMS: dict[str, Handler] = {REOPEN: reopen}


def _controls(form: ui.Modal) -> Iterator[tuple[str, ui.TextInput[Any] | ui.Select[Any]]]:
    for child in form.children:
        if isinstance(child, ui.Label) and isinstance(child.component, ui.TextInput | ui.Select):
            yield child.text, child.component


def _changed(typed: Typed) -> Iterator[tuple[str, str]]:
    """Each field that does not hold what the form begins with: its label, and its words or what was chosen."""
    for label, control in _controls(typed.form):
        sent = typed.fields.get(str(control.custom_id), ())
        if isinstance(control, ui.TextInput):
            words = "".join(sent)
            if words != (control.default or ""):
                yield label, words
        elif {*sent, NOTHING} != {NOTHING, *(option.value for option in control.options if option.default)}:
            yield label, "\n".join(option.label for option in control.options if option.value in sent)


def _title(label: str) -> str:
    return f"**{escaped(label)}** "


def _line(label: str, words: str, room: int) -> str:
    if not words:
        return _title(label) + texts.errors.LEFT_EMPTY
    if len(words) <= _INLINE_CHARS and not set(words) & {"`", "\n"}:
        return f"{_title(label)}`{words}`"
    kept = words.replace(_PAIR, _BROKEN_PAIR)[:room]
    return f"{_title(label)}\n{_FENCE}\n{kept}\n{_FENCE}"


def _read(shown: str) -> str:
    """The words out of a line."""
    shown = shown.strip()
    if shown.startswith(_FENCE):
        return shown.removeprefix(f"{_FENCE}\n").removesuffix(f"\n{_FENCE}").replace(_BROKEN_PAIR, _PAIR)
    return "" if shown == texts.errors.LEFT_EMPTY else shown.removeprefix("`").removesuffix("`")


def _fill(control: ui.TextInput[Any] | ui.Select[Any], words: str) -> None:
    if isinstance(control, ui.TextInput):
        control.default = words[: control.max_length or None] or None
        return
    chosen = words.split("\n")
    for option in control.options:
        option.default = option.label in chosen


def _texts_of(message: discord.Message | None) -> Iterator[str]:
    components: Sequence[Any] = () if message is None else message.components
    for component in components:
        if isinstance(component, discord.Container):
            yield from (child.content for child in component.children if isinstance(child, discord.TextDisplay))

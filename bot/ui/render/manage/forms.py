"""The short forms of the moderators' desk; each is found again by its name and ids."""

from __future__ import annotations

from discord import ui

from bot.domain.rules import ChannelRule
from bot.ui.render import style_texts
from bot.ui.render.actions import form
from bot.ui.render.manage import texts

_TYPED_CHARS = 100
_SETTINGS = {
    "zone": (texts.ZONE_FORM, texts.ZONE_FIELD, texts.ZONE_HINT),
    "confirm": (texts.CONFIRM_FORM, texts.CONFIRM_FIELD, texts.CONFIRM_HINT),
    "at-once": (texts.AT_ONCE_FORM, texts.AT_ONCE_FIELD, texts.AT_ONCE_HINT),
}


def setting_form(what: str) -> ui.Modal:
    """One setting in words; an empty line is an answer too."""
    title, field, hint = _SETTINGS[what]
    return form("setting", what, title=title, labels=[_line("typed", field, hint)])


def channel_form(channel_id: int, own: ChannelRule) -> ui.Modal:
    """What a channel has of its own; empty lines are the server's."""
    labels = [
        _line("model", texts.MODEL_FIELD, texts.MODEL_HINT, own.model_id),
        _line("shape", texts.SHAPE_FIELD, texts.SHAPE_HINT, own.aspect_ratio),
        _line("nsfw", texts.NSFW_FIELD, texts.NSFW_HINT, own.nsfw),
        _line("style", style_texts.CHANNEL_FIELD, style_texts.CHANNEL_HINT, own.style),
    ]
    return form("channel-rule", channel_id, title=texts.CHANNEL_FORM, labels=labels)


def pause_form() -> ui.Modal:
    """Why nobody can start a picture; members read it."""
    labels = [_line("typed", texts.PAUSE_FIELD, texts.PAUSE_HINT)]
    return form("pausing", title=texts.PAUSE_FORM, labels=labels)


def block_form(report_id: str, steps: str) -> ui.Modal:
    """Why the requester of a reported picture is kept out; they read it."""
    labels = [_line("typed", texts.BLOCK_FIELD, texts.BLOCK_HINT)]
    return form("blocking", report_id, steps, title=texts.BLOCK_FORM, labels=labels)


def _line(name: str, field: str, hint: str, default: str | None = None) -> ui.Label[ui.Modal]:
    """One line of words."""
    typed: ui.TextInput[ui.Modal] = ui.TextInput(
        placeholder=hint, default=default, required=False, max_length=_TYPED_CHARS, custom_id=name
    )
    return ui.Label(text=field, component=typed)

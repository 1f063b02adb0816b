"""The short forms of the moderators' desk; each is found again by its name and ids."""

from __future__ import annotations

from discord import ui

from bot import texts
from bot.domain.rules import ChannelRule
from bot.ui.render.actions import form

_TYPED_CHARS = 100
_SETTINGS = {
    "zone": (texts.settings.ZONE_FORM, texts.settings.ZONE_FIELD, texts.settings.ZONE_HINT),
    "confirm": (texts.settings.CONFIRM_FORM, texts.settings.CONFIRM_FIELD, texts.settings.CONFIRM_HINT),
    "at-once": (texts.settings.AT_ONCE_FORM, texts.settings.AT_ONCE_FIELD, texts.settings.AT_ONCE_HINT),
}


def setting_form(what: str) -> ui.Modal:
    """One setting in words; an empty line is an answer too."""
    title, field, hint = _SETTINGS[what]
    return form("setting", what, title=title, labels=[_line("typed", field, hint)])


def channel_form(channel_id: int, own: ChannelRule) -> ui.Modal:
    """What a channel has of its own; empty lines are the server's."""
    labels = [
        _line("model", texts.settings.MODEL_FIELD, texts.settings.MODEL_HINT, own.model_id),
        _line("shape", texts.settings.SHAPE_FIELD, texts.settings.SHAPE_HINT, own.aspect_ratio),
        _line("nsfw", texts.settings.NSFW_FIELD, texts.settings.NSFW_HINT, own.nsfw),
        _line("style", texts.styles.CHANNEL_FIELD, texts.styles.CHANNEL_HINT, own.style),
    ]
    return form("channel-rule", channel_id, title=texts.settings.CHANNEL_FORM, labels=labels)


def pause_form() -> ui.Modal:
    """Why nobody can start a picture; members read it."""
    labels = [_line("typed", texts.overview.PAUSE_FIELD, texts.overview.PAUSE_HINT)]
    return form("pausing", title=texts.overview.PAUSE_FORM, labels=labels)


def block_form(report_id: str, steps: str) -> ui.Modal:
    """Why the requester of a reported picture is kept out; they read it."""
    labels = [_line("typed", texts.reports.BLOCK_FIELD, texts.reports.BLOCK_HINT)]
    return form("blocking", report_id, steps, title=texts.reports.BLOCK_FORM, labels=labels)


def _line(name: str, field: str, hint: str, default: str | None = None) -> ui.Label[ui.Modal]:
    """One line of words."""
    typed: ui.TextInput[ui.Modal] = ui.TextInput(
        placeholder=hint, default=default, required=False, max_length=_TYPED_CHARS, custom_id=name
    )
    return ui.Label(text=field, component=typed)

"""Finds fields that Discord does not know: it ignores them in silence, so what the bot meant by them never happens."""

from __future__ import annotations

from typing import Any

from tests.wire.discord_fake.component_rules import ComponentType, walk
from tests.wire.discord_fake.errors import Problem
from tests.wire.discord_fake.shapes import Json, items_of, part_of

T = ComponentType
_COMMON = {"type", "id"}
_SELECT = {"custom_id", "placeholder", "min_values", "max_values", "disabled", "required", "default_values"}
_GROUP = {"custom_id", "options", "required", "min_values", "max_values"}
_FIELDS: dict[int, set[str]] = {
    T.ACTION_ROW: {"components"},
    T.BUTTON: {"style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"},
    T.STRING_SELECT: {*_SELECT, "options"},
    T.TEXT_INPUT: {"custom_id", "style", "label", "min_length", "max_length", "required", "value", "placeholder"},
    T.USER_SELECT: _SELECT,
    T.ROLE_SELECT: _SELECT,
    T.MENTIONABLE_SELECT: _SELECT,
    T.CHANNEL_SELECT: {*_SELECT, "channel_types"},
    T.SECTION: {"components", "accessory"},
    T.TEXT_DISPLAY: {"content"},
    T.THUMBNAIL: {"media", "description", "spoiler"},
    T.MEDIA_GALLERY: {"items"},
    T.FILE: {"file", "spoiler", "name", "size"},
    T.SEPARATOR: {"divider", "spacing"},
    T.CONTAINER: {"components", "accent_color", "spoiler"},
    T.LABEL: {"label", "description", "component"},
    T.FILE_UPLOAD: {"custom_id", "min_values", "max_values", "required", "file_types"},
    T.RADIO_GROUP: _GROUP,
    T.CHECKBOX_GROUP: _GROUP,
    T.CHECKBOX: {"custom_id", "default"},
}
_COMMAND_FIELDS = {
    "id", "type", "name", "name_localizations", "description", "description_localizations", "options",
    "default_member_permissions", "dm_permission", "contexts", "integration_types", "nsfw", "handler",
}  # fmt: skip
_OPTION_FIELDS = {
    "type", "name", "name_localizations", "description", "description_localizations", "required", "choices", "options",
    "channel_types", "min_value", "max_value", "min_length", "max_length", "autocomplete", "file_types",
}  # fmt: skip
_EDIT = {"content", "embeds", "flags", "allowed_mentions", "components", "attachments", "poll", "sticker_ids", "tts"}
_CREATE = {*_EDIT, "nonce", "enforce_nonce", "message_reference"}
_WEBHOOK = {*_EDIT, "username", "avatar_url", "thread_name", "applied_tags"}
_MODAL = {"title", "custom_id", "components"}
_CALLBACK = {4: _WEBHOOK, 5: {"flags", "tts"}, 6: set[str](), 7: _EDIT, 8: {"choices"}, 9: _MODAL}


def unknown_fields(route: str, body: Any) -> list[Problem]:
    """List the unknown fields in a request's body, down to components and command options."""
    if not body:
        return []
    if route.startswith("PUT ") and route.endswith("/commands"):
        return [each for index, command in enumerate(body) for each in _command(command, str(index))]
    if route.endswith("/callback"):
        data = part_of(body, "data")
        return _strangers(body, {"type", "data"}, "") + _message(data, _CALLBACK.get(body.get("type"), set()), "data.")
    method, path = route.split(" ")
    if "messages" in path:
        return _message(body, _CREATE if method == "POST" else _EDIT, "")
    return _message(body, _WEBHOOK, "") if path.startswith("/webhooks") else []


def _message(message: Json, known: set[str], prefix: str) -> list[Problem]:
    problems = _strangers(message, known, prefix)
    for path, component in walk(items_of(message, "components"), f"{prefix}components"):
        problems += _strangers(component, _FIELDS.get(component.get("type", 0), set()) | _COMMON, f"{path}.")
    return problems


def _command(command: Json, path: str) -> list[Problem]:
    problems = _strangers(command, _COMMAND_FIELDS, f"{path}.")
    for index, option in enumerate(items_of(command, "options")):
        problems += _option(option, f"{path}.options.{index}")
    return problems


def _option(option: Json, path: str) -> list[Problem]:
    problems = _strangers(option, _OPTION_FIELDS, f"{path}.")
    for index, inner in enumerate(items_of(option, "options")):
        problems += _option(inner, f"{path}.options.{index}")
    return problems


def _strangers(body: Json, known: set[str], prefix: str) -> list[Problem]:
    return [
        Problem(f"{prefix}{name}", "UNKNOWN_FIELD", "Discord knows no such field here")
        for name in body
        if name not in known
    ]

"""Fills in a form (modal) as a member would, checking what Discord's client checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tests.wire.discord_fake.bodies import Upload
from tests.wire.discord_fake.component_rules import SELECTS, ComponentType
from tests.wire.discord_fake.options import Refused, Resolved
from tests.wire.discord_fake.shapes import Json, items_of
from tests.wire.discord_fake.world import Channel, Member, Role, User

T = ComponentType
Answer: TypeAlias = "str | bool | Sequence[str | Member | User | Role | Channel | Upload | bytes]"


def fill_form(modal: Json, given: Mapping[str, Answer], resolved: Resolved) -> list[Json]:
    """Build the submitted components; answers go by custom_id or by label.

    Raises:
        Refused: a field is unknown or missing, or an answer does not fit.
    """
    rest = dict(given)
    submitted: list[Json] = []
    for number, component in enumerate(modal["components"], start=1):
        kind = component["type"]
        shell: Json = {"type": kind, "id": component.get("id") or 2 * number}
        if kind == T.LABEL:
            inner = component["component"]
            answer = _take(rest, inner["custom_id"], component["label"])
            shell["component"] = _answered(inner, answer, resolved, 2 * number + 1)
        elif kind == T.ACTION_ROW:
            inner = component["components"][0]
            answer = _take(rest, inner["custom_id"], inner.get("label", ""))
            shell["components"] = [_answered(inner, answer, resolved, 2 * number + 1)]
        submitted.append(shell)
    if rest:
        raise Refused(f"The form has no fields {sorted(rest)}")
    return submitted


def _take(rest: dict[str, Answer], custom_id: str, label: str) -> Answer | None:
    return rest.pop(custom_id) if custom_id in rest else rest.pop(label, None)


def _answered(field: Json, answer: Answer | None, resolved: Resolved, number: int) -> Json:
    kind, custom_id = field["type"], field["custom_id"]
    shell: Json = {"type": kind, "id": field.get("id") or number, "custom_id": custom_id}
    if kind == T.CHECKBOX:
        return {**shell, "value": bool(answer if answer is not None else field.get("default", False))}
    if kind == T.TEXT_INPUT:
        text = answer if isinstance(answer, str) else (field.get("value") or "")
        _check_text(field, text)
        return {**shell, "value": text}
    chosen = _preset(field) if answer is None else [answer] if isinstance(answer, (str, bool)) else list(answer)
    least = field.get("min_values")
    least = (1 if field.get("required", True) else 0) if least is None else least
    most = 1 if kind == T.RADIO_GROUP else field.get("max_values") or (10 if kind == T.CHECKBOX_GROUP else 1)
    if not (least <= len(chosen) <= most) and (chosen or field.get("required", True)):
        raise Refused(f"{custom_id} takes {least} to {most}, not {len(chosen)}")
    values = [_value(field, each, resolved) for each in chosen]
    if kind == T.RADIO_GROUP:
        return {**shell, "value": values[0] if values else None}
    return {**shell, "values": values}


def _preset(field: Json) -> list[Any]:
    return [option["value"] for option in items_of(field, "options") if option.get("default")]


def _value(field: Json, chosen: Any, resolved: Resolved) -> str:
    kind = field["type"]
    if kind == T.FILE_UPLOAD:
        return resolved.upload(field["custom_id"], chosen)
    if kind in SELECTS - {T.STRING_SELECT}:
        return resolved.add(chosen)
    return choose(field, chosen)


def choose(field: Json, chosen: str) -> str:
    """Find an option by value or label.

    Raises:
        Refused: there is none.
    """
    for option in items_of(field, "options"):
        if chosen in {option["value"], option["label"]}:
            return option["value"]
    raise Refused(f"{field['custom_id']} offers no {chosen!r}")


def _check_text(field: Json, text: str) -> None:
    if not text and field.get("required", True):
        raise Refused(f"{field['custom_id']} is required")
    if len(text) > (field.get("max_length") or 4000) or (text and len(text) < (field.get("min_length") or 0)):
        raise Refused(f"{field['custom_id']}: {len(text)} characters do not fit")

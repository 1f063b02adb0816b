"""Discord's rules for components that its OpenAPI description does not express, or only in part."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from tests.wire.discord_fake.errors import Problem
from tests.wire.discord_fake.shapes import Json, items_of, part_of


class ComponentType(IntEnum):
    """The component types by their numbers on the wire."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


T = ComponentType
SELECTS = {T.STRING_SELECT, T.USER_SELECT, T.ROLE_SELECT, T.MENTIONABLE_SELECT, T.CHANNEL_SELECT}
_CHOOSERS = {T.STRING_SELECT, T.RADIO_GROUP, T.CHECKBOX_GROUP}
_LAYOUT = {T.ACTION_ROW, T.SECTION, T.TEXT_DISPLAY, T.MEDIA_GALLERY, T.FILE, T.SEPARATOR}
_PARENTS: dict[int, set[ComponentType]] = {
    T.ACTION_ROW: {T.BUTTON, *SELECTS},
    T.SECTION: {T.TEXT_DISPLAY},
    T.CONTAINER: _LAYOUT,
    T.LABEL: {
        T.TEXT_INPUT,
        T.FILE_UPLOAD,
        T.RADIO_GROUP,
        T.CHECKBOX_GROUP,
        T.CHECKBOX,
        *SELECTS,
    },
}
LINK_STYLE = 5
PREMIUM_STYLE = 6
_MAX_COMPONENTS = 40
_MAX_TEXT = 4000
_MAX_ROWS = 5


def walk(components: list[Json], path: str = "components") -> Iterator[tuple[str, Json]]:
    """Visit every component, parents first, with its place in the body."""
    for index, component in enumerate(components):
        here = f"{path}.{index}"
        yield here, component
        yield from walk(items_of(component, "components"), f"{here}.components")
        for slot in ("accessory", "component"):
            if component.get(slot):
                yield f"{here}.{slot}", component[slot]


def media_of(component: Json) -> list[Json]:
    """List the media objects that a component shows."""
    kind = component.get("type")
    if kind == T.MEDIA_GALLERY:
        return [item["media"] for item in items_of(component, "items")]
    if kind == T.THUMBNAIL:
        return [component["media"]]
    return [component["file"]] if kind == T.FILE else []


def check_components(components: list[Json], *, v2: bool) -> list[Problem]:
    """Check a message's components: structure, limits over the whole tree, and each component by itself."""
    top = {*_LAYOUT, T.CONTAINER} if v2 else {T.ACTION_ROW}
    problems = _children(components, top, "components")
    if not v2 and len(components) > _MAX_ROWS:
        problems.append(Problem("components", "BASE_TYPE_MAX_LENGTH", "A message has at most 5 rows"))
    everything = list(walk(components))
    if len(everything) > _MAX_COMPONENTS:
        problems.append(Problem("components", "COMPONENT_MAX_TOTAL", f"{len(everything)} components; at most 40"))
    text = sum(len(each.get("content") or "") for _, each in everything if each.get("type") == T.TEXT_DISPLAY)
    if text > _MAX_TEXT:
        problems.append(Problem("components", "COMPONENT_TEXT_MAX_TOTAL", f"{text} characters of text; at most 4000"))
    return problems + _each(everything)


def check_modal(modal: Json) -> list[Problem]:
    """Check a form: title 45, custom_id 100, 1-5 labels or texts (rows with one text input are still taken)."""
    problems: list[Problem] = []
    if not 1 <= len(modal.get("title") or "") <= 45:
        problems.append(Problem("title", "BASE_TYPE_BAD_LENGTH", "A form's title has 1 to 45 characters"))
    if not 1 <= len(modal.get("custom_id") or "") <= 100:
        problems.append(Problem("custom_id", "BASE_TYPE_BAD_LENGTH", "A custom_id has 1 to 100 characters"))
    components: list[Json] = items_of(modal, "components")
    if not 1 <= len(components) <= 5:
        problems.append(Problem("components", "BASE_TYPE_BAD_LENGTH", "A form has 1 to 5 components"))
    problems += [
        Problem(f"components.{index}", "COMPONENT_TYPE_INVALID", "Not a component for a form")
        for index, each in enumerate(components)
        if each.get("type") not in {T.LABEL, T.TEXT_DISPLAY, T.ACTION_ROW}
    ]
    return problems + _each(list(walk(components)), modal=True)


def _children(children: list[Json], allowed: set[ComponentType], path: str) -> list[Problem]:
    return [
        Problem(
            f"{path}.{index}", "COMPONENT_TYPE_INVALID", f"A component of type {each.get('type')} cannot stand here"
        )
        for index, each in enumerate(children)
        if each.get("type") not in allowed
    ]


def _each(everything: list[tuple[str, Json]], *, modal: bool = False) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    for path, component in everything:
        kind = component.get("type", 0)
        if kind in _PARENTS and not (modal and kind == T.ACTION_ROW):
            inner = [component["component"]] if kind == T.LABEL else items_of(component, "components")
            problems += _children(inner, _PARENTS[kind], f"{path}.components")
        problems += _one(component, kind, path)
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        if custom_id in seen:
            text = f"custom_id {custom_id!r} stands also at {seen[custom_id]}"
            problems.append(Problem(f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", text))
        seen[custom_id] = path
    return problems


def _one(component: Json, kind: int, path: str) -> list[Problem]:
    problems: list[Problem] = []
    if not 1 <= len(component.get("custom_id", "x")) <= 100:
        problems.append(Problem(f"{path}.custom_id", "BASE_TYPE_BAD_LENGTH", "A custom_id has 1 to 100 characters"))
    if kind == T.BUTTON:
        problems += _button(component, path)
    elif kind in SELECTS or kind in _CHOOSERS or kind == T.FILE_UPLOAD:
        problems += _chooser(component, kind, path)
    elif kind == T.ACTION_ROW:
        problems += _row(component, path)
    elif kind == T.SECTION:
        problems += _section(component, path)
    elif kind == T.TEXT_DISPLAY and not component.get("content"):
        problems.append(Problem(f"{path}.content", "BASE_TYPE_REQUIRED", "A text display has text"))
    elif kind == T.MEDIA_GALLERY and not 1 <= len(items_of(component, "items")) <= 10:
        problems.append(Problem(f"{path}.items", "BASE_TYPE_BAD_LENGTH", "A gallery has 1 to 10 items"))
    elif kind == T.LABEL and not 1 <= len(component.get("label") or "") <= 45:
        problems.append(Problem(f"{path}.label", "BASE_TYPE_BAD_LENGTH", "A label has 1 to 45 characters"))
    elif kind == T.CONTAINER and not component.get("components"):
        problems.append(Problem(f"{path}.components", "BASE_TYPE_REQUIRED", "A container is not empty"))
    return problems


def _button(button: Json, path: str) -> list[Problem]:
    style = button.get("style")
    problems: list[Problem] = []
    if len(button.get("label") or "") > 80:
        problems.append(Problem(f"{path}.label", "BASE_TYPE_MAX_LENGTH", "A button's label has at most 80 characters"))
    if style == PREMIUM_STYLE:
        return problems
    if not (button.get("label") or button.get("emoji")):
        problems.append(Problem(path, "BUTTON_COMPONENT_LABEL_REQUIRED", "A button has a label or an emoji"))
    wanted, unwanted = ("url", "custom_id") if style == LINK_STYLE else ("custom_id", "url")
    if not button.get(wanted) or button.get(unwanted):
        text = f"A button of style {style} has {wanted} and no {unwanted}"
        problems.append(Problem(path, "BUTTON_COMPONENT_CUSTOM_ID_OR_URL", text))
    return problems


def _chooser(component: Json, kind: int, path: str) -> list[Problem]:
    problems: list[Problem] = []
    options: list[Json] = items_of(component, "options")
    most = {T.STRING_SELECT: 25}.get(ComponentType(kind), 10)
    if kind in _CHOOSERS and not 1 <= len(options) <= most:
        problems.append(Problem(f"{path}.options", "BASE_TYPE_BAD_LENGTH", f"{len(options)} options; 1 to {most}"))
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        problems.append(Problem(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Values must differ"))
    least, top = component.get("min_values"), component.get("max_values")
    if least is not None and top is not None and least > top:
        problems.append(Problem(f"{path}.min_values", "BASE_TYPE_MAX_VALUE", "min_values exceeds max_values"))
    if kind == T.STRING_SELECT and top is not None and top > len(options):
        problems.append(Problem(f"{path}.max_values", "BASE_TYPE_MAX_VALUE", "max_values exceeds the options"))
    if kind == T.FILE_UPLOAD and component.get("required", True) and least == 0:
        problems.append(Problem(f"{path}.min_values", "BASE_TYPE_MIN_VALUE", "A required upload wants at least 1"))
    if len(component.get("placeholder") or "") > 150:
        problems.append(Problem(f"{path}.placeholder", "BASE_TYPE_MAX_LENGTH", "At most 150 characters"))
    return problems


def _row(row: Json, path: str) -> list[Problem]:
    children: list[Json] = items_of(row, "components")
    selects = [each for each in children if each.get("type") in SELECTS]
    if not children or len(children) > _MAX_ROWS or (selects and len(children) > 1):
        return [Problem(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "A row has 1 to 5 buttons or one select")]
    return []


def _section(section: Json, path: str) -> list[Problem]:
    problems: list[Problem] = []
    if not 1 <= len(items_of(section, "components")) <= 3:
        problems.append(Problem(f"{path}.components", "BASE_TYPE_BAD_LENGTH", "A section has 1 to 3 texts"))
    if part_of(section, "accessory").get("type") not in {T.BUTTON, T.THUMBNAIL}:
        problems.append(Problem(f"{path}.accessory", "BASE_TYPE_REQUIRED", "A section has a button or a thumbnail"))
    return problems

"""What Discord adds to components that it hands back: an id for each, and the fields that a request may leave out."""

from __future__ import annotations

from typing import Any

from tests.wire.discord_fake.component_rules import SELECTS, ComponentType, walk
from tests.wire.discord_fake.shapes import Json, items_of

T = ComponentType
_DEFAULTS: dict[int, Json] = {
    T.CONTAINER: {"accent_color": None, "spoiler": False},
    T.THUMBNAIL: {"description": None, "spoiler": False},
    T.SEPARATOR: {"spacing": 1, "divider": True},
    T.FILE: {"name": "", "size": 0, "spoiler": False},
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
}
_ITEM: Json = {"description": None, "spoiler": False}


def complete(components: list[Json]) -> None:
    """Fill in, in place, what a request left out."""
    for number, (_, component) in enumerate(walk(components), start=1):
        _add(component, {"id": number, **_DEFAULTS.get(component["type"], {})})
        for item in items_of(component, "items"):
            _add(item, _ITEM)


def _add(thing: Json, defaults: dict[str, Any]) -> None:
    for name, value in defaults.items():
        thing.setdefault(name, value)

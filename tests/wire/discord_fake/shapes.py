"""Reads from JSON that may lack a field or hold null there."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def items_of(thing: Json, name: str) -> list[Any]:
    """Give the list in a field; empty if the field is missing or null."""
    found: list[Any] | None = thing.get(name)
    return found or []


def part_of(thing: Json, name: str) -> Json:
    """Give the object in a field; empty if the field is missing or null."""
    found: Json | None = thing.get(name)
    return found or {}

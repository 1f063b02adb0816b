"""Entries of the catalogue as they are written down, turned into models and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from bot.domain.image_models import ImageModel
from bot.domain.money import micros_up
from bot.domain.parameters import ChoiceParameter, IntegerParameter, NumberParameter, Parameter, SizeParameter

Entry: TypeAlias = Mapping[str, Any]
"""One model as TOML or JSON have it. Whoever reads a file of somebody else's has it checked first."""


def model_of(entry: Entry) -> ImageModel:
    """The model that an entry stands for. Raises KeyError where something is missing."""
    images: Entry = entry.get("images") or {}
    return ImageModel(
        id=entry["id"],
        label=entry["label"],
        image_field=images.get("field"),
        takes_list=images.get("shape") == "list",
        min_references=images.get("least", 1) if images else 0,
        max_references=images.get("most", 0),
        parameters=tuple(_parameter(each) for each in entry.get("parameters", ())),
        price_micros=micros_up(Decimal(entry["price_usd"])),
        prompt_chars=entry.get("prompt_chars"),
        min_pixels=images.get("min_pixels", 0),
        max_pixels=images.get("max_pixels"),
        is_offered=entry.get("offered", False),
        source=entry.get("source", ""),
    )


def _parameter(entry: Entry) -> Parameter:
    match entry["kind"]:
        case "integer":
            return IntegerParameter(entry["name"], entry["minimum"], entry["maximum"])
        case "number":
            return NumberParameter(entry["name"], entry["minimum"], entry["maximum"], entry["default"])
        case "choice":
            return ChoiceParameter(entry["name"], tuple(entry["choices"]), entry.get("always"))
        case _:
            return SizeParameter(entry["name"], entry["minimum"], entry["maximum"], entry["pixels"])

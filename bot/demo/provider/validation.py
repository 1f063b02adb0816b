"""Checks of a submitted body against the model's documented fields, as strict as the provider may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from bot.demo.provider.envelope import Json, Problem
from bot.domain.errors import BadParameter, UnknownModel
from bot.domain.image_models import ImageModel
from bot.domain.models import find_model
from bot.domain.parameters import ParameterValue

_ALWAYS_KNOWN = frozenset({"prompt", "enable_sync_mode"})


@dataclass(frozen=True, slots=True)
class PaintingOrder:
    """A submitted body that passed: what to paint, from which addresses, with which parameters."""

    model: ImageModel
    prompt: str
    addresses: tuple[str, ...]
    parameters: Mapping[str, ParameterValue]
    waits: bool


def known_model(model_id: str) -> ImageModel:
    """Find a model by the id in a path or body.

    Raises:
        Problem: 404, there is none.
    """
    try:
        return find_model(model_id)
    except UnknownModel as error:
        raise Problem(404, f"Model not found: {model_id[:100]}") from error


def read_order(model: ImageModel, body: Json) -> PaintingOrder:
    """Check a submit's body against the parameter table of its model.

    Raises:
        Problem: 400, naming the field and what it should be.
    """
    known = _ALWAYS_KNOWN | ({model.image_field} - {None}) | {parameter.name for parameter in model.parameters}
    for name in body:
        if name not in known:
            raise Problem(400, f"Invalid parameter: {name[:100]} is not a parameter of {model.id}")
    waits = body.get("enable_sync_mode", False)
    if not isinstance(waits, bool):
        raise Problem(400, "Invalid parameter: enable_sync_mode must be a boolean")
    return PaintingOrder(model, _prompt(body), _addresses(model, body), _parameters(model, body), waits)


def _prompt(body: Json) -> str:
    prompt = body.get("prompt")
    if prompt is None:
        raise Problem(400, "Missing parameter: prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise Problem(400, "Invalid parameter: prompt must be a non-empty string")
    return prompt


def _addresses(model: ImageModel, body: Json) -> tuple[str, ...]:
    name = model.image_field
    if name is None:
        return ()
    given = body.get(name)
    if given is None:
        raise Problem(400, f"Missing parameter: {name}")
    if isinstance(given, list) != model.takes_list:
        raise Problem(400, f"Invalid parameter: {name} must be {'an array of URLs' if model.takes_list else 'a URL'}")
    addresses = cast("list[object]", given) if isinstance(given, list) else [given]
    if not model.fits(len(addresses)):
        raise Problem(400, f"Invalid parameter: {name} takes {model.min_references} to {model.max_references} items")
    return tuple(_address(name, address) for address in addresses)


def _address(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Problem(400, f"Invalid parameter: {name} must hold URLs")
    return value


def _parameters(model: ImageModel, body: Json) -> dict[str, ParameterValue]:
    parameters: dict[str, ParameterValue] = {}
    for parameter in model.parameters:
        if parameter.name not in body:
            continue
        value = body[parameter.name]
        if not isinstance(value, int | float | str):
            raise Problem(400, f"Invalid parameter: {parameter.name} has the wrong type")
        try:
            parameter.check(value)
        except BadParameter as error:
            raise Problem(400, f"Invalid parameter: {parameter.name} is out of range") from error
        parameters[parameter.name] = value
    return parameters

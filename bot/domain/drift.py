"""Compares the catalogue with the provider's own model list: changed inputs and prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias, cast

from bot.domain.image_models import ImageModel
from bot.domain.money import Micros, format_usd, micros_up
from bot.domain.parameters import ChoiceParameter, IntegerParameter, NumberParameter, Parameter

Property: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedSchema:
    """A model as the provider lists it: its base price in dollars, and the JSON schema of a run's inputs."""

    model_id: str
    base_price: Decimal | None = None
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def properties(self) -> Mapping[str, Property]:
        """The inputs by name."""
        found = self.schema.get("properties")
        return cast("Mapping[str, Property]", found) if isinstance(found, dict) else {}

    @property
    def price_micros(self) -> Micros | None:
        """The base price, where one is listed."""
        return None if self.base_price is None else micros_up(self.base_price)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the operator has looked at: what one picture of a model may cost, and how its inputs may differ."""

    price_micros: Micros = 0
    drifts: tuple[str, ...] = ()


UNCONFIRMED = Confirmed()


def drifts(model: ImageModel, listing: ListedSchema | None, confirmed: Confirmed = UNCONFIRMED) -> tuple[str, ...]:
    """Each way in which the list differs from what is sent, assumed or confirmed; none where all still holds."""
    if listing is None:
        return ("it is not listed",)
    if not listing.properties:
        return (*_of_price(model, listing.price_micros, confirmed), "its inputs are not listed")
    return reasons_to_pause(model, listing, None, confirmed)


def reasons_to_pause(
    model: ImageModel, listing: ListedSchema | None, quoted: Micros | None, confirmed: Confirmed = UNCONFIRMED
) -> tuple[str, ...]:
    """Why members should not use a model before the operator has looked; what nobody says is no reason.

    `quoted` is what the provider asks for one picture now; without it the listed price counts.
    """
    price = listing.price_micros if quoted is None and listing is not None else quoted
    drifted = drifted_inputs(model, listing)
    return (*_of_price(model, price, confirmed), *(each for each in drifted if each not in confirmed.drifts))


def drifted_inputs(model: ImageModel, listing: ListedSchema | None) -> tuple[str, ...]:
    """How what is listed of a model's inputs differs from what is sent; nothing where they are not listed."""
    return tuple(_of_schema(model, listing)) if listing is not None and listing.properties else ()


def _of_price(model: ImageModel, price: Micros | None, confirmed: Confirmed) -> Iterator[str]:
    known = max(model.price_micros, confirmed.price_micros)
    if price is not None and price > known:
        yield f"it costs {format_usd(price)}, and not {format_usd(known)}"


def _of_schema(model: ImageModel, listing: ListedSchema) -> Iterator[str]:
    sent = {"prompt", *(parameter.name for parameter in model.parameters)} | ({model.image_field} - {None})
    for name in sorted(str(each) for each in sent if each not in listing.properties):
        yield f"{name} is not declared"
    always = set(model.request_body("", ("",), {}))
    required = cast("list[object]", listing.schema.get("required") or [])
    for name in required:
        if name not in always:
            yield f"{name} is required"
    if model.image_field is not None and model.image_field in listing.properties:
        yield from _of_images(model, listing.properties[model.image_field])
    for parameter in model.parameters:
        if parameter.name in listing.properties:
            yield from _of_parameter(parameter, listing.properties[parameter.name])


def _of_images(model: ImageModel, listed: Property) -> Iterator[str]:
    if (listed.get("type") == "array") is not model.takes_list:
        yield f"{model.image_field} takes {'one image' if model.takes_list else 'a list'}"
    most = most_items(listed)
    if most is not None and most < model.max_references:
        yield f"{model.image_field} takes {most} at most, and not {model.max_references}"


def _of_parameter(parameter: Parameter, listed: Property) -> Iterator[str]:
    if isinstance(parameter, ChoiceParameter):
        known = cast("list[object]", listed.get("enum") or parameter.choices)
        if gone := [choice for choice in parameter.choices if choice not in known]:
            yield f"{parameter.name} has no {', '.join(gone)}"
    if isinstance(parameter, IntegerParameter | NumberParameter):
        least, most = listed.get("minimum", parameter.minimum), listed.get("maximum", parameter.maximum)
        if least > parameter.minimum or most < parameter.maximum:
            yield f"{parameter.name} goes from {least} to {most}"


def most_items(listed: Property) -> int | None:
    """How many images a list takes; some models say it of the list and some of its items."""
    of_items = listed.get("items")
    inner = cast("Property", of_items).get("maxItems") if isinstance(of_items, dict) else None
    most = listed.get("maxItems", inner)
    return most if isinstance(most, int) else None


def entry_for(listing: ListedSchema) -> str:
    """An entry for MODELS_FILE out of what is listed; what a list cannot say is left for whoever reads it."""
    lines = ["[[models]]", f'id = "{listing.model_id}"', f'label = "{listing.model_id}"']
    lines.append('source = "the provider\'s list"')
    lines.append(f'price_usd = "{listing.base_price or "?"}"')
    parameters: list[str] = []
    for name, listed in listing.properties.items():
        if name.endswith(("image", "image_url")):
            lines.append(f'images = {{ field = "{name}", shape = "one", most = 1 }}')
        elif name.endswith(("images", "image_urls")):
            lines.append(f'images = {{ field = "{name}", shape = "list", most = {most_items(listed) or 1} }}')
        elif written := _written(name, listed):
            parameters.append(f"  {{ {written} }},")
    return "\n".join((*lines, "parameters = [", *parameters, "]"))


def _written(name: str, listed: Property) -> str | None:
    kind = listed.get("type")
    if name in {"prompt", "enable_sync_mode", "enable_base64_output", "num_images"}:
        return None
    if listed.get("enum"):
        choices = ", ".join(f'"{each}"' for each in listed["enum"])
        always = f', always = "{listed["default"]}"' if listed.get("default") in listed["enum"] else ""
        return f'name = "{name}", kind = "choice", choices = [{choices}]{always}'
    if kind in {"integer", "number"} and {"minimum", "maximum"} <= set(listed):
        default = f", default = {listed.get('default', listed['minimum'])}" if kind == "number" else ""
        return (
            f'name = "{name}", kind = "{kind}", minimum = {listed["minimum"]}, maximum = {listed["maximum"]}{default}'
        )
    if name == "size":
        bounds = f"minimum = {listed.get('minimum', 256)}, maximum = {listed.get('maximum', 1536)}"
        return f'name = "size", kind = "size", {bounds}, pixels = 1048576'
    return None

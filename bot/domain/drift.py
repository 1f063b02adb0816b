"""The catalogue beside the provider's own list: what of that which we send it would not take any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias, cast

from bot.domain.image_models import ImageModel
from bot.domain.money import format_usd, micros_up
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


def drifts(model: ImageModel, listing: ListedSchema | None) -> tuple[str, ...]:
    """Each way in which the list differs from what is sent and assumed; none where all still holds."""
    if listing is None:
        return ("it is not listed",)
    return (*_of_price(model, listing), *_of_schema(model, listing))


def _of_price(model: ImageModel, listing: ListedSchema) -> Iterator[str]:
    if listing.base_price is not None and micros_up(listing.base_price) > model.price_micros:
        yield f"it costs {format_usd(micros_up(listing.base_price))}, and not {format_usd(model.price_micros)}"


def _of_schema(model: ImageModel, listing: ListedSchema) -> Iterator[str]:
    if not listing.properties:
        yield "its inputs are not listed"
        return
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

"""What a member chooses about a picture beside its words and references: model, parameters, seed and number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.errors import Faults
from bot.domain.parameters import COUNT, PARAMETERS, SEED, ParameterValue


@dataclass(frozen=True, slots=True)
class Choices:
    """One request's choices; what is left out, the model decides.

    `parameters` go by the provider's names. The seed stands apart, because each picture of a request has its own.
    `is_storyboard`: each line of the words is a picture, instead of `count` pictures of the same words.
    `style` is the name of one of the server's; None is the channel's own where it has one, empty is none.
    """

    model_id: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict[str, ParameterValue])
    seed: int | None = None
    count: int = 1
    is_storyboard: bool = False
    style: str | None = None


NOTHING_CHOSEN = Choices()
"""One picture, with everything left to the model."""

STORYBOARD = Choices(is_storyboard=True)
"""A picture for each line, with everything left to the model."""


def given(**parameters: ParameterValue | None) -> dict[str, ParameterValue]:
    """A command's parameters without those that were left out."""
    return {name: value for name, value in parameters.items() if value is not None}


def typed_choices(fields: Mapping[str, str], before: Choices = NOTHING_CHOSEN) -> Choices:
    """Read a form as it was typed. What it does not ask for stays as `before`; an empty field leaves it to the model.

    Raises:
        BadRequest: all that is no number, or out of range.
    """
    faults = Faults()
    parameters, seed, count = dict(before.parameters), before.seed, before.count
    for parameter in PARAMETERS:
        if parameter.name not in fields:
            continue
        parameters.pop(parameter.name, None)
        with faults.noted():
            parameters |= given(**{parameter.name: parameter.read(fields[parameter.name])})
    if SEED.name in fields:
        with faults.noted():
            seed = SEED.read(fields[SEED.name])
    if COUNT.name in fields:
        with faults.noted():
            count = COUNT.read(fields[COUNT.name]) or 1
    faults.tell()
    model_id = fields.get("model", before.model_id) or None
    return Choices(model_id, parameters, seed, count, before.is_storyboard, before.style)

"""What members read about each parameter: as an option of a command, as a field of a form, in the small print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.models import ASPECT, GUIDANCE, PARAMETERS, SEED, ParameterValue


@dataclass(frozen=True, slots=True)
class ParameterText:
    """`option` explains a command's option, `label` and `hint` stand at a form's field, `shown` in the small print."""

    option: str
    label: str
    hint: str
    shown: str = "{value}"


PARAMETER_TEXTS: dict[str, ParameterText] = {
    ASPECT.name: ParameterText(
        option="Shape of the picture; left out, the model decides",
        label="Aspect ratio",
        hint="Left out, the model chooses",
    ),
    GUIDANCE.name: ParameterText(
        option="How strictly to follow the prompt, 1 to 20 (3.5)",
        label="Guidance",
        hint="How strictly to follow the prompt, 1 to 20; usually 3.5",
        shown="guidance {value:g}",
    ),
    SEED.name: ParameterText(
        option="The same number repeats a picture; for models with a seed",
        label="Seed",
        hint="The same number repeats a picture; FLUX Kontext Max only",
        shown="seed {value}",
    ),
}
"""By the provider's name; the seed too, which forms and messages show behind the others."""


def shown_parameters(parameters: Mapping[str, ParameterValue]) -> Iterator[str]:
    """Each parameter that was chosen, in a few words and in the order of the forms."""
    for parameter in PARAMETERS:
        if parameter.name in parameters:
            yield PARAMETER_TEXTS[parameter.name].shown.format(value=parameters[parameter.name])


def shown_seed(seed: int) -> str:
    """One picture's seed in the small print."""
    return PARAMETER_TEXTS[SEED.name].shown.format(value=seed)

"""What members read about each parameter: as an option of a command, as a field of a form, in the small print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.image_models import ImageModel
from bot.domain.parameters import ASPECT, GUIDANCE, SEED, ParameterValue

LACKING = "no {name} in this model"
SENT_AS = "{chosen} as {sent}"


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
        hint="The same number repeats a picture; for models with a seed",
        shown="seed {value}",
    ),
}
"""By the provider's name; the seed too, which forms and messages show behind the others."""


def shown_parameters(model: ImageModel, chosen: Mapping[str, ParameterValue]) -> Iterator[str]:
    """Each parameter that was chosen, in a few words and in the order of the forms, with what became of it.

    What a model lacks is not sent to it, and what it has only nearly is sent as the nearest that it has.
    """
    for name, text in PARAMETER_TEXTS.items():
        if name not in chosen:
            continue
        sent = model.sent_for(name, chosen[name])
        if sent is None:
            yield LACKING.format(name=text.label.lower())
        else:
            said = text.shown.format(value=chosen[name])
            yield said if sent == chosen[name] else SENT_AS.format(chosen=said, sent=str(sent).replace("*", "\u00d7"))


def shown_seed(seed: int) -> str:
    """One picture's seed in the small print."""
    return PARAMETER_TEXTS[SEED.name].shown.format(value=seed)

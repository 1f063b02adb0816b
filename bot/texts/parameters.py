"""What members read about each parameter: as an option of a command, as a field of a form, in the small print."""

from __future__ import annotations

from dataclasses import dataclass

LACKING = "no {name} in this model"
SENT_AS = "{chosen} as {sent}"


@dataclass(frozen=True, slots=True)
class ParameterText:
    """`option` explains a command's option, `label` and `hint` stand at a form's field, `shown` in the small print."""

    option: str
    label: str
    hint: str
    shown: str = "{value}"


PARAMETERS = {
    "aspect_ratio": ParameterText(
        option="Shape of the picture; left out, the model decides",
        label="Aspect ratio",
        hint="Left out, the model chooses",
    ),
    "guidance_scale": ParameterText(
        option="How strictly to follow the prompt, 1 to 20 (3.5)",
        label="Guidance",
        hint="How strictly to follow the prompt, 1 to 20; usually 3.5",
        shown="guidance {value:g}",
    ),
    "seed": ParameterText(
        option="The same number repeats a picture; for models with a seed",
        label="Seed",
        hint="The same number repeats a picture; for models with a seed",
        shown="seed {value}",
    ),
}
"""By the provider's name; the seed too, which forms and messages show behind the others."""

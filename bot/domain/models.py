"""The image models as data: what each takes, in which field, within which ranges, at which price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.domain.errors import BadParameter, UnknownModel
from bot.domain.money import Micros

ASPECT_RATIOS = ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21")
"""The nine choices that both FLUX Kontext Max pages list; left out, the model decides."""

MAX_REFERENCES = 5
MAX_COUNT = 4
MAX_PROMPT_CHARS = 2000

ParameterValue: TypeAlias = int | float | str


@dataclass(frozen=True, slots=True)
class IntegerParameter:
    """A whole number within an inclusive range."""

    name: str
    minimum: int
    maximum: int

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is a whole number in range."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.minimum <= value <= self.maximum:
            raise BadParameter(self.name, value, f"a whole number from {self.minimum} to {self.maximum}")

    def read(self, typed: str) -> int | None:
        """What was typed, None where nothing was. Raises BadParameter, which quotes what was typed."""
        if not (text := typed.strip()):
            return None
        try:
            number = int(text)
        except ValueError:
            number = self.minimum - 1
        if not self.minimum <= number <= self.maximum:
            raise BadParameter(self.name, text, f"a whole number from {self.minimum} to {self.maximum}")
        return number


@dataclass(frozen=True, slots=True)
class NumberParameter:
    """A number within an inclusive range, with the provider's default."""

    name: str
    minimum: float
    maximum: float
    default: float

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is a number in range."""
        if isinstance(value, str | bool) or not self.minimum <= value <= self.maximum:
            shown = f"{value:g}" if isinstance(value, float) else value
            raise BadParameter(self.name, shown, f"a number from {self.minimum:g} to {self.maximum:g}")

    def read(self, typed: str) -> float | None:
        """What was typed, None where nothing was. Raises BadParameter, which quotes what was typed."""
        if not (text := typed.strip()):
            return None
        try:
            number = float(text.replace(",", "."))
            self.check(number)
        except (ValueError, BadParameter) as error:
            expected = f"a number from {self.minimum:g} to {self.maximum:g}"
            raise BadParameter(self.name, text, expected) from error
        return number


@dataclass(frozen=True, slots=True)
class ChoiceParameter:
    """One of a few words."""

    name: str
    choices: tuple[str, ...]

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is one of the choices."""
        if value not in self.choices:
            raise BadParameter(self.name, value, "one of " + ", ".join(self.choices))

    def read(self, typed: str) -> str | None:
        """What was chosen, None where nothing was. Raises BadParameter."""
        if not (text := typed.strip()):
            return None
        self.check(text)
        return text


Parameter: TypeAlias = IntegerParameter | NumberParameter | ChoiceParameter

SEED = IntegerParameter("seed", -1, 2_147_483_647)
GUIDANCE = NumberParameter("guidance_scale", 1.0, 20.0, 3.5)
ASPECT = ChoiceParameter("aspect_ratio", ASPECT_RATIOS)
COUNT = IntegerParameter("count", 1, MAX_COUNT)
"""How many pictures; no parameter of a model, for each picture is asked for by itself."""

PARAMETERS: tuple[Parameter, ...] = (ASPECT, GUIDANCE)
"""What members can choose beside the seed, in the order in which forms and messages show it."""


@dataclass(frozen=True, slots=True)
class ImageModel:
    """One model of the provider.

    `image_field` and `takes_list` say how references go into the body: `image: "url"` or `images: ["url", ...]`.
    `price_micros` is the list price of one picture; a live quote may replace it.
    """

    id: str
    label: str
    image_field: str
    takes_list: bool
    min_references: int
    max_references: int
    parameters: tuple[Parameter, ...]
    price_micros: Micros

    def fits(self, references: int) -> bool:
        """Whether the model takes this many reference images."""
        return self.min_references <= references <= self.max_references

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None where the model has none."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def check(self, parameters: Mapping[str, ParameterValue]) -> None:
        """Refuse what the model does not know or what is out of range.

        Raises:
            BadParameter: names the parameter and what would be right.
        """
        for name, value in parameters.items():
            known = self.parameter(name)
            if known is None:
                raise BadParameter(name, value, f"left out: {self.label} has no such setting")
            known.check(value)

    def request_body(
        self, prompt: str, image_urls: Sequence[str], parameters: Mapping[str, ParameterValue]
    ) -> dict[str, object]:
        """Build the JSON body of a submit, with exactly the documented fields.

        `enable_sync_mode` is always false: a gateway timeout in sync mode would lose the id of a paid picture.
        """
        images: object = list(image_urls) if self.takes_list else image_urls[0]
        return {"prompt": prompt, self.image_field: images, **parameters, "enable_sync_mode": False}


MAX = ImageModel(
    id="wavespeed-ai/flux-kontext-max",
    label="FLUX Kontext Max",
    image_field="image",
    takes_list=False,
    min_references=1,
    max_references=1,
    parameters=(SEED, GUIDANCE, ASPECT),
    price_micros=80_000,
)
MAX_MULTI = ImageModel(
    id="wavespeed-ai/flux-kontext-max/multi",
    label="FLUX Kontext Max Multi",
    image_field="images",
    takes_list=True,
    min_references=1,
    max_references=MAX_REFERENCES,
    parameters=(GUIDANCE, ASPECT),
    price_micros=80_000,
)
PRO = ImageModel(
    id="wavespeed-ai/flux-kontext-pro",
    label="FLUX Kontext Pro",
    image_field="image",
    takes_list=False,
    min_references=1,
    max_references=1,
    parameters=(GUIDANCE, ASPECT),
    price_micros=40_000,
)
PRO_MULTI = ImageModel(
    id="wavespeed-ai/flux-kontext-pro/multi",
    label="FLUX Kontext Pro Multi",
    image_field="images",
    takes_list=True,
    min_references=1,
    max_references=MAX_REFERENCES,
    parameters=(SEED, GUIDANCE, ASPECT),
    price_micros=40_000,
)
CATALOGUE: tuple[ImageModel, ...] = (MAX, MAX_MULTI, PRO, PRO_MULTI)
"""Every model that Easel ever offered: jobs of each are kept and may be open. What is sold now, the provider says."""


def find_model(model_id: str) -> ImageModel:
    """Look a model up by the provider's id.

    Raises:
        UnknownModel: Easel does not offer it.
    """
    for model in CATALOGUE:
        if model.id == model_id:
            return model
    raise UnknownModel(model_id)


def models_for(references: int) -> tuple[ImageModel, ...]:
    """The models that take this many references, the default first."""
    return tuple(model for model in CATALOGUE if model.fits(references))

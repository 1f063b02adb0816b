"""The kinds of parameters that image models have: each knows its range, reads what was typed, and says what is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot import texts
from bot.domain.errors import BadParameter
from bot.texts.templates import listed

ASPECT_RATIOS = ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21")
"""The nine shapes that members choose from; a model that lacks one gets the nearest that it has."""

MAX_COUNT = 4

ParameterValue: TypeAlias = int | float | str

_SIZE_STEP = 16


@dataclass(frozen=True, slots=True)
class IntegerParameter:
    """A whole number within an inclusive range."""

    name: str
    minimum: int
    maximum: int

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is a whole number in range."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.minimum <= value <= self.maximum:
            raise self._refused(value)

    def read(self, typed: str) -> int | None:
        """What was typed, None where nothing was. Raises BadParameter, which quotes what was typed."""
        if not (text := typed.strip()):
            return None
        try:
            number = int(text)
        except ValueError:
            number = self.minimum - 1
        if not self.minimum <= number <= self.maximum:
            raise self._refused(text)
        return number

    def sent(self, chosen: Mapping[str, ParameterValue]) -> ParameterValue | None:
        """What goes to the provider; None: nothing, so that the provider's default holds."""
        return chosen.get(self.name)

    def _refused(self, given: ParameterValue) -> BadParameter:
        return BadParameter(
            texts.requests.NO_WHOLE_NUMBER, name=self.name, given=given, least=self.minimum, most=self.maximum
        )


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
            raise self._refused(shown)

    def read(self, typed: str) -> float | None:
        """What was typed, None where nothing was. Raises BadParameter, which quotes what was typed."""
        if not (text := typed.strip()):
            return None
        try:
            number = float(text.replace(",", "."))
            self.check(number)
        except (ValueError, BadParameter) as error:
            raise self._refused(text) from error
        return number

    def sent(self, chosen: Mapping[str, ParameterValue]) -> ParameterValue | None:
        """What goes to the provider; None: nothing, so that the provider's default holds."""
        return chosen.get(self.name)

    def _refused(self, given: ParameterValue) -> BadParameter:
        return BadParameter(
            texts.requests.NO_NUMBER, name=self.name, given=given, least=self.minimum, most=self.maximum
        )


@dataclass(frozen=True, slots=True)
class ChoiceParameter:
    """One of a few words. `always` is sent where nobody chose: the price depends on it, and a default could change."""

    name: str
    choices: tuple[str, ...]
    always: str | None = None

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is one of the choices."""
        if value not in self.choices:
            raise BadParameter(
                texts.requests.NO_CHOICE,
                name=self.name,
                given=value,
                choices=listed(self.choices, texts.requests.ONE_OF),
            )

    def read(self, typed: str) -> str | None:
        """What was chosen, None where nothing was. Raises BadParameter."""
        if not (text := typed.strip()):
            return None
        self.check(text)
        return text

    def sent(self, chosen: Mapping[str, ParameterValue]) -> ParameterValue | None:
        """What goes to the provider: a shape that the model lacks becomes its nearest one."""
        value = chosen.get(self.name, self.always)
        if self.name == ASPECT.name and isinstance(value, str) and value not in self.choices:
            return nearest_ratio(value, self.choices)
        return value


@dataclass(frozen=True, slots=True)
class SizeParameter:
    """A picture's size as `WIDTH*HEIGHT`, each side in pixels within an inclusive range; a chosen shape becomes one.

    `pixels` is how many a picture of any shape has, about; the sides are multiples of 16.
    """

    name: str
    minimum: int
    maximum: int
    pixels: int

    def check(self, value: ParameterValue) -> None:
        """Raise BadParameter unless `value` is a size whose sides are in range."""
        width, _, height = str(value).partition("*")
        if not all(
            side.isascii() and side.isdecimal() and self.minimum <= int(side) <= self.maximum
            for side in (width, height)
        ):
            raise BadParameter(
                texts.requests.NO_SIZE, name=self.name, given=value, least=self.minimum, most=self.maximum
            )

    def read(self, typed: str) -> str | None:
        """What was typed, None where nothing was. Raises BadParameter."""
        if not (text := typed.strip()):
            return None
        self.check(text)
        return text

    def sent(self, chosen: Mapping[str, ParameterValue]) -> ParameterValue | None:
        """What goes to the provider: the size that comes nearest to the shape that was chosen."""
        if self.name in chosen:
            return chosen[self.name]
        shape = chosen.get(ASPECT.name)
        return None if shape is None else self.size_of(str(shape))

    def size_of(self, shape: str) -> str:
        """The size of a shape such as `16:9`; one too narrow for the range becomes the nearest that fits."""
        widest = self.maximum / self.minimum
        ratio = min(widest, max(1 / widest, ratio_of(shape)))
        width, height = math.sqrt(self.pixels * ratio), math.sqrt(self.pixels / ratio)
        fit = min(1.0, self.maximum / max(width, height))
        fit = max(fit, self.minimum / min(width, height))
        return f"{self._side(width * fit)}*{self._side(height * fit)}"

    def _side(self, exact: float) -> int:
        return min(self.maximum, max(self.minimum, round(exact / _SIZE_STEP) * _SIZE_STEP))


Parameter: TypeAlias = IntegerParameter | NumberParameter | ChoiceParameter | SizeParameter

SEED = IntegerParameter("seed", -1, 2_147_483_647)
GUIDANCE = NumberParameter("guidance_scale", 1.0, 20.0, 3.5)
ASPECT = ChoiceParameter("aspect_ratio", ASPECT_RATIOS)
COUNT = IntegerParameter("count", 1, MAX_COUNT)
"""How many pictures; no parameter of a model, for each picture is asked for by itself."""

PARAMETERS: tuple[Parameter, ...] = (ASPECT, GUIDANCE)
"""What members can choose beside the seed, in the order in which forms and messages show it."""


def chosen_kind(name: str) -> Parameter | None:
    """The parameter of that name as members choose it, whatever their model; None: they cannot."""
    return next((parameter for parameter in (*PARAMETERS, SEED) if parameter.name == name), None)


def ratio_of(shape: str) -> float:
    """Width by height of a shape such as `16:9`."""
    width, height = (float(part) for part in shape.split(":"))
    return width / height


def nearest_ratio(shape: str, known: Iterable[str]) -> str:
    """The shape among those known that looks most like this one."""
    wanted = math.log(ratio_of(shape))
    return min(known, key=lambda each: abs(math.log(ratio_of(each)) - wanted))

"""One image model of the provider: which references and parameters it takes, and what is sent for what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot import texts
from bot.domain.errors import BadImage, BadParameter, BadRequest
from bot.domain.images import StoredImage
from bot.domain.money import Micros
from bot.domain.parameters import ASPECT, Parameter, ParameterValue, SizeParameter, chosen_kind


@dataclass(frozen=True, slots=True)
class ImageModel:
    """One model of the provider.

    `image_field` and `takes_list` say how references go into the body: `image: "url"` or `images: ["url", ...]`; None
    where the model takes none. `price_micros` is the list price of one picture, until the provider quotes another.
    `prompt_chars` bounds the prompt as it is sent; `min_pixels` and `max_pixels` bound each side of a reference.
    `is_offered`: by every server whose moderators have not chosen its models. `source` is where all this was read.
    `is_retired`: it is not in the catalogue any more; its jobs are read, and nothing is sent for it.
    """

    id: str
    label: str
    image_field: str | None
    takes_list: bool
    min_references: int
    max_references: int
    parameters: tuple[Parameter, ...]
    price_micros: Micros
    prompt_chars: int | None = None
    min_pixels: int = 0
    max_pixels: int | None = None
    is_offered: bool = True
    source: str = field(default="", compare=False)
    is_retired: bool = False

    def fits(self, references: int) -> bool:
        """Whether the model takes this many reference images."""
        return self.min_references <= references <= self.max_references

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None where the model has none."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def check(self, chosen: Mapping[str, ParameterValue]) -> None:
        """Refuse what nobody knows or what is out of range. What only this model lacks is left out, and not refused.

        Raises:
            BadParameter: names the parameter and what would be right.
        """
        for name, value in chosen.items():
            own, common = self.parameter(name), chosen_kind(name)
            if name == ASPECT.name and own is not None and value in _choices(own):
                continue
            kind = common if own is None or name == ASPECT.name else own
            if kind is None:
                raise BadParameter(texts.requests.NO_SUCH_SETTING, name=name, given=value, model=self.label)
            kind.check(value)

    def check_prompt(self, sent_prompt: str) -> None:
        """Refuse a prompt, roles and all, that is longer than the model reads. Raises BadRequest."""
        if self.prompt_chars is not None and len(sent_prompt) > self.prompt_chars:
            raise BadRequest(
                texts.requests.PROMPT_TOO_LONG_FOR,
                model=self.label,
                most=self.prompt_chars,
                characters=len(sent_prompt),
            )

    def check_image(self, filename: str, image: StoredImage) -> None:
        """Refuse a reference that is too small or too large for the model. Raises BadImage."""
        sides = (image.width, image.height)
        if min(sides) < self.min_pixels or (self.max_pixels is not None and max(sides) > self.max_pixels):
            raise BadImage(
                texts.images.WRONG_SIDES,
                filename=filename,
                model=self.label,
                least=self.min_pixels,
                most=self.max_pixels or 0,
                width=image.width,
                height=image.height,
            )

    def takes(self, name: str) -> bool:
        """Whether the provider is told anything where a member chooses this parameter."""
        return self._taking(name) is not None

    def sent_for(self, name: str, value: ParameterValue) -> ParameterValue | None:
        """What the provider is told for one choice: the same, the nearest that the model has, or None: nothing."""
        parameter = self._taking(name)
        return None if parameter is None else parameter.sent({name: value})

    def request_body(
        self, prompt: str, image_urls: Sequence[str], chosen: Mapping[str, ParameterValue]
    ) -> dict[str, object]:
        """Build the JSON body of a submit, with exactly the documented fields.

        `enable_sync_mode` is always false: a gateway timeout in sync mode would lose the id of a paid picture.
        """
        sent = {each.name: value for each in self.parameters if (value := each.sent(chosen)) is not None}
        body: dict[str, object] = {"prompt": prompt}
        if self.image_field is not None:
            body[self.image_field] = list(image_urls) if self.takes_list else image_urls[0]
        return {**body, **sent, "enable_sync_mode": False}

    def _taking(self, name: str) -> Parameter | None:
        """The parameter by which a choice is told; a shape also by the picture's size."""
        if (own := self.parameter(name)) is not None or name != ASPECT.name:
            return own
        return next((each for each in self.parameters if isinstance(each, SizeParameter)), None)


def retired(model_id: str) -> ImageModel:
    """What is left of a model that the catalogue does not have any more: its id, by which its jobs are read."""
    return ImageModel(model_id, model_id, None, False, 0, 0, (), 0, is_offered=False, is_retired=True)


def _choices(parameter: Parameter) -> tuple[str, ...]:
    return getattr(parameter, "choices", ())

"""Resolves the model and parameters of a request: the member's choice, else the style's, else the channel's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import texts
from bot.domain.choices import Choices, given
from bot.domain.errors import BadParameter, NotOffered, WrongReferenceCount
from bot.domain.image_models import ImageModel
from bot.domain.models import MAX_REFERENCES, find_model, models_for
from bot.domain.parameters import ASPECT, SEED, IntegerParameter, ParameterValue
from bot.domain.styles import Style
from bot.services.creative.drafting import kept
from bot.services.creative.policy import Ruling
from bot.services.creative.references import RequestedReference, close_gaps
from bot.services.creative.requests import PictureRequest


def with_style(own: Sequence[RequestedReference], style: Style | None) -> tuple[RequestedReference, ...]:
    """A member's own references, and behind them those of the style."""
    if style is None:
        return tuple(own)
    style.check_room(len(own))
    brought = (replace(each, place=each.place + MAX_REFERENCES, of_style=True) for each in kept(style.references))
    return close_gaps((*own, *brought))


def choose_model(request: PictureRequest, ruling: Ruling, style: Style | None) -> ImageModel:
    """The model that was chosen, else the style's, else what the channel or the command has.

    Raises:
        UnknownModel, NotOffered: there is none of that id, or this server does not offer it.
        WrongReferenceCount: it does not take so many images.
    """
    number = len(request.references) + (0 if style is None else style.images)
    chosen = request.choices.model_id or (None if style is None else style.model_id)
    default = request.default_model if style is None else _able(request.default_model, number)
    model = ruling.model_for(default, number) if chosen is None else find_model(chosen)
    if number == 0 and not model.fits(0):
        raise WrongReferenceCount(texts.requests.NO_IMAGE)
    if not model.fits(number):
        words = texts.requests.TAKES_IMAGES_WITH_STYLE if style and style.images else texts.requests.TAKES_IMAGES
        raise WrongReferenceCount(words, model=model.label, count=model.max_references, given=number)
    if not ruling.rules.offers(model):
        raise NotOffered(model.label)
    return model


def _able(default: ImageModel, references: int) -> ImageModel:
    """The command's own model where it takes a style's references as well, else the first that does."""
    return default if default.fits(references) else next(iter(models_for(references)), default)


def parameters_for(
    model: ImageModel, choices: Choices, ruling: Ruling, style: Style | None
) -> dict[str, ParameterValue]:
    """What was chosen, else what style or channel say. A seed that the model lacks is only remembered."""
    seed = choices.seed if model.parameter(SEED.name) is None else None
    of_channel = given(**{ASPECT.name: ruling.channel.aspect_ratio, SEED.name: seed})
    return {**of_channel, **({} if style is None else style.parameters), **choices.parameters}


def check_seed(model: ImageModel, choices: Choices) -> None:
    """Refuse a seed that is out of range, or from which the pictures cannot count up. Raises BadParameter."""
    seed, count, known = choices.seed, choices.count, model.parameter(SEED.name)
    if seed is None or not isinstance(known, IntegerParameter):
        return
    model.check({SEED.name: seed})
    if not choices.is_storyboard and seed + count - 1 > known.maximum:
        raise BadParameter(
            texts.requests.SEED_TOO_HIGH,
            name=SEED.name,
            given=seed,
            most=known.maximum - count + 1,
            count=count,
        )

"""The catalogue: every image model that members can be offered, and what each id that a job names stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

from bot.domain.entries import model_of
from bot.domain.errors import UnknownModel
from bot.domain.image_models import ImageModel, retired

MAX_REFERENCES = 5
"""How many references a request has at most, also where a model takes more."""

MAX_PROMPT_CHARS = 2000


class Catalogue(Sequence[ImageModel]):
    """The models in the order in which they are offered: the built-in ones, then the operator's.

    It is the process's, filled once before anything else is opened: a job names its model by id, and whoever reads a
    job anywhere has to know what that is.
    """

    def __init__(self, built_in: Iterable[ImageModel]) -> None:
        self._built_in = tuple(built_in)
        self._models = self._built_in

    def __len__(self) -> int:
        return len(self._models)

    @overload
    def __getitem__(self, index: int) -> ImageModel: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ImageModel, ...]: ...
    def __getitem__(self, index: int | slice) -> ImageModel | tuple[ImageModel, ...]:
        return self._models[index]

    def __iter__(self) -> Iterator[ImageModel]:
        return iter(self._models)

    def extend(self, models: Iterable[ImageModel]) -> None:
        """Put an operator's models behind the built-in ones; one whose id is built in replaces that.

        They take the place of those that were given before.
        """
        further = {model.id: model for model in models}
        own = tuple(further.pop(model.id, model) for model in self._built_in)
        self._models = (*own, *further.values())

    def find(self, model_id: str) -> ImageModel | None:
        """The model of that id; None where there is none."""
        return next((model for model in self._models if model.id == model_id), None)


BUILT_IN = Path(__file__).with_name("models.toml")
"""The built-in entries; MODELS_FILE has the same form."""

CATALOGUE = Catalogue(model_of(entry) for entry in tomllib.loads(BUILT_IN.read_text(encoding="utf-8"))["models"])


def find_model(model_id: str) -> ImageModel:
    """Look a model up by the provider's id, to make a picture with it.

    Raises:
        UnknownModel: it is not in the catalogue.
    """
    model = CATALOGUE.find(model_id)
    if model is None:
        raise UnknownModel(model_id)
    return model


def model_of_job(model_id: str) -> ImageModel:
    """The model that a job was made with; what is left of it where the catalogue has it no more."""
    return CATALOGUE.find(model_id) or retired(model_id)


def models_for(references: int) -> tuple[ImageModel, ...]:
    """The models that take this many references, the default first."""
    return tuple(model for model in CATALOGUE if model.fits(references))


MAX = find_model("wavespeed-ai/flux-kontext-max")
MAX_MULTI = find_model("wavespeed-ai/flux-kontext-max/multi")
PRO = find_model("wavespeed-ai/flux-kontext-pro")
PRO_MULTI = find_model("wavespeed-ai/flux-kontext-pro/multi")

"""The model catalogue against the parameter tables of WaveSpeed's two FLUX Kontext Max pages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.domain.errors import BadParameter, UnknownModel
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI, find_model, models_for
from bot.domain.parameters import ChoiceParameter, IntegerParameter, NumberParameter, ParameterValue

FROM_TEXT = find_model("wavespeed-ai/flux-kontext-max/text-to-image")
RATIOS = ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21")


def test_max_is_as_documented() -> None:
    """FLUX Kontext Max: one `image`, a seed from -1 to 2147483647, guidance 1 to 20 (3.5), nine ratios, $0.08."""
    assert ImageModel(
        id="wavespeed-ai/flux-kontext-max",
        label="FLUX Kontext Max",
        image_field="image",
        takes_list=False,
        min_references=1,
        max_references=1,
        parameters=(
            IntegerParameter("seed", -1, 2147483647),
            NumberParameter("guidance_scale", 1.0, 20.0, 3.5),
            ChoiceParameter("aspect_ratio", RATIOS),
        ),
        price_micros=80_000,
    ) == find_model("wavespeed-ai/flux-kontext-max")


def test_max_multi_is_as_documented() -> None:
    """FLUX Kontext Max Multi: up to five `images`, guidance 1 to 20 (3.5), nine ratios, no seed, $0.08."""
    assert ImageModel(
        id="wavespeed-ai/flux-kontext-max/multi",
        label="FLUX Kontext Max Multi",
        image_field="images",
        takes_list=True,
        min_references=1,
        max_references=5,
        parameters=(
            NumberParameter("guidance_scale", 1.0, 20.0, 3.5),
            ChoiceParameter("aspect_ratio", RATIOS),
        ),
        price_micros=80_000,
    ) == find_model("wavespeed-ai/flux-kontext-max/multi")


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (MAX, {}),
        (MAX, {"seed": -1}),
        (MAX, {"seed": 0}),
        (MAX, {"seed": 2_147_483_647}),
        (MAX, {"guidance_scale": 1.0}),
        (MAX, {"guidance_scale": 20}),
        *((MAX_MULTI, {"aspect_ratio": ratio}) for ratio in RATIOS),
        (MAX_MULTI, {"guidance_scale": 3.5, "aspect_ratio": "1:1"}),
    ],
)
def test_values_in_range(model: ImageModel, parameters: Mapping[str, ParameterValue]) -> None:
    """The ends of each documented range belong to it, and the body carries the values as given."""
    model.check(parameters)
    body = model.request_body("a hat", ["https://c/1"], parameters)

    assert {name: body[name] for name in parameters} == parameters


@pytest.mark.parametrize(
    ("model", "name", "value", "expected"),
    [
        (MAX, "seed", -2, "a whole number from -1 to 2147483647"),
        (MAX, "seed", 2_147_483_648, "a whole number from -1 to 2147483647"),
        (MAX, "seed", 1.5, "a whole number from -1 to 2147483647"),
        (MAX, "seed", True, "a whole number from -1 to 2147483647"),
        (MAX, "guidance_scale", 0.99, "a number from 1 to 20"),
        (MAX, "guidance_scale", 20.01, "a number from 1 to 20"),
        (MAX, "guidance_scale", float("nan"), "a number from 1 to 20"),
        (MAX, "guidance_scale", float("inf"), "a number from 1 to 20"),
        (MAX, "guidance_scale", "3.5", "a number from 1 to 20"),
        (MAX, "aspect_ratio", "5:4", "21:9, 16:9, 4:3, 3:2, 1:1, 2:3, 3:4, 9:16 or 9:21"),
        (MAX_MULTI, "seed", -2, "a whole number from -1 to 2147483647"),
        (MAX, "num_images", 4, "FLUX Kontext Max has no setting num images"),
    ],
)
def test_values_out_of_range(model: ImageModel, name: str, value: ParameterValue, expected: str) -> None:
    """What the model does not take is refused before it costs anything, with what would be right."""
    with pytest.raises(BadParameter) as refused:
        model.check({name: value})

    assert (refused.value.facts["name"], expected in refused.value.sentence) == (name.replace("_", " "), True)


def test_max_body() -> None:
    """The body of FLUX Kontext Max has exactly the documented fields, sync mode off."""
    body = MAX.request_body("a hat", ["https://c/1"], {"seed": 123, "guidance_scale": 3.5, "aspect_ratio": "16:9"})

    assert body == {
        "prompt": "a hat",
        "image": "https://c/1",
        "seed": 123,
        "guidance_scale": 3.5,
        "aspect_ratio": "16:9",
        "enable_sync_mode": False,
    }


def test_max_multi_body() -> None:
    """The body of FLUX Kontext Max Multi keeps the references in order, even a single one as a list."""
    one = MAX_MULTI.request_body("a hat", ["https://c/1"], {})
    three = MAX_MULTI.request_body("a hat", ("https://c/3", "https://c/1", "https://c/2"), {})

    assert one == {"prompt": "a hat", "images": ["https://c/1"], "enable_sync_mode": False}
    assert three["images"] == ["https://c/3", "https://c/1", "https://c/2"]


@pytest.mark.parametrize(
    ("references", "default"), [(0, FROM_TEXT), (1, MAX), (2, MAX_MULTI), (5, MAX_MULTI), (15, None)]
)
def test_models_that_fit(references: int, default: ImageModel | None) -> None:
    """One reference suggests the single-image model first, two to five the multi-image one; none, from words."""
    fitting = models_for(references)

    assert next(iter(fitting), None) is default
    assert all(model.fits(references) for model in fitting)


def test_unknown_model() -> None:
    """A model that is not offered is refused by its name."""
    with pytest.raises(UnknownModel) as refused:
        find_model("wavespeed-ai/flux-kontext-ultra")

    assert refused.value.facts["model"] == "wavespeed-ai/flux-kontext-ultra"


def test_ids_are_unique() -> None:
    """No two entries of the catalogue share an id."""
    ids = [model.id for model in CATALOGUE]

    assert len(ids) == len(set(ids))

"""What each model of the catalogue is sent for what a member chose, and what it refuses before anything is held."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.domain.errors import BadImage, BadRequest
from bot.domain.image_models import ImageModel
from bot.domain.images import StoredImage
from bot.domain.models import CATALOGUE, MAX, Catalogue, find_model, model_of_job
from bot.domain.parameters import ASPECT_RATIOS, ParameterValue, SizeParameter, nearest_ratio, ratio_of

NANO, FAST = "google/nano-banana-2/edit", "google/nano-banana-2/edit-fast"
SEEDREAM, FLUX, QWEN = (
    "bytedance/seedream-v4.5/edit",
    "wavespeed-ai/flux-2-max/edit",
    "wavespeed-ai/qwen-image-max/edit",
)
FROM_TEXT = "wavespeed-ai/flux-kontext-max/text-to-image"
CHOSEN: Mapping[str, ParameterValue] = {"aspect_ratio": "16:9", "guidance_scale": 4.0, "seed": 7}


@pytest.mark.parametrize(
    ("model_id", "sent"),
    [
        (NANO, {"images": ["u"], "aspect_ratio": "16:9", "resolution": "1k", "output_format": "png"}),
        (FAST, {"images": ["u"], "aspect_ratio": "16:9", "resolution": "2k", "output_format": "png"}),
        (SEEDREAM, {"images": ["u"], "size": "2736*1536"}),
        (FLUX, {"images": ["u"], "size": "1360*768"}),
        (QWEN, {"images": ["u"], "size": "1360*768", "seed": 7}),
        (FROM_TEXT, {"aspect_ratio": "16:9", "guidance_scale": 4.0, "seed": 7}),
    ],
)
def test_only_what_a_model_declares_is_sent(model_id: str, sent: dict[str, object]) -> None:
    """What it lacks is left out, a shape becomes a size where it wants one, and what its price hangs on is sent."""
    body = find_model(model_id).request_body("a hat", ["u"], CHOSEN)

    assert body == {"prompt": "a hat", **sent, "enable_sync_mode": False}


def test_what_nobody_chose_is_left_to_the_model() -> None:
    """Without a shape a model that wants sizes is sent none."""
    assert "size" not in find_model(SEEDREAM).request_body("a hat", ["u"], {})
    assert find_model(NANO).request_body("a hat", ["u"], {})["resolution"] == "1k"


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
@pytest.mark.parametrize("shape", ASPECT_RATIOS)
def test_every_shape_has_a_legal_stand_in(model: ImageModel, shape: str) -> None:
    """Whatever shape is chosen, what is sent is in the model's own range."""
    body = model.request_body("a hat", ["u"], {"aspect_ratio": shape})

    for parameter in model.parameters:
        if parameter.name in body:
            parameter.check(body[parameter.name])  # pyright: ignore[reportArgumentType] - a parameter's value
    assert model.takes("aspect_ratio")


@pytest.mark.parametrize("shape", [*ASPECT_RATIOS, "1:8", "8:1"])
@pytest.mark.parametrize(
    "size", [SizeParameter("size", 1024, 4096, 4_194_304), SizeParameter("size", 256, 1536, 1 << 20)]
)
def test_a_size_has_the_shape(size: SizeParameter, shape: str) -> None:
    """A size has the shape that was chosen within a twentieth, or is the narrowest that the range allows."""
    sent = size.size_of(shape)
    width, height = (int(side) for side in sent.split("*"))

    size.check(sent)
    wanted = min(max(ratio_of(shape), size.minimum / size.maximum), size.maximum / size.minimum)
    assert width / height == pytest.approx(wanted, rel=0.05)


def test_the_nearest_shape() -> None:
    """Nearest by how much wider it is, not by the difference of the quotients."""
    assert nearest_ratio("9:21", ("1:1", "9:16", "1:4")) == "9:16"
    assert nearest_ratio("21:9", ("16:9", "4:1")) == "16:9"


def test_a_long_prompt_and_a_small_image() -> None:
    """A model that reads 800 characters and images from 384 pixels refuses more and less, saying both numbers."""
    qwen = find_model(QWEN)
    qwen.check_prompt("a" * 800)
    qwen.check_image("fox.png", StoredImage("0" * 64, "image/png", 384, 5000, 1))

    with pytest.raises(BadRequest, match="reads 800 characters; yours are 801"):
        qwen.check_prompt("a" * 801)
    with pytest.raises(BadImage, match="384 to 5,000 pixels a side; this one has 383 by 600"):
        qwen.check_image("fox.png", StoredImage("0" * 64, "image/png", 383, 600, 1))
    with pytest.raises(BadImage, match="this one has 5,001 by 600"):
        qwen.check_image("fox.png", StoredImage("0" * 64, "image/png", 5001, 600, 1))


def test_only_the_kontext_family_is_offered_at_first() -> None:
    """A server's moderators choose everything else."""
    offered = [model.id for model in CATALOGUE if model.is_offered]

    assert offered == [
        "wavespeed-ai/flux-kontext-max",
        "wavespeed-ai/flux-kontext-max/multi",
        "wavespeed-ai/flux-kontext-pro",
        "wavespeed-ai/flux-kontext-pro/multi",
    ]
    assert all(model.source for model in CATALOGUE)


def test_an_operators_models_stand_behind_the_built_in_ones() -> None:
    """One whose id is built in takes that one's place; the next list takes the place of the last."""
    mine, other = find_model(NANO), find_model(FLUX)
    catalogue = Catalogue([MAX, mine])
    catalogue.extend([other])
    with_other = list(catalogue)
    catalogue.extend([])

    assert with_other == [MAX, mine, other]
    assert list(catalogue) == [MAX, mine]
    assert catalogue.find(other.id) is None


def test_a_model_that_left_is_still_named() -> None:
    """A job of it is read by what is left: the id; nothing is known of its prices and nothing is sent for it."""
    left = model_of_job("acme/gone")

    assert (left.id, left.label, left.is_retired, left.is_offered) == ("acme/gone", "acme/gone", True, False)
    assert model_of_job(MAX.id) is MAX

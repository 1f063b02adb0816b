"""The simulated provider refuses every body that the model pages do not describe, so that a wrong client shows."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.models import MAX, MAX_MULTI, PRO, PRO_MULTI
from tests.demo.provider_bench import Bench

URL = "https://example.com/a.png"
ONE = {"prompt": "a hat", "image": URL}
MANY = {"prompt": "a hat", "images": [URL]}


@pytest.mark.parametrize(
    ("model_id", "body"),
    [
        (MAX.id, ONE),
        (MAX.id, {**ONE, "seed": -1, "guidance_scale": 1, "aspect_ratio": "21:9", "enable_sync_mode": False}),
        (MAX.id, {**ONE, "seed": 2_147_483_647, "guidance_scale": 20.0}),
        (MAX_MULTI.id, MANY),
        (MAX_MULTI.id, {**MANY, "images": [URL] * 5}),
        (PRO.id, ONE),
        (PRO_MULTI.id, {**MANY, "seed": 7}),
    ],
)
async def test_what_the_pages_describe_is_accepted(bench: Bench, model_id: str, body: dict[str, Any]) -> None:
    """Every documented field within its range passes."""
    assert (await bench.ask("POST", f"/{model_id}", json=body)).status == 200


@pytest.mark.parametrize(
    ("model_id", "body", "words"),
    [
        (MAX.id, {}, "Missing parameter: prompt"),
        (MAX.id, {"image": URL}, "Missing parameter: prompt"),
        (MAX.id, {**ONE, "prompt": "  "}, "prompt"),
        (MAX.id, {**ONE, "prompt": 7}, "prompt"),
        (MAX.id, {"prompt": "a hat"}, "Missing parameter: image"),
        (MAX.id, MANY, "images is not a parameter"),
        (MAX.id, {**ONE, "image": [URL]}, "image must be a URL"),
        (MAX.id, {**ONE, "image": ""}, "image must hold URLs"),
        (MAX.id, {**ONE, "num_images": 4}, "num_images is not a parameter"),
        (MAX.id, {**ONE, "seed": -2}, "seed is out of range"),
        (MAX.id, {**ONE, "seed": 2_147_483_648}, "seed is out of range"),
        (MAX.id, {**ONE, "seed": 1.5}, "seed is out of range"),
        (MAX.id, {**ONE, "seed": True}, "seed is out of range"),
        (MAX.id, {**ONE, "seed": None}, "seed has the wrong type"),
        (MAX.id, {**ONE, "guidance_scale": 0.9}, "guidance_scale is out of range"),
        (MAX.id, {**ONE, "guidance_scale": 20.1}, "guidance_scale is out of range"),
        (MAX.id, {**ONE, "guidance_scale": "3.5"}, "guidance_scale is out of range"),
        (MAX.id, {**ONE, "aspect_ratio": "5:4"}, "aspect_ratio is out of range"),
        (MAX.id, {**ONE, "enable_sync_mode": "no"}, "enable_sync_mode must be a boolean"),
        (MAX_MULTI.id, ONE, "image is not a parameter"),
        (MAX_MULTI.id, {**MANY, "images": URL}, "images must be an array"),
        (MAX_MULTI.id, {**MANY, "images": []}, "images takes 1 to 5"),
        (MAX_MULTI.id, {**MANY, "images": [URL] * 6}, "images takes 1 to 5"),
        (MAX_MULTI.id, {**MANY, "images": [URL, 7]}, "images must hold URLs"),
        (MAX_MULTI.id, {**MANY, "seed": 7}, "seed is not a parameter"),
        (PRO.id, {**ONE, "seed": 7}, "seed is not a parameter"),
    ],
)
async def test_anything_else_is_400_and_free(bench: Bench, model_id: str, body: dict[str, Any], words: str) -> None:
    """A wrong body is refused with the field's name, and neither creates nor bills anything."""
    reply = await bench.ask("POST", f"/{model_id}", json=body)

    assert (reply.status, words in reply.body.decode()) == (400, True)
    assert (len(bench.provider.predictions), bench.provider.billed_micros) == (0, 0)


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b'{"guidance_scale": NaN}', b"\xff\xfe"])
async def test_a_body_that_is_no_json_object_is_400(bench: Bench, body: bytes) -> None:
    """JSON is one object, without the constants that JSON does not have."""
    assert (await bench.ask("POST", f"/{MAX.id}", data=body)).status == 400

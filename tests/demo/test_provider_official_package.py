"""The official `wavespeed` package uploads, runs and fails against the simulated provider, unchanged."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import wavespeed

from bot.demo.provider import Behaviour, SimulatedProvider, Site
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI
from tests.demo.provider_bench import KEY, picture
from tests.demo.stepped_clock import SteppedClock


@pytest.fixture
async def provider() -> AsyncGenerator[SimulatedProvider]:
    """Time passes with each look at the clock, because the package sleeps on its own."""
    simulated = SimulatedProvider(SteppedClock(tick_ms=100), api_key=KEY)
    async with simulated.serve():
        yield simulated


def client(provider: SimulatedProvider, *, key: str = KEY) -> wavespeed.Client:
    return wavespeed.Client(api_key=key, base_url=provider.origin, retry_interval=0.001)


async def test_it_uploads_and_runs(provider: SimulatedProvider, tmp_path: Path) -> None:
    """A file and a stream go up by ticket, both come back in one picture, and one task is billed."""
    path = tmp_path / "a picture.png"
    path.write_bytes(picture("red"))

    def work() -> dict[str, list[str]]:
        official = client(provider)
        images = [official.upload(str(path)), official.upload(io.BytesIO(picture("blue")))]
        body = {"prompt": "mix them", "images": images, "aspect_ratio": "16:9"}
        return official.run(MAX_MULTI.id, body, poll_interval=0.001)

    result = await asyncio.to_thread(work)
    (prediction,) = provider.predictions

    assert [f"{provider.origin}/output/{prediction.id}.jpg"] == result["outputs"]
    assert (picture("red"), picture("blue")) == prediction.references
    assert provider.billed_micros == 80_000


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
async def test_it_runs_every_model(provider: SimulatedProvider, model: ImageModel) -> None:
    """The body that Easel builds for a model of the catalogue is taken as it is, and billed at the model's price."""
    chosen = {"aspect_ratio": "9:21", "guidance_scale": 4.0, "seed": 7}

    def work() -> dict[str, list[str]]:
        official = client(provider)
        images = [official.upload(io.BytesIO(picture())) for _ in range(min(model.max_references, 2))]
        return official.run(model.id, model.request_body("a hat", images, chosen), poll_interval=0.001)

    result = await asyncio.to_thread(work)
    (prediction,) = provider.predictions

    assert [f"{provider.origin}/output/{prediction.id}.jpg"] == result["outputs"]
    assert len(prediction.references) == min(model.max_references, 2)
    assert provider.billed_micros == model.price_micros


async def test_it_runs_in_sync_mode(provider: SimulatedProvider) -> None:
    """One request that stays open until the picture is there."""

    def work() -> dict[str, list[str]]:
        official = client(provider)
        image = official.upload(io.BytesIO(picture()))
        return official.run(MAX.id, {"prompt": "a hat", "image": image}, enable_sync_mode=True)

    assert len((await asyncio.to_thread(work))["outputs"]) == 1
    assert len(provider.history.at(Site.RESULT)) == 0


async def test_it_reports_a_failed_task(provider: SimulatedProvider) -> None:
    """The words of the failure reach its error, with the id of the task."""

    def work() -> dict[str, str]:
        official = client(provider)
        image = official.upload(io.BytesIO(picture()))
        return official.run_no_throw(MAX.id, {"prompt": "[sim:moderated]", "image": image}, poll_interval=0.001)

    result = await asyncio.to_thread(work)
    (prediction,) = provider.predictions

    assert ("failed", prediction.id) == (result["status"], result["task_id"])
    assert "sensitive information" in result["error"]


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Behaviour.RATE_LIMITED, "HTTP 429"),
        (Behaviour.BAD_GATEWAY, "HTTP 502"),
        (Behaviour.REFUSED_IN_200, "No request ID in response"),
        (Behaviour.DONE_DROPPED, "may already have been created"),
    ],
)
async def test_it_never_repeats_a_submit(provider: SimulatedProvider, behaviour: Behaviour, words: str) -> None:
    """Whatever a submit comes back with, there is one POST."""
    provider.script(Site.SUBMIT, behaviour)

    def work() -> dict[str, str]:
        return client(provider).run_no_throw(MAX.id, {"prompt": "a hat", "image": "https://example.com/a.png"})

    result = await asyncio.to_thread(work)

    assert words in result["error"]
    assert len(provider.history.at(Site.SUBMIT)) == 1


async def test_it_retries_a_look_that_failed(provider: SimulatedProvider) -> None:
    """Errors and broken connections while polling are overcome."""
    provider.script(Site.RESULT, Behaviour.UNAVAILABLE, Behaviour.DROPPED, Behaviour.RATE_LIMITED_SECONDS)

    def work() -> dict[str, list[str]]:
        official = client(provider)
        image = official.upload(io.BytesIO(picture()))
        body = {"prompt": "[sim:unknown-status]", "image": image}
        return official.run(MAX.id, body, poll_interval=0.001)

    assert len((await asyncio.to_thread(work))["outputs"]) == 1


async def test_it_is_told_that_its_key_is_wrong(provider: SimulatedProvider) -> None:
    """A wrong key fails the upload and the submit with 401."""

    def work() -> dict[str, str]:
        official = client(provider, key="wrong")
        with pytest.raises(RuntimeError, match="HTTP 401"):
            official.upload(io.BytesIO(picture()))
        return official.run_no_throw(MAX.id, {"prompt": "a hat", "image": "https://example.com/a.png"})

    assert "HTTP 401" in (await asyncio.to_thread(work))["error"]

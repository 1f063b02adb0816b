"""Models beyond the first family: offered by a server's moderators, told what they can do with, held at their quote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import BadImage, NotOffered
from bot.domain.image_models import ImageModel
from bot.domain.models import CATALOGUE, MAX_MULTI, find_model
from bot.services.rights import Actor
from tests.services.world import GUILD, MODERATOR, Running, ServiceWorld, png, request

MODERATES = Actor(MODERATOR, GUILD, can_manage=True)
FROM_TEXT = find_model("wavespeed-ai/flux-kontext-max/text-to-image")
QWEN = find_model("wavespeed-ai/qwen-image-max/edit")
OTHERS = [model for model in CATALOGUE if not model.is_offered]


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.id)
async def test_an_offered_model_paints(world: ServiceWorld, bot: Running, model: ImageModel) -> None:
    """Once moderators offer it, a member's picture is made with it, at its price, with what it declares and no more."""
    asked = request(png(size=(400, 400)), model_id=model.id, seed=7, aspect_ratio="9:21", guidance_scale=4.0)
    if model.fits(0):
        asked = replace(asked, references=())
    await bot.services.moderation.server_settings.set_models(MODERATES, [model.id])
    job = await world.closed(await bot.accept(asked))
    (sent,) = world.provider.predictions

    assert (job.model, job.spent_micros, len(job.pictures)) == (model, model.price_micros, 1)
    assert set(sent.order.parameters) == {each.name for each in model.parameters}


async def test_what_is_not_offered_is_refused(world: ServiceWorld, bot: Running) -> None:
    """Moderators take a model away: who names it is told so, and the command's own default is replaced by another."""
    await bot.services.moderation.server_settings.set_models(MODERATES, ["wavespeed-ai/flux-kontext-pro"])
    refusal = await world.refusal(request(model_id=MAX_MULTI.id))
    job = await world.command(request())

    assert isinstance(refusal, NotOffered)
    assert job.model.id == "wavespeed-ai/flux-kontext-pro"
    assert await bot.services.creative.policy.offered(GUILD) == (job.model,)


async def test_no_choice_gives_back_the_first_models(bot: Running) -> None:
    """Choosing none is no server without models."""
    await bot.services.moderation.server_settings.set_models(MODERATES, [FROM_TEXT.id])
    await bot.services.moderation.server_settings.set_models(MODERATES, [])

    assert await bot.services.creative.policy.offered(GUILD) == tuple(model for model in CATALOGUE if model.is_offered)


async def test_no_image_paints_from_words_where_that_is_offered(world: ServiceWorld, bot: Running) -> None:
    """Without a reference the command's own model gives way to the one that needs none."""
    nothing = replace(request(), references=(), default_model=MAX_MULTI)
    before = await world.refusal(nothing)
    await bot.services.moderation.server_settings.set_models(MODERATES, [MAX_MULTI.id, FROM_TEXT.id])
    job = await world.closed(await bot.accept(nothing))

    assert "no image" in before.sentence
    assert (job.model, job.references, len(job.pictures)) == (FROM_TEXT, (), 1)


async def test_a_long_prompt_is_refused_at_once(world: ServiceWorld, bot: Running) -> None:
    """What the model would not read to its end is refused before anything is fetched or held."""
    await bot.services.moderation.server_settings.set_models(MODERATES, [QWEN.id])
    refusal = await world.refusal(request(model_id=QWEN.id, prompt="a" * 801))

    assert "reads 800 characters; yours are 801" in refusal.sentence


async def test_a_small_image_is_refused_before_money_is_held(world: ServiceWorld, bot: Running) -> None:
    """Its size is model once it was fetched; nothing is enlarged, and nothing is held."""
    await bot.services.moderation.server_settings.set_models(MODERATES, [QWEN.id])
    with pytest.raises(BadImage, match="384 to 5,000 pixels a side; this one has 383 by 400"):
        await bot.accept(request(png(size=(383, 400)), model_id=QWEN.id))

    assert list(world.provider.predictions) == []

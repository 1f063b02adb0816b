"""The models of a server at its desks: moderators choose them in the panel, members are offered those and no others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.demo.world import World
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI, find_model
from tests.cogs.doing import count_of_jobs, file, newest
from tests.cogs.moderating import panel
from tests.cogs.seeing import all_closed, private_text, results, shown_text

FROM_TEXT = find_model("wavespeed-ai/flux-kontext-max/text-to-image")
SEEDREAM = find_model("bytedance/seedream-v4.5/edit")


async def suggested(world: World, command: str, **typed: str) -> list[str]:
    """The ids that a member can choose among; prices are known by then."""
    async with asyncio.timeout(20):
        while len((await world.app.stores.prices.sale()).quoted) < len(CATALOGUE):
            await world.clock.sleep(0.1)
    found = await world.alice.autocomplete(world.channel, command, "model", "", **typed)
    return [str(choice["value"]) for choice in found]


async def offer(world: World, model_ids: Sequence[str]) -> str:
    """Choose the server's models in the panel; what it says then."""
    shown = await panel(world)
    await world.mona.select(shown, list(model_ids), custom_id="offered")
    return shown_text(shown)


async def test_the_menu_decides_what_members_are_offered(world: World) -> None:
    """The panel says what holds, the option suggests nothing else, and what is named all the same is refused."""
    before = await suggested(world, "compose")
    text = await offer(world, [MAX_MULTI.id, SEEDREAM.id])

    assert before == [model.id for model in CATALOGUE if model.is_offered]
    assert f"**Models** {MAX_MULTI.label}, {SEEDREAM.label}" in text
    assert await suggested(world, "compose") == [MAX_MULTI.id, SEEDREAM.id]
    refused = await world.alice.slash(world.channel, "edit", prompt="Rain", image=file(), model=MAX.id)
    assert f"This server does not offer {MAX.label}." in private_text(refused)
    assert await count_of_jobs(world) == 0


async def test_what_was_chosen_paints(world: World) -> None:
    """A model of another family, named in a command, makes the picture at its own price."""
    await offer(world, [MAX_MULTI.id, SEEDREAM.id])
    await world.alice.slash(world.channel, "compose", prompt="Rain", image1=file(), model=SEEDREAM.id)
    await all_closed(world)
    job = await newest(world)

    assert (job.model, job.spent_micros, len(results(world))) == (SEEDREAM, SEEDREAM.price_micros, 1)


async def test_choosing_none_gives_back_the_first_ones(world: World) -> None:
    """No server is left without a model."""
    await offer(world, [SEEDREAM.id])
    text = await offer(world, [])

    assert "\u00b7 default" in next(line for line in text.splitlines() if "**Models**" in line)
    assert await suggested(world, "compose") == [model.id for model in CATALOGUE if model.is_offered]


@pytest.mark.parametrize("is_offered", [False, True], ids=["not offered", "offered"])
async def test_compose_from_words_alone(world: World, *, is_offered: bool) -> None:
    """No image and an empty tray: a picture from the words where a model for that is offered, else one sentence."""
    if is_offered:
        await offer(world, [MAX_MULTI.id, FROM_TEXT.id])
    answer = await world.alice.slash(world.channel, "compose", prompt="A fox in the rain")
    await all_closed(world)

    if is_offered:
        job = await newest(world)
        [sent] = world.provider.predictions
        assert (job.model, job.references, sent.references) == (FROM_TEXT, (), ())
        assert (job.spent_micros, len(results(world))) == (FROM_TEXT.price_micros, 1)
    else:
        assert "no image" in private_text(answer)
        assert await count_of_jobs(world) == 0

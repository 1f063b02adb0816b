"""Every command, button and form that spends, without budget: one private sentence, and nothing held."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
from simcord import InteractionResult

from bot.demo.world import World
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    file,
    message_of,
    newest,
    newest_result,
    painted,
    stop_spending,
)
from tests.cogs.seeing import all_closed, private_text

Spending: TypeAlias = Callable[[World], Awaitable[InteractionResult]]
RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


async def by_edit(world: World) -> InteractionResult:
    return await world.ben.slash(world.channel, "edit", prompt="Rain", image=RED)


async def by_compose(world: World) -> InteractionResult:
    return await world.ben.slash(world.channel, "compose", prompt="Rain", image1=RED, image2=BLUE)


async def by_the_tray(world: World) -> InteractionResult:
    await world.ben.slash(world.channel, "references add", image=RED)
    return await world.ben.slash(world.channel, "compose", prompt="Rain")


async def by_studio(world: World) -> InteractionResult:
    form = await world.ben.slash(world.channel, "studio")
    return await run(world, await world.ben.submit_modal(form, {"images": [RED], "prompt": "Rain"}))


async def by_the_guide(world: World) -> InteractionResult:
    guide = await world.ben.slash(world.channel, "guide")
    form = await world.ben.click(message_of(guide), custom_id="try:0")
    return await run(world, await world.ben.submit_modal(form, {"images": [RED], "prompt": "Rain"}))


async def by_again(world: World) -> InteractionResult:
    return await world.ben.click(newest_result(world), custom_id=f"again:{(await newest(world)).job_id}")


async def by_jobs_again(world: World) -> InteractionResult:
    return await world.ben.slash(world.channel, "jobs again", job=(await newest(world)).job_id)


async def by_edit_this(world: World) -> InteractionResult:
    form = await world.ben.click(newest_result(world), custom_id=f"edit:{(await newest(world)).job_id}")
    return await world.ben.submit_modal(form, {"prompt": "Rain"})


async def by_change(world: World) -> InteractionResult:
    form = await world.ben.click(newest_result(world), custom_id=f"change:{(await newest(world)).job_id}")
    return await run(world, await world.ben.submit_modal(form, {"prompt": "Rain"}))


async def by_try_again(world: World) -> InteractionResult:
    failed = await world.alice.slash(world.channel, "edit", prompt="Rain [sim:task-failed]", image=RED)
    await all_closed(world)
    return await world.ben.click(message_of(failed), custom_id=f"retry:{(await newest(world)).job_id}")


async def by_the_menu(world: World) -> InteractionResult:
    message = await world.alice.send(world.channel, "mine", attachments=[RED])
    form = await world.ben.context_menu(world.channel, "Edit this image", message)
    return await world.ben.submit_modal(form, {"prompt": "Rain"})


async def run(world: World, confirmation: InteractionResult) -> InteractionResult:
    """Press *Run* under ben's confirmation."""
    button = next(each for each in buttons_of(message_of(confirmation)) if each.startswith("run:"))
    return await world.ben.click(message_of(confirmation), custom_id=button)


SPENDING: dict[str, Spending] = {
    "/edit": by_edit,
    "/compose": by_compose,
    "/compose from the tray": by_the_tray,
    "/studio, Run": by_studio,
    "/guide, Try it, Run": by_the_guide,
    "Again": by_again,
    "/jobs again": by_jobs_again,
    "Edit this": by_edit_this,
    "Change, Run": by_change,
    "Try again": by_try_again,
    "Edit this image": by_the_menu,
}


@pytest.mark.parametrize("name", SPENDING)
async def test_a_member_without_budget_is_refused(world: World, name: str) -> None:
    """The refusal names whose limit it is, in private; what was made before does not matter."""
    await painted(world, world.ben)
    await stop_spending(world, world.ben.id, 10_000)
    text = private_text(await SPENDING[name](world))
    await all_closed(world)
    jobs = await world.app.stores.jobs.jobs_of(world.guild_id, world.ben.id, limit=10)

    assert "Your own limit" in text
    assert "Nothing was spent." in text
    assert [job.prompt for job in jobs] == ["Winter"]


async def test_looking_and_collecting_is_free(world: World) -> None:
    """Without budget one can still collect references, look at pictures and at everything about them."""
    job = await painted(world)
    await stop_spending(world, world.ben.id, 10_000)
    result = newest_result(world)

    assert "One image was added." in private_text(
        await world.ben.context_menu(world.channel, "Add to references", result)
    )
    assert "One was here already." in private_text(await world.ben.click(result, custom_id=f"use:{job.job_id}"))
    assert f"Job {job.job_id}" in private_text(await world.ben.click(result, custom_id=f"details:{job.job_id}"))
    assert f"`{job.job_id}`" in private_text(await world.ben.slash(world.channel, "gallery"))
    assert await count_of_jobs(world) == 1

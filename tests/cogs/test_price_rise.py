"""A price that rises between the message that shows it and the press: nobody pays more than what they have read."""

from __future__ import annotations

import discord
from simcord.actors import MemberActor

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.money import Micros
from tests.cogs.asking import handed_on
from tests.cogs.doing import button, count_of_jobs, file, message_of, newest, newest_result, painted, said
from tests.cogs.moderating import ask_above, open_desk
from tests.cogs.repricing import NEWS, costs_now
from tests.cogs.seeing import all_closed, posted_in, private_text


async def run(world: World, who: MemberActor, message: discord.Message) -> Micros:
    """Press *Run*, and return the price of the newest job."""
    await who.click(message, custom_id=button(message, "run"))
    await all_closed(world)
    return (await newest(world)).price_micros


async def test_a_results_button_shows_the_new_price_first(world: World) -> None:
    """*Again* under an old result holds nothing at a higher price: what it costs now is shown, and runs by *Run*."""
    job = await painted(world)
    await costs_now(world, 100_000)
    shown = await world.ben.click(newest_result(world), custom_id=f"again:{job.job_id}")

    assert NEWS in private_text(shown)
    assert "**$0.10** \u00b7 you have $1.00 left this month" in private_text(shown)
    assert await count_of_jobs(world) == 1
    assert await run(world, world.ben, message_of(shown)) == 100_000


async def test_run_shows_the_new_price_first(world: World) -> None:
    """A confirmation that was read at one price does not run at a higher one, and its request is not lost."""
    await ask_above(world, "0.05")
    first = await world.alice.slash(world.channel, "edit", prompt="Winter", image=file("red", "red.png"))
    await costs_now(world, 100_000)
    second = await world.alice.click(message_of(first), custom_id=button(message_of(first), "run"))

    assert NEWS in private_text(second)
    assert await count_of_jobs(world) == 0
    assert await run(world, world.alice, message_of(second)) == 100_000


async def test_an_approval_is_shown_the_new_price_first(world: World) -> None:
    """A moderator approves the price that stands on the button; a higher one is drawn there and told."""
    desk = await open_desk(world)
    await handed_on(world, desk, count=2)
    await costs_now(world, 100_000)
    refused = await world.mona.click(posted_in(desk), custom_id=button(posted_in(desk), "approve"))

    assert NEWS in said(refused)
    assert "**$0.20**" in text_of(posted_in(desk))
    assert await count_of_jobs(world) == 0

    await world.mona.click(posted_in(desk), custom_id=button(posted_in(desk), "approve"))
    await all_closed(world)

    assert (await newest(world)).price_micros == 100_000


async def test_a_lower_price_is_simply_paid(world: World) -> None:
    """Less than what the button says needs no second look."""
    await costs_now(world, 100_000)
    job = await painted(world)
    await costs_now(world, 90_000)
    await world.ben.click(newest_result(world), custom_id=f"again:{job.job_id}")
    await all_closed(world)

    assert (await newest(world)).price_micros == 90_000

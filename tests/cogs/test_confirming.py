"""A server's confirmation threshold: what costs more is shown in private first, and runs by its *Run*."""

from __future__ import annotations

import discord

from bot.demo.world import World
from bot.services.creative.clicks import MOMENT_SECONDS
from tests.cogs.collecting import collect, order_in
from tests.cogs.doing import (
    buttons_of,
    count_of_jobs,
    file,
    leap,
    left_over,
    message_of,
    newest,
    newest_result,
    painted,
    restart,
    said,
    sent_prompts,
    stop_spending,
)
from tests.cogs.moderating import ask_above
from tests.cogs.seeing import all_closed, private_text

RED, BLUE = file("red", "red.png"), file("blue", "blue.png")


def run_button(message: discord.Message) -> str:
    """The custom id of *Run*."""
    [found] = [each for each in buttons_of(message) if each.startswith("run:")]
    return found


async def test_what_costs_more_is_confirmed_first(world: World) -> None:
    """References, prompt, model, price and what is left are shown in private; nothing is a job or held."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    text = private_text(answer)

    assert order_in(text.split("**$")[0]) == ["red.png"]
    assert "> Winter" in text
    assert "FLUX Kontext Max" in text
    assert "**$0.16** \u00b7 you have $1.00 left this month" in text
    assert await count_of_jobs(world) == 0


async def test_what_costs_no_more_runs_at_once(world: World) -> None:
    """The threshold itself is not above the threshold."""
    await ask_above(world, "0.08")
    await painted(world)

    assert sent_prompts(world) == ["Winter"]


async def test_run_is_pressed_after_a_restart(world: World) -> None:
    """The confirmation outlives the program, and its job is what was shown."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    await restart(world)
    await world.alice.click(message_of(answer), custom_id=run_button(message_of(answer)))
    await all_closed(world)
    job = await newest(world)

    assert (job.prompt, job.count, [reference.filename for reference in job.references]) == ("Winter", 2, ["red.png"])


async def test_run_twice_is_one_job(world: World) -> None:
    """Whoever presses again reads that it runs already."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    shown, button = message_of(answer), run_button(message_of(answer))
    await world.alice.click(shown, custom_id=button)
    await restart(world)
    await all_closed(world)
    leap(world, MOMENT_SECONDS + 1)  # sooner it would be a double click
    again = await world.alice.click(await left_over(world, button), custom_id=button)
    await all_closed(world)

    assert await count_of_jobs(world) == 1
    assert "It is job" in said(again)


async def test_run_leaves_one_line(world: World) -> None:
    """The confirmation is retired as that of `/studio` is: one line, and nothing to press."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    shown = message_of(answer)
    await world.alice.click(shown, custom_id=run_button(shown))

    assert said(answer) == "This runs now: you see it in the channel.\n-# FLUX Kontext Max \u00b7 2 pictures"
    assert buttons_of(message_of(answer)) == []


async def test_only_the_requester_may_run_it(world: World) -> None:
    """Somebody else's press changes nothing."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    button = run_button(message_of(answer))
    refusal = await world.ben.click(await left_over(world, button), custom_id=button)

    assert "Only the member who wrote this request" in said(refusal)
    assert await count_of_jobs(world) == 0


async def test_run_looks_at_everything_again(world: World) -> None:
    """What a moderator forbade meanwhile is refused at the press."""
    await ask_above(world, "0.10")
    answer = await world.alice.slash(world.channel, "edit", prompt="Winter", image=RED, count=2)
    await stop_spending(world, world.alice.id)
    refusal = await world.alice.click(message_of(answer), custom_id=run_button(message_of(answer)))

    assert "Over your budget" in said(refusal)
    assert await count_of_jobs(world) == 0


async def test_a_result_button_asks_too(world: World) -> None:
    """*Again* spends, so that it asks like the command does."""
    job = await painted(world)
    await ask_above(world, "0.05")
    again = await world.ben.click(newest_result(world), custom_id=f"again:{job.job_id}")

    assert "**$0.08** \u00b7 you have" in private_text(again)
    assert await count_of_jobs(world) == 1


async def test_a_collected_tray_is_emptied_by_run_only(world: World) -> None:
    """Looking takes nothing out of the tray; running does."""
    await ask_above(world, "0.05")
    await collect(world, RED, BLUE)
    answer = await world.alice.slash(world.channel, "compose", prompt="Winter")
    before = private_text(await world.alice.slash(world.channel, "references show"))

    assert order_in(before) == ["red.png", "blue.png"]

    await world.alice.click(message_of(answer), custom_id=run_button(message_of(answer)))
    await all_closed(world)
    after = private_text(await world.alice.slash(world.channel, "references show"))

    assert "Nothing is here yet" in after

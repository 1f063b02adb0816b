"""What members do in command tests: ask, press, choose, send a form, look."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult
from simcord.actors import MemberActor

from bot.demo.provider import Behaviour, Site
from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.budget import LimitKind
from bot.domain.jobs import Job
from bot.domain.models import MAX
from bot.domain.money import Micros
from bot.domain.periods import Period
from bot.services.creative.privacy import TICK_SECONDS
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent
from tests.clocks import HurriedClock
from tests.cogs.seeing import PATIENCE_SECONDS, all_closed, private_text, results
from tests.services.world import png


def file(colour: str = "navy", name: str = "picture.png") -> tuple[str, bytes]:
    """A picture of one colour, as an attachment."""
    return name, png(colour)


async def painted(world: World, who: MemberActor | None = None, prompt: str = "Winter", **options: Any) -> Job:
    """Have a picture made, and return its job once it is delivered."""
    actor = who or world.alice
    await actor.slash(world.channel, "edit", prompt=prompt, image=file(), **options)
    await all_closed(world)
    return await newest(world)


async def painted_amid_talk(world: World) -> Job:
    """Have a picture of Alice's made while others talk: its status stays, as one line above the result."""
    world.provider.script(Site.SUBMIT, Behaviour.SLOW)
    await world.alice.slash(world.channel, "edit", prompt="Winter", image=file())
    await world.ben.send(world.channel, "What a day!")
    await all_closed(world)
    return await newest(world)


async def newest(world: World) -> Job:
    """The newest job of the server."""
    [job] = await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=1)
    return job


async def costs(world: World, price_micros: Micros) -> None:
    """The provider's price of the default model from now on, quoted, and confirmed by the operator."""
    world.provider.set_price(MAX.id, price_micros)
    await world.app.stores.prices.set_price(MAX.id, price_micros, world.clock.now())
    await world.app.stores.prices.confirm([MAX], {}, world.clock.now())


async def count_of_jobs(world: World) -> int:
    """How many jobs the server has had."""
    return len(await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=100))


def newest_result(world: World) -> discord.Message:
    """The result message at the bottom of the channel."""
    return results(world)[-1]


def said(answer: InteractionResult) -> str:
    """The last thing that was answered, private or public."""
    message = answer.followups[-1] if answer.followups else answer.response
    assert message is not None, "nothing was answered"
    return text_of(message.message)


def message_of(answer: InteractionResult) -> discord.Message:
    """The message that an answer made."""
    message = answer.followups[-1] if answer.followups else answer.response
    assert message is not None, "nothing was answered"
    return message.message


def buttons_of(message: discord.Message, *, open_only: bool = False) -> list[str]:
    """The custom ids of a message's buttons, or of those that can be pressed, from top to bottom."""
    return [
        child.custom_id
        for component in message.components
        if isinstance(component, discord.Container)
        for row in component.children
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if isinstance(child, discord.Button) and child.custom_id and not (open_only and child.disabled)
    ]


def button(message: discord.Message, name: str) -> str:
    """The custom id of the button of that name."""
    [found] = [each for each in buttons_of(message) if each.split(":")[0] == name]
    return found


async def press_button(who: MemberActor, message: discord.Message, name: str) -> InteractionResult:
    """Press the button of that name under a message."""
    return await who.click(message, custom_id=button(message, name))


async def left_over(world: World, custom_id: str) -> discord.Message:
    """A message in which a button is left, as for somebody whose client has not heard that it is gone."""
    name, *ids = custom_id.split(":")
    channel = world.app.bot.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.send(view=Layout(Accent.CALM).buttons(ActionButton(name, *ids)).build())


def sent_prompts(world: World) -> list[str]:
    """What the provider was asked for, oldest first."""
    return [each.order.prompt for each in sorted(world.provider.predictions, key=lambda each: each.created_at)]


def leap(world: World, seconds: float) -> None:
    """Let time pass that nobody needs to wait for."""
    assert isinstance(world.clock, HurriedClock)
    world.clock.leap(seconds)


async def forgotten(world: World, job: Job) -> None:
    """Wait until a job names nobody any more, because its member's data was erased."""
    leap(world, TICK_SECONDS)
    give_up = world.clock.monotonic() + PATIENCE_SECONDS
    while (await world.app.stores.jobs.job(job.job_id)).member_id is not None:
        assert world.clock.monotonic() < give_up, "nothing was erased"
        await world.clock.sleep(0.1)


async def delete(who: MemberActor, message: discord.Message, job_id: str) -> InteractionResult:
    """Press *Delete*, and *Delete* again under the question; returns the question, which then says what was done."""
    question = await who.click(message, custom_id=f"delete:{job_id}")
    sure = [each for each in buttons_of(message_of(question)) if each.startswith("delete:")]
    if sure:
        await who.click(message_of(question), custom_id=sure[0])
    return question


async def restart(world: World) -> None:
    """Let the bot go and come back, with nothing in its memory that Discord would have kept for it."""
    await world.env.restart_bot()


async def stop_spending(world: World, member_id: int, limit_micros: int = 0) -> None:
    """Leave a member nothing to spend, or less than a picture costs."""
    await world.app.stores.budgets.set_limit(
        world.guild_id,
        LimitKind.MEMBER,
        member_id,
        Period.MONTH,
        limit_micros,
        by_member_id=world.mona.id,
        at=world.clock.now(),
    )


async def budget(world: World) -> str:
    """What alice reads about her own budget."""
    return private_text(await world.alice.slash(world.channel, "budget"))


async def ask_for_a_fox(world: World) -> InteractionResult:
    """Alice asks for a picture; what she is told."""
    return await world.alice.slash(world.channel, "edit", prompt="a fox", image=file())

"""Marked pictures that wait for a moderator: shown to nobody else, decided once, paid only if shown."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from simcord import InteractionResult

from bot.demo.provider import Behaviour, Site
from bot.demo.reading import text_of
from bot.demo.world import World
from bot.domain.clock import SECOND
from bot.domain.jobs import Job, PredictionState
from bot.domain.marks import NsfwRule, WithheldBecause
from bot.domain.reviews import REVIEW_LIFE, ReviewVerdict
from bot.services.moderation.outbox import PAUSE_SECONDS
from bot.services.rights import Actor
from tests.cogs.doing import buttons_of, file, leap, left_over, newest, newest_result, restart
from tests.cogs.moderating import open_desk
from tests.cogs.seeing import (
    PATIENCE_SECONDS,
    all_closed,
    posted_in,
    private_text,
    public_messages,
    results,
    status_text,
)


class WaitingPicture:
    """A picture of Alice's that the provider marked, and the channel where moderators decide about it."""

    def __init__(self, world: World, channel: Any, job: Job, answer: InteractionResult) -> None:
        self.world = world
        self.channel = channel
        self.job = job
        self.answer = answer

    @property
    def message(self) -> discord.Message:
        """What moderators see now."""
        return posted_in(self.channel)

    def button(self, name: str) -> str:
        """The custom id of *Show it* (`show`) or *Keep it back* (`keep`)."""
        [found] = [each for each in buttons_of(self.message) if each.startswith(f"review:{name}:")]
        return found

    async def now(self) -> Job:
        return await self.world.app.stores.jobs.job(self.job.job_id)

    async def acts(self) -> list[tuple[str, int | None]]:
        """Who decided what, on record, newest first."""
        rows = await self.world.app.stores.moderation.audit(self.world.guild_id, limit=9)
        return [(row.action, row.actor_member_id) for row in rows if row.action.startswith("review.")]


def moderator(world: World) -> Actor:
    return Actor(world.mona.id, world.guild_id, can_manage=True)


async def ask_for(world: World, channel: Any, *behaviours: Behaviour) -> WaitingPicture:
    """Ask for pictures, and wait until moderators are asked about one of them."""
    world.provider.script(Site.SUBMIT, *behaviours)
    answer = await world.alice.slash(world.channel, "edit", prompt="Rain", image=file(), count=len(behaviours))
    assert await world.until(lambda: bool(channel.history()), PATIENCE_SECONDS)
    return WaitingPicture(world, channel, await newest(world), answer)


@pytest.fixture
async def desk(world: World) -> Any:
    """A server in which moderators look first, and their channel."""
    channel = await open_desk(world)
    await world.app.bot.services.moderation.server_settings.set_nsfw(moderator(world), NsfwRule.HELD)
    return channel


@pytest.fixture
async def waiting(world: World, desk: Any) -> WaitingPicture:
    return await ask_for(world, desk, Behaviour.FLAGGED)


async def test_moderators_see_it_covered_and_members_read_that_it_waits(waiting: WaitingPicture) -> None:
    """The picture is nowhere but at the desk, as a spoiler; the money is held, and the status says what comes next."""
    [picture] = waiting.message.attachments
    [gallery] = [c for each in waiting.message.components for c in getattr(each, "children", ()) if hasattr(c, "items")]

    assert picture.filename.startswith("SPOILER_easel-")
    assert [item.spoiler for item in gallery.items] == [True]
    assert f"<@{waiting.world.alice.id}> asked for it in <#{waiting.world.channel.id}>" in text_of(waiting.message)
    assert "The provider marked it as unsafe." in text_of(waiting.message)
    assert results(waiting.world) == []

    def is_told() -> bool:
        return "A moderator of this server decides whether it is shown." in status_text(waiting.answer)

    assert await waiting.world.until(is_told, PATIENCE_SECONDS)
    assert "$0.08 is held, not spent; if nobody decides, it comes back" in status_text(waiting.answer)
    job = await waiting.now()
    assert (job.predictions[0].state, job.held_micros, job.spent_micros) == (PredictionState.REVIEW, 80_000, 0)


async def test_show_it_delivers_and_is_paid(waiting: WaitingPicture) -> None:
    """After a restart too: the picture comes to its channel, is paid, and the desk reads who let it through."""
    await restart(waiting.world)
    await waiting.world.mona.click(waiting.message, custom_id=waiting.button("show"))
    await all_closed(waiting.world)
    job = await waiting.now()

    assert (job.spent_micros, job.held_micros, len(results(waiting.world))) == (80_000, 0, 1)
    assert f"<@{waiting.world.alice.id}> here is your picture." in text_of(newest_result(waiting.world))
    assert f"**Shown** by <@{waiting.world.mona.id}>" in text_of(waiting.message)
    assert (waiting.message.attachments, buttons_of(waiting.message)) == ([], [])
    assert await waiting.acts() == [("review.show", waiting.world.mona.id)]


async def test_what_was_let_through_is_found_again(waiting: WaitingPicture) -> None:
    """A picture that a moderator looked at is shown in the gallery and by /jobs show like any other."""
    await waiting.world.mona.click(waiting.message, custom_id=waiting.button("show"))
    await all_closed(waiting.world)
    world = waiting.world

    shown = await world.alice.slash(world.channel, "jobs show", job=waiting.job.job_id)
    assert "[picture: " in status_text(shown)
    assert waiting.job.job_id in private_text(await world.alice.slash(world.channel, "gallery"))


async def test_keep_it_back_gives_the_money_back(waiting: WaitingPicture) -> None:
    """Nobody sees it, its member reads who decided that and pays nothing, the server carries what was billed."""
    await waiting.world.mona.click(waiting.message, custom_id=waiting.button("keep"))
    await all_closed(waiting.world)
    job = await waiting.now()

    assert job.predictions[0].withheld_because is WithheldBecause.KEPT_BACK
    assert (job.spent_micros, job.returned_micros, results(waiting.world)) == (0, 80_000, [])
    assert "a moderator kept it back" in status_text(waiting.answer)
    assert "**$0.08 is back**" in private_text(waiting.answer)
    assert f"**Kept back** by <@{waiting.world.mona.id}>" in text_of(waiting.message)
    assert await waiting.acts() == [("review.keep_back", waiting.world.mona.id)]


async def test_the_second_moderator_reads_who_decided(waiting: WaitingPicture) -> None:
    """A button that was pressed a moment later changes nothing, and says who was first."""
    nora = waiting.world.env.guild.add_member(
        waiting.world.env.create_user("nora"), roles=[waiting.world.env.guild.roles["Moderators"]]
    )
    show, keep = waiting.button("show"), waiting.button("keep")
    await waiting.world.mona.click(waiting.message, custom_id=keep)
    late = private_text(await nora.click(await left_over(waiting.world, show), custom_id=show))
    await all_closed(waiting.world)

    assert "That was decided already" in late
    assert f"**Kept back** by <@{waiting.world.mona.id}>" in late
    assert await waiting.acts() == [("review.keep_back", waiting.world.mona.id)]
    assert results(waiting.world) == []


async def test_members_decide_nothing(waiting: WaitingPicture) -> None:
    """Not even about their own pictures."""
    refused = await waiting.world.alice.click(waiting.message, custom_id=waiting.button("show"))

    assert "Only members with Manage Server" in private_text(refused)
    assert (await waiting.now()).predictions[0].state is PredictionState.REVIEW


async def test_nobody_decides_for_seven_days(waiting: WaitingPicture) -> None:
    """Then it is kept back, the money is given back, and both sides read why."""
    leap(waiting.world, REVIEW_LIFE / SECOND - 60)
    await waiting.world.clock.sleep(2 * PAUSE_SECONDS)
    assert (await waiting.now()).predictions[0].state is PredictionState.REVIEW

    leap(waiting.world, 120)
    await all_closed(waiting.world)
    job = await waiting.now()

    assert job.predictions[0].withheld_because is WithheldBecause.UNDECIDED
    assert (job.held_micros, job.returned_micros) == (0, 80_000)
    assert await waiting.acts() == []
    leap(waiting.world, 2 * PAUSE_SECONDS)
    assert await waiting.world.until(
        lambda: "nobody had decided within seven days" in text_of(waiting.message), PATIENCE_SECONDS
    )


async def test_a_decision_that_discord_was_not_told_is_told_later(waiting: WaitingPicture) -> None:
    """It was committed and the program ended: the picture is delivered and the desk reads the decision by itself."""
    reviews = waiting.world.app.stores.reviews
    [review] = await reviews.open()
    assert await reviews.decide(review, ReviewVerdict.SHOWN, waiting.world.clock.now(), waiting.world.mona.id)
    leap(waiting.world, 20 * 60)
    await all_closed(waiting.world)

    assert len(results(waiting.world)) == 1
    assert await waiting.world.until(
        lambda: f"**Shown** by <@{waiting.world.mona.id}>" in text_of(waiting.message), PATIENCE_SECONDS
    )


async def test_the_others_need_not_wait(world: World, desk: Any) -> None:
    """Of two pictures the clean one is delivered and paid at once; the other joins it in the same message."""
    waiting = await ask_for(world, desk, Behaviour.FLAGGED, Behaviour.NORMAL)
    assert await world.until(lambda: len(results(world)) == 1, PATIENCE_SECONDS)

    assert "One picture waits for a moderator." in text_of(newest_result(world))
    assert (await waiting.now()).spent_micros == 80_000

    await world.mona.click(waiting.message, custom_id=waiting.button("show"))
    await all_closed(world)

    assert [len(each.attachments) for each in results(world)] == [2]
    assert (await waiting.now()).spent_micros == 160_000


async def test_unmarked_pictures_wait_too_where_they_count_as_unsafe(world: World, desk: Any) -> None:
    """The desk and the member read that there was no mark."""
    await world.app.bot.services.moderation.server_settings.set_unmarked(moderator(world), is_unsafe=True)
    waiting = await ask_for(world, desk, Behaviour.FLAGS_NULL)

    assert "It came without a safety mark" in text_of(waiting.message)


async def test_the_choice_needs_a_moderators_channel(world: World) -> None:
    """Without one nobody could be asked: the choice is refused, in the panel and for a channel of its own."""
    panel = await world.mona.slash(world.channel, "manage settings")
    message = panel.response.message if panel.response else None
    assert message is not None
    refused = await world.mona.select(message, ["held"], custom_id="unsafe")

    assert "This server has no moderators\u2019 channel yet." in private_text(refused)
    form = await world.mona.select(message, [world.channel], custom_id="channel-rule")
    refused = await world.mona.submit_modal(form, {"model": "", "shape": "", "nsfw": "held"})
    assert "This server has no moderators\u2019 channel yet." in private_text(refused)
    rules = await world.app.stores.rules.rules(world.guild_id)
    assert (rules.nsfw, rules.channels) == (NsfwRule.ADULT_CHANNELS, ())


async def test_without_the_channel_it_is_withheld(world: World, desk: Any) -> None:
    """The channel was taken off later, or cannot be reached: nothing waits, and the member reads what is missing."""
    world.provider.script(Site.SUBMIT, Behaviour.FLAGGED, Behaviour.FLAGGED)
    channel = world.app.bot.get_channel(desk.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    for channel_id in (desk.id, None):
        await world.app.bot.services.moderation.server_settings.set_desk_channel(moderator(world), channel_id)
        answer = await world.alice.slash(world.channel, "edit", prompt="Rain", image=file())
        await all_closed(world)
        job = await newest(world)

        assert job.predictions[0].withheld_because is WithheldBecause.NO_DESK
        assert (job.held_micros, job.returned_micros) == (0, 80_000)
        assert "the moderators of this server could not be asked" in status_text(answer)
    assert results(world) == []
    assert all("waits" not in text_of(message) for message in public_messages(world))
    panel = await world.mona.slash(world.channel, "manage settings")
    assert "until a moderators' channel is chosen, never" in private_text(panel)

"""What changed between a request and its approval: nothing is promised in public, and who can help is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.demo.reading import text_of
from bot.demo.world import World
from bot.services.rights import Actor
from tests.cogs.asking import handed_on
from tests.cogs.doing import (
    button,
    buttons_of,
    count_of_jobs,
    file,
    message_of,
    newest,
    painted,
    press_button,
    said,
    stop_spending,
)
from tests.cogs.moderating import open_desk
from tests.cogs.seeing import all_closed, posted_in, private_text, public_messages


async def block(world: World, mona: Actor) -> None:
    """Block whoever asked."""
    await world.app.bot.services.moderation.blocks.block(mona, world.alice.id, "spam")


async def freeze(world: World, mona: Actor) -> None:
    """Freeze their budget."""
    await world.app.bot.services.money.freezing.freeze(mona, world.alice.id, "spam")


async def pause(world: World, mona: Actor) -> None:
    """Pause the server."""
    await world.app.bot.services.moderation.server_settings.pause(mona, "spam")


async def forbid(world: World, mona: Actor) -> None:
    """Put a word of the request on the list."""
    await world.app.bot.services.moderation.word_list.add_word(mona, "winter")


@pytest.mark.parametrize(
    ("change", "words", "help_"),
    [
        (block, "The moderators have blocked whoever asked", "/manage unblock"),
        (freeze, "The moderators have frozen the budget of whoever asked", "/manage unfreeze"),
        (pause, "Easel is paused in this server", "/manage resume"),
        (forbid, "The request contains \u201cwinter\u201d", "/manage words remove"),
    ],
)
async def test_what_forbids_it_now_is_said_about_whoever_asked(
    world: World, change: Callable[[World, Actor], Awaitable[None]], words: str, help_: str
) -> None:
    """In the moderator's words, and on the request, which can still be decided; the channel reads nothing."""
    channel = await open_desk(world)
    message = await handed_on(world, channel)
    before = [each.id for each in public_messages(world)]
    await change(world, Actor(world.mona.id, world.guild_id, can_manage=True))
    text = private_text(await press_button(world.mona, message, "approve"))

    assert words in text
    assert help_ in text
    assert "You can't use me" not in text
    assert f"**Not started** {words}" in text_of(posted_in(channel))
    assert {each.split(":")[0] for each in buttons_of(posted_in(channel))} == {"approve", "decline"}
    assert [each.id for each in public_messages(world)] == before
    assert await count_of_jobs(world) == 0


async def test_what_is_forbidden_at_the_last_moment_is_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A block between the look and the admission: the line that was said in public goes again."""
    channel = await open_desk(world)
    message = await handed_on(world, channel)
    before = [each.id for each in public_messages(world)]
    intake = world.app.bot.services.creative.intake
    accept = intake.accept

    async def late(*given: object, **named: object) -> object:
        assert "it starts now" in text_of(public_messages(world)[-1])
        await block(world, Actor(world.mona.id, world.guild_id, can_manage=True))
        return await accept(*given, **named)  # pyright: ignore[reportArgumentType] - handed on as they came

    monkeypatch.setattr(intake, "accept", late)
    text = private_text(await press_button(world.mona, message, "approve"))

    assert "have blocked whoever asked" in text
    assert [each.id for each in public_messages(world)] == before


async def test_once_that_is_changed_back_it_runs(world: World) -> None:
    """The same button, and the request then says who approved it."""
    channel = await open_desk(world)
    message = await handed_on(world, channel)
    mona = Actor(world.mona.id, world.guild_id, can_manage=True)
    await freeze(world, mona)
    await press_button(world.mona, message, "approve")
    await world.app.bot.services.money.freezing.unfreeze(mona, world.alice.id)
    await press_button(world.mona, message, "approve")
    await all_closed(world)

    assert await count_of_jobs(world) == 1
    assert f"<@{world.mona.id}> approved it" in text_of(posted_in(channel))
    assert "Not started" not in text_of(posted_in(channel))


class TestLeft:
    """Whoever asked has left the server."""

    async def test_is_asked_about_first(self, world: World) -> None:
        """Nothing runs; the question says that it costs money all the same."""
        channel = await open_desk(world)
        message = await handed_on(world, channel)
        world.env.guild.remove_member(world.alice)
        await world.env.settle()
        text = private_text(await press_button(world.mona, message, "approve"))

        assert "has left the server" in text
        assert "(Approve anyway \u00b7 $0.08)" in text
        assert await count_of_jobs(world) == 0
        assert {each.split(":")[0] for each in buttons_of(posted_in(channel))} == {"approve", "decline"}

    async def test_can_be_approved_all_the_same(self, world: World) -> None:
        """It runs, and both the request and the question say who approved it."""
        channel = await open_desk(world)
        message = await handed_on(world, channel)
        world.env.guild.remove_member(world.alice)
        await world.env.settle()
        question = await press_button(world.mona, message, "approve")
        await press_button(world.mona, message_of(question), "approve")
        await all_closed(world)

        assert len((await newest(world)).pictures) == 1
        assert f"<@{world.mona.id}> approved it" in text_of(posted_in(channel))
        assert buttons_of(posted_in(channel)) == []
        assert "approved it" in said(question)

    async def test_can_be_declined_from_there(self, world: World) -> None:
        """The request in the moderators' channel says so, although the button stood elsewhere."""
        channel = await open_desk(world)
        message = await handed_on(world, channel)
        world.env.guild.remove_member(world.alice)
        await world.env.settle()
        question = message_of(await press_button(world.mona, message, "approve"))
        await world.mona.submit_modal(await press_button(world.mona, question, "decline"), {"reason": "They left"})

        assert f"<@{world.mona.id}> declined it: They left" in text_of(posted_in(channel))
        assert buttons_of(posted_in(channel)) == []


async def test_a_reopened_decline_reaches_the_request(world: World) -> None:
    """A decline without a reason, mended in the form of its refusal: the moderators' message shows it."""
    channel = await open_desk(world)
    message = await handed_on(world, channel)
    refusal = await world.mona.submit_modal(await press_button(world.mona, message, "decline"), {"reason": " "})
    form = await press_button(world.mona, message_of(refusal), "reopen")
    await world.mona.submit_modal(form, {"reason": "Not today"})

    assert "declined it: Not today" in text_of(posted_in(channel))
    assert buttons_of(posted_in(channel)) == []


class TestFew:
    """What one member can put before the moderators is little, and they are told so."""

    async def test_three_requests_wait_at_most(self, world: World) -> None:
        """The fourth is refused in a sentence and posts nothing; once one is decided it can be asked again."""
        channel = await open_desk(world)
        await stop_spending(world, world.alice.id)
        refusals = [
            message_of(await world.alice.slash(world.channel, "edit", prompt=f"Number {n}", image=file()))
            for n in range(4)
        ]
        answers = [said(await world.alice.click(each, custom_id=button(each, "ask"))) for each in refusals]

        assert [("moderators have it" in each) for each in answers] == [True, True, True, False]
        assert "3 requests of yours" in answers[3]
        assert len(channel.history()) == 3

        form = await press_button(world.mona, posted_in(channel), "decline")
        await world.mona.submit_modal(form, {"reason": "No"})
        again = await world.alice.click(refusals[-1], custom_id=button(refusals[-1], "ask"))

        assert "moderators have it" in said(again)

    async def test_one_report_of_a_message_is_open(self, world: World) -> None:
        """The second member reads that it is reported, and the desk gets one message; decided, it may be again."""
        channel = await open_desk(world)
        await painted(world)
        result = public_messages(world)[-1]
        first = said(await world.ben.context_menu(world.channel, "Report this picture", result))
        second = said(await world.mona.context_menu(world.channel, "Report this picture", result))

        assert "Thank you" in first
        assert "reported already" in second
        assert len(channel.history()) == 1

        [dismiss] = [each for each in buttons_of(posted_in(channel)) if each.startswith("report:dismiss")]
        await world.mona.click(posted_in(channel), custom_id=dismiss)
        third = said(await world.mona.context_menu(world.channel, "Report this picture", result))

        assert "Thank you" in third

    async def test_five_reports_of_a_member_are_open(self, world: World) -> None:
        """The sixth is refused in a sentence; nobody else is held up by that."""
        channel = await open_desk(world)
        messages = [await world.alice.send(world.channel, f"Number {n}", attachments=[file()]) for n in range(6)]
        answers = [said(await world.ben.context_menu(world.channel, "Report this picture", each)) for each in messages]

        assert ["Thank you" in each for each in answers] == [True] * 5 + [False]
        assert "5 reports of yours" in answers[5]
        assert len(channel.history()) == 5
        assert "Thank you" in said(await world.mona.context_menu(world.channel, "Report this picture", messages[5]))

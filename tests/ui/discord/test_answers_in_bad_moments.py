"""Interaction responses that Discord drops, refuses for a while or does not take: said later, once, or logged."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import discord
import pytest
from structlog.testing import capture_logs

from bot.domain.clock import SystemClock
from bot.domain.jobs import MessageAt
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent
from tests.clocks import HurriedClock
from tests.ui.discord.conversation import Conversation, SampleServices, answers_of
from tests.ui.sample_cog import NO
from tests.wire.discord_fake import FakeDiscord, Fault, Kind, images_of, text_of
from tests.wire.discord_probe import connected, furnish

# SimCord counts every error that reaches the command tree, also those that are explained to whoever sent the command.
pytestmark = pytest.mark.simcord(check_errors=False)


async def test_an_answer_that_comes_too_late_is_counted(conversation: Conversation) -> None:
    """After 3 s Discord does not know the interaction any more: logged, counted, forgotten, and no further request."""
    conversation.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    with capture_logs() as logs:
        await conversation.use("relent")

    assert conversation.missed == [True]
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["interaction.missed"]
    assert conversation.services.rows == {}
    assert len(conversation.writes()) == 1


async def test_a_doubled_acknowledgement_is_one() -> None:
    """When the answer to the acknowledgement is lost, it is sent again, and Discord's 40060 means that all is well."""
    services = SampleServices()
    async with FakeDiscord() as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            fault = fake.plant(Fault("POST /interactions/*/callback", Kind.DROP, after=True))
            fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
            at = await answers_of(services).open_publicly(await probe.next())

        assert fault.struck == 1
        assert at == MessageAt(scene.channel.id, fake.messages(scene.channel)[0].id)
        assert [row.channel_id for row in services.rows.values()] == [scene.channel.id]


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.STATUS])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["PATCH *@original", "POST /webhooks/*", "DELETE *@original"])
async def test_taking_back_goes_on_after_a_bad_moment(step: str, after: bool, kind: Kind) -> None:  # noqa: FBT001 - a parameter of the test
    """Wherever Discord drops the connection or says 503, the reason is told in private and nothing stays in public."""
    services, fault = SampleServices(), Fault(step, kind, after=after, status=503)
    async with FakeDiscord() as fake:
        scene = furnish(fake)
        answers = answers_of(services, clock=HurriedClock(100.0))
        async with connected(fake) as probe:
            command = fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
            interaction = await probe.next()
            await answers.open_publicly(interaction)
            fake.plant(fault)
            await answers.refuse(interaction, NO)

        assert fault.struck > 0
        assert services.rows == {}
        assert "That prompt is empty." in text_of(command.messages[0])
        assert all(each.visible_to == scene.alice.user.id for each in command.messages)


@pytest.mark.parametrize("fault", [{"kind": Kind.STATUS, "status": 403}, {"kind": Kind.STATUS, "status": 503}])
@pytest.mark.parametrize("step", ["PATCH *@original", "POST /webhooks/*", "DELETE *@original"])
async def test_what_discord_does_not_take_for_a_while_is_said_later(step: str, fault: dict[str, Any]) -> None:
    """A refusal that is due while Discord's edge refuses everything is said, with its own reason, once it answers."""
    services = SampleServices()
    async with FakeDiscord() as fake:
        scene = furnish(fake)
        answers = answers_of(services, clock=HurriedClock(100.0))
        async with connected(fake) as probe:
            command = fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
            interaction = await probe.next()
            await answers.open_publicly(interaction)
            fake.plant(Fault(step, times=7, **fault))
            await answers.refuse(interaction, NO)
            await fake.until(lambda: not services.rows)
            await answers.close()

        private = [each for each in command.messages if each.visible_to == scene.alice.user.id]
        assert [("That prompt is empty." in text_of(each)) for each in private] == [True]
        assert private == command.messages


async def test_a_private_answer_is_said_when_discord_answers() -> None:
    """Who reads "thinking…" gets the answer, with its files, once what was refused for a while is taken."""
    answers = answers_of(SampleServices(), clock=HurriedClock(100.0))
    async with FakeDiscord() as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            command = fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
            interaction = await probe.next()
            await answers.think(interaction)
            fake.plant(Fault("PATCH *@original", Kind.REFUSAL, status=403, code=40333, times=5))
            file = discord.File(BytesIO(b"a picture"), "a.png")
            await answers.answer_privately(interaction, Layout(Accent.CALM).text("Here.").build(), [file])
            await fake.until(lambda: command.original is not None and "Here." in text_of(command.original))
            await answers.close()

        assert command.original is not None
        assert images_of(command.original) == [b"a picture"]


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.DROP])
async def test_the_first_answer_is_tried_while_discord_waits(kind: Kind) -> None:
    """A bad moment at the acknowledgement costs no command: within its three seconds it is sent again."""
    services = SampleServices()
    async with FakeDiscord() as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            fault = fake.plant(Fault("POST /interactions/*/callback", kind, status=403, times=3))
            fake.slash(scene.alice, scene.channel, "compose", {"image1": b"1", "image2": b"2"})
            await answers_of(services, clock=SystemClock()).open_publicly(await probe.next())

        assert fault.hits == 4
        assert fake.messages(scene.channel)[0].loading


@pytest.mark.parametrize(("status", "code"), [(400, 50083), (404, 10062), (404, 10003), (403, 50001), (403, 50013)])
async def test_a_place_that_takes_no_answer_fills_no_log(conversation: Conversation, status: int, code: int) -> None:
    """A locked thread, a channel that is gone or hidden: one line for each command, no traceback and no reference."""
    conversation.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)
    with capture_logs() as logs:
        await conversation.use("relent")

    assert [(entry["event"], entry["log_level"]) for entry in logs if entry["log_level"] != "info"] == [
        ("interaction.missed", "warning")
    ]
    assert conversation.services.rows == {}


async def test_a_discord_that_does_not_answer_is_no_bug_of_ours(conversation: Conversation) -> None:
    """What Discord does not take, however often, is one line in the log: no reference, no traceback."""
    with capture_logs() as logs:
        await conversation.use("despair")

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("interaction.not_now", "warning")]


async def test_a_refusal_that_cannot_be_said_ends_quietly(conversation: Conversation) -> None:
    """If Discord does not take the explanation either, that is logged, and nothing escapes."""
    conversation.env.inject_error("PATCH", "/webhooks/*", status=400, code=50035)
    with capture_logs() as logs:
        await conversation.use("relent")

    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["interaction.unexplained"]
    assert len(conversation.services.rows) == 1

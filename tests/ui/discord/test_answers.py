"""Interaction responses: who reads what, in which order, and that nothing is left open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import ResponseMessage
from structlog.testing import capture_logs

from bot.client import EaselBot
from bot.command_sync import SYNCED_COMMANDS
from bot.domain.clock import SECOND, Clock, SystemClock
from bot.domain.jobs import MessageAt, PredictionState
from bot.services.ports.messages import Picture
from bot.ui.discord.answers import Answers
from bot.ui.discord.calls import Calls
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.render.actions import ActionButton
from bot.ui.render.drawing import drawn
from bot.ui.render.layout import Layout
from bot.ui.render.status import render_status
from bot.ui.render.theme import Accent
from tests.clocks import HurriedClock, ManualClock
from tests.ui.doubles import FakeFacts, FakeInteractions, FakeStrips, renderers
from tests.ui.sample_cog import NO
from tests.ui.samples import job, snapshot
from tests.wire.discord_fake import FakeDiscord, Fault, Kind, images_of, text_of
from tests.wire.discord_probe import connected, furnish

# SimCord counts every error that reaches the command tree, also those that are explained to whoever sent the command.
pytestmark = pytest.mark.simcord(check_errors=False)


class StubbornCancelling:
    """The use case behind *Cancel*, which refuses or breaks as told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None

    async def cancel(self, job_id: str, *by: object, **more: object) -> None:
        del by, more
        self.asked.append(job_id)
        if self.error:
            raise self.error


class OpenPolicy:
    """Lets everybody in."""

    async def admit_person(self, guild_id: int, member_id: int) -> None:
        del guild_id, member_id


class SampleServices(FakeInteractions):
    """What the sample commands and buttons call."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelling = StubbornCancelling()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A bot with the sample commands in a simulated server, and a member in front of it."""

    env: simcord.Env
    member: MemberActor
    channel: ChannelHandle
    services: SampleServices
    missed: list[bool]

    async def use(self, command: str, **options: object) -> simcord.InteractionResult:
        return await self.member.slash(self.channel, command, **options)

    def writes(self) -> list[tuple[str, str]]:
        """What the bot sent since it started, by method and last part of the path."""
        return [
            (request.method, request.path.rpartition("/")[2])
            for request in self.env.http_requests
            if request.path.startswith(("/interactions", "/webhooks"))
        ]


def answers_of(services: SampleServices, missed: list[bool] | None = None, clock: Clock | None = None) -> Answers:
    counted = [] if missed is None else missed
    return Answers(
        renderers=renderers(),
        interactions=services,
        calls=Calls(clock or ManualClock(), Random(7)),
        missed=lambda: counted.append(True),
    )


def easel(services: SampleServices, facts: FakeFacts, missed: list[bool] | None = None) -> EaselBot:
    answers = answers_of(services, missed)
    bot = EaselBot(
        answers=answers,
        facts=facts,
        clock=ManualClock(),
        random=Random(7),
        cogs=["tests.ui.sample_cog"],
    )
    use_cases = SimpleNamespace(
        creative=SimpleNamespace(policy=OpenPolicy()),
        jobs=SimpleNamespace(cancelling=services.cancelling),
        attach=services.attach,
    )
    bot.attach(cast("Any", use_cases))
    return bot


@pytest.fixture
def services() -> SampleServices:
    return SampleServices()


@pytest.fixture
def missed() -> list[bool]:
    return []


@pytest.fixture
def simcord_bot(services: SampleServices, missed: list[bool]) -> EaselBot:
    return easel(services, FakeFacts(), missed)


@pytest.fixture
def conversation(simcord_env: simcord.Env, services: SampleServices, missed: list[bool]) -> Conversation:
    guild = simcord_env.create_guild()
    channel = guild.create_text_channel("studio")
    member = guild.add_member(simcord_env.create_user("alice"))
    return Conversation(simcord_env, member, channel, services, missed)


def words(message: ResponseMessage | None) -> str:
    assert message is not None
    return str(message.components)


async def test_a_private_answer_is_private(conversation: Conversation) -> None:
    """What concerns one person is seen by that person."""
    result = await conversation.use("greet")

    assert result.ephemeral
    assert "Good day." in words(result.response)


async def test_a_refusal_at_once_is_the_one_answer(conversation: Conversation) -> None:
    """A refusal before anything was answered takes one request and is private."""
    result = await conversation.use("refuse")

    assert result.ephemeral
    assert "That prompt is empty." in words(result.response)
    assert "Nothing was spent." in words(result.response)
    assert len(conversation.writes()) == 1


async def test_a_refusal_after_the_public_answer_takes_it_back(conversation: Conversation) -> None:
    """Neutral word, private reason, removal, in this order; the command is recorded before and forgotten after."""
    result = await conversation.use("relent")
    reason = result.followups[0]

    assert [method for method, _ in conversation.writes()] == ["POST", "PATCH", "POST", "DELETE"]
    assert conversation.services.log == ["acknowledge", "forget"]
    assert result.response is None
    assert reason.ephemeral
    assert "That prompt is empty." in words(reason)
    assert conversation.channel.history() == []


async def test_an_option_refuses_in_its_own_words(conversation: Conversation) -> None:
    """A refusal inside discord.py's conversion of options is unwrapped."""
    result = await conversation.use("pick", option="x")

    assert "That prompt is empty." in words(result.response)


async def test_a_private_delay_ends_in_the_answer(conversation: Conversation) -> None:
    """An ephemeral "thinking…" is replaced, not followed."""
    result = await conversation.use("ponder")

    assert result.ephemeral
    assert "That prompt is empty." in words(result.response)
    assert result.followups == []


@pytest.mark.parametrize("command", ["stumble", "collapse"])
async def test_a_bug_is_told_with_a_reference_that_the_log_knows(conversation: Conversation, command: str) -> None:
    """An unexpected error never leaves "thinking…": the member gets a reference, the log everything under it."""
    with capture_logs() as logs:
        result = await conversation.use(command)
    failed = next(entry for entry in logs if entry["event"] == "interaction.failed")
    told = result.response if command == "stumble" else result.followups[0]

    assert isinstance(failed["exc_info"], ZeroDivisionError)
    assert failed["reference"] in words(told)
    assert told is not None
    assert told.ephemeral
    assert conversation.channel.history() == []


async def test_what_became_a_job_keeps_its_public_answer(conversation: Conversation) -> None:
    """An error after the admission is told in private, and the status message stays."""
    result = await conversation.use("work")

    assert "Job 4F7K waits." in words(result.response)
    assert result.followups[0].ephemeral


async def test_an_error_is_not_told_in_place_of_a_status_to_come(conversation: Conversation) -> None:
    """While a job's answer is still "thinking…", a private word would become that answer; the status will speak."""
    result = await conversation.use("rush")

    assert result.followups == []
    assert result.response is not None
    assert result.response.flags.loading


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


async def test_buttons_work_after_a_restart(conversation: Conversation) -> None:
    """A button under a message from before the start calls its use case with the id that it carries."""
    message = await _message_with_button(conversation)
    await conversation.env.restart_bot(easel(conversation.services, FakeFacts()))
    await conversation.member.click(message, custom_id="cancel:4F7K")

    assert conversation.services.cancelling.asked == ["4F7K"]


async def test_a_bug_behind_a_button_is_told(conversation: Conversation) -> None:
    """discord.py only logs what a dynamic item raises; here whoever pressed it is told."""
    message = await _message_with_button(conversation)
    conversation.services.cancelling.error = ZeroDivisionError("a bug")
    result = await conversation.member.click(message, custom_id="cancel:4F7K")

    assert result.followups[0].ephemeral


async def _message_with_button(conversation: Conversation) -> discord.Message:
    view = Layout(Accent.WORKING).buttons(ActionButton("cancel", "4F7K")).build()
    channel = conversation.env.bot.get_partial_messageable(conversation.channel.id)
    return await channel.send(view=drawn(view))


async def test_commands_are_uploaded_only_when_they_changed(conversation: Conversation) -> None:
    """A second start with the same commands sends none; another set of commands is sent."""
    facts = FakeFacts()
    uploads: list[int] = []
    for _ in range(2):
        await conversation.env.restart_bot(easel(conversation.services, facts))
        uploads.append(_uploads(conversation))
    facts.known[SYNCED_COMMANDS] = "another"
    await conversation.env.restart_bot(easel(conversation.services, facts))

    assert uploads == [2, 2]
    assert _uploads(conversation) == 3


def _uploads(conversation: Conversation) -> int:
    return sum(request.path.endswith("/commands") for request in conversation.env.http_requests)


async def test_attachment_options_offer_images(conversation: Conversation) -> None:
    """The file chooser is asked to offer images, for attachment options only."""
    sent = next(request.json for request in conversation.env.http_requests if request.path.endswith("/commands"))
    assert sent is not None
    options = {option["name"]: option for command in sent for option in command.get("options", [])}

    assert options["image"]["file_types"] == ["image"]
    assert "file_types" not in options["option"]


async def test_a_discord_that_does_not_know_the_filter_gets_the_commands_without(conversation: Conversation) -> None:
    """If the filter is refused, the commands are sent plain, and count as sent."""
    facts = FakeFacts()
    conversation.env.inject_error("PUT", "/applications/*/commands", status=400, code=50035)
    await conversation.env.restart_bot(easel(conversation.services, facts))
    plain = conversation.env.http_requests[-1]

    assert "file_types" not in str(plain.json)
    assert SYNCED_COMMANDS in facts.known


async def test_commands_that_could_not_be_uploaded_are_tried_at_the_next_start(conversation: Conversation) -> None:
    """A failed upload does not keep the bot from starting, and is not remembered as done."""
    facts = FakeFacts()
    conversation.env.inject_error("PUT", "/applications/*/commands", status=503)
    with capture_logs() as logs:
        await conversation.env.restart_bot(easel(conversation.services, facts))

    assert SYNCED_COMMANDS not in facts.known
    assert "commands.not_synced" in [entry["event"] for entry in logs]


async def test_the_bot_sees_no_messages(conversation: Conversation) -> None:
    """It asks for servers and channels only, and nobody can be mentioned unless a message says so."""
    bot = conversation.env.bot

    assert bot.intents == discord.Intents(guilds=True)
    assert bot.allowed_mentions is not None
    assert bot.allowed_mentions.to_dict() == {"parse": []}


def jobs_messenger(conversation: Conversation, strips: FakeStrips) -> DiscordMessenger:
    clock = ManualClock()
    tokens = InteractionWebhooks(conversation.env.bot, conversation.services, clock)
    return DiscordMessenger(
        conversation.env.bot,
        renderers=replace(renderers(), status=render_status),
        tokens=tokens,
        strips=strips,
        calls=Calls(clock, Random(7)),
    )


async def test_a_job_is_told_in_simcord_as_on_discord(conversation: Conversation) -> None:
    """Status with its strip, then without a second upload, then the result and its finding: the demo's whole way."""
    result = await conversation.use("work")
    response = result.response
    assert response is not None
    strips = FakeStrips()
    messenger = jobs_messenger(conversation, strips)
    places: dict[str, Any] = {
        "guild_id": conversation.channel.guild.id if conversation.channel.guild else 0,
        "channel_id": conversation.channel.id,
        "status_message": MessageAt(conversation.channel.id, response.id),
        "posting_at": round(conversation.env.now().timestamp() * SECOND),
    }
    for state in (PredictionState.PROCESSING, PredictionState.COMPLETED):
        await messenger.finish_status(snapshot(job(state, **places)))
    at = await messenger.post_result(job(PredictionState.COMPLETED, **places), (Picture(b"png", "easel-1.png", ""),))

    assert strips.drawn == 1
    assert response.attachments == []
    assert [message.id for message in conversation.channel.history()][-1] == at.message_id
    assert await messenger.find_result(job(PredictionState.COMPLETED, **places)) == at

"""Jobs' messages against a fake Discord over real sockets: posted once, found again, and told another way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any

import discord
import pytest
from discord.http import Route
from structlog.testing import capture_logs

from bot.domain.audit import AuditRow, Untold
from bot.domain.budget import ScopeKind
from bot.domain.clock import SECOND
from bot.domain.errors import Unavailable
from bot.domain.jobs import Job, MessageAt, PredictionState
from bot.domain.notices import Notice
from bot.domain.orders import OpenInteraction
from bot.domain.periods import Period
from bot.services.ports.messages import CannotSearch, Link, NotNow, Picture, TakenDown, TooLarge, Unreachable
from bot.texts.templates import Refusal
from bot.ui.discord.bot_pace import can_wait
from bot.ui.discord.calls import Calls
from bot.ui.discord.interaction_webhooks import TOKEN_LIFE, InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.render.drawing import Renderers
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.status import render_status
from tests.ui.doubles import FakeInteractions, FakeStrips, plain_result
from tests.ui.samples import job as sample_job
from tests.ui.samples import snapshot
from tests.wire.discord_fake import FakeDiscord, Fault, Kind, Message, MovableClock, Permission, build, images_of
from tests.wire.discord_probe import Probe, Scene, connected, furnish

WAITING, PAINTING, DONE = PredictionState.QUEUED, PredictionState.PROCESSING, PredictionState.COMPLETED
WITHHELD = PredictionState.WITHHELD
SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
READ = "GET /channels/{channel_id}/messages"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
PICTURES = (Picture(b"a picture", "easel-1.png", "A fox."),)
MIB = 1024 * 1024


class JumpingClock(MovableClock):
    """A clock on which waiting takes no time: whoever sleeps moves it."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await super().sleep(0)


@dataclass(frozen=True, slots=True)
class MessengerCase:
    """A messenger in a scene, with what it was given."""

    scene: Scene
    probe: Probe
    clock: JumpingClock
    interactions: FakeInteractions
    strips: FakeStrips
    messenger: DiscordMessenger

    def restarted(self) -> DiscordMessenger:
        return messenger(self.probe, self.interactions, self.strips, self.clock)

    def job(self, state: PredictionState = DONE, **facts: Any) -> Job:
        defaults: dict[str, Any] = {
            "guild_id": self.scene.guild.id,
            "channel_id": self.scene.channel.id,
            "member_id": self.scene.alice.id,
            "posting_at": self.clock.now(),
        }
        return sample_job(state, **(defaults | facts))

    async def commanded(self, job: Job) -> Job:
        """Have Alice give a command that is acknowledged in public and became this job."""
        opened = await self.opened()
        await self.interactions.attach(opened.interaction_id, job.job_id)
        message = self.shown[-1]
        return replace(
            job, interaction_id=opened.interaction_id, status_message=MessageAt(self.scene.channel.id, message.id)
        )

    async def opened(self) -> OpenInteraction:
        """Have Alice give a command that is acknowledged in public, and nothing more."""
        self.scene.fake.slash(self.scene.alice, self.scene.channel, "compose", {"image1": b"1", "image2": b"2"})
        interaction = await self.probe.next()
        await interaction.response.defer()
        opened = OpenInteraction(
            interaction.id,
            interaction.token,
            self.scene.guild.id,
            self.scene.channel.id,
            self.scene.alice.id,
            self.clock.now(),
        )
        await self.interactions.acknowledge(opened)
        return opened

    @property
    def shown(self) -> list[Message]:
        return self.scene.fake.messages(self.scene.channel)

    def told_alice(self) -> list[Message]:
        """The direct messages that she got."""
        return self.scene.fake.messages(self.scene.fake.world.direct_channel(self.scene.alice.user))

    def routes(self) -> list[str]:
        return [request.route for request in self.scene.fake.requests()]

    def deny(self, permission: Permission) -> None:
        build.overwrite(self.scene.fake.world, self.scene.channel, self.scene.fake.world.bot, deny=permission)


def messenger(
    probe: discord.Client, interactions: FakeInteractions, strips: FakeStrips, clock: MovableClock
) -> DiscordMessenger:
    return DiscordMessenger(
        probe,
        renderers=Renderers(render_status, plain_result, render_refusal, render_unexpected),
        tokens=InteractionWebhooks(probe, interactions, clock),
        strips=strips,
        calls=Calls(clock, Random(7)),
    )


@pytest.fixture
async def case() -> AsyncIterator[MessengerCase]:
    clock = JumpingClock()
    async with FakeDiscord(clock=clock) as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            interactions, strips = FakeInteractions(), FakeStrips()
            fake.journal.clear()
            made = messenger(probe, interactions, strips, clock)
            yield MessengerCase(scene, probe, clock, interactions, strips, made)
            await made.close()
        fake.assert_clean()


async def test_a_result_is_one_message_that_mentions_its_requester_only(case: MessengerCase) -> None:
    """The picture is attached, the nonce belongs to the job, and nobody else can be mentioned by any text."""
    job = case.job(prompt="@everyone look")
    at = await case.messenger.post_result(job, PICTURES)
    sent = case.scene.fake.requests(SEND)[0].body

    assert [message.id for message in case.shown] == [at.message_id]
    assert images_of(case.shown[0]) == [b"a picture"]
    assert (sent["nonce"], sent["enforce_nonce"]) == (f"r:{job.job_id}", True)
    assert sent["allowed_mentions"] == {"parse": [], "users": [case.scene.alice.id]}


async def test_acts_are_logged_once_and_ping_nobody(case: MessengerCase) -> None:
    """They name members, who are not notified; the same acts sent again are the same message."""
    alice = case.scene.alice.id
    row = AuditRow(alice, "freeze", "member", alice, None, None, None, "@everyone", case.clock.now())
    untold = Untold(case.scene.guild.id, case.scene.channel.id, (row,), 3, 17)
    await case.messenger.log_audit(untold)
    await case.messenger.log_audit(untold)
    (message,) = case.shown

    assert not message.pinged
    assert {request.body["nonce"] for request in case.scene.fake.requests(SEND)} == {"a:17"}


def spent_notice(guild_id: int, kind: ScopeKind, subject_id: int) -> Notice:
    """That a limit of one picture a month is spent."""
    return Notice(
        guild_id=guild_id,
        kind=kind,
        subject_id=subject_id,
        period=Period.MONTH,
        percent=100,
        limit_micros=80_000,
        spent_micros=80_000,
        ends_at=None,
        at=0,
        day=date(1970, 1, 1),
    )


async def test_a_notice_whose_answer_is_lost_is_posted_once(case: MessengerCase) -> None:
    """A notice is one message in the log channel, also when the connection breaks after Discord took it."""
    channel = case.scene.channel.id
    case.scene.fake.plant(Fault(SEND, Kind.DROP, after=True))
    notice = spent_notice(case.scene.guild.id, ScopeKind.CHANNEL, channel)
    await case.messenger.log_notice(channel, notice)
    (message,) = case.shown

    assert not message.pinged
    assert len(case.scene.fake.requests(SEND)) == 2


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED])
async def test_a_lost_answer_makes_no_second_result(case: MessengerCase, kind: Kind) -> None:
    """When the connection breaks after Discord took the message, sending again brings back the same one."""
    case.scene.fake.plant(Fault(SEND, kind, after=True))
    at = await case.messenger.post_result(case.job(), PICTURES)

    assert [message.id for message in case.shown] == [at.message_id]
    assert len(case.scene.fake.requests(SEND)) == 2


async def test_a_discord_that_stays_down_is_left_alone_after_three_tries(case: MessengerCase) -> None:
    """A 503 that lasts is for later, and a later try posts once."""
    case.scene.fake.plant(Fault(SEND, Kind.STATUS, status=503, times=3))
    with pytest.raises(NotNow):
        await case.messenger.post_result(case.job(), PICTURES)
    await case.messenger.post_result(case.job(), PICTURES)

    assert len(case.shown) == 1


async def test_a_result_that_was_deleted_is_not_posted_again(case: MessengerCase) -> None:
    """Discord remembers the nonce of a message that a moderator deleted, and so do we."""
    await case.messenger.post_result(case.job(), PICTURES)
    case.scene.fake.world.delete_message(case.shown[0])
    with pytest.raises(TakenDown):
        await case.messenger.post_result(case.job(), PICTURES)

    assert case.shown == []


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_a_channel_without_rights_is_a_closed_door(case: MessengerCase, denied: Permission) -> None:
    """Missing access or permission is final for this way."""
    case.deny(denied)

    with pytest.raises(Unreachable):
        await case.messenger.post_result(case.job(), PICTURES)


async def test_files_beyond_the_limit_are_to_be_fitted_again(case: MessengerCase) -> None:
    """Discord's 413 is told apart, so that smaller copies can be made."""
    huge = (Picture(bytes(10 * MIB + 1), "easel-1.png", ""),)

    with pytest.raises(TooLarge):
        await case.messenger.post_result(case.job(), huge)
    assert case.scene.fake.journal.violations.pop().rule == "TOO_LARGE"


async def test_file_limits(case: MessengerCase) -> None:
    """A file may have what the server's boosts allow, and all files of a message together 25 MiB."""
    boosted = build.add_guild(case.scene.fake.world, "Boosted", tier=3)
    await case.scene.fake.until(lambda: case.probe.get_guild(boosted.id))

    assert case.messenger.file_limit(case.scene.guild.id) == 10 * MIB
    assert case.messenger.file_limit(404) == 10 * MIB
    assert 24 * MIB < case.messenger.file_limit(boosted.id) < 25 * MIB
    assert 6 * MIB < case.messenger.file_limit(case.scene.guild.id, 4) < 25 * MIB // 4


async def test_a_result_is_found_by_its_mark(case: MessengerCase) -> None:
    """After a restart the result of exactly this job is found among other messages, and no status message is."""
    job = await case.commanded(case.job())
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(WAITING).predictions)))
    await case.messenger.post_result(case.job(job_id="ANOTHER"), PICTURES)

    assert await case.restarted().find_result(job) is None

    at = await case.messenger.post_result(job, PICTURES)

    assert await case.restarted().find_result(job) == at


async def test_without_history_nobody_knows(case: MessengerCase) -> None:
    """Without *Read Message History* Discord shows nothing, which must not be read as: there is nothing."""
    case.deny(Permission.READ_MESSAGE_HISTORY)
    await case.scene.fake.until(lambda: _rights(case).read_message_history is False)

    with pytest.raises(CannotSearch):
        await case.messenger.find_result(case.job())


def at(message: MessageAt | None) -> MessageAt:
    assert message is not None
    return message


async def delivered(case: MessengerCase, **facts: Any) -> Job:
    """A job whose result was posted, with nothing between it and the status message."""
    job = await case.commanded(case.job(**facts))
    return replace(job, result_message=await case.messenger.post_result(job, PICTURES))


async def test_a_result_directly_under_its_status_stands_alone(case: MessengerCase) -> None:
    """Nothing else was written since: so it is too when an earlier try removed the status without living to tell."""
    job = await delivered(case)
    assert await case.messenger.stands_alone(job)
    await case.messenger.remove_status(job)

    assert [message.id for message in case.shown] == [job.result_message and job.result_message.message_id]
    assert await case.restarted().stands_alone(job)
    await case.restarted().remove_status(job)


@pytest.mark.parametrize("when", ["between", "after"])
async def test_a_result_that_others_talk_around_does_not_stand_alone(case: MessengerCase, when: str) -> None:
    """Somebody wrote before the result, or wrote after it what may be an answer to the status message."""
    job = await case.commanded(case.job())
    if when == "between":
        build.write(case.scene.fake.world, case.scene.alice, case.scene.channel, "What a day!")
    job = replace(job, result_message=await case.messenger.post_result(job, PICTURES))
    if when == "after":
        build.write(case.scene.fake.world, case.scene.alice, case.scene.channel, "See the prompt above.")

    assert not await case.messenger.stands_alone(job)


async def test_what_the_bot_wrote_itself_need_not_be_asked(case: MessengerCase) -> None:
    """In a busy channel another job's status or result follows: then no request is spent on reading the channel."""
    job = await delivered(case)
    other = await delivered(case, job_id="ANOTHER")
    case.messenger.show_status(snapshot(other))

    assert not await case.messenger.stands_alone(job)
    assert case.scene.fake.journal.select(READ) == []

    await case.messenger.remove_status(other)
    await case.messenger.remove(at(other.result_message))
    assert await case.messenger.stands_alone(job)


async def test_what_was_deleted_between_is_nothing(case: MessengerCase) -> None:
    """The reader sees the result right under its status."""
    job = await case.commanded(case.job())
    world = case.scene.fake.world
    world.delete_message(build.write(world, case.scene.alice, case.scene.channel, "Oops"))
    job = replace(job, result_message=await case.messenger.post_result(job, PICTURES))

    assert await case.messenger.stands_alone(job)


@pytest.mark.parametrize("made", ["a reaction", "a thread"])
async def test_a_status_that_people_made_something_of_stays(case: MessengerCase, made: str) -> None:
    """Their reaction or their thread would go with it."""
    job = await delivered(case)
    status = case.shown[0]
    if made == "a reaction":
        status.reactions.append("\N{FOX FACE}")
    else:
        status.flags |= discord.MessageFlags(has_thread=True).value

    assert not await case.messenger.stands_alone(job)


async def test_what_cannot_be_read_is_not_taken_for_silence(case: MessengerCase) -> None:
    """Discord out of reach, no *Read Message History*, a result in a direct message: nobody knows, so no."""
    job = await delivered(case)
    elsewhere = replace(job, result_message=await case.messenger.result_by_dm(job, PICTURES))
    assert not await case.messenger.stands_alone(elsewhere)

    case.scene.fake.plant(Fault("GET /channels/{channel_id}/messages", Kind.STATUS, status=503))
    assert not await case.messenger.stands_alone(job)
    assert await case.messenger.stands_alone(job)

    case.deny(Permission.READ_MESSAGE_HISTORY)
    await case.scene.fake.until(lambda: _rights(case).read_message_history is False)
    assert not await case.messenger.stands_alone(job)


async def test_mere_progress_lets_others_go_first(case: MessengerCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress, and the question whether the status may go, wait for results and last words of the whole bot."""
    first: dict[bool, list[str]] = {True: [], False: []}
    ask = case.probe.http.request

    async def noted(route: Route, **given: Any) -> Any:
        first[not can_wait.get()].append(f"{route.method} {route.path}")
        return await ask(route, **given)

    monkeypatch.setattr(case.probe.http, "request", noted)
    job = await delivered(case)
    case.clock.advance(TOKEN_LIFE / SECOND)
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(PAINTING).predictions)))
    await case.scene.fake.until(lambda: first[False])
    assert await case.messenger.stands_alone(job)
    await case.messenger.finish_status(snapshot(job))

    assert (first[True], first[False]) == ([SEND, EDIT], [EDIT, READ])


async def test_nothing_is_said_after_a_status_was_removed(case: MessengerCase) -> None:
    """For a snapshot that comes late nothing is begun any more."""
    job = await delivered(case)
    await case.messenger.remove_status(job)
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(PAINTING).predictions)))

    assert f"status-{job.job_id}" not in {task.get_name() for task in asyncio.all_tasks()}


def _rights(case: MessengerCase) -> discord.Permissions:
    channel = case.probe.get_channel(case.scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.permissions_for(channel.guild.me)


async def test_later_pictures_are_added_by_an_edit(case: MessengerCase) -> None:
    """Repeating an edit converges: the message shows exactly the pictures of the last one."""
    job = case.job()
    at = await case.messenger.post_result(job, PICTURES)
    both = (*PICTURES, Picture(b"another", "easel-2.png", "A second fox."))
    await case.messenger.edit_result(job, at, both)
    await case.messenger.edit_result(job, at, both)

    assert images_of(case.shown[0]) == [b"a picture", b"another"]


async def test_the_status_can_become_the_result(case: MessengerCase) -> None:
    """Where a new post would be blind, the status message is edited, through its channel."""
    job = await case.commanded(case.job())
    await case.interactions.forget(job.interaction_id)
    at = await case.messenger.result_as_status(job, PICTURES)

    assert at == job.status_message
    assert images_of(case.shown[0]) == [b"a picture"]
    assert f"PATCH {ORIGINAL}" not in case.routes()


async def test_the_token_opens_a_closed_channel(case: MessengerCase) -> None:
    """Without access to the channel the interaction's token still reaches the status message."""
    job = await case.commanded(case.job())
    case.deny(Permission.VIEW_CHANNEL)
    await case.messenger.result_as_status(job, (Link("https://example.com/fox.png", case.clock.now()),))

    assert "example.com/fox.png" in str(case.shown[0].components)


async def test_a_direct_message_is_the_last_way(case: MessengerCase) -> None:
    """A member can be sent the result alone, unless they closed their direct messages or left nothing of theirs."""
    at = await case.messenger.result_by_dm(case.job(), PICTURES)

    assert at.channel_id != case.scene.channel.id

    case.scene.alice.user.dms_closed = True
    for job in (case.job(job_id="SECOND"), case.job(member_id=None)):
        with pytest.raises(Unreachable):
            await case.messenger.result_by_dm(job, PICTURES)


async def test_a_direct_message_is_not_sent_twice(case: MessengerCase) -> None:
    """When Discord has forgotten the nonce, a private result whose receipt was lost is found in the conversation."""
    first = await case.messenger.result_by_dm(case.job(posting_at=None), PICTURES)
    case.scene.fake.message_desk.nonce_window = 0
    second = await case.messenger.result_by_dm(case.job(), PICTURES)

    assert second == first


async def test_a_mistake_of_ours_is_a_closed_door(case: MessengerCase) -> None:
    """What Discord finds faulty goes another way, so that no job waits for ever for a bug to be mended."""
    case.scene.fake.plant(Fault("POST /channels/*/messages", Kind.STATUS, status=400))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await case.messenger.post_result(case.job(), PICTURES)

    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["discord.our_mistake"]


EDGE = {
    "a page with 403": {"kind": Kind.STATUS, "status": 403},
    "a page with 404": {"kind": Kind.STATUS, "status": 404},
    "code 40333": {"kind": Kind.REFUSAL, "status": 403, "code": 40333},
    "code 0": {"kind": Kind.REFUSAL, "status": 403},
}
"""What stands before Discord's API answers for some seconds now and then, on every route."""


@pytest.mark.parametrize("said", EDGE)
@pytest.mark.parametrize("way", ["post", "edit", "dm", "last word", "apology", "search"])
async def test_a_refusal_by_discords_edge_closes_no_way(case: MessengerCase, way: str, said: str) -> None:
    """A 403 or 404 without one of the API's own codes is a bad moment, on whatever way: the same is sent again."""
    job = await case.commanded(case.job())
    at = await case.messenger.post_result(job, PICTURES)
    opened = await case.opened()
    ways: dict[str, tuple[str, Callable[[], Awaitable[object]]]] = {
        "post": (SEND, lambda: case.messenger.post_result(job, PICTURES)),
        "edit": (EDIT, lambda: case.messenger.edit_result(job, at, PICTURES)),
        "dm": (SEND, lambda: case.messenger.result_by_dm(job, PICTURES)),
        "last word": (f"PATCH {ORIGINAL}", lambda: case.messenger.finish_status(snapshot(job))),
        "apology": (FOLLOW_UP, lambda: case.messenger.apologise(opened, Unavailable(Refusal("I was restarted.")))),
        "search": ("GET /channels/{channel_id}/messages", lambda: case.messenger.find_result(job)),
    }
    route, call = ways[way]
    fault = case.scene.fake.plant(Fault(route, **EDGE[said]))  # pyright: ignore[reportArgumentType] - the fault's own fields
    await call()

    assert (fault.struck, fault.hits) == (1, 2)


async def test_progress_goes_on_after_a_refusal_by_discords_edge(case: MessengerCase) -> None:
    """A status that could not be edited for a moment is not taken for one that is gone."""
    job = await case.commanded(case.job(WAITING))
    case.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=403))
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)

    assert len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2


async def test_the_last_word_overtakes_progress_that_fails(case: MessengerCase) -> None:
    """An edit that shows progress is tried once, so that one which fails is not in the last word's way."""
    job = await case.commanded(case.job(DONE))
    fault = case.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=500, times=2))
    began = time.monotonic()
    case.messenger.show_status(snapshot(replace(job, predictions=case.job(WAITING).predictions)))
    await case.scene.fake.until(lambda: fault.struck == 1)
    await case.messenger.finish_status(snapshot(job))

    said = [str(request.body) for request in case.scene.fake.requests(f"PATCH {ORIGINAL}")]
    assert ["In the queue" in each for each in said] == [True, False, False]
    # discord.py's own repetitions alone would sleep for longer, on the real clock.
    assert time.monotonic() - began < 1 + 3 + 5


async def test_what_automod_refuses_is_no_mistake_of_ours(case: MessengerCase) -> None:
    """The server's AutoMod does not take the words: another way is tried, and the log says who refused."""
    case.scene.fake.plant(Fault(SEND, Kind.REFUSAL, status=400, code=200000))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await case.messenger.post_result(case.job(), PICTURES)

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("discord.blocked_by_automod", "warning")]


async def test_nothing_is_sent_before_discord_said(case: MessengerCase) -> None:
    """After a 429 with a quarter of an hour the route is left alone for as long; other routes are open."""
    case.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900))
    job = await case.commanded(case.job())
    for _ in range(2):
        with pytest.raises(NotNow) as refused:
            await case.messenger.post_result(job, PICTURES)
        assert 895 < refused.value.retry_after <= 900
    assert len(case.scene.fake.requests(SEND)) == 1
    await case.messenger.finish_status(snapshot(job))

    case.clock.advance(901)
    await case.messenger.post_result(job, PICTURES)

    assert len(case.shown) == 2


async def test_a_ban_holds_for_every_route(case: MessengerCase) -> None:
    """A 429 that comes from the edge and not from the API is for this address: nothing is sent before its time."""
    case.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900, via=False))
    job = await case.commanded(case.job())
    case.scene.fake.journal.clear()
    for call in (case.messenger.post_result(job, PICTURES), case.messenger.finish_status(snapshot(job))):
        with pytest.raises(NotNow):
            await call

    assert case.routes() == [SEND]


async def test_a_result_is_found_however_wrong_our_clock_was(case: MessengerCase) -> None:
    """Where to search is said by Discord's own clock: one of ours that was minutes ahead hides no result."""
    job = await case.commanded(case.job(posting_at=case.clock.now() + 300_000))
    at = await case.messenger.post_result(job, PICTURES)

    assert await case.restarted().find_result(job) == at


async def test_an_apology_is_private_and_leaves_nothing(case: MessengerCase) -> None:
    """Neutral word, private reason, removal, in this order: otherwise everybody would read the reason."""
    opened = await case.opened()
    case.scene.fake.journal.clear()
    await case.messenger.apologise(opened, Unavailable(Refusal("I was restarted.")))
    send_ephemeral = case.scene.fake.requests("POST /webhooks/{webhook_id}/{webhook_token}")[0].body

    assert case.routes() == [f"PATCH {ORIGINAL}", "POST /webhooks/{webhook_id}/{webhook_token}", f"DELETE {ORIGINAL}"]
    assert send_ephemeral["flags"] & 64
    assert "I was restarted" in str(send_ephemeral)
    assert [message for message in case.shown if not message.flags & 64] == []


async def test_an_apology_after_a_quarter_of_an_hour_is_not_tried(case: MessengerCase) -> None:
    """A token that must be dead by our clock costs no invalid request."""
    opened = await case.opened()
    case.scene.fake.journal.clear()
    case.clock.advance(TOKEN_LIFE / 1000)

    with pytest.raises(Unreachable):
        await case.messenger.apologise(opened, Unavailable(Refusal("I was restarted.")))
    assert case.routes() == []


async def test_a_private_word_never_becomes_the_public_answer(case: MessengerCase) -> None:
    """While the command is still being thought about, a followup would be shown to all: then nothing is said."""
    job = await case.commanded(case.job(PAINTING))

    notice = spent_notice(job.guild_id, ScopeKind.MEMBER, 1)

    assert await case.messenger.send_private_notice(job, notice) is False

    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)

    assert await case.messenger.send_private_notice(job, notice) is True
    assert "100 % is spent" in str(case.scene.fake.requests(FOLLOW_UP)[0].body)


async def test_what_is_withheld_is_told_to_the_requester_alone(case: MessengerCase) -> None:
    """The prompt and what to do go with the answer to the command, ephemeral; the channel reads who marked it."""
    job = await case.commanded(case.job(WITHHELD))
    await case.messenger.finish_status(snapshot(job))
    await case.messenger.tell_withheld(job)

    [followed_up] = case.scene.fake.requests(FOLLOW_UP)
    assert followed_up.body["flags"] & discord.MessageFlags(ephemeral=True).value
    assert "The provider marked it as unsafe, so it is not shown there." in str(followed_up.body)
    assert "**$0.08 is back**" in str(followed_up.body)
    assert "The provider marked it as unsafe, so it is not shown here." in str(case.shown[0].components)
    assert "**$0.08 is back**" in str(case.shown[0].components)


async def test_what_is_withheld_is_told_by_direct_message_later(case: MessengerCase) -> None:
    """Once the token is dead a direct message tells it, and one whose answer is lost is still one."""
    job = await case.commanded(case.job(WITHHELD))
    case.clock.advance(TOKEN_LIFE / 1000)
    case.scene.fake.plant(Fault(SEND, Kind.DROP, after=True))
    await case.messenger.tell_withheld(job)

    [told] = case.told_alice()
    assert "The provider marked it as unsafe, so it is not shown there." in str(told.components)


async def test_who_cannot_be_told_has_the_status_message(case: MessengerCase) -> None:
    """Somebody who takes no direct messages is no failure: what the status message says is all that they read."""
    job = case.job(WITHHELD)
    case.scene.alice.user.dms_closed = True
    await case.messenger.tell_withheld(job)

    assert case.told_alice() == []
    assert len(case.scene.fake.requests(SEND)) == 1


async def test_the_strip_is_sent_once_and_stays(case: MessengerCase) -> None:
    """Later edits of a status keep its strip without sending it again; a restart replaces it by the same."""
    job = await case.commanded(case.job(WAITING))
    later = replace(job, predictions=case.job(PAINTING).predictions)
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)
    case.messenger.show_status(snapshot(later))
    await case.scene.fake.until(lambda: len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2)

    assert images_of(case.shown[0]) == [b"strip"]
    assert case.strips.drawn == 1

    restarted = case.restarted()
    restarted.show_status(snapshot(later))
    await case.scene.fake.until(lambda: len(case.scene.fake.requests(f"PATCH {ORIGINAL}")) == 3)
    await restarted.close()

    assert images_of(case.shown[0]) == [b"strip"]
    assert case.strips.drawn == 2


async def test_a_status_without_its_strip_is_shown_all_the_same(case: MessengerCase) -> None:
    """When the references are gone from the disk, the words go on."""
    case.strips.gone = True
    job = await case.commanded(case.job(WAITING))
    case.messenger.show_status(snapshot(job))
    await case.scene.fake.until(lambda: not case.shown[0].loading)

    assert images_of(case.shown[0]) == []
    assert job.job_id in str(case.shown[0].components)


async def test_a_dead_token_falls_back_to_the_channel_at_once(case: MessengerCase) -> None:
    """When Discord refuses the token (50027), the same edit goes through the channel, and the token is forgotten."""
    job = await case.commanded(case.job(DONE))
    case.interactions.rows[job.interaction_id] = replace(case.interactions.rows[job.interaction_id], token="dead")
    await case.messenger.finish_status(snapshot(job))

    assert not case.shown[0].loading
    assert await case.interactions.token_of(job.job_id, 0) is None


async def test_an_old_token_is_not_tried(case: MessengerCase) -> None:
    """Half a minute before Discord's quarter of an hour ends, edits go through the channel."""
    job = await case.commanded(case.job(DONE))
    case.scene.fake.journal.clear()
    case.clock.advance(TOKEN_LIFE / 1000)
    await case.messenger.finish_status(snapshot(job))

    assert case.routes() == [EDIT]


async def test_the_last_word_reports_a_status_that_is_gone(case: MessengerCase) -> None:
    """A deleted status message is no error for progress, and a closed way for the last word."""
    job = await case.commanded(case.job(DONE))
    await case.interactions.forget(job.interaction_id)
    case.scene.fake.world.delete_message(case.shown[0])

    with pytest.raises(Unreachable):
        await case.messenger.finish_status(snapshot(job))

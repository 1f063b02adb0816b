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
from bot.ui.discord.bot_pace import can_wait
from bot.ui.discord.calls import Calls
from bot.ui.discord.interaction_webhooks import TOKEN_LIFE, InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.render.drawing import Renderers
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.status import render_status
from tests.ui.doubles import Interactions, Strips, plain_result
from tests.ui.samples import job as sample_job
from tests.ui.samples import snapshot
from tests.wire.discord_fake import FakeDiscord, Fault, Kind, Message, MovableClock, Permission, build, images_of
from tests.wire.discord_probe import Probe, Scene, connected, furnish

WAITING, PAINTING, DONE = PredictionState.QUEUED, PredictionState.PROCESSING, PredictionState.COMPLETED
WITHHELD = PredictionState.WITHHELD
SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
WHISPER = "POST /webhooks/{webhook_id}/{webhook_token}"
READ = "GET /channels/{channel_id}/messages"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
PICTURES = (Picture(b"a picture", "easel-1.png", "A fox."),)
MIB = 1024 * 1024


class HurriedClock(MovableClock):
    """A clock on which waiting takes no time: whoever sleeps moves it."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await super().sleep(0)


@dataclass(frozen=True, slots=True)
class Desk:
    """A messenger in a scene, with what it was given."""

    scene: Scene
    probe: Probe
    clock: HurriedClock
    interactions: Interactions
    strips: Strips
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
    probe: discord.Client, interactions: Interactions, strips: Strips, clock: MovableClock
) -> DiscordMessenger:
    return DiscordMessenger(
        probe,
        renderers=Renderers(render_status, plain_result, render_refusal, render_unexpected),
        tokens=InteractionWebhooks(probe, interactions, clock),
        strips=strips,
        calls=Calls(clock, Random(7)),
    )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock = HurriedClock()
    async with FakeDiscord(clock=clock) as fake:
        scene = furnish(fake)
        async with connected(fake) as probe:
            interactions, strips = Interactions(), Strips()
            fake.journal.clear()
            made = messenger(probe, interactions, strips, clock)
            yield Desk(scene, probe, clock, interactions, strips, made)
            await made.close()
        fake.assert_clean()


async def test_a_result_is_one_message_that_mentions_its_requester_only(desk: Desk) -> None:
    """The picture is attached, the nonce belongs to the job, and nobody else can be mentioned by any text."""
    job = desk.job(prompt="@everyone look")
    at = await desk.messenger.post_result(job, PICTURES)
    sent = desk.scene.fake.requests(SEND)[0].body

    assert [message.id for message in desk.shown] == [at.message_id]
    assert images_of(desk.shown[0]) == [b"a picture"]
    assert (sent["nonce"], sent["enforce_nonce"]) == (f"r:{job.job_id}", True)
    assert sent["allowed_mentions"] == {"parse": [], "users": [desk.scene.alice.id]}


async def test_acts_are_logged_once_and_ping_nobody(desk: Desk) -> None:
    """They name members, who are not notified; the same acts sent again are the same message."""
    alice = desk.scene.alice.id
    row = AuditRow(alice, "freeze", "member", alice, None, None, None, "@everyone", desk.clock.now())
    untold = Untold(desk.scene.guild.id, desk.scene.channel.id, (row,), 3, 17)
    await desk.messenger.log_acts(untold)
    await desk.messenger.log_acts(untold)
    (message,) = desk.shown

    assert not message.pinged
    assert {request.body["nonce"] for request in desk.scene.fake.requests(SEND)} == {"a:17"}


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


async def test_a_notice_whose_answer_is_lost_is_posted_once(desk: Desk) -> None:
    """A notice is one message in the log channel, also when the connection breaks after Discord took it."""
    channel = desk.scene.channel.id
    desk.scene.fake.plant(Fault(SEND, Kind.DROP, after=True))
    notice = spent_notice(desk.scene.guild.id, ScopeKind.CHANNEL, channel)
    await desk.messenger.log_notice(channel, notice)
    (message,) = desk.shown

    assert not message.pinged
    assert len(desk.scene.fake.requests(SEND)) == 2


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED])
async def test_a_lost_answer_makes_no_second_result(desk: Desk, kind: Kind) -> None:
    """When the connection breaks after Discord took the message, sending again brings back the same one."""
    desk.scene.fake.plant(Fault(SEND, kind, after=True))
    at = await desk.messenger.post_result(desk.job(), PICTURES)

    assert [message.id for message in desk.shown] == [at.message_id]
    assert len(desk.scene.fake.requests(SEND)) == 2


async def test_a_discord_that_stays_down_is_left_alone_after_three_tries(desk: Desk) -> None:
    """A 503 that lasts is for later, and a later try posts once."""
    desk.scene.fake.plant(Fault(SEND, Kind.STATUS, status=503, times=3))
    with pytest.raises(NotNow):
        await desk.messenger.post_result(desk.job(), PICTURES)
    await desk.messenger.post_result(desk.job(), PICTURES)

    assert len(desk.shown) == 1


async def test_a_result_that_was_deleted_is_not_posted_again(desk: Desk) -> None:
    """Discord remembers the nonce of a message that a moderator deleted, and so do we."""
    await desk.messenger.post_result(desk.job(), PICTURES)
    desk.scene.fake.world.delete_message(desk.shown[0])
    with pytest.raises(TakenDown):
        await desk.messenger.post_result(desk.job(), PICTURES)

    assert desk.shown == []


@pytest.mark.parametrize("denied", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_a_channel_without_rights_is_a_closed_door(desk: Desk, denied: Permission) -> None:
    """Missing access or permission is final for this way."""
    desk.deny(denied)

    with pytest.raises(Unreachable):
        await desk.messenger.post_result(desk.job(), PICTURES)


async def test_files_beyond_the_limit_are_to_be_fitted_again(desk: Desk) -> None:
    """Discord's 413 is told apart, so that smaller copies can be made."""
    huge = (Picture(bytes(10 * MIB + 1), "easel-1.png", ""),)

    with pytest.raises(TooLarge):
        await desk.messenger.post_result(desk.job(), huge)
    assert desk.scene.fake.journal.violations.pop().rule == "TOO_LARGE"


async def test_file_limits(desk: Desk) -> None:
    """A file may have what the server's boosts allow, and all files of a message together 25 MiB."""
    boosted = build.add_guild(desk.scene.fake.world, "Boosted", tier=3)
    await desk.scene.fake.until(lambda: desk.probe.get_guild(boosted.id))

    assert desk.messenger.file_limit(desk.scene.guild.id) == 10 * MIB
    assert desk.messenger.file_limit(404) == 10 * MIB
    assert 24 * MIB < desk.messenger.file_limit(boosted.id) < 25 * MIB
    assert 6 * MIB < desk.messenger.file_limit(desk.scene.guild.id, 4) < 25 * MIB // 4


async def test_a_result_is_found_by_its_mark(desk: Desk) -> None:
    """After a restart the result of exactly this job is found among other messages, and no status message is."""
    job = await desk.commanded(desk.job())
    desk.messenger.show_status(snapshot(replace(job, predictions=desk.job(WAITING).predictions)))
    await desk.messenger.post_result(desk.job(job_id="ANOTHER"), PICTURES)

    assert await desk.restarted().find_result(job) is None

    at = await desk.messenger.post_result(job, PICTURES)

    assert await desk.restarted().find_result(job) == at


async def test_without_history_nobody_knows(desk: Desk) -> None:
    """Without *Read Message History* Discord shows nothing, which must not be read as: there is nothing."""
    desk.deny(Permission.READ_MESSAGE_HISTORY)
    await desk.scene.fake.until(lambda: _rights(desk).read_message_history is False)

    with pytest.raises(CannotSearch):
        await desk.messenger.find_result(desk.job())


def at(message: MessageAt | None) -> MessageAt:
    assert message is not None
    return message


async def delivered(desk: Desk, **facts: Any) -> Job:
    """A job whose result was posted, with nothing between it and the status message."""
    job = await desk.commanded(desk.job(**facts))
    return replace(job, result_message=await desk.messenger.post_result(job, PICTURES))


async def test_a_result_directly_under_its_status_stands_alone(desk: Desk) -> None:
    """Nothing else was written since: so it is too when an earlier try removed the status without living to tell."""
    job = await delivered(desk)
    assert await desk.messenger.stands_alone(job)
    await desk.messenger.remove_status(job)

    assert [message.id for message in desk.shown] == [job.result_message and job.result_message.message_id]
    assert await desk.restarted().stands_alone(job)
    await desk.restarted().remove_status(job)


@pytest.mark.parametrize("when", ["between", "after"])
async def test_a_result_that_others_talk_around_does_not_stand_alone(desk: Desk, when: str) -> None:
    """Somebody wrote before the result, or wrote after it what may be an answer to the status message."""
    job = await desk.commanded(desk.job())
    if when == "between":
        build.write(desk.scene.fake.world, desk.scene.alice, desk.scene.channel, "What a day!")
    job = replace(job, result_message=await desk.messenger.post_result(job, PICTURES))
    if when == "after":
        build.write(desk.scene.fake.world, desk.scene.alice, desk.scene.channel, "See the prompt above.")

    assert not await desk.messenger.stands_alone(job)


async def test_what_the_bot_wrote_itself_need_not_be_asked(desk: Desk) -> None:
    """In a busy channel another job's status or result follows: then no request is spent on reading the channel."""
    job = await delivered(desk)
    other = await delivered(desk, job_id="ANOTHER")
    desk.messenger.show_status(snapshot(other))

    assert not await desk.messenger.stands_alone(job)
    assert desk.scene.fake.journal.select(READ) == []

    await desk.messenger.remove_status(other)
    await desk.messenger.remove(at(other.result_message))
    assert await desk.messenger.stands_alone(job)


async def test_what_was_deleted_between_is_nothing(desk: Desk) -> None:
    """The reader sees the result right under its status."""
    job = await desk.commanded(desk.job())
    world = desk.scene.fake.world
    world.delete_message(build.write(world, desk.scene.alice, desk.scene.channel, "Oops"))
    job = replace(job, result_message=await desk.messenger.post_result(job, PICTURES))

    assert await desk.messenger.stands_alone(job)


@pytest.mark.parametrize("made", ["a reaction", "a thread"])
async def test_a_status_that_people_made_something_of_stays(desk: Desk, made: str) -> None:
    """Their reaction or their thread would go with it."""
    job = await delivered(desk)
    status = desk.shown[0]
    if made == "a reaction":
        status.reactions.append("\N{FOX FACE}")
    else:
        status.flags |= discord.MessageFlags(has_thread=True).value

    assert not await desk.messenger.stands_alone(job)


async def test_what_cannot_be_read_is_not_taken_for_silence(desk: Desk) -> None:
    """Discord out of reach, no *Read Message History*, a result in a direct message: nobody knows, so no."""
    job = await delivered(desk)
    elsewhere = replace(job, result_message=await desk.messenger.result_by_dm(job, PICTURES))
    assert not await desk.messenger.stands_alone(elsewhere)

    desk.scene.fake.plant(Fault("GET /channels/{channel_id}/messages", Kind.STATUS, status=503))
    assert not await desk.messenger.stands_alone(job)
    assert await desk.messenger.stands_alone(job)

    desk.deny(Permission.READ_MESSAGE_HISTORY)
    await desk.scene.fake.until(lambda: _rights(desk).read_message_history is False)
    assert not await desk.messenger.stands_alone(job)


async def test_mere_progress_lets_others_go_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress, and the question whether the status may go, wait for results and last words of the whole bot."""
    first: dict[bool, list[str]] = {True: [], False: []}
    ask = desk.probe.http.request

    async def noted(route: Route, **given: Any) -> Any:
        first[not can_wait.get()].append(f"{route.method} {route.path}")
        return await ask(route, **given)

    monkeypatch.setattr(desk.probe.http, "request", noted)
    job = await delivered(desk)
    desk.clock.advance(TOKEN_LIFE / SECOND)
    desk.messenger.show_status(snapshot(replace(job, predictions=desk.job(PAINTING).predictions)))
    await desk.scene.fake.until(lambda: first[False])
    assert await desk.messenger.stands_alone(job)
    await desk.messenger.finish_status(snapshot(job))

    assert (first[True], first[False]) == ([SEND, EDIT], [EDIT, READ])


async def test_nothing_is_said_after_a_status_was_removed(desk: Desk) -> None:
    """For a snapshot that comes late nothing is begun any more."""
    job = await delivered(desk)
    await desk.messenger.remove_status(job)
    desk.messenger.show_status(snapshot(replace(job, predictions=desk.job(PAINTING).predictions)))

    assert f"status-{job.job_id}" not in {task.get_name() for task in asyncio.all_tasks()}


def _rights(desk: Desk) -> discord.Permissions:
    channel = desk.probe.get_channel(desk.scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.permissions_for(channel.guild.me)


async def test_later_pictures_are_added_by_an_edit(desk: Desk) -> None:
    """Repeating an edit converges: the message shows exactly the pictures of the last one."""
    job = desk.job()
    at = await desk.messenger.post_result(job, PICTURES)
    both = (*PICTURES, Picture(b"another", "easel-2.png", "A second fox."))
    await desk.messenger.edit_result(job, at, both)
    await desk.messenger.edit_result(job, at, both)

    assert images_of(desk.shown[0]) == [b"a picture", b"another"]


async def test_the_status_can_become_the_result(desk: Desk) -> None:
    """Where a new post would be blind, the status message is edited, through its channel."""
    job = await desk.commanded(desk.job())
    await desk.interactions.forget(job.interaction_id)
    at = await desk.messenger.result_as_status(job, PICTURES)

    assert at == job.status_message
    assert images_of(desk.shown[0]) == [b"a picture"]
    assert f"PATCH {ORIGINAL}" not in desk.routes()


async def test_the_token_opens_a_closed_channel(desk: Desk) -> None:
    """Without access to the channel the interaction's token still reaches the status message."""
    job = await desk.commanded(desk.job())
    desk.deny(Permission.VIEW_CHANNEL)
    await desk.messenger.result_as_status(job, (Link("https://example.com/fox.png", desk.clock.now()),))

    assert "example.com/fox.png" in str(desk.shown[0].components)


async def test_a_direct_message_is_the_last_way(desk: Desk) -> None:
    """A member can be sent the result alone, unless they closed their direct messages or left nothing of theirs."""
    at = await desk.messenger.result_by_dm(desk.job(), PICTURES)

    assert at.channel_id != desk.scene.channel.id

    desk.scene.alice.user.dms_closed = True
    for job in (desk.job(job_id="SECOND"), desk.job(member_id=None)):
        with pytest.raises(Unreachable):
            await desk.messenger.result_by_dm(job, PICTURES)


async def test_a_direct_message_is_not_sent_twice(desk: Desk) -> None:
    """When Discord has forgotten the nonce, a private result whose receipt was lost is found in the conversation."""
    first = await desk.messenger.result_by_dm(desk.job(posting_at=None), PICTURES)
    desk.scene.fake.message_desk.nonce_window = 0
    second = await desk.messenger.result_by_dm(desk.job(), PICTURES)

    assert second == first


async def test_a_mistake_of_ours_is_a_closed_door(desk: Desk) -> None:
    """What Discord finds faulty goes another way, so that no job waits for ever for a bug to be mended."""
    desk.scene.fake.plant(Fault("POST /channels/*/messages", Kind.STATUS, status=400))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await desk.messenger.post_result(desk.job(), PICTURES)

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
async def test_a_refusal_by_discords_edge_closes_no_way(desk: Desk, way: str, said: str) -> None:
    """A 403 or 404 without one of the API's own codes is a bad moment, on whatever way: the same is sent again."""
    job = await desk.commanded(desk.job())
    at = await desk.messenger.post_result(job, PICTURES)
    opened = await desk.opened()
    ways: dict[str, tuple[str, Callable[[], Awaitable[object]]]] = {
        "post": (SEND, lambda: desk.messenger.post_result(job, PICTURES)),
        "edit": (EDIT, lambda: desk.messenger.edit_result(job, at, PICTURES)),
        "dm": (SEND, lambda: desk.messenger.result_by_dm(job, PICTURES)),
        "last word": (f"PATCH {ORIGINAL}", lambda: desk.messenger.finish_status(snapshot(job))),
        "apology": (WHISPER, lambda: desk.messenger.apologise(opened, Unavailable("I was restarted."))),
        "search": ("GET /channels/{channel_id}/messages", lambda: desk.messenger.find_result(job)),
    }
    route, call = ways[way]
    fault = desk.scene.fake.plant(Fault(route, **EDGE[said]))  # pyright: ignore[reportArgumentType] - the fault's own fields
    await call()

    assert (fault.struck, fault.hits) == (1, 2)


async def test_progress_goes_on_after_a_refusal_by_discords_edge(desk: Desk) -> None:
    """A status that could not be edited for a moment is not taken for one that is gone."""
    job = await desk.commanded(desk.job(WAITING))
    desk.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=403))
    desk.messenger.show_status(snapshot(job))
    await desk.scene.fake.until(lambda: not desk.shown[0].loading)

    assert len(desk.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2


async def test_the_last_word_overtakes_progress_that_fails(desk: Desk) -> None:
    """An edit that shows progress is tried once, so that one which fails is not in the last word's way."""
    job = await desk.commanded(desk.job(DONE))
    fault = desk.scene.fake.plant(Fault("PATCH *", Kind.STATUS, status=500, times=2))
    began = time.monotonic()
    desk.messenger.show_status(snapshot(replace(job, predictions=desk.job(WAITING).predictions)))
    await desk.scene.fake.until(lambda: fault.struck == 1)
    await desk.messenger.finish_status(snapshot(job))

    said = [str(request.body) for request in desk.scene.fake.requests(f"PATCH {ORIGINAL}")]
    assert ["In the queue" in each for each in said] == [True, False, False]
    # discord.py's own repetitions alone would sleep for longer, on the real clock.
    assert time.monotonic() - began < 1 + 3 + 5


async def test_what_automod_refuses_is_no_mistake_of_ours(desk: Desk) -> None:
    """The server's AutoMod does not take the words: another way is tried, and the log says who refused."""
    desk.scene.fake.plant(Fault(SEND, Kind.REFUSAL, status=400, code=200000))
    with pytest.raises(Unreachable), capture_logs() as logs:
        await desk.messenger.post_result(desk.job(), PICTURES)

    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("discord.blocked_by_automod", "warning")]


async def test_nothing_is_sent_before_discord_said(desk: Desk) -> None:
    """After a 429 with a quarter of an hour the route is left alone for as long; other routes are open."""
    desk.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900))
    job = await desk.commanded(desk.job())
    for _ in range(2):
        with pytest.raises(NotNow) as refused:
            await desk.messenger.post_result(job, PICTURES)
        assert 895 < refused.value.retry_after <= 900
    assert len(desk.scene.fake.requests(SEND)) == 1
    await desk.messenger.finish_status(snapshot(job))

    desk.clock.advance(901)
    await desk.messenger.post_result(job, PICTURES)

    assert len(desk.shown) == 2


async def test_a_ban_holds_for_every_route(desk: Desk) -> None:
    """A 429 that comes from the edge and not from the API is for this address: nothing is sent before its time."""
    desk.scene.fake.plant(Fault(SEND, Kind.RATE_LIMIT, retry_after=900, via=False))
    job = await desk.commanded(desk.job())
    desk.scene.fake.journal.clear()
    for call in (desk.messenger.post_result(job, PICTURES), desk.messenger.finish_status(snapshot(job))):
        with pytest.raises(NotNow):
            await call

    assert desk.routes() == [SEND]


async def test_a_result_is_found_however_wrong_our_clock_was(desk: Desk) -> None:
    """Where to search is said by Discord's own clock: one of ours that was minutes ahead hides no result."""
    job = await desk.commanded(desk.job(posting_at=desk.clock.now() + 300_000))
    at = await desk.messenger.post_result(job, PICTURES)

    assert await desk.restarted().find_result(job) == at


async def test_an_apology_is_private_and_leaves_nothing(desk: Desk) -> None:
    """Neutral word, private reason, removal, in this order: otherwise everybody would read the reason."""
    opened = await desk.opened()
    desk.scene.fake.journal.clear()
    await desk.messenger.apologise(opened, Unavailable("I was restarted."))
    send_ephemeral = desk.scene.fake.requests("POST /webhooks/{webhook_id}/{webhook_token}")[0].body

    assert desk.routes() == [f"PATCH {ORIGINAL}", "POST /webhooks/{webhook_id}/{webhook_token}", f"DELETE {ORIGINAL}"]
    assert send_ephemeral["flags"] & 64
    assert "I was restarted" in str(send_ephemeral)
    assert [message for message in desk.shown if not message.flags & 64] == []


async def test_an_apology_after_a_quarter_of_an_hour_is_not_tried(desk: Desk) -> None:
    """A token that must be dead by our clock costs no invalid request."""
    opened = await desk.opened()
    desk.scene.fake.journal.clear()
    desk.clock.advance(TOKEN_LIFE / 1000)

    with pytest.raises(Unreachable):
        await desk.messenger.apologise(opened, Unavailable("I was restarted."))
    assert desk.routes() == []


async def test_a_private_word_never_becomes_the_public_answer(desk: Desk) -> None:
    """While the command is still being thought about, a followup would be shown to all: then nothing is said."""
    job = await desk.commanded(desk.job(PAINTING))

    notice = spent_notice(job.guild_id, ScopeKind.MEMBER, 1)

    assert await desk.messenger.whisper_notice(job, notice) is False

    desk.messenger.show_status(snapshot(job))
    await desk.scene.fake.until(lambda: not desk.shown[0].loading)

    assert await desk.messenger.whisper_notice(job, notice) is True
    assert "100 % is spent" in str(desk.scene.fake.requests(WHISPER)[0].body)


async def test_what_is_withheld_is_told_to_the_requester_alone(desk: Desk) -> None:
    """The prompt and what to do go with the answer to the command, ephemeral; the channel reads who marked it."""
    job = await desk.commanded(desk.job(WITHHELD))
    await desk.messenger.finish_status(snapshot(job))
    await desk.messenger.tell_withheld(job)

    [whispered] = desk.scene.fake.requests(WHISPER)
    assert whispered.body["flags"] & discord.MessageFlags(ephemeral=True).value
    assert "The provider marked it as unsafe, so it is not shown there." in str(whispered.body)
    assert "**$0.08 is back**" in str(whispered.body)
    assert "The provider marked it as unsafe, so it is not shown here." in str(desk.shown[0].components)
    assert "**$0.08 is back**" in str(desk.shown[0].components)


async def test_what_is_withheld_is_told_by_direct_message_later(desk: Desk) -> None:
    """Once the token is dead a direct message tells it, and one whose answer is lost is still one."""
    job = await desk.commanded(desk.job(WITHHELD))
    desk.clock.advance(TOKEN_LIFE / 1000)
    desk.scene.fake.plant(Fault(SEND, Kind.DROP, after=True))
    await desk.messenger.tell_withheld(job)

    [told] = desk.told_alice()
    assert "The provider marked it as unsafe, so it is not shown there." in str(told.components)


async def test_who_cannot_be_told_has_the_status_message(desk: Desk) -> None:
    """Somebody who takes no direct messages is no failure: what the status message says is all that they read."""
    job = desk.job(WITHHELD)
    desk.scene.alice.user.dms_closed = True
    await desk.messenger.tell_withheld(job)

    assert desk.told_alice() == []
    assert len(desk.scene.fake.requests(SEND)) == 1


async def test_the_strip_is_sent_once_and_stays(desk: Desk) -> None:
    """Later edits of a status keep its strip without sending it again; a restart replaces it by the same."""
    job = await desk.commanded(desk.job(WAITING))
    later = replace(job, predictions=desk.job(PAINTING).predictions)
    desk.messenger.show_status(snapshot(job))
    await desk.scene.fake.until(lambda: not desk.shown[0].loading)
    desk.messenger.show_status(snapshot(later))
    await desk.scene.fake.until(lambda: len(desk.scene.fake.requests(f"PATCH {ORIGINAL}")) == 2)

    assert images_of(desk.shown[0]) == [b"strip"]
    assert desk.strips.drawn == 1

    restarted = desk.restarted()
    restarted.show_status(snapshot(later))
    await desk.scene.fake.until(lambda: len(desk.scene.fake.requests(f"PATCH {ORIGINAL}")) == 3)
    await restarted.close()

    assert images_of(desk.shown[0]) == [b"strip"]
    assert desk.strips.drawn == 2


async def test_a_status_without_its_strip_is_shown_all_the_same(desk: Desk) -> None:
    """When the references are gone from the disk, the words go on."""
    desk.strips.gone = True
    job = await desk.commanded(desk.job(WAITING))
    desk.messenger.show_status(snapshot(job))
    await desk.scene.fake.until(lambda: not desk.shown[0].loading)

    assert images_of(desk.shown[0]) == []
    assert job.job_id in str(desk.shown[0].components)


async def test_a_dead_token_falls_back_to_the_channel_at_once(desk: Desk) -> None:
    """When Discord refuses the token (50027), the same edit goes through the channel, and the token is forgotten."""
    job = await desk.commanded(desk.job(DONE))
    desk.interactions.rows[job.interaction_id] = replace(desk.interactions.rows[job.interaction_id], token="dead")
    await desk.messenger.finish_status(snapshot(job))

    assert not desk.shown[0].loading
    assert await desk.interactions.token_of(job.job_id, 0) is None


async def test_an_old_token_is_not_tried(desk: Desk) -> None:
    """Half a minute before Discord's quarter of an hour ends, edits go through the channel."""
    job = await desk.commanded(desk.job(DONE))
    desk.scene.fake.journal.clear()
    desk.clock.advance(TOKEN_LIFE / 1000)
    await desk.messenger.finish_status(snapshot(job))

    assert desk.routes() == [EDIT]


async def test_the_last_word_reports_a_status_that_is_gone(desk: Desk) -> None:
    """A deleted status message is no error for progress, and a closed door for the last word."""
    job = await desk.commanded(desk.job(DONE))
    await desk.interactions.forget(job.interaction_id)
    desk.scene.fake.world.delete_message(desk.shown[0])

    with pytest.raises(Unreachable):
        await desk.messenger.finish_status(snapshot(job))

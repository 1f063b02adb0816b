"""A job's result against a fake Discord over real sockets: posted once, found again, and told another way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.ports.messages import CannotSearch, Link, Picture, TakenDown, TooLarge, Unreachable
from tests.ui.discord.messenger_case import ORIGINAL, PICTURES, SEND, WAITING, MessengerCase, rights
from tests.ui.samples import snapshot
from tests.wire.discord_fake import Fault, Kind, Permission, build, images_of

MIB = 1024 * 1024


async def test_a_result_is_one_message_that_mentions_its_requester_only(case: MessengerCase) -> None:
    """The picture is attached, the nonce belongs to the job, and nobody else can be mentioned by any text."""
    job = case.job(prompt="@everyone look")
    at = await case.messenger.post_result(job, PICTURES)
    sent = case.scene.fake.requests(SEND)[0].body

    assert [message.id for message in case.shown] == [at.message_id]
    assert images_of(case.shown[0]) == [b"a picture"]
    assert (sent["nonce"], sent["enforce_nonce"]) == (f"r:{job.job_id}", True)
    assert sent["allowed_mentions"] == {"parse": [], "users": [case.scene.alice.id]}


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.TRUNCATED])
async def test_a_lost_answer_makes_no_second_result(case: MessengerCase, kind: Kind) -> None:
    """When the connection breaks after Discord took the message, sending again brings back the same one."""
    case.scene.fake.plant(Fault(SEND, kind, after=True))
    at = await case.messenger.post_result(case.job(), PICTURES)

    assert [message.id for message in case.shown] == [at.message_id]
    assert len(case.scene.fake.requests(SEND)) == 2


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
    await case.scene.fake.until(lambda: rights(case).read_message_history is False)

    with pytest.raises(CannotSearch):
        await case.messenger.find_result(case.job())


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


async def test_a_result_is_found_however_wrong_our_clock_was(case: MessengerCase) -> None:
    """Where to search is said by Discord's own clock: one of ours that was minutes ahead hides no result."""
    job = await case.commanded(case.job(posting_at=case.clock.now() + 300_000))
    at = await case.messenger.post_result(job, PICTURES)

    assert await case.restarted().find_result(job) == at

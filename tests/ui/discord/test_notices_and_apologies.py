"""What a log channel or one person is told, over real sockets: acts, notices, apologies, and what was withheld."""

from __future__ import annotations

from datetime import date

import discord
import pytest

from bot.domain.audit import AuditRow, Untold
from bot.domain.budget import ScopeKind
from bot.domain.errors import Unavailable
from bot.domain.notices import Notice
from bot.domain.periods import Period
from bot.services.ports.messages import Unreachable
from bot.texts.templates import Refusal
from bot.ui.discord.interaction_webhooks import TOKEN_LIFE
from tests.ui.discord.messenger_case import FOLLOW_UP, ORIGINAL, PAINTING, SEND, WITHHELD, MessengerCase
from tests.ui.samples import snapshot
from tests.wire.discord_fake import Fault, Kind


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

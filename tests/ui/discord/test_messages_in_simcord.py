"""Jobs' messages in the simulated Discord that the demo speaks to."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.domain.clock import SECOND
from bot.domain.jobs import MessageAt, PredictionState
from bot.services.ports.messages import Picture
from bot.ui.discord.calls import Calls
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.render.status import render_status
from tests.clocks import ManualClock
from tests.ui.discord.conversation import Conversation
from tests.ui.doubles import FakeStrips, renderers
from tests.ui.samples import job, snapshot

# SimCord counts every error that reaches the command tree, also those that are explained to whoever sent the command.
pytestmark = pytest.mark.simcord(check_errors=False)


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

"""What somebody saw after a command: the private answer, the status message, the results in the channel."""

from __future__ import annotations

from typing import Any

import discord
from simcord import InteractionResult, ResponseMessage

from bot.demo.reading import text_of
from bot.demo.world import World

PATIENCE_SECONDS = 400.0
"""On the world's hurried clock: 20 s for whoever runs the tests."""


def private_text(answer: InteractionResult) -> str:
    """The text that only the one who asked can see; fails where the answer was public."""
    message = answer.followups[-1] if answer.followups else answer.response
    assert message is not None, "nothing was answered"
    assert message.ephemeral, f"this was said in public: {text_of(message.message)}"
    return text_of(message.message)


def public_messages(world: World) -> list[discord.Message]:
    """What the bot wrote into the channel for everybody."""
    return [m for m in world.channel.history() if m.author.bot and not m.flags.ephemeral]


def results(world: World) -> list[discord.Message]:
    """The messages that carry pictures, oldest first."""
    return [
        m
        for m in public_messages(world)
        if any(a.filename.removeprefix("SPOILER_").startswith("easel-") for a in m.attachments)
    ]


async def all_closed(world: World) -> None:
    """Wait until no job is open."""
    give_up = world.clock.monotonic() + PATIENCE_SECONDS
    while await world.app.stores.jobs.open_jobs():
        assert world.clock.monotonic() < give_up, "a job did not end"
        await world.clock.sleep(0.2)


def status_text(answer: InteractionResult) -> str:
    """What the status message says now; empty once it is gone."""
    return "" if answer.response is None else text_of(answer.response.message)


def shown_text(shown: ResponseMessage) -> str:
    """What a message that was answered says now, also where it was changed since."""
    return text_of(shown.message)


def posted_in(channel: Any) -> discord.Message:
    """The newest message of a channel."""
    return channel.history()[-1]

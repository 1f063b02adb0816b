"""The first answer to an interaction: how long Discord waits for it, and how long it waited."""

from __future__ import annotations

from bot.domain.clock import SECOND
from tests.wire.discord_fake import Interaction

DISCORD_WAITS = 3 * SECOND


def waited(command: Interaction) -> int:
    """How long Discord waited for the first answer, in milliseconds."""
    assert command.responded_at is not None
    return command.responded_at - command.created_at

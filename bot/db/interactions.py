"""Commands that were acknowledged, with the tokens that can still edit their answers."""

from __future__ import annotations

from dataclasses import asdict

from bot.db.connection import Connection
from bot.db.database import Store, reads, writes
from bot.domain.clock import MINUTE, Instant
from bot.domain.orders import OpenInteraction

TOKEN_LIFE_MS = 15 * MINUTE
"""How long a token can edit its answer ("Receiving and Responding to Interactions", Discord's documentation)."""

_COLUMNS = "interaction_id, token, guild_id, channel_id, member_id, received_at, job_id"

# A command before it is acknowledged; the gateway may deliver one twice.
REMEMBER = f"""
INSERT INTO interactions ({_COLUMNS})
VALUES (:interaction_id, :token, :guild_id, :channel_id, :member_id, :received_at, :job_id)
ON CONFLICT (interaction_id) DO NOTHING
"""


# The newest command behind a job whose token still lives.
OF_JOB = f"""
SELECT {_COLUMNS} FROM interactions WHERE job_id = :job_id AND received_at > :dead
ORDER BY received_at DESC, interaction_id DESC LIMIT 1
"""

FORGET = "DELETE FROM interactions WHERE interaction_id = :interaction_id"

# Commands that became no job and can still be answered.
UNANSWERED = f"""
SELECT {_COLUMNS} FROM interactions WHERE job_id IS NULL AND received_at > :dead
ORDER BY received_at, interaction_id
"""

EXPIRE = "DELETE FROM interactions WHERE received_at <= :dead"


class InteractionStore(Store):
    """Commands that were acknowledged, with their tokens for at most 15 minutes."""

    @writes
    def acknowledge(self, connection: Connection, interaction: OpenInteraction) -> None:
        """Remember a command before it is acknowledged."""
        connection.execute(REMEMBER, asdict(interaction))

    @reads
    def token_of(self, connection: Connection, job_id: str, at: Instant) -> OpenInteraction | None:
        """The interaction of a job while its token lives."""
        row = connection.execute(OF_JOB, {"job_id": job_id, "dead": at - TOKEN_LIFE_MS}).fetchone()
        return None if row is None else OpenInteraction(**dict(row))

    @writes
    def forget(self, connection: Connection, interaction_id: int) -> None:
        """The command was answered without a job."""
        connection.execute(FORGET, {"interaction_id": interaction_id})

    @reads
    def unanswered(self, connection: Connection, at: Instant) -> tuple[OpenInteraction, ...]:
        """Commands that were acknowledged, became no job, and can still be answered."""
        rows = connection.execute(UNANSWERED, {"dead": at - TOKEN_LIFE_MS})
        return tuple(OpenInteraction(**dict(row)) for row in rows)

    @writes
    def expire(self, connection: Connection, at: Instant) -> int:
        """Delete every row whose token is dead; returns how many."""
        return connection.execute(EXPIRE, {"dead": at - TOKEN_LIFE_MS}).rowcount

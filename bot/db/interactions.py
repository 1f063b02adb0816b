"""Commands that were acknowledged, with the tokens that can still edit their answers."""

from __future__ import annotations

from dataclasses import asdict

from bot.db.connection import Connection
from bot.db.database import Store
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


class SqliteInteractionStore(Store):
    """The interaction store in SQLite."""

    async def acknowledge(self, interaction: OpenInteraction) -> None:
        """See `InteractionStore.acknowledge`."""
        await self.database.write(_acknowledge, interaction)

    async def token_of(self, job_id: str, at: Instant) -> OpenInteraction | None:
        """See `InteractionStore.token_of`."""
        return await self.database.read(_token_of, job_id, at)

    async def forget(self, interaction_id: int) -> None:
        """See `InteractionStore.forget`."""
        await self.database.write(_forget, interaction_id)

    async def unanswered(self, at: Instant) -> tuple[OpenInteraction, ...]:
        """See `InteractionStore.unanswered`."""
        return await self.database.read(_unanswered, at)

    async def expire(self, at: Instant) -> int:
        """See `InteractionStore.expire`."""
        return await self.database.write(_expire, at)


def _acknowledge(connection: Connection, interaction: OpenInteraction) -> None:
    connection.execute(REMEMBER, asdict(interaction))


def _token_of(connection: Connection, job_id: str, at: Instant) -> OpenInteraction | None:
    row = connection.execute(OF_JOB, {"job_id": job_id, "dead": at - TOKEN_LIFE_MS}).fetchone()
    return None if row is None else OpenInteraction(**dict(row))


def _forget(connection: Connection, interaction_id: int) -> None:
    connection.execute(FORGET, {"interaction_id": interaction_id})


def _unanswered(connection: Connection, at: Instant) -> tuple[OpenInteraction, ...]:
    rows = connection.execute(UNANSWERED, {"dead": at - TOKEN_LIFE_MS})
    return tuple(OpenInteraction(**dict(row)) for row in rows)


def _expire(connection: Connection, at: Instant) -> int:
    return connection.execute(EXPIRE, {"dead": at - TOKEN_LIFE_MS}).rowcount

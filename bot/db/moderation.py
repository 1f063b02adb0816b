"""What moderators do to members, servers and money, each act audited in its own transaction."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.accounts import Accounts
from bot.db.audit import Act, read_audit, write_audit
from bot.db.connection import Connection
from bot.db.database import Database, Store
from bot.db.holds import hold_of
from bot.db.ledger import Note, refund
from bot.db.reading import read_job
from bot.db.servers import see_server
from bot.domain.clock import Instant
from bot.domain.money import Micros
from bot.domain.orders import Defaults
from bot.domain.periods import zone_named
from bot.services.ports.moderation import AuditRow

FREEZE = """
INSERT INTO freezes (guild_id, account_id, reason, frozen_by, frozen_at)
VALUES (:guild_id, :account_id, :reason, :actor_id, :at)
ON CONFLICT (guild_id, account_id) DO NOTHING
"""

UNFREEZE = "DELETE FROM freezes WHERE guild_id = :guild_id AND account_id = :account_id"

PAUSE = """
UPDATE servers SET paused_at = :at, paused_reason = :reason WHERE guild_id = :guild_id AND paused_at IS NULL
"""

RESUME = """
UPDATE servers SET paused_at = NULL, paused_reason = NULL WHERE guild_id = :guild_id AND paused_at IS NOT NULL
"""

ZONE = "SELECT zone FROM servers WHERE guild_id = :guild_id"

SET_ZONE = "UPDATE servers SET zone = :zone WHERE guild_id = :guild_id"


# What a refund gave back to grants that had ended.
LAPSED = """
SELECT COALESCE(-SUM(postings.spent_micros), 0)
FROM predictions
JOIN ledger ON ledger.prediction_id = predictions.prediction_id AND ledger.kind = 'refund'
JOIN postings ON postings.entry_id = ledger.entry_id AND postings.scope = 'grant'
JOIN grants ON grants.grant_id = postings.subject_id
WHERE predictions.job_id = :job_id AND ledger.entered_at = :at AND grants.expires_at <= :at
"""


@dataclass(frozen=True, slots=True)
class _Act:
    """Who does something where, when, and why."""

    guild_id: int
    by_member_id: int
    at: Instant
    reason: str | None = None


class SqliteModerationStore(Store):
    """The moderation store in SQLite."""

    def __init__(self, database: Database, accounts: Accounts, defaults: Defaults) -> None:
        super().__init__(database)
        self._accounts = accounts
        self._defaults = defaults

    async def freeze(self, guild_id: int, member_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """See `ModerationStore.freeze`."""
        act = _Act(guild_id, by_member_id, at, reason)
        return await self.database.write(self._freeze, member_id, act, FREEZE, "freeze")

    async def unfreeze(self, guild_id: int, member_id: int, *, by_member_id: int, at: Instant) -> bool:
        """See `ModerationStore.unfreeze`."""
        act = _Act(guild_id, by_member_id, at)
        return await self.database.write(self._freeze, member_id, act, UNFREEZE, "unfreeze")

    async def pause(self, guild_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """See `ModerationStore.pause`."""
        return await self.database.write(self._pause, _Act(guild_id, by_member_id, at, reason), PAUSE, "pause")

    async def resume(self, guild_id: int, *, by_member_id: int, at: Instant) -> bool:
        """See `ModerationStore.resume`."""
        return await self.database.write(self._pause, _Act(guild_id, by_member_id, at), RESUME, "resume")

    async def set_zone(self, guild_id: int, zone: str, *, by_member_id: int, at: Instant) -> str:
        """See `ModerationStore.set_zone`."""
        zone_named(zone)
        return await self.database.write(self._set_zone, zone, _Act(guild_id, by_member_id, at))

    async def refund(self, job_id: str, *, reason: str, by_member_id: int, at: Instant) -> Micros:
        """See `ModerationStore.refund`."""
        return await self.database.write(self._refund, job_id, _Act(0, by_member_id, at, reason))

    async def lapsed(self, job_id: str, refunded_at: Instant) -> Micros:
        """See `ModerationStore.lapsed`."""
        return await self.database.read(_lapsed, job_id, refunded_at)

    async def note(self, job_id: str, action: str, *, by_member_id: int, at: Instant) -> None:
        """See `ModerationStore.note`."""
        await self.database.write(self._note, job_id, action, _Act(0, by_member_id, at))

    async def audit(self, guild_id: int, *, limit: int, member_id: int | None = None) -> tuple[AuditRow, ...]:
        """See `ModerationStore.audit`."""
        return await self.database.read(self._audit, guild_id, limit, member_id)

    def _freeze(self, connection: Connection, member_id: int, act: _Act, statement: str, action: str) -> bool:
        actor_id = self._actor(connection, act)
        account_id = self._accounts.number(connection, member_id, act.at)
        values = {
            "guild_id": act.guild_id,
            "account_id": account_id,
            "reason": act.reason,
            "actor_id": actor_id,
            "at": act.at,
        }
        if connection.execute(statement, values).rowcount == 0:
            return False
        done = Act(act.guild_id, actor_id, action, "member", account_id, act.at, reason=act.reason)
        write_audit(connection, done)
        return True

    def _pause(self, connection: Connection, act: _Act, statement: str, action: str) -> bool:
        actor_id = self._actor(connection, act)
        values = {"guild_id": act.guild_id, "at": act.at, "reason": act.reason}
        if connection.execute(statement, values).rowcount == 0:
            return False
        done = Act(act.guild_id, actor_id, action, "server", act.guild_id, act.at, reason=act.reason)
        write_audit(connection, done)
        return True

    def _set_zone(self, connection: Connection, zone: str, act: _Act) -> str:
        actor_id = self._actor(connection, act)
        before: str = connection.execute(ZONE, {"guild_id": act.guild_id}).fetchone()["zone"]
        connection.execute(SET_ZONE, {"guild_id": act.guild_id, "zone": zone})
        done = Act(act.guild_id, actor_id, "zone", "server", act.guild_id, act.at, before=before, after=zone)
        write_audit(connection, done)
        return before

    def _refund(self, connection: Connection, job_id: str, act: _Act) -> Micros:
        job = read_job(connection, job_id)
        actor_id = self._accounts.number(connection, act.by_member_id, act.at)
        note = Note(act.reason or "", act.at, actor_id)
        amount = sum(
            refund(connection, hold_of(connection, prediction.prediction_id), note) for prediction in job.predictions
        )
        if amount:
            done = Act(
                guild_id=job.guild_id,
                actor_id=actor_id,
                action="refund",
                subject_kind="member",
                subject_id=job.account_id,
                before=str(job.spent_micros),
                after=str(job.spent_micros - amount),
                reason=act.reason,
                job_id=job_id,
                at=act.at,
            )
            write_audit(connection, done)
        return amount

    def _note(self, connection: Connection, job_id: str, action: str, act: _Act) -> None:
        job = read_job(connection, job_id)
        actor_id = self._accounts.number(connection, act.by_member_id, act.at)
        done = Act(job.guild_id, actor_id, action, "member", job.account_id, act.at, job_id=job_id)
        write_audit(connection, done)

    def _audit(self, connection: Connection, guild_id: int, limit: int, member_id: int | None) -> tuple[AuditRow, ...]:
        account_id = None if member_id is None else self._accounts.find(connection, member_id) or 0
        return read_audit(connection, guild_id, account_id, limit)

    def _actor(self, connection: Connection, act: _Act) -> int:
        see_server(connection, act.guild_id, self._defaults, act.at)
        return self._accounts.number(connection, act.by_member_id, act.at)


def _lapsed(connection: Connection, job_id: str, at: Instant) -> Micros:
    return connection.execute(LAPSED, {"job_id": job_id, "at": at}).fetchone()[0]

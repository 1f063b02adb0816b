"""How many images a member has in trays and drafts, and the limit on that."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from bot.db.connection import Connection
from bot.db.database import reads
from bot.db.freezes import REASON_OF_MEMBER
from bot.db.limits import bounds_of, grants_of
from bot.db.servers import ServerStore, is_seen
from bot.domain.approvals import APPROVAL_LIFE
from bot.domain.clock import Instant
from bot.domain.drafts import DRAFT_LIFE, MOST_COLLECTED, NothingToSpend, TooManyCollected
from bot.domain.errors import MemberFrozen
from bot.domain.orders import Requester

# An image that a job was made of, or that is a result, is kept for that job anyway.
_OF_NO_JOB = """
NOT EXISTS (SELECT 1 FROM job_references WHERE job_references.sha256 = {table}.sha256)
AND NOT EXISTS (SELECT 1 FROM outputs WHERE outputs.sha256 = {table}.sha256)
"""

# The images of a member's trays and drafts, in all channels of all servers, each counted once.
COLLECTED = f"""
SELECT COUNT(*) AS count FROM (
    SELECT sha256 FROM tray WHERE account_id = :account_id AND {_OF_NO_JOB.format(table="tray")}
    UNION
    SELECT sha256 FROM drafts JOIN draft_references USING (draft_id)
    WHERE account_id = :account_id AND {_OF_NO_JOB.format(table="draft_references")}
      AND (created_at > :dead
           OR EXISTS (SELECT 1 FROM approvals WHERE approval_id = draft_id AND asked_at > :waiting))
) AS collected
"""


class CollectedStore(ServerStore):
    """Whether somebody may have more images kept that nobody pays for yet."""

    @reads
    def check_room(self, connection: Connection, requester: Requester, at: Instant, *, for_asking: bool) -> None:
        """Look, before anything is fetched, whether a new image may be kept. Milliseconds, local.

        `for_asking`: it is for a request that a moderator can be asked about, who may give what the limits do not.

        Raises:
            TooManyCollected: as many as one member may have.
            MemberFrozen: they may not spend in this server.
            NothingToSpend: a limit of nothing stands in their way.
        """
        # No account has the number 0: somebody new has collected nothing.
        account_id = self._accounts.find(connection, requester.member_id) or 0
        if not for_asking:
            self._refuse_without_money(connection, requester, account_id, at)
        if collected(connection, account_id, at) >= MOST_COLLECTED:
            raise TooManyCollected

    def _refuse_without_money(self, connection: Connection, requester: Requester, account_id: int, at: Instant) -> None:
        guild_id = requester.guild_id
        frozen = connection.execute(REASON_OF_MEMBER, {"guild_id": guild_id, "account_id": account_id}).fetchone()
        if frozen is not None:
            raise MemberFrozen(frozen["reason"])
        unseen = None if is_seen(connection, guild_id) else self._defaults
        bounds = bounds_of(connection, requester, account_id, at, unseen)
        # A grant pays where the limit of its member, or of a member in its channel, is nothing.
        granted = any(
            grant.left_micros > 0
            for bound in bounds[:2]
            for grant in grants_of(connection, guild_id, bound.scope.kind, bound.scope.subject_id, at)
        )
        if any(0 in bound.limits.values() for bound in (bounds[1:] if granted else bounds)):
            raise NothingToSpend


def collected(connection: Connection, account_id: int, at: Instant) -> int:
    """How many images of a member are kept that no job was made of."""
    ages = {"dead": at - DRAFT_LIFE, "waiting": at - APPROVAL_LIFE}
    return connection.execute(COLLECTED, {"account_id": account_id, **ages}).fetchone()["count"]


@contextmanager
def bounded(connection: Connection, account_id: int, at: Instant) -> Generator[None]:
    """Let a member's collected images grow up to the bound and no further; taking some out is always possible.

    Raises:
        TooManyCollected: what was written goes beyond it; the transaction is undone.
    """
    before = collected(connection, account_id, at)
    yield
    after = collected(connection, account_id, at)
    if after > max(before, MOST_COLLECTED):
        raise TooManyCollected

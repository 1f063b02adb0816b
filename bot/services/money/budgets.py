"""Budgets: viewing them, and setting limits and grants."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.db.budgets import BudgetStore
from bot.db.jobs import JobStore
from bot.domain.budget import BudgetLine, Grant, LedgerEntry, LimitKind, ScopeKind
from bot.domain.clock import Clock
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.expiry import parse_expiry
from bot.domain.jobs import Job
from bot.domain.money import Micros, parse_amount, parse_limit
from bot.domain.orders import Requester
from bot.domain.periods import Period
from bot.services.rights import Actor, require_manage, require_reason

_ENTRIES_SHOWN = 5
_ONE_SCOPE = {
    LimitKind.MEMBER: ScopeKind.MEMBER,
    LimitKind.CHANNEL: ScopeKind.CHANNEL,
    LimitKind.SERVER: ScopeKind.SERVER,
}
"""The limits that bind one scope, whose spending can be told; the others are for each of many members."""


@dataclass(frozen=True, slots=True)
class BudgetView:
    """What `/budget` shows of one member in one channel."""

    member_id: int
    lines: tuple[BudgetLine, ...]
    grants: tuple[Grant, ...]
    channel_grants: tuple[Grant, ...]
    entries: tuple[LedgerEntry, ...]
    open_jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A limit as it was and as it is now; None is no limit.

    `holds` is what binds that member, channel or server in this period from now on, with what is spent already; None
    where nothing does, or where the limit is for each of many members.
    """

    kind: LimitKind
    subject_id: int
    period: Period
    before_micros: Micros | None
    after_micros: Micros | None
    holds: BudgetLine | None = None


class Budgets:
    """Shows budgets to members and lets moderators change them."""

    def __init__(self, store: BudgetStore, jobs: JobStore, clock: Clock) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock

    async def meet(self, guild_id: int) -> bool:
        """Give a server the operator's defaults when it is first seen; False if it was seen before."""
        return await self._store.see_server(guild_id, self._clock.now())

    async def view(self, requester: Requester, actor: Actor) -> BudgetView:
        """The budget of `requester`, as `actor` may see it.

        Raises:
            NotAllowed: somebody else's budget, without Manage Server.
        """
        if requester.member_id != actor.member_id and not actor.can_manage:
            raise NotAllowed(texts.rights.OTHERS_BUDGET)
        now = self._clock.now()
        guild_id, member_id = requester.guild_id, requester.member_id
        return BudgetView(
            member_id=member_id,
            lines=await self._store.budget(requester, now),
            grants=await self._store.grants(guild_id, ScopeKind.MEMBER, member_id, now),
            channel_grants=await self._store.grants(guild_id, ScopeKind.CHANNEL, requester.purse_channel_id, now),
            entries=await self._store.entries(guild_id, member_id, _ENTRIES_SHOWN),
            open_jobs=await self._jobs.open_jobs_of(guild_id, member_id),
        )

    async def set_limit(
        self,
        actor: Actor,
        kind: LimitKind,
        subject_id: int,
        period: Period,
        typed: str,
        *,
        role_ids: tuple[int, ...] = (),
    ) -> LimitChange:
        """Set a limit as a moderator typed it; running jobs are never touched.

        `role_ids` are the roles of the member whose limit it is, from which the next limit comes once theirs is gone.

        Raises:
            NotAllowed: without Manage Server, or on the limit of the whole bot.
            BadAmount: the amount cannot be read.
            BadRequest: the role that everybody has.
        """
        require_manage(actor)
        if kind is LimitKind.BOT:
            raise NotAllowed(texts.rights.BOTS_LIMIT)
        if kind is LimitKind.ROLE and subject_id == actor.guild_id:
            # Discord's Permissions page: the @everyone role has the same id as the server.
            raise BadRequest(texts.limits.EVERYBODYS_ROLE)
        amount = parse_limit(typed)
        now = self._clock.now()
        before = await self._store.set_limit(
            actor.guild_id, kind, subject_id, period, amount, by_member_id=actor.member_id, at=now
        )
        holds = await self._holds(actor, kind, subject_id, period, role_ids)
        return LimitChange(kind, subject_id, period, before, amount, holds)

    async def grant(
        self,
        actor: Actor,
        kind: ScopeKind,
        subject_id: int,
        typed: str,
        *,
        reason: str,
        expires: str | None,
    ) -> Grant:
        """Give credit beyond a limit to a member or a channel.

        Raises:
            NotAllowed: without Manage Server.
            BadAmount: the amount cannot be read.
            BadRequest: nothing, no reason, or an expiry that cannot be read or is in the past.
        """
        require_manage(actor)
        amount = parse_amount(typed)
        if amount == 0:
            raise BadRequest(texts.limits.OF_NOTHING)
        now = self._clock.now()
        expires_at = None if not expires else parse_expiry(expires, now, await self._store.zone(actor.guild_id))
        if expires_at is not None and expires_at <= now:
            raise BadRequest(texts.limits.EXPIRED)
        words = require_reason(reason, texts.limits.NEEDS_REASON)
        return await self._store.grant(
            actor.guild_id,
            kind,
            subject_id,
            amount,
            reason=words,
            expires_at=expires_at,
            by_member_id=actor.member_id,
            at=now,
        )

    async def _holds(
        self, actor: Actor, kind: LimitKind, subject_id: int, period: Period, role_ids: tuple[int, ...]
    ) -> BudgetLine | None:
        if kind not in _ONE_SCOPE:
            return None
        member_id = subject_id if kind is LimitKind.MEMBER else actor.member_id
        channel_id = subject_id if kind is LimitKind.CHANNEL else 0
        requester = Requester(member_id, actor.guild_id, channel_id, channel_id, role_ids)
        lines = await self._store.budget(requester, self._clock.now())
        found = (line for line in lines if line.kind is _ONE_SCOPE[kind] and line.period is period)
        return next((line for line in found if line.limit_micros is not None), None)

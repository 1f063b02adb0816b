"""Budgets: scopes, limits, grants and room, and the decision which purse pays for a hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.clock import Instant
from bot.domain.errors import EaselError
from bot.domain.money import Micros
from bot.domain.periods import Period


class ScopeKind(StrEnum):
    """In what money is limited; each kind counts what was spent in it, whether a limit is set or not."""

    MEMBER = "member"  #: one person in one server
    CHANNEL = "channel"  #: a pool; a thread counts as its channel
    SERVER = "server"  #: a pool
    BOT = "bot"  #: a pool: everything this process spends
    GRANT = "grant"  #: one grant; its amount is its limit, in total


class LimitKind(StrEnum):
    """What a limit can be set on. DEFAULT and ROLE are for each single member, not pools."""

    MEMBER = "member"
    DEFAULT = "default"
    ROLE = "role"
    CHANNEL = "channel"
    SERVER = "server"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Scope:
    """One place where spending is counted.

    `guild_id` is 0 for the bot. `subject_id` is the account, channel, server or grant number, or 0 for the bot.
    """

    kind: ScopeKind
    guild_id: int
    subject_id: int

    @classmethod
    def member(cls, guild_id: int, account_id: int) -> Scope:
        """One person's own room in a server."""
        return cls(ScopeKind.MEMBER, guild_id, account_id)

    @classmethod
    def channel(cls, guild_id: int, channel_id: int) -> Scope:
        """A channel's pool."""
        return cls(ScopeKind.CHANNEL, guild_id, channel_id)

    @classmethod
    def server(cls, guild_id: int) -> Scope:
        """A server's pool."""
        return cls(ScopeKind.SERVER, guild_id, guild_id)

    @classmethod
    def bot(cls) -> Scope:
        """The operator's pool."""
        return cls(ScopeKind.BOT, 0, 0)

    @classmethod
    def grant(cls, guild_id: int, grant_id: int) -> Scope:
        """One grant's purse."""
        return cls(ScopeKind.GRANT, guild_id, grant_id)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What one scope may spend in one period: the three numbers that stand everywhere, and what is left.

    `limit_micros` is None where there is no limit; `ends_at` is None for the total.
    """

    kind: ScopeKind
    period: Period
    limit_micros: Micros | None
    spent_micros: Micros
    held_micros: Micros
    ends_at: Instant | None

    @property
    def left_micros(self) -> Micros | None:
        """What may still be spent, never below zero; None without a limit."""
        if self.limit_micros is None:
            return None
        return max(0, self.limit_micros - self.spent_micros - self.held_micros)


@dataclass(frozen=True, slots=True)
class Grant:
    """Credit beyond a limit, for a member or for what is made in a channel."""

    grant_id: int
    kind: ScopeKind  #: MEMBER or CHANNEL: whose purse it is
    subject_id: int
    amount_micros: Micros
    spent_micros: Micros
    held_micros: Micros
    expires_at: Instant | None
    reason: str

    @property
    def left_micros(self) -> Micros:
        """What can still be drawn from it."""
        return max(0, self.amount_micros - self.spent_micros - self.held_micros)


@dataclass(frozen=True, slots=True)
class Draw:
    """The part of a hold that one purse carries; `grant_id` None is the member's own limit."""

    grant_id: int | None
    from_channel: bool
    amount_micros: Micros


def member_limits(
    own: Mapping[Period, Micros],
    roles: Iterable[Mapping[Period, Micros]],
    default: Mapping[Period, Micros],
) -> dict[Period, Micros]:
    """What binds one member, per period: their own limit, else the highest of their roles', else the default.

    A period that none of them sets is not in the answer: no limit.
    """
    of_roles: dict[Period, Micros] = {}
    for limits in roles:
        for period, amount in limits.items():
            of_roles[period] = max(amount, of_roles.get(period, 0))
    return {**default, **of_roles, **own}


def draw_order(grants: Sequence[Grant], at: Instant) -> list[Grant]:
    """The grants that can pay now: the channel's purse first, then the member's, each soonest expiry first."""
    usable = [g for g in grants if g.left_micros > 0 and (g.expires_at is None or g.expires_at > at)]
    never = 1 << 62
    return sorted(
        usable,
        key=lambda g: (g.kind is not ScopeKind.CHANNEL, never if g.expires_at is None else g.expires_at, g.grant_id),
    )


def plan_draws(price_micros: Micros, grants: Sequence[Grant], at: Instant) -> tuple[Draw, ...]:
    """Split one hold over the purses that pay for it, grants first; the rest falls to the member's own limit.

    A channel's purse pays in place of the member's and the channel's limits; a member's purse in place of the member's.
    """
    draws: list[Draw] = []
    rest = price_micros
    for grant in draw_order(grants, at):
        if rest == 0:
            break
        part = min(rest, grant.left_micros)
        draws.append(Draw(grant.grant_id, grant.kind is ScopeKind.CHANNEL, part))
        rest -= part
    if rest or not draws:
        draws.append(Draw(None, from_channel=False, amount_micros=rest))
    return tuple(draws)


def split_capture(draws: Sequence[Draw], captured_micros: Micros) -> tuple[Draw, ...]:
    """Which part of each draw of a hold was really spent when a capture is smaller than its hold: grants first.

    Raises:
        ValueError: a capture above its hold.
    """
    if captured_micros > sum(draw.amount_micros for draw in draws):
        message = "a capture above its hold"
        raise ValueError(message)
    spent: list[Draw] = []
    rest = captured_micros
    for draw in draws:
        part = min(rest, draw.amount_micros)
        spent.append(Draw(draw.grant_id, draw.from_channel, part))
        rest -= part
    return tuple(spent)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of somebody's history, for showing.

    `amount_micros` is what it did to what can be spent: negative for what a job cost, positive for what was refunded or
    granted. Of a job, `pictures` were paid, and `returned_micros` of what was held came back.
    """

    kind: str
    amount_micros: Micros
    job_id: str | None
    actor_member_id: int | None
    reason: str
    entered_at: Instant
    expires_at: Instant | None = None
    pictures: int = 0
    returned_micros: Micros = 0


class OverLimit(EaselError):
    """An admission that one limit refused: which one, what it allows, what is left, when more comes."""

    def __init__(self, line: BudgetLine, *, price_micros: Micros, count: int) -> None:
        super().__init__(texts.budgets.OVER_LIMIT)
        self.line = line
        self.price_micros = price_micros
        self.count = count
        self.draft_id: str | None = None  # the request as it is kept, where a moderator can be asked

    @property
    def total_micros(self) -> Micros:
        """What the whole job would have cost."""
        return self.price_micros * self.count

"""Approvals: requests that a moderator decides, each with one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.clock import DAY, Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import MessageAt
from bot.domain.orders import Requester

APPROVAL_LIFE = 7 * DAY
"""How long a request waits for a moderator."""


class Verdict(StrEnum):
    """What a moderator decided."""

    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Approval:
    """One request before the moderators. Its draft has the same id.

    `images`: with how many references it was asked. `message`: where moderators see it, once it was posted.
    `decided_by_member_id` is None until somebody decided, and once they had their data deleted. `reason`: why it was
    declined.
    """

    approval_id: str
    requester: Requester
    images: int
    asked_at: Instant
    message: MessageAt | None = None
    verdict: Verdict | None = None
    decided_by_member_id: int | None = None
    decided_at: Instant | None = None
    job_id: str | None = None
    reason: str | None = None


class NeedsApproval(EaselError):
    """A server in which a moderator looks at each request first."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.NEEDED)
        self.draft_id: str | None = None


class NoDesk(EaselError):
    """A server whose moderators have not said where they want to be asked, or where we cannot post."""

    @classmethod
    def unset(cls) -> NoDesk:
        """Nobody chose a channel."""
        return cls(texts.approvals.NO_DESK)

    @classmethod
    def closed(cls) -> NoDesk:
        """The channel is gone, or closed to us."""
        return cls(texts.approvals.DESK_CLOSED)


class AlreadyAsked(EaselError):
    """The same request before the moderators a second time."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.ALREADY_ASKED)


MOST_OPEN_REQUESTS = 3


class TooManyAsked(EaselError):
    """A member whose earlier requests still wait for the moderators."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.TOO_MANY, most=MOST_OPEN_REQUESTS)


class MemberLeft(EaselError):
    """An approval of what somebody asked for who is not in the server any more: it is asked about first."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.MEMBER_LEFT)


class NotStarted(EaselError):
    """An approved request that is forbidden now, as its moderator reads it: about whoever asked, and who can help."""


class NoSuchApproval(EaselError):
    """A request that nobody can decide any more."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.GONE)


class ChannelGone(EaselError):
    """An approved request whose channel is out of reach."""

    def __init__(self) -> None:
        super().__init__(texts.approvals.CHANNEL_GONE)


class AlreadyDecided(EaselError):
    """A request that somebody else decided first."""

    def __init__(self, approval_id: str) -> None:
        super().__init__(texts.approvals.ALREADY_DECIDED)
        self.approval_id = approval_id

"""Requests that a moderator decides: what was asked, by whom, and the one outcome that each has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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

    title = "A moderator has to approve this"

    def __init__(self) -> None:
        super().__init__(
            "In this server each picture is approved by a moderator.", advice="Ask, and it runs if they agree."
        )
        self.draft_id: str | None = None


class NoDesk(EaselError):
    """A server whose moderators have not said where they want to be asked, or where we cannot post."""

    title = "I can't reach the moderators"

    @classmethod
    def unset(cls) -> NoDesk:
        """Nobody chose a channel."""
        return cls(
            "This server has no moderators\u2019 channel yet.",
            advice="A moderator can choose one with /manage settings, under Moderators\u2019 channel.",
        )

    @classmethod
    def closed(cls) -> NoDesk:
        """The channel is gone, or closed to us."""
        return cls(
            "I can\u2019t post in the moderators\u2019 channel.",
            advice="A moderator can let me in, or choose another one with /manage settings.",
        )


class AlreadyAsked(EaselError):
    """The same request before the moderators a second time."""

    title = "You asked already"
    advice = "You will be told."

    def __init__(self) -> None:
        super().__init__("The moderators have this request.")


MOST_OPEN_REQUESTS = 3


class TooManyAsked(EaselError):
    """A member whose earlier requests still wait for the moderators."""

    title = "Your requests are waiting"

    def __init__(self) -> None:
        super().__init__(
            f"The moderators have {MOST_OPEN_REQUESTS} requests of yours that they have not decided about yet.",
            advice="Please wait until one of them is decided, and press the button again.",
        )


class MemberLeft(EaselError):
    """An approval of what somebody asked for who is not in the server any more: it is asked about first."""

    title = "Whoever asked has left"

    def __init__(self) -> None:
        super().__init__("The member who asked for this picture is not in the server any more.")


class NotStarted(EaselError):
    """An approved request that is forbidden now, as its moderator reads it: about whoever asked, and who can help."""

    title = "This could not be started"

    def __init__(self, sentence: str, *, advice: str = "") -> None:
        super().__init__(sentence, advice=advice or "It can be approved again later, or declined.")


class NoSuchApproval(EaselError):
    """A request that nobody can decide any more."""

    title = "That request is gone"
    advice = "Whoever asked can send it again."

    def __init__(self, why: str = "It waited for more than seven days, or its images are no longer kept.") -> None:
        super().__init__(why)


class ChannelGone(EaselError):
    """An approved request whose channel is out of reach."""

    title = "I can't post where this was asked"
    advice = "Decline it, or give me access to that channel and approve it again."

    def __init__(self) -> None:
        super().__init__("The channel was deleted, or is closed to me.")


class AlreadyDecided(EaselError):
    """A request that somebody else decided first."""

    title = "That was decided already"

    def __init__(self, approval_id: str) -> None:
        super().__init__("Another moderator was faster.")
        self.approval_id = approval_id

"""Pictures that wait for a moderator: what was asked, where it is shown, and the one outcome that each has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.clock import DAY, Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import MessageAt
from bot.domain.marks import WithheldBecause

REVIEW_LIFE = 7 * DAY
"""How long a picture waits; the provider keeps its own copy as long."""


class ReviewVerdict(StrEnum):
    """What became of a picture that waited."""

    SHOWN = "shown"  #: a moderator lets it be shown: it is paid and delivered
    KEPT_BACK = "kept_back"  #: a moderator keeps it back
    UNDECIDED = "undecided"  #: nobody decided in time
    NO_DESK = "no_desk"  #: the moderators' channel was out of reach

    @property
    def withheld_because(self) -> WithheldBecause:
        """Why the picture is not shown, for every verdict but SHOWN."""
        return WithheldBecause(self.value)


@dataclass(frozen=True, slots=True)
class Review:
    """One picture before the moderators.

    `because` is MARKED or UNMARKED. `message`: where moderators see it, once it was posted. `decided_by` is None where
    nobody decided, and once that moderator had their data deleted.
    """

    prediction_id: int
    job_id: str
    guild_id: int
    because: WithheldBecause
    asked_at: Instant
    message: MessageAt | None = None
    verdict: ReviewVerdict | None = None
    decided_at: Instant | None = None
    decided_by: int | None = None

    @property
    def ends_at(self) -> Instant:
        """When it is kept back if nobody has decided."""
        return self.asked_at + REVIEW_LIFE


class NoSuchReview(EaselError):
    """A button of a picture that is another server's, or was never put before moderators."""

    def __init__(self) -> None:
        super().__init__(texts.safety.NO_SUCH_REVIEW)


class ReviewDecided(EaselError):
    """Somebody else decided about a picture first; `review` says who."""

    def __init__(self, review: Review) -> None:
        super().__init__(texts.safety.REVIEW_DECIDED_ALREADY)
        self.review = review

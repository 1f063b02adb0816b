"""What moderators see in Discord, as lists: requests, reports, reviews; they live on when the bot dies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import PictureReport
from bot.domain.reviews import Review, ReviewVerdict
from bot.domain.snapshots import JobSnapshot
from bot.services.moderation.approvals import Asked
from bot.services.moderation.reporting import ReportedPicture
from bot.services.ports.messages import NotNow, Picture

DESK_CHANNEL = 7_900


@dataclass(slots=True)
class FakeApprovalDesk:
    """Implements `ApprovalDesk`. `is_down`: Discord takes nothing just now; `is_closed`: where it was asked is gone."""

    is_down: bool = False
    is_closed: bool = False
    requests: dict[MessageAt, Asked] = field(default_factory=dict[MessageAt, Asked])
    lines: list[MessageAt] = field(default_factory=list[MessageAt])
    removed: list[MessageAt] = field(default_factory=list[MessageAt])
    declined: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    renewals: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(5_000))

    async def post(self, channel_id: int, asked: Asked) -> MessageAt | None:
        at = MessageAt(channel_id, next(self._numbers))
        self.requests[at] = asked
        return at

    async def renew(self, message: MessageAt, asked: Asked, problem: str = "") -> None:
        del problem
        if self.is_down:
            raise NotNow
        self.renewals += 1
        self.requests[message] = asked

    async def begin(self, guild_id: int, channel_id: int, interaction_id: int) -> MessageAt | None:
        del guild_id, interaction_id
        if self.is_closed:
            return None
        self.lines.append(MessageAt(channel_id, next(self._numbers)))
        return self.lines[-1]

    async def remove(self, message: MessageAt) -> bool:
        self.removed.append(message)
        return True

    async def is_here(self, guild_id: int, member_id: int) -> bool:
        del guild_id, member_id
        return True

    async def tell_declined(self, asked: Asked, reason: str) -> bool:
        self.declined.append((asked.approval.requester.member_id, reason))
        return True


@dataclass(slots=True)
class FakeReportDesk:
    """Implements `ReportDesk`, `Remover`. `is_down`: Discord takes nothing now; `gone`: messages that are not there.

    A step that is repeated shows nothing new; `calls` counts each.
    """

    is_down: bool = False
    calls: int = 0
    gone: set[MessageAt] = field(default_factory=set[MessageAt])
    reports: dict[MessageAt, PictureReport] = field(default_factory=dict[MessageAt, PictureReport])
    restated: list[tuple[MessageAt, bool]] = field(default_factory=list[tuple[MessageAt, bool]])
    covered: list[MessageAt] = field(default_factory=list[MessageAt])
    uncovered: list[tuple[MessageAt, int]] = field(default_factory=list[tuple[MessageAt, int]])
    removed: list[MessageAt] = field(default_factory=list[MessageAt])
    _numbers: count[int] = field(default_factory=lambda: count(6_000))

    async def post(self, channel_id: int, reported: ReportedPicture) -> MessageAt | None:
        at = MessageAt(channel_id, next(self._numbers))
        self.reports[at] = reported.report
        return at

    async def renew(self, message: MessageAt, reported: ReportedPicture) -> None:
        self._reaches(message)
        self.reports[message] = reported.report

    async def restate(self, message: MessageAt, snapshot: JobSnapshot) -> None:
        self._reaches(message)
        self.restated.append((message, snapshot.job.taken_down_at is not None))

    async def cover(self, message: MessageAt) -> bool:
        if (reached := self._reaches(message)) and message not in self.covered:
            self.covered.append(message)
        return reached

    async def uncover(self, message: MessageAt, job: Job, pictures: tuple[Picture, ...]) -> bool:
        del job
        if (reached := self._reaches(message)) and (message, len(pictures)) not in self.uncovered:
            self.uncovered.append((message, len(pictures)))
        return reached

    async def remove(self, message: MessageAt) -> bool:
        if (reached := self._reaches(message)) and message not in self.removed:
            self.removed.append(message)
        return reached

    def _reaches(self, message: MessageAt) -> bool:
        if self.is_down:
            raise NotNow
        self.calls += 1
        return message not in self.gone


@dataclass(slots=True)
class FakeReviewDesk:
    """Implements `bot.services.moderation.reviewing.ReviewDesk`; it lives on when the bot dies, as Discord does.

    Attributes:
        faults: what the next posts raise; those in `lost` are posted first, so that only the answer is lost.
    """

    posts: dict[int, tuple[MessageAt, Sequence[Picture]]] = field(
        default_factory=dict[int, tuple[MessageAt, Sequence[Picture]]]
    )
    settled: list[tuple[MessageAt, ReviewVerdict | None]] = field(
        default_factory=list[tuple[MessageAt, ReviewVerdict | None]]
    )
    faults: list[Exception] = field(default_factory=list[Exception])
    lost: list[Exception] = field(default_factory=list[Exception])

    async def post(self, channel_id: int, review: Review, job: Job, pictures: Sequence[Picture]) -> MessageAt:
        del job
        if self.faults:
            raise self.faults.pop(0)
        message = MessageAt(channel_id, 40_000 + review.prediction_id)
        self.posts.setdefault(review.prediction_id, (message, pictures))
        if self.lost:
            raise self.lost.pop(0)
        return message

    async def settle(self, message: MessageAt, review: Review, job: Job) -> None:
        del job
        if self.faults:
            raise self.faults.pop(0)
        self.settled.append((message, review.verdict))

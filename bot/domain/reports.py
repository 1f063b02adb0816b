"""Reports of pictures: what moderators can decide about one, and what after that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.clock import Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import MessageAt


class Measure(StrEnum):
    """What a moderator decides about a reported picture."""

    HIDE = "hide"
    SHOW = "show"
    DELETE = "delete"
    BLOCK = "block"
    DISMISS = "dismiss"


_ABOUT_OURS: Mapping[Measure | None, tuple[Measure, ...]] = {
    None: (Measure.HIDE, Measure.DELETE, Measure.BLOCK, Measure.DISMISS),
    Measure.HIDE: (Measure.SHOW, Measure.DELETE, Measure.BLOCK),
    Measure.SHOW: (Measure.HIDE, Measure.DELETE, Measure.BLOCK),
    Measure.BLOCK: (Measure.HIDE, Measure.DELETE),
    Measure.DELETE: (Measure.BLOCK,),
    Measure.DISMISS: (),
}


@dataclass(frozen=True, slots=True)
class PictureReport:
    """A picture that a member wants moderators to look at; `job_id` where it is one of ours.

    `steps` counts the decisions so far: whoever decides names the one that they saw last, so that of two at once the
    second is refused. `measure`, `decided_by` and `decided_at` are the last one's; `decided_by` is None once that
    moderator had their data deleted. `desk_message` is where moderators read about it.
    """

    report_id: int
    guild_id: int
    channel_id: int
    message_id: int
    job_id: str | None
    reporter_id: int | None
    reported_at: Instant
    measure: Measure | None = None
    steps: int = 0
    decided_by: int | None = None
    decided_at: Instant | None = None
    desk_message: MessageAt | None = None

    @property
    def choices(self) -> tuple[Measure, ...]:
        """What can be decided now; of a picture that is not ours, only that nothing is to be done."""
        if self.job_id is not None:
            return _ABOUT_OURS[self.measure]
        return (Measure.DISMISS,) if self.measure is None else ()


class AlreadyReported(EaselError):
    """The same report again."""

    def __init__(self) -> None:
        super().__init__(texts.reports.ALREADY_REPORTED)


class ReportedByAnother(EaselError):
    """A report about a message that somebody else has reported, and nobody has decided about."""

    def __init__(self) -> None:
        super().__init__(texts.reports.BY_ANOTHER)


MOST_OPEN_REPORTS = 5


class TooManyReports(EaselError):
    """A member whose earlier reports still wait for the moderators."""

    def __init__(self) -> None:
        super().__init__(texts.reports.TOO_MANY, most=MOST_OPEN_REPORTS)


class NoSuchReport(EaselError):
    """A button of a report that is another server's, or was never made."""

    def __init__(self) -> None:
        super().__init__(texts.reports.NO_SUCH_REPORT)


class ReportDecided(EaselError):
    """Somebody else decided about a report since the buttons were shown."""

    def __init__(self) -> None:
        super().__init__(texts.reports.DECIDED_ALREADY)


class NotShown(EaselError):
    """A picture that cannot be shown again."""

    def __init__(self) -> None:
        super().__init__(texts.reports.NOT_KEPT)

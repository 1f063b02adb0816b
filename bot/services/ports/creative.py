"""The Protocols through which the creative desk keeps trays, drafts, picked files and reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.clock import Instant
from bot.domain.drafts import Draft, Slots
from bot.domain.jobs import Job, MessageAt
from bot.domain.reports import Measure, PictureReport


@dataclass(frozen=True, slots=True)
class TrayOwner:
    """Whose tray: one member in one channel."""

    guild_id: int
    channel_id: int
    member_id: int


class TrayStore(Protocol):
    """The references that members collect."""

    async def slots(self, owner: TrayOwner) -> Slots:
        """What lies in a tray, in order; images that are no longer kept have left it."""
        ...

    async def change(self, owner: TrayOwner, change: Callable[[Slots], Slots], at: Instant) -> Slots:
        """Replace what lies in a tray by what `change` makes of it, in one transaction; returns that.

        Raises:
            EaselError: what `change` raised; nothing changed.
        """
        ...


class DraftStore(Protocol):
    """Requests that are not run yet."""

    async def save(self, draft: Draft) -> None:
        """Keep a new draft, and drop those that are too old."""
        ...

    async def draft(self, draft_id: str, at: Instant) -> Draft:
        """Read one.

        Raises:
            NoSuchDraft: there is none, or it is too old.
        """
        ...

    async def change(self, draft_id: str, change: Callable[[Draft], Draft], at: Instant) -> Draft:
        """Replace a draft by what `change` makes of it, in one transaction; returns that.

        Raises:
            NoSuchDraft: there is none, or it is too old.
            EaselError: what `change` raised; nothing changed.
        """
        ...

    async def claim(self, draft_id: str, interaction_id: int) -> None:
        """Let this interaction be the one that runs the draft, unless an earlier one has made a job of it.

        Raises:
            AlreadyRun: it has.
            NoSuchDraft: there is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class PickedFile:
    """A file of somebody's message, as the interaction named it. Its address dies within a day and is never logged."""

    id: int
    filename: str
    size: int
    url: str
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Pick:
    """Files that a member chose by a message's menu, until the form that asks for the prompt comes back."""

    pick_id: str
    guild_id: int
    channel_id: int
    member_id: int
    files: tuple[PickedFile, ...]
    picked_at: Instant


class PickStore(Protocol):
    """What was picked by a menu and not sent yet."""

    async def save(self, pick: Pick) -> None:
        """Keep a pick, and drop those that are too old."""
        ...

    async def pick(self, pick_id: str, at: Instant) -> Pick:
        """Read one.

        Raises:
            NoSuchDraft: there is none, or it is too old.
        """
        ...


class ReportStore(Protocol):
    """Reports, and what moderators decided about them."""

    async def report(self, report: PictureReport) -> PictureReport | None:
        """Keep a report under a number of its own; None if this member reported this message before."""
        ...

    async def find(self, report_id: int, guild_id: int) -> PictureReport | None:
        """Read one of a server's."""
        ...

    async def open_reports(self, guild_id: int, limit: int) -> tuple[PictureReport, ...]:
        """Those that nobody has decided about, oldest first."""
        ...

    async def count_open(self, guild_id: int) -> int:
        """How many nobody has decided about."""
        ...

    async def decide(
        self, report: PictureReport, measure: Measure, *, by_member_id: int, at: Instant, reason: str | None = None
    ) -> bool:
        """Put a decision on record with all that it changes here, if the report still stands as given.

        Its job is taken down or put back, its requester blocked, in the same transaction. False if it was decided about
        since.
        """
        ...

    async def carried_out(self, report: PictureReport) -> None:
        """Remember that Discord shows the last decision about a report, as it stands here."""
        ...

    async def unfinished(self, before: Instant) -> tuple[PictureReport, ...]:
        """Reports decided before then whose last decision Discord does not show yet, the earliest first."""
        ...

    async def shown_at(self, report_id: int, message: MessageAt) -> None:
        """Remember where moderators read about it."""
        ...

    async def desk_channel(self, guild_id: int) -> int | None:
        """Where moderators want to be told, if they said so."""
        ...


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """Which pictures to look for; None does not narrow. Only `channel_ids` are looked into."""

    guild_id: int
    channel_ids: frozenset[int]
    member_id: int | None = None
    model_id: str | None = None


class GalleryStore(Protocol):
    """Finished jobs as an exhibition, and what was taken down."""

    async def jobs_with_pictures(self, wanted: GalleryFilter, *, offset: int, limit: int) -> tuple[Job, ...]:
        """Jobs with at least one picture that was not taken down, newest first."""
        ...

    async def job_of_message(self, guild_id: int, message_id: int) -> str | None:
        """The job whose result or status message this is."""
        ...

    async def take_down(self, job_id: str, by_member_id: int, at: Instant) -> bool:
        """Remember that a job's pictures were deleted; False if they were before."""
        ...

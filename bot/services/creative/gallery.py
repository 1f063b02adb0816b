"""Finding pictures again: pages of them with filters, and a job brought back with its buttons."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.jobs import Job
from bot.services.ports.creative import GalleryFilter, GalleryStore

PAGE = 6


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """One page of pictures, newest first; `page` counts from 0."""

    jobs: tuple[Job, ...]
    page: int
    has_more: bool
    wanted: GalleryFilter


class Gallery:
    """Pictures of a server, as far as their channels are open to whoever looks."""

    def __init__(self, store: GalleryStore) -> None:
        self._store = store

    async def page(self, wanted: GalleryFilter, page: int, *, is_age_restricted: bool) -> GalleryPage:
        """Read one page. Flagged pictures are only shown where Discord shows the channel to adults only."""
        jobs = await self._store.jobs_with_pictures(wanted, offset=page * PAGE, limit=PAGE + 1)
        shown = tuple(job for job in jobs[:PAGE] if is_age_restricted or not is_flagged(job))
        return GalleryPage(shown, page, len(jobs) > PAGE, wanted)


def is_flagged(job: Job) -> bool:
    """Whether one of its pictures was marked as unsafe, or came without a mark."""
    return any(output.flagged is not False for output in job.pictures)

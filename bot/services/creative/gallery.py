"""Pages of the gallery."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.gallery import GalleryStore
from bot.domain.gallery import GalleryFilter
from bot.domain.jobs import Job
from bot.domain.marks import Place

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

    async def page(self, wanted: GalleryFilter, page: int, place: Place) -> GalleryPage:
        """Read one page, without the jobs whose pictures are not shown in the place where it is looked at."""
        jobs = await self._store.jobs_with_pictures(wanted, offset=page * PAGE, limit=PAGE + 1)
        shown = tuple(job for job in jobs[:PAGE] if place.shows(job.marks))
        return GalleryPage(shown, page, len(jobs) > PAGE, wanted)

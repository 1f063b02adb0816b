"""The contact sheet of a storyboard: all of its shots on one page, as a file beside the pictures."""

from __future__ import annotations

from bot import texts
from bot.domain.images import CannotReadImages, ImageNotKept, Tile
from bot.domain.jobs import Job, Prediction
from bot.domain.storyboards import brought_none, is_storyboard, words_of
from bot.services.picture_files import file_name
from bot.services.ports.images import ImageChecker, ImageVault
from bot.services.ports.messages import NotNow, Picture

_TILE_PIXELS = 640


class ContactSheets:
    """Draws contact sheets of our own copies; nothing is kept, for they can be drawn again."""

    def __init__(self, vault: ImageVault, checker: ImageChecker) -> None:
        self._vault = vault
        self._checker = checker

    async def sheet(self, job: Job, max_bytes: int) -> Picture | None:
        """A storyboard that has ended, on one page of at most `max_bytes`; None for any other job, or if it is larger.

        Raises:
            NotNow: the pictures are out of reach at the moment.
        """
        if not is_storyboard(job) or not job.has_ended or not job.pictures:
            return None
        tiles = [await self._tile(job, prediction) for prediction in job.predictions]
        drawn = await self._checker.contact_sheet(tiles)
        fitted = await self._checker.fit(drawn.content, max_bytes)
        if fitted is None:
            return None
        filename = file_name(job, "contact-sheet", fitted)
        return Picture(
            fitted.content,
            filename,
            texts.storyboards.SHEET_ALT.format(count=job.count),
            job.is_spoiler,
            is_download=True,
        )

    async def _tile(self, job: Job, prediction: Prediction) -> Tile:
        words = words_of(job, prediction)
        if brought_none(prediction):
            return Tile(prediction.n, words, None, texts.storyboards.SHEET_NOT_MADE)
        try:
            content = await self._vault.read(prediction.outputs[0].image)
        except ImageNotKept:
            return Tile(prediction.n, words, None, texts.storyboards.SHEET_NOT_KEPT)
        except CannotReadImages as error:
            raise NotNow(error.detail) from error
        return Tile(prediction.n, words, (await self._checker.thumbnail(content, _TILE_PIXELS)).content)

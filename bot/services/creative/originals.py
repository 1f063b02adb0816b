"""Pictures as they came from the provider, byte for byte, where what was posted had to be made smaller."""

from __future__ import annotations

from bot import texts
from bot.domain.clock import Clock
from bot.domain.errors import BadRequest
from bot.domain.images import ImageNotKept
from bot.domain.jobs import Job, Output, Prediction
from bot.domain.storyboards import numbers_of
from bot.services.creative.album import alt_of
from bot.services.creative.follow_ups import NoPicture
from bot.services.picture_files import file_name
from bot.services.ports.images import ImageVault
from bot.services.ports.messages import Link, Picture
from bot.services.ports.provider import Provider
from bot.services.provider_links import link_to_output


class TooLargeForDiscord(BadRequest):
    """An original that Discord does not take here, and that the provider has deleted."""

    def __init__(self) -> None:
        super().__init__(texts.results.ORIGINAL_TOO_LARGE)


class Originals:
    """Gives pictures out as they were made."""

    def __init__(self, vault: ImageVault, provider: Provider, clock: Clock) -> None:
        self._vault = vault
        self._provider = provider
        self._clock = clock

    async def original(self, job: Job, n: int, max_bytes: int) -> Picture | Link:
        """A job's picture of that number as it was made; the provider's address where it has more than `max_bytes`.

        Raises:
            NoPicture: there is none of that number, or it is not kept any more.
            TooLargeForDiscord: it is too large, and the provider has it no longer.
        """
        if not 1 <= n <= len(job.pictures):
            raise NoPicture
        prediction, output = job.painted[n - 1]
        if output.image.size > max_bytes:
            return await self._link(job, prediction, output)
        try:
            content = await self._vault.read(output.image)
        except ImageNotKept:
            raise NoPicture from None
        filename = file_name(job, f"{numbers_of(job)[n - 1]}-original", output.image)
        return Picture(content, filename, alt_of(job, prediction), job.is_spoiler)

    async def _link(self, job: Job, prediction: Prediction, output: Output) -> Link:
        [place] = [place for place, own in enumerate(prediction.outputs) if own is output]
        link = await link_to_output(self._provider, job.job_id, prediction, place)
        if link is None or link.expires_at <= self._clock.now():
            raise TooLargeForDiscord
        return link


def larger_than_posted(job: Job, max_bytes: int) -> tuple[int, ...]:
    """The numbers of the pictures of which a message with at most `max_bytes` each shows a smaller copy."""
    return tuple(n for n, output in enumerate(job.pictures, start=1) if output.image.size > max_bytes)

"""The reference strip of a job, drawn from what is stored."""

from __future__ import annotations

from bot.domain.jobs import Job
from bot.services.ports.images import ImageChecker, ImageVault


class StoredStrips:
    """Implements `bot.ui.drawing.StripSource` over the store of images."""

    def __init__(self, vault: ImageVault, checker: ImageChecker) -> None:
        self._vault = vault
        self._checker = checker

    async def strip(self, job: Job) -> bytes:
        """See `StripSource.strip`."""
        contents = [await self._vault.read(reference.image) for reference in job.references]
        return (await self._checker.strip(contents)).content

"""Updates a deferred answer with progress until the final one replaces it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import aiohttp
import discord
import structlog
from discord import ui

from bot.domain.clock import Clock
from bot.services.wakeup import Wakeup
from bot.ui.discord.replies import AnyInteraction
from bot.ui.render.drawing import PING_NOBODY, drawn

log = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 5.0
_LONGEST_EDIT_SECONDS = 3.0

Progress = Callable[[], ui.LayoutView | None]
"""What to show now; None leaves the answer as it is."""


@asynccontextmanager
async def telling(interaction: AnyInteraction, progress: Progress, clock: Clock) -> AsyncGenerator[None]:
    """While the block lasts, show now and then in the deferred answer how far it is.

    The block's end waits for an edit that is on its way, so that whatever follows has the last word.
    """
    over = Wakeup(clock)
    task = asyncio.create_task(_tell(interaction, progress, over), name="telling progress")
    try:
        yield
    finally:
        over.notify()
        await task


async def _tell(interaction: AnyInteraction, progress: Progress, over: Wakeup) -> None:
    shown: object = None
    while not await over.rang_within(EVERY_SECONDS):
        view = progress()
        if view is None or view.to_components() == shown:
            continue
        shown = view.to_components()
        try:
            async with asyncio.timeout(_LONGEST_EDIT_SECONDS):
                await interaction.edit_original_response(view=drawn(view), allowed_mentions=PING_NOBODY)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            # Only a kindness: what matters is said when it is there.
            log.info("interaction.progress_not_told", why=type(error).__name__)

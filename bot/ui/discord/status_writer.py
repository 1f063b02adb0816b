"""Edits one status message: by the interaction's token while it lives, then by the bot's own; keeps its strip on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import discord
from discord import ui
from discord.utils import MISSING

from bot.domain.jobs import Job, MessageAt
from bot.services.ports.messages import Unreachable
from bot.ui.discord.board import StatusEdit
from bot.ui.discord.bot_pace import letting_others_go_first
from bot.ui.discord.calls import Calls, TokenDead
from bot.ui.discord.files import StripSource, strip_files
from bot.ui.discord.interaction_webhooks import InteractionWebhook, InteractionWebhooks
from bot.ui.discord.pacing import ChannelTurns
from bot.ui.render.drawing import drawn, mentioning, shows_strip, without_strip

PROGRESS_SECONDS = 10.0
"""How long one edit that shows progress may take: the last word waits for it."""


Files = Callable[[], list[discord.File]]
"""Builds the attachments of one request anew; `MISSING` leaves those that the message has."""


@dataclass(frozen=True, slots=True)
class _StatusEdit:
    """Writes by the token if there is one, else through the channel."""

    messages: StatusMessages
    job: Job
    webhook: InteractionWebhook | None

    async def write(self, view: ui.LayoutView, *, is_last: bool) -> None:
        """See `bot.ui.discord.board.StatusEdit.write`."""
        await self.messages.write(self.job, view, self.webhook, is_last=is_last)


class StatusMessages:
    """Implements `bot.ui.discord.board.StatusWriter` on Discord.

    The strip is uploaded with the first edit that shows it; later edits leave the attachments alone, and Discord finds
    `attachment://` among those that the message keeps ("Edit Message": attachments not named in a request stay). After
    a restart it is uploaded once more in place of the first.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        tokens: InteractionWebhooks,
        strips: StripSource,
        turns: ChannelTurns,
        calls: Calls,
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._strips = strips
        self._turns = turns
        self._calls = calls
        # By the time of another try there is something newer to say, and perhaps the last word.
        self._hasty = replace(calls, tries=1, within=PROGRESS_SECONDS)
        self._carrying: set[str] = set()

    @asynccontextmanager
    async def turn(self, job: Job, is_urgent: Callable[[], bool]) -> AsyncGenerator[StatusEdit]:
        """See `bot.ui.discord.board.StatusWriter.turn`. A living token has a limit of its own and waits for nobody."""
        webhook = await self._tokens.of_job(job)
        if webhook is not None:
            yield _StatusEdit(self, job, webhook)
            return
        async with self._turns.turn(job.channel_id, is_urgent):
            yield _StatusEdit(self, job, None)

    def finished(self, job: Job) -> None:
        """See `bot.ui.discord.board.StatusWriter.finished`."""
        self._carrying.discard(job.job_id)

    async def write(self, job: Job, view: ui.LayoutView, webhook: InteractionWebhook | None, *, is_last: bool) -> None:
        """Show a layout in the job's status message, with the strip if it refers to it; progress is tried but once.

        Raises:
            Unreachable: the message is gone, or was never made.
            NotNow: try again.
        """
        if is_last:
            await self._write(job, view, webhook, self._calls)
            return
        with letting_others_go_first():
            await self._write(job, view, webhook, self._hasty)

    async def _write(self, job: Job, view: ui.LayoutView, webhook: InteractionWebhook | None, calls: Calls) -> None:
        view, files = await self._with_strip(job, view)
        if webhook is not None:
            try:
                await self.edit_by_token(webhook, view, files, calls=calls)
            except TokenDead:
                await self._tokens.died(job)
                async with self._turns.turn(job.channel_id, lambda: True):
                    await self.edit_by_bot(job.status_message, view, files, calls=calls)
        else:
            await self.edit_by_bot(job.status_message, view, files, calls=calls)
        if shows_strip(view):
            self._carrying.add(job.job_id)

    async def edit_by_token(
        self,
        webhook: InteractionWebhook,
        view: ui.LayoutView,
        files: Files,
        mentions: discord.AllowedMentions | None = None,
        calls: Calls | None = None,
    ) -> MessageAt:
        """Edit an interaction's answer; `TokenDead` if that way is closed for good."""
        mentions = mentions or mentioning(None)
        return await (calls or self._calls).make(lambda: webhook.edit(view, attachments=files(), mentions=mentions))

    async def edit_by_bot(
        self,
        message: MessageAt | None,
        view: ui.LayoutView,
        files: Files,
        mentions: discord.AllowedMentions | None = None,
        calls: Calls | None = None,
    ) -> MessageAt:
        """Edit a message of ours through its channel; whoever calls holds the channel's turn."""
        if message is None:
            raise Unreachable("the message's address was never learnt")
        partial = self._client.get_partial_messageable(message.channel_id).get_partial_message(message.message_id)
        mentions = mentions or mentioning(None)
        await (calls or self._calls).make(
            lambda: partial.edit(view=drawn(view), attachments=files(), allowed_mentions=mentions)
        )
        return message

    async def _with_strip(self, job: Job, view: ui.LayoutView) -> tuple[ui.LayoutView, Files]:
        if not shows_strip(view):
            self._carrying.discard(job.job_id)
            return view, list
        if job.job_id in self._carrying:
            return view, lambda: MISSING
        strip = await self._strips.strip(job.references)
        return (without_strip(view) if strip is None else view), lambda: strip_files(strip)

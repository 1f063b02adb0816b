"""Jobs' messages on Discord: status, result, and the ways to a member when a channel is closed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import discord
import structlog
from discord import ui

from bot.domain.audit import Untold
from bot.domain.errors import EaselError
from bot.domain.jobs import Job, MessageAt
from bot.domain.notices import Notice
from bot.domain.orders import OpenInteraction
from bot.domain.snapshots import JobSnapshot
from bot.services.moderation.audit_feed import LogChannel
from bot.services.money.notices import NoticeChannel
from bot.services.ports.messages import Link, Messenger, NotNow, Picture, TakenDown, Unreachable
from bot.ui.discord.board import Board
from bot.ui.discord.calls import UNKNOWN_MESSAGE, Calls, OurMistake, TokenDead
from bot.ui.discord.channel_history import ChannelHistory
from bot.ui.discord.files import DEFAULT_FILE_LIMIT, StripSource, picture_files, share_of_request
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.own_messages import OwnMessages
from bot.ui.discord.pacing import ChannelTurns
from bot.ui.discord.replies import unless_gone
from bot.ui.discord.status_writer import StatusMessages
from bot.ui.render.drawing import NEUTRAL_WORD, PING_NOBODY, Renderers, drawn, mentioning, one_sentence
from bot.ui.render.manage.audit import render_acts
from bot.ui.render.notices import notice_sentence
from bot.ui.render.withheld import render_withheld

log = structlog.get_logger(__name__)

Pictures = tuple[Picture | Link, ...]


class DiscordMessenger(Messenger, LogChannel, NoticeChannel):
    """Implements `bot.services.ports.messages.Messenger` and the log channel with discord.py."""

    def __init__(
        self,
        client: discord.Client,
        *,
        renderers: Renderers,
        tokens: InteractionWebhooks,
        strips: StripSource,
        calls: Calls,
    ) -> None:
        self._client = client
        self._renderers = renderers
        self._tokens = tokens
        self._calls = calls
        self._own = OwnMessages()
        self._history = ChannelHistory(client, calls, self._own)
        self._turns = ChannelTurns(calls.clock)
        self._messages = StatusMessages(client, tokens=tokens, strips=strips, turns=self._turns, calls=calls)
        self._board = Board(renderers.status, self._messages, calls.clock)

    def show_status(self, snapshot: JobSnapshot) -> None:
        """See `Messenger.show_status`."""
        if snapshot.job.status_message is not None:
            self._own.left(snapshot.job.status_message)
        self._board.show(snapshot)

    async def finish_status(self, snapshot: JobSnapshot) -> None:
        """See `Messenger.finish_status`."""
        await self._board.finish(snapshot)

    async def stands_alone(self, job: Job) -> bool:
        """See `Messenger.stands_alone`."""
        return await self._history.is_result_alone(job)

    async def remove_status(self, job: Job) -> None:
        """See `Messenger.remove_status`."""
        await self._board.silence(job)
        if job.status_message is not None:
            await self.remove(job.status_message)

    async def close(self) -> None:
        """Stop writing status messages."""
        await self._board.close()

    def file_limit(self, guild_id: int, count: int = 1) -> int:
        """See `Messenger.file_limit`. A server's boosts raise the limit of one file, not that of a whole request."""
        guild = self._client.get_guild(guild_id)
        one = DEFAULT_FILE_LIMIT if guild is None else guild.filesize_limit
        return share_of_request(count, largest=one)

    async def post_result(self, job: Job, pictures: Pictures) -> MessageAt:
        """See `Messenger.post_result`."""
        channel = self._client.get_partial_messageable(job.channel_id, guild_id=job.guild_id)
        return await self._send(channel, job, pictures, purpose="r")

    async def edit_result(self, job: Job, message: MessageAt, pictures: Pictures) -> None:
        """See `Messenger.edit_result`."""
        view = self._renderers.result(job, pictures)
        async with self._turns.turn(message.channel_id, lambda: True):
            await self._messages.edit_by_bot(message, view, partial(picture_files, pictures), mentioning(job.member_id))

    async def find_result(self, job: Job) -> MessageAt | None:
        """See `Messenger.find_result`.

        Where more was written since than is looked through, nobody can say either.
        """
        return await self._history.result_of(job)

    async def result_as_status(self, job: Job, pictures: Pictures) -> MessageAt:
        """See `Messenger.result_as_status`."""
        await self._board.silence(job)
        view, mentions = self._renderers.result(job, pictures), mentioning(job.member_id)
        files = partial(picture_files, pictures)
        try:
            async with self._turns.turn(job.channel_id, lambda: True):
                return await self._messages.edit_by_bot(job.status_message, view, files, mentions)
        except (Unreachable, NotNow):
            webhook = await self._tokens.of_job(job)
            if webhook is None:
                raise
            return await self._messages.edit_by_token(webhook, view, files, mentions)

    async def result_by_dm(self, job: Job, pictures: Pictures) -> MessageAt:
        """See `Messenger.result_by_dm`."""
        if job.member_id is None:
            raise Unreachable("the member had their data deleted")
        channel = await self._dm(job.member_id)
        # An earlier try may have sent it without living to tell, and Discord forgets a nonce within minutes.
        return await self._history.result_in(channel, job) or await self._send(channel, job, pictures, purpose="d")

    async def apologise(self, interaction: OpenInteraction, error: EaselError) -> None:
        """See `Messenger.apologise`. Each step is taken even if the one before found its message gone."""
        webhook = self._tokens.of_interaction(interaction)
        if webhook is None:
            raise TokenDead("15 minutes have passed")
        neutral = one_sentence(NEUTRAL_WORD)
        await self._unless_gone(lambda: webhook.edit(neutral, attachments=[], mentions=mentioning(None)))
        await self._calls.make(lambda: webhook.send_ephemeral(self._renderers.refusal(error)))
        await self._unless_gone(webhook.delete)

    async def remove(self, message: MessageAt) -> None:
        """See `Messenger.remove`."""
        channel = self._client.get_partial_messageable(message.channel_id)
        await self._calls.make(unless_gone(channel.get_partial_message(message.message_id).delete))
        self._own.taken_away(message)

    async def tell_withheld(self, job: Job) -> None:
        """See `Messenger.tell_withheld`."""
        if job.member_id is None or await self._whisper(job, render_withheld(job)):
            return
        try:
            channel = await self._dm(job.member_id)
            await self._calls.make(lambda: channel.send(view=drawn(render_withheld(job)), nonce=f"w:{job.job_id}"))
        except Unreachable:
            log.info("withheld.not_told", job_id=job.job_id)

    async def send_private_notice(self, job: Job, notice: Notice) -> bool:
        """See `bot.services.money.notices.NoticeChannel.send_private_notice`."""
        try:
            return await self._whisper(job, one_sentence(notice_sentence(notice)))
        except NotNow:
            return False

    async def log_notice(self, channel_id: int, notice: Notice) -> None:
        """See `bot.services.money.notices.NoticeChannel.log_notice`."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=notice.guild_id)
        view = drawn(one_sentence(notice_sentence(notice)))
        nonce = f"{notice.period.value[0]}{notice.percent}:{notice.subject_id}"
        await self._calls.make(lambda: channel.send(view=view, nonce=nonce, allowed_mentions=PING_NOBODY))

    async def log_audit(self, untold: Untold) -> None:
        """See `bot.services.moderation.audit_feed.LogChannel.log_audit`."""
        channel = self._client.get_partial_messageable(untold.channel_id, guild_id=untold.guild_id)
        view = drawn(render_acts(untold))
        nonce = f"a:{untold.last_id}"
        await self._calls.make(lambda: channel.send(view=view, nonce=nonce, allowed_mentions=PING_NOBODY))

    async def _whisper(self, job: Job, view: ui.LayoutView) -> bool:
        """Show something to the requester alone while the token lives; False if it does not.

        Before the public answer is given a private one would become it.
        """
        webhook = await self._tokens.of_job(job)
        if webhook is None:
            return False
        try:
            if await self._calls.make(webhook.is_thinking):
                return False
            await self._calls.make(lambda: webhook.send_ephemeral(view))
        except TokenDead:
            await self._tokens.died(job)
            return False
        except Unreachable:
            return False
        return True

    async def _dm(self, member_id: int) -> discord.DMChannel:
        return await self._calls.make(lambda: self._client.create_dm(discord.Object(member_id)))

    async def _send(self, channel: discord.abc.Messageable, job: Job, pictures: Pictures, *, purpose: str) -> MessageAt:
        """Send a result with the nonce of this job and purpose, which discord.py has Discord enforce."""
        view, files = drawn(self._renderers.result(job, pictures)), partial(picture_files, pictures)
        mentions = mentioning(job.member_id)

        async def send() -> discord.Message:
            try:
                return await channel.send(
                    view=view, files=files(), nonce=f"{purpose}:{job.job_id}", allowed_mentions=mentions
                )
            except discord.NotFound as error:
                # Discord remembers the nonce longer than the message that it deleted.
                if error.code == UNKNOWN_MESSAGE:
                    raise TakenDown(job.job_id) from error
                raise

        message = await self._calls.make(send)
        at = MessageAt(message.channel.id, message.id)
        self._own.left(at)
        return at

    async def _unless_gone(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            await self._calls.make(call)
        except (TokenDead, OurMistake):
            raise
        except Unreachable:
            return

"""Messages that the bot sends, edits and removes with its own rights, where what cannot be reached is no disaster."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import discord
import structlog
from discord import ui

from bot.domain.jobs import MessageAt
from bot.services.ports.messages import NotNow, TooLarge, Unreachable
from bot.ui.discord.calls import reading
from bot.ui.render.drawing import PING_NOBODY, drawn

log = structlog.stdlib.get_logger(__name__)

FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)


class Posts:
    """Sends, edits and removes; nobody is pinged."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def send(
        self, channel: discord.abc.Messageable, view: ui.LayoutView, nonce: str, files: Sequence[discord.File] = ()
    ) -> MessageAt | None:
        """Send a message; None where Discord did not take it.

        Asked again with the same nonce within minutes, Discord answers with the message that it has.
        """
        try:
            return await self.deliver(channel, view, nonce, files)
        except (Unreachable, NotNow, TooLarge) as error:
            log.info("message.not_sent", why=type(error).__name__)
            return None

    async def deliver(
        self, channel: discord.abc.Messageable, view: ui.LayoutView, nonce: str, files: Sequence[discord.File] = ()
    ) -> MessageAt:
        """Send a message that somebody waits for, and tell a closed channel from a bad moment. Nonce as in `send`.

        Raises:
            Unreachable: the channel is gone, or closed to us.
            NotNow: Discord does not take it at the moment.
            TooLarge: its files are too large.
        """
        try:
            message = await channel.send(view=drawn(view), files=files, nonce=nonce, allowed_mentions=PING_NOBODY)
        except FAILURES as error:
            raise reading(error) from error
        return MessageAt(message.channel.id, message.id)

    async def edit(self, message: MessageAt, view: ui.LayoutView, files: Sequence[discord.File] = ()) -> bool:
        """Have a message of ours show this with these files; False where it is gone or out of reach.

        Raises:
            NotNow: Discord does not take it at the moment.
        """
        partial = self._partial(message)
        return await self._reach(
            lambda: partial.edit(view=drawn(view), attachments=files, allowed_mentions=PING_NOBODY)
        )

    async def remove(self, message: MessageAt) -> bool:
        """Delete a message of ours; False where it is gone or out of reach. Raises as `edit`."""
        return await self._reach(self._partial(message).delete)

    def channel(self, guild_id: int, channel_id: int) -> discord.PartialMessageable:
        """A channel to send to, whether or not Discord has told of it."""
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

    async def direct(self, member_id: int) -> discord.DMChannel | None:
        """The way to a member in private; None where there is none now."""
        try:
            return await self._client.create_dm(discord.Object(member_id))
        except FAILURES as error:
            log.info("member.not_reached", why=type(reading(error)).__name__)
            return None

    def _partial(self, message: MessageAt) -> discord.PartialMessage:
        return self._client.get_partial_messageable(message.channel_id).get_partial_message(message.message_id)

    async def _reach(self, call: Callable[[], Awaitable[object]]) -> bool:
        try:
            await call()
        except FAILURES as error:
            meaning = reading(error)
            log.info("message.not_reached", why=type(meaning).__name__)
            if isinstance(meaning, NotNow):
                raise meaning from error
            return False
        return True


class MessageRemover(Posts):
    """Implements `bot.services.creative.follow_ups.Remover`: tries once, and takes a bad moment for a closed way."""

    async def remove(self, message: MessageAt) -> bool:
        """See `Remover.remove`."""
        try:
            return await super().remove(message)
        except NotNow:
            return False

"""Searches a channel's history for a job's messages."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord.abc import GuildChannel

from bot.domain.jobs import Job, MessageAt
from bot.services.ports.messages import CannotSearch, NotNow, Unreachable
from bot.ui.discord.bot_pace import letting_others_go_first
from bot.ui.discord.calls import Calls
from bot.ui.discord.elsewhere import KnownPlaces, Place, place_of
from bot.ui.discord.own_messages import OwnMessages
from bot.ui.render.result import find_marker

SEARCHED_MESSAGES = 1_000

GLANCE_SECONDS = 10.0
"""How long a look may take of which nothing depends but whether a line is shown: a job that has ended waits for it."""


class ChannelHistory:
    """Reads what was written in channels, where the bot may."""

    def __init__(self, client: discord.Client, calls: Calls, own: OwnMessages) -> None:
        self._client = client
        self._calls = calls
        self._own = own
        self._places = KnownPlaces(client, calls.clock)
        self._hasty = replace(calls, tries=1, within=GLANCE_SECONDS)

    async def result_of(self, job: Job) -> MessageAt | None:
        """The job's result as an earlier try may have posted it in the job's channel; None where there was none.

        Raises:
            CannotSearch: no Read Message History, or more was written since than is looked through.
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        place = await self._calls.make(lambda: place_of(self._client, job.guild_id, job.channel_id))
        return await self.result_in(_readable(*place), job)

    async def result_in(self, channel: GuildChannel | discord.Thread | discord.DMChannel, job: Job) -> MessageAt | None:
        """The job's result as an earlier try may have sent it there. Raises as `result_of`."""
        if job.posting_at is None:
            return None
        if not isinstance(channel, discord.abc.Messageable):
            raise CannotSearch
        # By Discord's own clock, which is in the ids: the result came after the status message, or the command.
        status = job.status_message
        since = discord.Object(job.interaction_id if status is None else status.message_id)
        return await self._calls.make(lambda: self._search(channel, job, since))

    async def is_result_alone(self, job: Job) -> bool:
        """See `bot.services.ports.messages.Messenger.stands_alone`."""
        status, result = job.status_message, job.result_message
        if status is None or result is None or result.channel_id != status.channel_id:
            return False
        # In a busy channel the bot knows of another message without asking.
        if self._own.has_third(status, result):
            return False
        try:
            # A lone look for a nicety: our rights may be a minute old.
            place = await self._hasty.make(lambda: self._places.place_of(job.guild_id, job.channel_id))
            channel = _readable(*place)
            if channel.id != status.channel_id or not isinstance(channel, discord.abc.Messageable):
                return False
            # From the status message itself, of which people may have made something of their own.
            since = discord.Object(status.message_id - 1)
            with letting_others_go_first():
                written = await self._hasty.make(lambda: self._first(channel, since))
        except (CannotSearch, Unreachable, NotNow):
            return False
        since_then = [each.id for each in written if each.id != status.message_id]
        is_in_use = any(each.flags.has_thread or each.reactions for each in written if each.id == status.message_id)
        return since_then == [result.message_id] and not is_in_use

    @staticmethod
    async def _first(channel: discord.abc.Messageable, since: discord.Object) -> list[discord.Message]:
        """What was written first after that, as much as tells status and result from a third message."""
        return [each async for each in channel.history(limit=3, after=since, oldest_first=True)]

    async def _search(self, channel: discord.abc.Messageable, job: Job, since: discord.Object) -> MessageAt | None:
        seen = 0
        async for message in channel.history(limit=SEARCHED_MESSAGES, after=since, oldest_first=False):
            seen += 1
            if self._is_result(message, job):
                return MessageAt(message.channel.id, message.id)
        if seen == SEARCHED_MESSAGES:
            raise CannotSearch
        return None

    def _is_result(self, message: discord.Message, job: Job) -> bool:
        ours = self._client.user is not None and message.author.id == self._client.user.id
        return ours and find_marker(message.components) == job.job_id


def _readable(channel: Place, rights: discord.Permissions | None) -> GuildChannel | discord.Thread:
    """A channel whose history we may read. Raises CannotSearch and Unreachable."""
    if not isinstance(channel, GuildChannel | discord.Thread) or rights is None:
        raise CannotSearch
    if not rights.view_channel:
        raise Unreachable("the channel is hidden from us")
    # Without this right Discord answers with an empty history instead of a refusal.
    if not rights.read_message_history:
        raise CannotSearch
    return channel

"""Notices that a threshold of a limit is spent: sent once per scope and period."""

from __future__ import annotations

from itertools import groupby
from typing import Protocol

import structlog

from bot.db.notices import NoticeStore
from bot.db.rules import RuleStore
from bot.domain.budget import ScopeKind
from bot.domain.jobs import Job
from bot.domain.notices import Notice
from bot.services.ports.messages import NotNow, TooLarge, Unreachable

log = structlog.get_logger(__name__)


class NoticeChannel(Protocol):
    """Discord, as far as notices need it."""

    async def send_private_notice(self, job: Job, notice: Notice) -> bool:
        """Tell the requester alone, with the answer to this job; False if that cannot be."""
        ...

    async def log_notice(self, channel_id: int, notice: Notice) -> None:
        """Post it to a server's log channel.

        Raises:
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        ...


class Notices:
    """Looks, when a job ends, which of the limits that bound it are spent for the most part or wholly.

    A notice is claimed before it is told and given back where it could not be: a crash in between costs one notice,
    and none is ever told twice. What could not be told comes with the next job that the limit binds.
    """

    def __init__(self, store: NoticeStore, rules: RuleStore, channel: NoticeChannel) -> None:
        self._store = store
        self._rules = rules
        self._channel = channel

    async def tell(self, job: Job) -> None:
        """Tell what is due after this job. Discord's refusals are no error here."""
        due = await self._store.due(job.job_id)
        for _, of_limit in groupby(due, key=lambda notice: (notice.kind, notice.period)):
            await self._tell_highest(job, tuple(of_limit))

    async def _tell_highest(self, job: Job, notices: tuple[Notice, ...]) -> None:
        """Of several thresholds reached at once only the highest is told; all are done with."""
        claimed = [notice for notice in notices if await self._store.claim_notice(notice)]
        if not claimed or await self._reaches(job, max(claimed, key=lambda notice: notice.percent)):
            return
        for notice in claimed:
            await self._store.release_notice(notice)

    async def _reaches(self, job: Job, notice: Notice) -> bool:
        match notice.kind:
            case ScopeKind.MEMBER:
                return await self._channel.send_private_notice(job, notice)
            case ScopeKind.BOT:
                # What all servers spend together is the operator's alone to know.
                log.warning("limit.bot", percent=notice.percent, period=notice.period.value, spent=notice.spent_micros)
                return True
            case _:
                return await self._logs(notice)

    async def _logs(self, notice: Notice) -> bool:
        channel_id = (await self._rules.rules(notice.guild_id)).log_channel_id
        if channel_id is None:
            return False
        try:
            await self._channel.log_notice(channel_id, notice)
        except (Unreachable, NotNow, TooLarge) as error:
            log.info("notice.later", guild_id=notice.guild_id, why=type(error).__name__)
            return False
        return True

"""How marked pictures are treated in a channel: the server's rule and the channel's age limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from bot.db.rules import RuleStore
from bot.domain.clock import Clock
from bot.domain.drafts import in_place
from bot.domain.jobs import Job
from bot.services.retry_until_stored import retry_until_stored


class Channels(Protocol):
    """What must be known of a channel before an unsafe picture is shown in it."""

    async def is_age_restricted(self, channel_id: int) -> bool:
        """Whether Discord shows it to adults only; False where that cannot be known."""
        ...


class Places:
    """Shows jobs as their channels may see them."""

    def __init__(self, rules: RuleStore, channels: Channels, clock: Clock) -> None:
        self._rules = rules
        self._channels = channels
        self._clock = clock

    async def as_shown(self, job: Job) -> Job:
        """The job with its references as openly as its channel shows them."""
        if not any(reference.is_marked for reference in job.references):
            return job
        rules = await retry_until_stored(self._clock, lambda: self._rules.rules(job.guild_id))
        is_age_restricted = await self._channels.is_age_restricted(job.channel_id)
        place = rules.place(job.channel_id, job.purse_channel_id, is_age_restricted=is_age_restricted)
        return replace(job, references=in_place(job.references, place))

"""Lists jobs: a member's own, or a server's for moderators."""

from __future__ import annotations

from bot import texts
from bot.db.jobs import JobStore
from bot.domain.errors import NotAllowed
from bot.domain.jobs import Job
from bot.domain.snapshots import JobSnapshot
from bot.services.jobs.turns import Turns
from bot.services.rights import Actor, job_here

LISTED = 10
SUGGESTED = 25


class JobHistory:
    """Reads jobs for people."""

    def __init__(self, jobs: JobStore, turns: Turns) -> None:
        self._jobs = jobs
        self._turns = turns

    async def mine(self, actor: Actor) -> tuple[Job, ...]:
        """The member's newest jobs in this server."""
        return await self._jobs.jobs_of(actor.guild_id, actor.member_id, limit=LISTED)

    async def suggest(self, actor: Actor, typed: str) -> tuple[Job, ...]:
        """Jobs whose id or prompt contains what was typed: the member's own, for moderators the whole server's."""
        owner = None if actor.can_manage else actor.member_id
        return await self._jobs.jobs_of(actor.guild_id, owner, limit=SUGGESTED, matching=typed.strip())

    async def show(self, job_id: str, actor: Actor) -> JobSnapshot:
        """One job as it stands now.

        Raises:
            NoSuchJob: not in this server.
            NotAllowed: somebody else's, without Manage Server.
        """
        job = await job_here(self._jobs, job_id, actor.guild_id)
        if job.member_id != actor.member_id and not actor.can_manage:
            raise NotAllowed(texts.rights.OWN_TO_SEE)
        return await self._turns.snapshot(job)

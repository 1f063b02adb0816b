"""The actor of a press or command, and checks of what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.db.jobs import JobStore
from bot.domain.errors import BadRequest, NoSuchJob, NotAllowed
from bot.domain.jobs import Job
from bot.domain.rules import ServerRules
from bot.texts.templates import Refusal

_REASON_CHARS = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Who pressed a button or sent a command, and where."""

    member_id: int
    guild_id: int
    can_manage: bool
    role_ids: tuple[int, ...] = ()


def require_manage(actor: Actor) -> None:
    """Let only moderators through.

    Raises:
        NotAllowed: without Manage Server.
    """
    if not actor.can_manage:
        raise NotAllowed(texts.rights.ONLY_MODERATORS)


def require_desk(actor: Actor, rules: ServerRules) -> None:
    """Let only moderators press the buttons of requests and reports: Manage Server, or a role named by the server.

    A role that was deleted is nobody's any more, so it lets nobody in.

    Raises:
        NotAllowed: neither.
    """
    if not actor.can_manage and not set(rules.desk_role_ids).intersection(actor.role_ids):
        raise NotAllowed(texts.rights.ONLY_DESK)


def refuse_own(actor: Actor, member_id: int | None) -> None:
    """Let nobody decide about what is their own by a role alone: it would be a budget without end.

    Raises:
        NotAllowed: it is theirs, and they have no Manage Server.
    """
    if member_id == actor.member_id and not actor.can_manage:
        raise NotAllowed(texts.rights.NOT_OWN)


def require_reason(typed: str, refusal: Refusal) -> str:
    """The reason as it is kept: on one line, at most 200 characters. `refusal` is what is said where there is none.

    Raises:
        BadRequest: there is none.
    """
    words = " ".join(typed.split())[:_REASON_CHARS]
    if not words:
        raise BadRequest(refusal)
    return words


async def job_here(jobs: JobStore, typed: str, guild_id: int) -> Job:
    """The job of that id in one server; nobody learns whether it is another server's.

    Raises:
        NoSuchJob: not in this server.
    """
    job_id = typed.strip().upper()
    job = await jobs.job(job_id)
    if job.guild_id != guild_id:
        raise NoSuchJob(job_id)
    return job

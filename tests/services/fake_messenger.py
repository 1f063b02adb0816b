"""A messenger in memory: what was shown, posted and told, with Discord's nonce rule and ways that can be closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from bot.domain.audit import Untold
from bot.domain.clock import MINUTE, Clock, Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import Job, MessageAt
from bot.domain.notices import Notice
from bot.domain.orders import OpenInteraction
from bot.domain.snapshots import JobSnapshot
from bot.services.ports.messages import CannotSearch, Link, Picture, TakenDown, TooLarge, Unreachable

NONCE_LIFE = 3 * MINUTE
"""How long this Discord knows a nonce again."""

T = TypeVar("T")
Pictures = tuple[Picture | Link, ...]


@dataclass(slots=True)
class Posted:
    """A result as it stands in a channel, a status message or a direct message."""

    job_id: str
    at: MessageAt
    pictures: Pictures
    way: str
    posted_at: Instant
    edits: int = 0


@dataclass(slots=True)
class _Fault:
    error: Exception
    after: bool


@dataclass(slots=True)
class FakeMessenger:
    """Implements `Messenger`, `LogChannel`, `NoticeChannel` and `Channels`; it outlives the bot, as Discord does.

    Attributes:
        closed: names of the methods that find their way closed.
        largest: how many bytes a file may have here, whatever `file_limit` says.
        searchable: whether the bot may read the channel's history.
        is_quiet: whether nobody writes between a status message and its result.
        restricted: channels for adults only.
    """

    clock: Clock
    results: list[Posted] = field(default_factory=list[Posted])
    statuses: dict[str, list[JobSnapshot]] = field(default_factory=dict[str, list[JobSnapshot]])
    last_words: dict[str, list[JobSnapshot]] = field(default_factory=dict[str, list[JobSnapshot]])
    apologies: list[tuple[int, EaselError]] = field(default_factory=list[tuple[int, EaselError]])
    told: list[Untold] = field(default_factory=list[Untold])
    removed_statuses: list[str] = field(default_factory=list[str])
    removed: list[MessageAt] = field(default_factory=list[MessageAt])
    withheld: list[str] = field(default_factory=list[str])
    private_notices: list[tuple[str, Notice]] = field(default_factory=list[tuple[str, Notice]])
    logged: list[tuple[int, Notice]] = field(default_factory=list[tuple[int, Notice]])
    calls: list[str] = field(default_factory=list[str])
    closed: set[str] = field(default_factory=set[str])
    restricted: set[int] = field(default_factory=set[int])
    largest: int | None = None
    limit: int = 10 * 1024 * 1024
    searchable: bool = True
    is_quiet: bool = False
    _faults: dict[str, deque[_Fault]] = field(default_factory=dict[str, deque[_Fault]])
    _nonces: dict[str, Posted] = field(default_factory=dict[str, Posted])
    _numbers: count[int] = field(default_factory=lambda: count(9_000))

    def will(self, method: str, *errors: Exception, after: bool = False) -> None:
        """Have the next calls of a method fail; `after` lets them act first, so that only the answer is lost."""
        self._faults.setdefault(method, deque()).extend(_Fault(error, after) for error in errors)

    def take_down(self, job_id: str) -> None:
        """Somebody deletes the result."""
        self.results = [posted for posted in self.results if posted.job_id != job_id]

    def results_of(self, job_id: str) -> list[Posted]:
        return [posted for posted in self.results if posted.job_id == job_id]

    # Messenger

    def show_status(self, snapshot: JobSnapshot) -> None:
        self.statuses.setdefault(snapshot.job.job_id, []).append(snapshot)

    async def stands_alone(self, job: Job) -> bool:
        return self.is_quiet and any(posted.at == job.result_message for posted in self.results_of(job.job_id))

    async def remove_status(self, job: Job) -> None:
        self._do("remove_status", lambda: self.removed_statuses.append(job.job_id))

    async def finish_status(self, snapshot: JobSnapshot) -> None:
        self._do("finish_status", lambda: self.last_words.setdefault(snapshot.job.job_id, []).append(snapshot))

    def file_limit(self, guild_id: int, count: int = 1) -> int:
        del guild_id, count
        return self.limit

    async def post_result(self, job: Job, pictures: Pictures) -> MessageAt:
        return self._do("post_result", lambda: self._post(job, pictures)).at

    async def edit_result(self, job: Job, message: MessageAt, pictures: Pictures) -> None:
        del job
        self._do("edit_result", lambda: self._edit(message, pictures))

    async def remove(self, message: MessageAt) -> None:
        self._do("remove", lambda: self.removed.append(message))

    async def find_result(self, job: Job) -> MessageAt | None:
        if not self.searchable:
            self.calls.append("find_result")
            raise CannotSearch
        found = [posted.at for posted in self.results_of(job.job_id) if posted.way == "channel"]
        return self._do("find_result", lambda: found[0] if found else None)

    async def result_as_status(self, job: Job, pictures: Pictures) -> MessageAt:
        at = job.status_message or MessageAt(job.channel_id, next(self._numbers))
        return self._do("result_as_status", lambda: self._keep(job, at, pictures, "status")).at

    async def result_by_dm(self, job: Job, pictures: Pictures) -> MessageAt:
        at = MessageAt(1, next(self._numbers))
        return self._do("result_by_dm", lambda: self._keep(job, at, pictures, "dm")).at

    async def apologise(self, interaction: OpenInteraction, error: EaselError) -> None:
        self._do("apologise", lambda: self.apologies.append((interaction.interaction_id, error)))

    async def tell_withheld(self, job: Job) -> None:
        self._do("tell_withheld", lambda: self.withheld.append(job.job_id))

    async def send_private_notice(self, job: Job, notice: Notice) -> bool:
        if "send_private_notice" in self.closed:
            return False
        self.private_notices.append((job.job_id, notice))
        return True

    async def log_notice(self, channel_id: int, notice: Notice) -> None:
        self._do("log_notice", lambda: self.logged.append((channel_id, notice)))

    # Channels

    async def log_audit(self, untold: Untold) -> None:
        self._do("log_audit", lambda: self.told.append(untold))

    async def is_age_restricted(self, channel_id: int) -> bool:
        return channel_id in self.restricted

    def _do(self, method: str, act: Callable[[], T]) -> T:
        self.calls.append(method)
        if method in self.closed:
            raise Unreachable(method)
        faults = self._faults.get(method)
        fault = faults.popleft() if faults else None
        if fault is not None and not fault.after:
            raise fault.error
        done = act()
        if fault is not None:
            raise fault.error
        return done

    def _post(self, job: Job, pictures: Pictures) -> Posted:
        known = self._nonces.get(job.job_id)
        if known is not None and self.clock.now() - known.posted_at < NONCE_LIFE:
            if known not in self.results:
                raise TakenDown(job.job_id)
            return known
        self._measure(pictures)
        posted = self._keep(job, MessageAt(job.channel_id, next(self._numbers)), pictures, "channel")
        self._nonces[job.job_id] = posted
        return posted

    def _edit(self, message: MessageAt, pictures: Pictures) -> None:
        self._measure(pictures)
        posted = next((posted for posted in self.results if posted.at == message), None)
        if posted is None:
            raise Unreachable("the message is gone")
        posted.pictures, posted.edits = pictures, posted.edits + 1

    def _keep(self, job: Job, at: MessageAt, pictures: Pictures, way: str) -> Posted:
        self._measure(pictures)
        posted = Posted(job.job_id, at, pictures, way, self.clock.now())
        self.results.append(posted)
        return posted

    def _measure(self, pictures: Pictures) -> None:
        sizes = [len(picture.content) for picture in pictures if isinstance(picture, Picture)]
        if self.largest is not None and max(sizes, default=0) > self.largest:
            raise TooLarge

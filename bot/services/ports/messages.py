"""The Protocol through which the use cases speak in Discord: status, result, and what to do when Discord refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.clock import SECOND, Instant
from bot.domain.errors import EaselError
from bot.domain.jobs import Job, MessageAt
from bot.domain.orders import OpenInteraction
from bot.domain.snapshots import JobSnapshot

NONCE_REMEMBERED = 60 * SECOND
"""Discord knows a nonce again for "the past few minutes" (its Create Message page); one is safe to count on."""

SPOILER_PREFIX = "SPOILER_"
"""Discord's own, from before attachments had a flag for it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to post: its bytes as they will be attached, under our own file name, with its alt text.

    `is_spoiler`: covered until whoever looks uncovers it. `is_download`: a file beside the pictures, and none of them.
    """

    content: bytes
    filename: str
    alt: str
    is_spoiler: bool = False
    is_download: bool = False

    @property
    def attachment_name(self) -> str:
        """The name as an attachment; Discord keeps files with this prefix covered wherever they go."""
        return f"{SPOILER_PREFIX}{self.filename}" if self.is_spoiler else self.filename


@dataclass(frozen=True, slots=True)
class Link:
    """A picture too large for this server even when compressed: the provider's address and when it dies."""

    url: str
    expires_at: Instant


class Unreachable(Exception):
    """This way to the member does not exist any more (channel or message gone, no permission, token dead)."""


class NotNow(Exception):
    """Discord did not take it this time although it may later (5xx, dropped connection, rate limit, its own edge).

    `retry_after` is how many seconds Discord asked to wait; 0 where it asked for nothing.
    """

    def __init__(self, said: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(said)
        self.retry_after = retry_after


class TooLarge(Exception):
    """Discord did not take these files: one is larger than it allows here, or all of them together are."""


class TakenDown(Exception):
    """The result was posted a moment ago and somebody deleted it; it is not posted again."""


class CannotSearch(Exception):
    """Whether the result was posted cannot be found out here (no Read Message History)."""


class Messenger(Protocol):
    """Discord, as far as jobs need it. Every method but `show_status` waits until Discord answered."""

    def show_status(self, snapshot: JobSnapshot) -> None:
        """Have the status message say this; returns at once.

        The latest snapshot of a job wins, one edit is in flight per message, edits are at least 3 s apart, final
        stages go before the progress of other jobs. A lost status message is no error.
        """
        ...

    async def finish_status(self, snapshot: JobSnapshot) -> None:
        """Have the status message say its last word, now; after this no edit of an earlier snapshot goes out.

        Raises:
            Unreachable: the status message is gone.
            NotNow: try again.
        """
        ...

    async def stands_alone(self, job: Job) -> bool:
        """Whether the job's result is all that was written since its status message, as far as that is known for sure.

        False where it cannot be read now, where people reacted to the status message or talk in a thread of it; true
        where that message is gone already.
        """
        ...

    async def remove_status(self, job: Job) -> None:
        """Take the status message away, now; after this no edit of a snapshot goes out. One that is gone is fine.

        Raises:
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        ...

    def file_limit(self, guild_id: int, count: int = 1) -> int:
        """How large each of `count` files in one message may be in this server, in bytes."""
        ...

    async def post_result(self, job: Job, pictures: tuple[Picture | Link, ...]) -> MessageAt:
        """Send the one result message to the job's channel, with the nonce that belongs to this job and purpose.

        Sent again with the same nonce when the connection drops before the answer.

        Raises:
            Unreachable: no access to the channel.
            NotNow: try again, with `find_result` first when the nonce may have been forgotten.
            TooLarge: fit the pictures into less.
            TakenDown: it was there, and was deleted.
        """
        ...

    async def edit_result(self, job: Job, message: MessageAt, pictures: tuple[Picture | Link, ...]) -> None:
        """Have an existing result message show these pictures; repeating it converges.

        Raises:
            Unreachable: the message is gone or out of reach.
            NotNow: try again.
            TooLarge: fit the pictures into less.
        """
        ...

    async def find_result(self, job: Job) -> MessageAt | None:
        """Look in the job's channel for a result message of this job that we do not know of.

        Raises:
            CannotSearch: no Read Message History.
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        ...

    async def result_as_status(self, job: Job, pictures: tuple[Picture | Link, ...]) -> MessageAt:
        """Turn the status message into the result: through the channel, else through the interaction's token.

        From then on no edit of a snapshot goes out to it.

        Raises:
            Unreachable: neither way exists.
            NotNow: try again.
            TooLarge: fit the pictures into less.
        """
        ...

    async def result_by_dm(self, job: Job, pictures: tuple[Picture | Link, ...]) -> MessageAt:
        """Send the result to the member alone.

        Raises:
            Unreachable: they cannot be reached.
            NotNow: try again.
            TooLarge: fit the pictures into less.
        """
        ...

    async def remove(self, message: MessageAt) -> None:
        """Delete one of our messages; one that is gone already is fine.

        Raises:
            Unreachable: no access to the channel.
            NotNow: try again.
        """
        ...

    async def apologise(self, interaction: OpenInteraction, error: EaselError) -> None:
        """Answer a command that was acknowledged and became no job: edit to a neutral word, explain in private, delete.

        Raises:
            Unreachable: the token is dead.
            NotNow: try again.
        """
        ...

    async def tell_withheld(self, job: Job) -> None:
        """Tell the requester alone which pictures are not shown and why: with the answer to their command, else by DM.

        Where neither way exists the status message, which gives no reason, is all that they read.

        Raises:
            NotNow: try again.
        """
        ...

"""Shares: pictures in a server's showcase, and why one can be refused."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.domain.clock import Instant
from bot.domain.errors import BadRequest, EaselError
from bot.domain.jobs import MessageAt


@dataclass(frozen=True, slots=True)
class Share:
    """One picture in a showcase, by its prediction and its place among that one's outputs.

    `posting_at` is when it was last tried to be posted; `message` is where it is shown, once that is known.
    """

    share_id: int
    job_id: str
    prediction_id: int
    place: int
    guild_id: int
    channel_id: int
    shared_at: Instant
    posting_at: Instant
    message: MessageAt | None = None
    taken_back_at: Instant | None = None
    given_up_at: Instant | None = None


class NoShowcase(BadRequest):
    """A server without a showcase channel."""

    def __init__(self) -> None:
        super().__init__(texts.showcase.NO_SHOWCASE)


class NotForShowcase(BadRequest):
    """A picture that the showcase's rule for unsafe pictures does not show."""

    def __init__(self) -> None:
        super().__init__(texts.showcase.MARKED)


class ShowcaseClosed(EaselError):
    """A showcase channel that is gone, or in which the bot may not post."""

    def __init__(self) -> None:
        super().__init__(texts.showcase.CLOSED)


class NoSuchShare(BadRequest):
    """A button about a share that is not in this server, or that was taken back."""

    def __init__(self) -> None:
        super().__init__(texts.showcase.NO_SUCH_SHARE)

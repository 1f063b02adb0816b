"""Named points between a commit and its side effect, at which tests end the process."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class CrashPoint(StrEnum):
    """Every place where dying must lose nothing; the code reaches each by name, so that none can be forgotten."""

    ACKNOWLEDGING = "acknowledging"  #: the command is recorded, Discord was not answered yet
    ADMITTING = "admitting"  #: the references are stored, no money is held yet
    ADMITTED = "admitted"  #: money is held and the job exists, nobody was told
    UPLOADED = "uploaded"  #: the provider has a reference, we did not record where
    SUBMITTING = "submitting"  #: the attempt is committed, its POST has not left
    ANSWERED = "answered"  #: the POST was answered, the answer is not committed
    FETCHED = "fetched"  #: the picture was downloaded, it is not in our store
    KEPT = "kept"  #: the picture is in our store, its hold is not captured
    SETTLED = "settled"  #: the hold has ended, nobody was told
    POSTING = "posting"  #: the intent to post is committed, nothing was sent
    POSTED = "posted"  #: the result message is sent, its address is not committed
    RECORDED = "recorded"  #: the result's address is committed, the status message still says otherwise
    CLOSING = "closing"  #: the status message has its last word, the job is not closed
    ADOPTING = "adopting"  #: an unknown prediction was found in the provider's list, nothing is committed


CrashHook: TypeAlias = Callable[[CrashPoint], None]
"""Called at each point; `no_crash` in production."""


def no_crash(point: CrashPoint) -> None:
    """Reach a crash point and go on."""
    del point

"""What becomes of a simulated prediction once it is accepted: its ending, its outputs, its flags, its picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal


class Outputs(Enum):
    """The form of `outputs` in a completed prediction."""

    ADDRESSES = auto()
    OBJECTS = auto()
    EMPTY = auto()
    NULL = auto()


class Flags(Enum):
    """The form of `has_nsfw_contents` in a completed prediction."""

    SAFE = auto()
    UNSAFE = auto()
    MISSING = auto()
    NULL = auto()
    TOO_MANY = auto()
    EMPTY = auto()
    BARE_FALSE = auto()
    WORD_FALSE = auto()
    LOW_SCORE = auto()
    WORD_TRUE = auto()
    NUMBER_ONE = auto()
    HIGH_SCORE = auto()


class Served(Enum):
    """What an output's address serves."""

    JPEG = auto()
    OCTET_STREAM = auto()
    GONE = auto()
    TRUNCATED = auto()
    NOT_AN_IMAGE = auto()
    MOVED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """The course of one prediction; the default is a good picture.

    Attributes:
        ending: the last status, or None for one that never ends.
        code: `data.code` of a failed prediction, 0 for none.
        error: `data.error` of a prediction without a picture.
        refunded: whether a prediction that does not complete is refunded.
        working: the status while it works.
        slowness: factor on the time of work.
        sparse: whether fields are null until it ends.
        accepted_late: whether it comes into being only `Pace.late_s` after the submit.
        listed: whether and when the list shows it.
        outputs: the form of its outputs.
        flags: the form of its flags.
        picture: what its output's address serves.
    """

    ending: Literal["completed", "failed", "cancelled", "timeout", "deleted"] | None = "completed"
    code: int = 0
    error: str = ""
    refunded: bool = True
    working: str = "processing"
    slowness: int = 1
    sparse: bool = False
    accepted_late: bool = False
    listed: Literal["at once", "late", "never"] = "at once"
    outputs: Outputs = Outputs.ADDRESSES
    flags: Flags = Flags.SAFE
    picture: Served = Served.JPEG


GOOD = Fate()

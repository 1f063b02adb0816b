"""The provider's safety marks, and what a channel does with a marked picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import isnan
from typing import cast

UNSAFE_SCORE = 0.5
"""Some models send a score from 0 to 1 instead of a yes or no; this much and more is a mark."""


class Mark(StrEnum):
    """What is known about whether one picture is unsafe."""

    MARKED = "marked"  #: the provider says that it is
    CLEAN = "clean"  #: the provider says that it is not
    MISSING = "missing"  #: the provider says nothing: many models never do
    CLEARED = "cleared"  #: the provider says that it is, and a moderator looked and let it be shown


class NsfwRule(StrEnum):
    """What becomes of a picture that counts as unsafe."""

    ADULT_CHANNELS = "adult_channels"  #: shown where Discord shows a channel to adults only, withheld elsewhere
    NEVER = "never"  #: withheld everywhere
    HELD = "held"  #: held everywhere until a moderator decides


class WithheldBecause(StrEnum):
    """Why a picture that is there is not shown."""

    MARKED = "marked"  #: the provider marked it as unsafe
    UNMARKED = "unmarked"  #: it came without a mark, and its server counts that as unsafe
    KEPT_BACK = "kept_back"  #: a moderator looked and kept it back
    UNDECIDED = "undecided"  #: no moderator decided within seven days
    NO_DESK = "no_desk"  #: a moderator should decide, and none could be asked


class Exposure(StrEnum):
    """How openly a picture is shown."""

    OPEN = "open"
    SPOILER = "spoiler"  #: covered until whoever looks uncovers it
    COVERED = "covered"  #: not shown at all: a grey square stands for it


@dataclass(frozen=True, slots=True)
class Place:
    """What one channel does with unsafe pictures; the default is that of a server that has set nothing.

    `unmarked_is_unsafe`: this server counts pictures that came without a mark as unsafe.
    """

    rule: NsfwRule = NsfwRule.ADULT_CHANNELS
    is_age_restricted: bool = False
    unmarked_is_unsafe: bool = False

    @property
    def shows_unsafe(self) -> bool:
        """Whether everybody here may see unsafe pictures."""
        return self.rule is NsfwRule.ADULT_CHANNELS and self.is_age_restricted

    @property
    def of_marked(self) -> Exposure:
        """How a marked picture is shown here that somebody uses as a reference."""
        if self.shows_unsafe:
            return Exposure.OPEN
        return Exposure.SPOILER if self.rule is NsfwRule.HELD else Exposure.COVERED

    def objection(self, marks: Iterable[Mark]) -> WithheldBecause | None:
        """Why pictures with these marks are not simply shown here; None where they are."""
        sent = set(marks)
        if self.shows_unsafe:
            return None
        if Mark.MARKED in sent:
            return WithheldBecause.MARKED
        return WithheldBecause.UNMARKED if self.unmarked_is_unsafe and Mark.MISSING in sent else None

    def shows(self, marks: Iterable[Mark]) -> bool:
        """Whether pictures with these marks are simply shown here."""
        return self.objection(marks) is None


def read_marks(sent: object, count: int) -> tuple[Mark, ...]:
    """What `has_nsfw_contents` says about so many outputs, in their order.

    It should hold one boolean for each. A bare value speaks for all of them. A list of another length says nothing
    about any one, unless something in it is a mark: then nobody knows which is meant, and all have it.
    """
    if not isinstance(sent, list | tuple):
        return (_read(sent),) * count
    marks = [_read(each) for each in cast("Sequence[object]", sent)]
    if len(marks) == count:
        return tuple(marks)
    return (Mark.MARKED if Mark.MARKED in marks else Mark.MISSING,) * count


def _read(sent: object) -> Mark:
    """One value: true, 1, "true" and scores from 0.5 are marks; false, 0, "false" and lower scores say it is clean.

    Everything else (null, other words, objects) says nothing.
    """
    if isinstance(sent, str):
        sent = _WORDS.get(sent.strip().casefold(), _number(sent))
    if not isinstance(sent, bool | int | float | Decimal) or _is_no_number(sent):
        return Mark.MISSING
    return Mark.MARKED if sent >= UNSAFE_SCORE else Mark.CLEAN


_WORDS = {"true": True, "false": False}


def _number(typed: str) -> float | None:
    try:
        return float(typed)
    except ValueError:
        return None


def _is_no_number(sent: float | Decimal) -> bool:
    return sent.is_nan() if isinstance(sent, Decimal) else isinstance(sent, float) and isnan(sent)

"""References: input images in their places, of a job, a draft, a tray or a style."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.images import StoredImage
from bot.domain.marks import Exposure


@dataclass(frozen=True, slots=True)
class Reference:
    """An input image in its place (1 to 5), with its role where one was given.

    `note` is a sentence to show, as when only the first frame of an animation is used. `is_spoiler`: whoever gave it
    wants it covered. `is_marked`: the provider marked it as unsafe when it was made. `is_taken_down`: it is a result
    that was hidden or deleted since. `of_style`: the style of its job brought it. `if_marked` is what the place where
    it is shown does with marked pictures; until somebody has asked, they are covered.
    """

    place: int
    role: str | None
    filename: str
    image: StoredImage
    note: str | None = None
    is_spoiler: bool = False
    is_marked: bool = False
    is_taken_down: bool = False
    of_style: bool = False
    if_marked: Exposure = Exposure.COVERED

    @property
    def exposure(self) -> Exposure:
        """How openly it is shown."""
        if self.is_taken_down or (self.is_marked and self.if_marked is Exposure.COVERED):
            return Exposure.COVERED
        if self.is_spoiler or (self.is_marked and self.if_marked is Exposure.SPOILER):
            return Exposure.SPOILER
        return Exposure.OPEN

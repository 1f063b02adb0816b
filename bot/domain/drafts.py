"""Requests that are not run yet, and the pure moves that put reference images in order before money is spent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot import texts
from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.clock import DAY, Instant
from bot.domain.errors import BadRequest, EaselError
from bot.domain.image_models import ImageModel
from bot.domain.marks import Place
from bot.domain.models import CATALOGUE, MAX_REFERENCES, find_model, models_for
from bot.domain.money import Micros
from bot.domain.prompts import clean_role
from bot.domain.references import Reference
from bot.domain.storyboards import shots_in
from bot.domain.styles import Style, brought_by

Slots: TypeAlias = tuple[Reference, ...]
"""Reference images in their order, numbered from 1 without gaps, at most five."""

DRAFT_LIFE = DAY
"""How long a draft waits to be run."""

MOST_COLLECTED = 30
"""How many images one member may have in trays and drafts together that no job was made of, over all channels."""


class NoSuchDraft(EaselError):
    """A click on something that was never run and is not kept any more."""

    def __init__(self) -> None:
        super().__init__(texts.drafts.NOT_KEPT)


class AlreadyRun(EaselError):
    """A second click on a draft that became a job."""

    def __init__(self, job_id: str) -> None:
        super().__init__(texts.drafts.ALREADY_RUN, job_id=job_id)
        self.job_id = job_id


class NoSuchPlace(BadRequest):
    """A reference that is not there (any more)."""

    def __init__(self, place: int) -> None:
        super().__init__(texts.tray.NO_SUCH_PLACE, place=place)


class TooManyReferences(BadRequest):
    """More images than five."""

    def __init__(self) -> None:
        super().__init__(texts.tray.FULL)


class TooManyCollected(BadRequest):
    """A member who has as many images kept as one may have before anything is paid for."""

    def __init__(self) -> None:
        super().__init__(texts.tray.TOO_MANY_COLLECTED, most=MOST_COLLECTED)


class NothingToSpend(BadRequest):
    """A member who wants images kept for pictures that a limit of nothing forbids."""

    def __init__(self) -> None:
        super().__init__(texts.tray.NOTHING_TO_SPEND)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as it stands before somebody runs it: everything fetched and kept, nothing held or spent.

    It belongs to one member in one channel. `price_micros` is what one picture cost when this was last changed, as its
    messages show it; it never runs for more. Where no model is chosen, its style decides or the number of references.
    `references` are the member's own. `style` is the one that its choices name, as it is now. `uses_tray` says that its
    references came out of the member's tray, which running it empties.
    """

    draft_id: str
    guild_id: int
    channel_id: int
    member_id: int
    command: str
    prompt: str
    references: Slots
    created_at: Instant
    price_micros: Micros
    choices: Choices = NOTHING_CHOSEN
    parent_job_id: str | None = None
    uses_tray: bool = False
    style: Style | None = None

    @property
    def all_references(self) -> Slots:
        """The member's own references, and behind them those of the style."""
        return (*self.references, *brought_by(self.style, behind=len(self.references)))

    @property
    def model(self) -> ImageModel:
        """The model that was chosen, else the style's, else the first that takes so many references."""
        if self.choices.model_id is not None:
            return find_model(self.choices.model_id)
        of_style = None if self.style is None else CATALOGUE.find(self.style.model_id or "")
        return of_style or models_for(min(max(1, len(self.all_references)), MAX_REFERENCES))[0]

    @property
    def shots(self) -> tuple[str, ...]:
        """The words of each picture of a storyboard; none of any other request."""
        return shots_in(self.prompt) if self.choices.is_storyboard else ()

    @property
    def total_micros(self) -> Micros:
        """What all its pictures cost together, as shown."""
        return self.price_micros * (len(self.shots) if self.choices.is_storyboard else self.choices.count)


@dataclass(frozen=True, slots=True)
class TrayOwner:
    """Whose tray: one member in one channel."""

    guild_id: int
    channel_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class PickedFile:
    """A file of somebody's message, as the interaction named it. Its address dies within a day and is never logged.

    `size` in bytes is None where Discord does not say it.
    """

    id: int
    filename: str
    size: int | None
    url: str
    content_type: str | None
    is_spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """Files that a member chose by a message's menu, until the form that asks for the prompt comes back."""

    pick_id: str
    guild_id: int
    channel_id: int
    member_id: int
    files: tuple[PickedFile, ...]
    picked_at: Instant


def in_place(references: Iterable[Reference], place: Place) -> Slots:
    """References as they are shown in a place."""
    return tuple(replace(each, if_marked=place.of_marked) for each in references)


def numbered(references: Iterable[Reference]) -> Slots:
    """The same images with their places counted from 1."""
    return tuple(replace(reference, place=place) for place, reference in enumerate(references, start=1))


def with_added(slots: Slots, new: Sequence[Reference]) -> Slots:
    """Put images behind the others; one that is there already is not added twice.

    Raises:
        TooManyReferences: not even the first of them fits.
    """
    known = {reference.image.sha256 for reference in slots}
    fresh: list[Reference] = []
    for reference in new:
        if reference.image.sha256 not in known:
            known.add(reference.image.sha256)
            fresh.append(reference)
    room = MAX_REFERENCES - len(slots)
    if fresh and room <= 0:
        raise TooManyReferences
    return numbered((*slots, *fresh[:room]))


def without(slots: Slots, place: int) -> Slots:
    """Take one image out; those behind it move up.

    Raises:
        NoSuchPlace: there is none in that place.
    """
    _check(slots, place)
    return numbered(reference for reference in slots if reference.place != place)


def moved(slots: Slots, place: int, to: int) -> Slots:
    """Put one image into another place; those between give way. `to` beyond either end means that end.

    Raises:
        NoSuchPlace: there is none in `place`.
    """
    chosen = _check(slots, place)
    others = [reference for reference in slots if reference.place != place]
    others.insert(max(0, min(to, len(slots)) - 1), chosen)
    return numbered(others)


def replaced(slots: Slots, place: int, new: Reference) -> Slots:
    """Put another image into a place; the role of the place stays.

    Raises:
        NoSuchPlace: there is none in that place.
    """
    old = _check(slots, place)
    return numbered(replace(new, role=old.role) if reference is old else reference for reference in slots)


def with_roles_set(slots: Slots, roles: Sequence[str | None]) -> Slots:
    """Give the images these roles in their order; an empty one takes a role away."""
    given = [*roles, *[None] * len(slots)]
    return tuple(replace(reference, role=clean_role(role)) for reference, role in zip(slots, given, strict=False))


def _check(slots: Slots, place: int) -> Reference:
    for reference in slots:
        if reference.place == place:
            return reference
    raise NoSuchPlace(place)

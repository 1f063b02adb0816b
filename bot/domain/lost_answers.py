"""Matches submits whose answer was lost with predictions in the provider's list, where the match is certain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.clock import MINUTE, SECOND, Instant
from bot.domain.jobs import PredictionState
from bot.domain.remote_clock import Span

TOLERANCE = 2 * SECOND
"""Milliseconds by which the time that the provider gives a prediction may be off the clock of its answers."""


class AttemptStanding(Enum):
    """How far we are with an attempt that none of the provider's predictions is known to belong to."""

    ON_ITS_WAY = auto()  #: its answer may still come, and say which one is its
    OPEN = auto()  #: its answer was lost, and it is being looked for
    WITH_MODERATOR = auto()  #: its answer was lost, and a moderator decides
    CLOSED = auto()  #: its answer was lost, and it was given up


@dataclass(frozen=True, slots=True)
class WithoutTask:
    """An attempt as it is kept that may have created a prediction at the provider, which none of ours has.

    `began` is when its POST began by the provider's clock, where that was known then. `lost_at` is None while its
    answer may still come. `candidates` are what was found for it when it was left to a moderator.
    """

    prediction_id: int
    state: PredictionState
    sent_at: Instant
    began: Span | None
    lost_at: Instant | None
    review_at: Instant | None
    candidates: frozenset[str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A POST that may have created a prediction, which none of ours has.

    Attributes:
        prediction_id: ours.
        created: when, by the provider's clock, it can have created one.
        found: what was found for it when it was left to a moderator; it may own what the list showed later as well.
    """

    prediction_id: int
    standing: AttemptStanding
    created: Span
    found: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listed:
    """A prediction in the provider's list that belongs to none of ours; `created_at` is by the provider's clock."""

    provider_id: str
    created_at: Instant | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a list means for the attempts in it, by `prediction_id`.

    Attributes:
        certain: what belongs to an open attempt in every possible assignment.
        possible: all that an open attempt may own, certain or not; where it is missing, the list shows nothing for it.
        awaiting: open attempts for which something may turn out to be another's as soon as its answer comes.
    """

    certain: Mapping[int, str]
    possible: Mapping[int, frozenset[str]]
    awaiting: frozenset[int]

    def open_to(self, prediction_id: int) -> frozenset[str]:
        """What an open attempt may own and is not certain to be another's."""
        others = {theirs for ours, theirs in self.certain.items() if ours != prediction_id}
        return self.possible.get(prediction_id, frozenset()) - others


FIRST_LOOK = 2 * SECOND
"""Milliseconds after an answer was lost: what was created is listed by then as a rule, and need not be waited for."""


LONGEST_SUBMIT = 2 * MINUTE
"""Milliseconds. No request of ours waits longer for its answer; one that a crash cut off ended then at the latest."""


def lasted(sent_at: Instant, lost_at: Instant) -> int:
    """How many milliseconds a request can have been out, by when its answer was known to be lost."""
    return min(max(0, lost_at - sent_at), LONGEST_SUBMIT)


def counts_after(out: int, grace: int) -> int:
    """From how many milliseconds on a look that finds nothing means something: a grace, and not while it is out."""
    return max(grace, out)


def first_look_at(sent_at: Instant, lost_at: Instant, grace: int) -> Instant:
    """When to look for the first time, by this machine's clock: soon, and when looks count at the latest."""
    counts_at = sent_at + counts_after(lasted(sent_at, lost_at), grace)
    return min(lost_at + FIRST_LOOK, max(lost_at, counts_at))


def pause_before_next(age: int, counts: int) -> int:
    """How many milliseconds until the next look while looks do not count yet: as long as it has been, ever longer."""
    return min(max(FIRST_LOOK, age), counts - age)


def created_within(began: Span, *, out: int, grace: int) -> Span:
    """When, by the provider's clock, a POST can have created what it asked for.

    Not before it began, nor later than the second of the two looks after which it is given up: the provider is trusted
    to have created and listed by then whatever it will.

    Args:
        began: when it began, by the provider's clock.
        out: milliseconds for which it was out, as `lasted` says.
        grace: milliseconds between the looks.
    """
    return Span(began.earliest - TOLERANCE, began.latest + counts_after(out, grace) + grace + TOLERANCE)


def judge(listed: Sequence[Listed], attempts: Sequence[Attempt]) -> Findings:
    """Say what is certain, and what is possible, about the open attempts of one model.

    `attempts` must hold every attempt of the model that could own one of the listed, and must have been read after the
    list was: whoever is on its way then was so, or had not begun, when the list was written.

    What an attempt on its way may own is nobody's candidate: its answer decides. Nor is what a moderator may still give
    to a case before them. Everything else that somebody may own is assigned as `certain_pairs` says, among all whose
    answer was lost; those given up and those with a moderator count too, so that nothing of theirs becomes another's.
    """
    owners = {each.provider_id: [one for one in attempts if _may_own(one, each)] for each in listed}
    candidates = {
        provider_id: [one.prediction_id for one in those]
        for provider_id, those in owners.items()
        if those and not any(_holds_back(one, provider_id) for one in those)
    }
    possible: dict[int, set[str]] = {}
    awaiting: set[int] = set()
    for provider_id, those in owners.items():
        is_awaited = any(one.standing is AttemptStanding.ON_ITS_WAY for one in those)
        for one in those:
            if one.standing is AttemptStanding.OPEN:
                possible.setdefault(one.prediction_id, set()).add(provider_id)
                awaiting |= {one.prediction_id} if is_awaited else set()
    certain = {ours: theirs for theirs, ours in certain_pairs(candidates).items() if ours in possible}
    return Findings(certain, {ours: frozenset(those) for ours, those in possible.items()}, frozenset(awaiting))


def _may_own(attempt: Attempt, listed: Listed) -> bool:
    if listed.created_at is None or listed.provider_id in attempt.found:
        return True
    return attempt.created.earliest <= listed.created_at <= attempt.created.latest


def _holds_back(attempt: Attempt, provider_id: str) -> bool:
    if attempt.standing is AttemptStanding.WITH_MODERATOR:
        return provider_id in attempt.found
    return attempt.standing is AttemptStanding.ON_ITS_WAY


def certain_pairs(owners: Mapping[str, Collection[int]]) -> dict[str, int]:
    """Which predictions belong to which attempt in every possible assignment.

    `owners` names for each prediction the attempts that may have created it. An assignment gives every prediction to
    one of its attempts, and no attempt more than one; an attempt may go without, since a POST may have created nothing.
    A prediction can be left without an attempt only if somebody else made it. So where there is no way to place all of
    those that hang together, a stranger's is among them, and nothing about them is certain.

    This is a bipartite graph; a pair is certain if every matching that covers all the predictions contains it. One such
    matching is found by augmenting paths (Kuhn); a pair of it is certain if no other can be found without it. What is
    still missing in the list changes nothing: the true assignment of what is listed is always among the possible ones.
    """
    certain: dict[str, int] = {}
    for together in _components(owners):
        placed: dict[int, str] = {}
        if not all(_place(each, owners, placed, set(), None) for each in together):
            continue
        for attempt, each in placed.items():
            rest = {other: its for other, its in placed.items() if other != attempt}
            if not _place(each, owners, rest, set(), (each, attempt)):
                certain[each] = attempt
    return certain


def _place(
    prediction: str,
    owners: Mapping[str, Collection[int]],
    placed: dict[int, str],
    tried: set[int],
    but_for: tuple[str, int] | None,
) -> bool:
    """Give a prediction an attempt, moving others where that makes room; never the pair that is ruled out."""
    for attempt in owners[prediction]:
        if attempt in tried or (prediction, attempt) == but_for:
            continue
        tried.add(attempt)
        if attempt not in placed or _place(placed[attempt], owners, placed, tried, but_for):
            placed[attempt] = prediction
            return True
    return False


def _components(owners: Mapping[str, Collection[int]]) -> Iterable[list[str]]:
    """The predictions that hang together by the attempts that may own them."""
    of_attempt: dict[int, list[str]] = {}
    for prediction, those in owners.items():
        for attempt in those:
            of_attempt.setdefault(attempt, []).append(prediction)
    left = dict.fromkeys(owners)
    while left:
        waiting = [next(iter(left))]
        together: list[str] = []
        del left[waiting[0]]
        while waiting:
            prediction = waiting.pop()
            together.append(prediction)
            for attempt in owners[prediction]:
                for other in of_attempt.pop(attempt, ()):
                    if other in left:
                        del left[other]
                        waiting.append(other)
        yield together

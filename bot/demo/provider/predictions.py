"""The life of simulated predictions: accepted, waiting, working, ended, listed, kept for seven days, deleted."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bot.demo.provider.envelope import Json, write_instant
from bot.demo.provider.fates import Fate, Flags, Outputs
from bot.demo.provider.validation import PaintingOrder
from bot.domain.clock import DAY, MINUTE, SECOND, Instant
from bot.domain.money import Micros

_FLAGS: Mapping[Flags, object] = {
    Flags.SAFE: [False],
    Flags.UNSAFE: [True],
    Flags.NULL: None,
    Flags.TOO_MANY: [False, True, False],
    Flags.EMPTY: [],
    Flags.BARE_FALSE: False,
    Flags.WORD_FALSE: ["false"],
    Flags.LOW_SCORE: [0.02],
    Flags.WORD_TRUE: ["true"],
    Flags.NUMBER_ONE: [1],
    Flags.HIGH_SCORE: [0.98],
}

RETENTION = 7 * DAY
"""How long predictions, outputs and uploads are kept."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take, in seconds.

    Attributes:
        created_s: from the submit until work begins.
        processing_s: the shortest and the longest time of work.
        late_s: the delay of the behaviours that are late.
        refund_s: from a failure until its refund is booked; the page *Troubleshooting* promises three hours at most.
    """

    created_s: float = 0.5
    processing_s: tuple[float, float] = (4.0, 7.0)
    late_s: float = 30.0
    refund_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What the account may do; None is no limit. The provider's lowest tier is two and two (page *Account Levels*).

    Attributes:
        per_minute: pictures accepted within one minute of the clock; more are answered 429.
        concurrent: pictures worked on at once; more wait with the status `created`.
    """

    per_minute: int | None = None
    concurrent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One accepted task. Everything about it is settled when it is accepted; the clock only tells how far it is.

    `references` are the uploaded bytes in their order. `ends_at` is infinite for one that never ends.
    """

    id: str
    order: PaintingOrder
    references: tuple[bytes, ...]
    fate: Fate
    seed: int
    price_micros: Micros
    nanoseconds: int
    created_at: Instant
    starts_at: Instant
    ends_at: float
    listed_at: float
    deleted: bool = False

    @property
    def model_id(self) -> str:
        """The model's id at the provider."""
        return self.order.model.id

    def exists(self, now: Instant) -> bool:
        """Whether the provider knows it at this instant."""
        return self.created_at <= now < self.created_at + RETENTION

    def listed(self, now: Instant) -> bool:
        """Whether the list shows it at this instant."""
        return not self.deleted and self.exists(now) and self.listed_at <= now

    def status(self, now: Instant) -> str:
        """The provider's word for how far it is."""
        if self.deleted:
            return "deleted"
        if now < self.starts_at:
            return "created"
        if self.fate.ending is None or now < self.ends_at:
            return self.fate.working
        return self.fate.ending

    def ended(self, now: Instant) -> bool:
        """Whether its status will not change by itself any more."""
        return now >= self.ends_at

    def failed(self, now: Instant) -> bool:
        """Whether it ended without a picture."""
        return self.ended(now) and self.fate.ending != "completed"

    def view(self, now: Instant, origin: str) -> Json:
        """The prediction as `data` shows it at this instant."""
        status = self.status(now)
        done = status == "completed"
        worked_ms = int(self.ends_at) - self.starts_at if done else 0
        view: Json = {
            "id": self.id,
            "model": self.model_id,
            "outputs": self._outputs(origin) if done else [],
            "urls": {"get": f"{origin}/api/v3/predictions/{self.id}/result"},
            "has_nsfw_contents": [],
            "status": status,
            "created_at": write_instant(self.created_at, self.nanoseconds),
            "error": self.fate.error if self.failed(now) else "",
            "timings": {"inference": worked_ms},
        }
        if done:
            view["executionTime"] = worked_ms
            self._flag(view)
        elif self.failed(now) and self.fate.code:
            view["code"] = self.fate.code
        elif self.fate.sparse:
            view |= {"outputs": None, "has_nsfw_contents": None, "error": None, "timings": None}
        return view

    def _outputs(self, origin: str) -> object:
        address = f"{origin}/output/{self.id}.jpg"
        match self.fate.outputs:
            case Outputs.ADDRESSES:
                return [address]
            case Outputs.OBJECTS:
                return [{"url": address, "content_type": "image/jpeg"}]
            case Outputs.EMPTY:
                return []
            case Outputs.NULL:
                return None

    def _flag(self, view: Json) -> None:
        if self.fate.flags is Flags.MISSING:
            del view["has_nsfw_contents"]
        else:
            view["has_nsfw_contents"] = _FLAGS[self.fate.flags]


@dataclass(slots=True)
class _Places:
    """When work can begin: first come, first served. Only those that are still at work then are looked at."""

    _latest: Instant = 0
    _ends: list[float] = field(default_factory=list[float])

    def take(self, prediction: Prediction) -> None:
        """It works from its start to its end."""
        self._latest = max(self._latest, prediction.starts_at)
        insort(self._ends, prediction.ends_at)

    def free_at(self, earliest: Instant, places: int | None) -> Instant:
        """The first instant, from `earliest` on, at which one of so many places is free; None: there is always one."""
        if places is None:
            return earliest
        begin = max(earliest, self._latest)
        # Nobody begins earlier from here on, so that whoever has ended by then never counts again.
        del self._ends[: bisect_right(self._ends, begin)]
        if len(self._ends) < places:
            return begin
        free_at = self._ends[len(self._ends) - places]
        return begin + RETENTION if math.isinf(free_at) else int(free_at)


@dataclass(slots=True)
class Predictions:
    """All predictions of the account, in the order of their acceptance."""

    rng: Random
    pace: Pace
    limits: Limits
    _all: dict[str, Prediction] = field(default_factory=dict[str, Prediction])
    _in_minutes: Counter[int] = field(default_factory=Counter[int])
    _places: _Places = field(default_factory=_Places)

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def over_rate(self, now: Instant) -> bool:
        """Whether this minute's pictures are used up."""
        if self.limits.per_minute is None:
            return False
        return self._in_minutes[now // MINUTE] >= self.limits.per_minute

    def accept(
        self, order: PaintingOrder, references: Sequence[bytes], fate: Fate, *, price_micros: Micros, now: Instant
    ) -> Prediction:
        """Create a prediction and settle its whole course."""
        late = int(self.pace.late_s * SECOND)
        created_at = now + late if fate.accepted_late else now
        starts_at = self._places.free_at(created_at + int(self.pace.created_s * SECOND), self.limits.concurrent)
        work = int(self.rng.uniform(*self.pace.processing_s) * SECOND) * fate.slowness
        listing = {"at once": created_at, "late": created_at + late, "never": math.inf}
        prediction = Prediction(
            id=f"{self.rng.getrandbits(128):032x}",
            order=order,
            references=tuple(references),
            fate=fate,
            seed=self._seed(order),
            price_micros=price_micros,
            nanoseconds=self.rng.randrange(1_000_000),
            created_at=created_at,
            starts_at=starts_at,
            ends_at=math.inf if fate.ending is None else starts_at + work,
            listed_at=listing[fate.listed],
        )
        self._all[prediction.id] = prediction
        self._in_minutes[created_at // MINUTE] += 1
        self._places.take(prediction)
        return prediction

    def find(self, prediction_id: str, now: Instant) -> Prediction | None:
        """The prediction of this id, if the provider knows it at this instant."""
        prediction = self._all.get(prediction_id)
        return prediction if prediction is not None and prediction.exists(now) else None

    def newest_first(self, now: Instant) -> list[Prediction]:
        """What the list shows at this instant."""
        listed = [each for each in reversed(self._all.values()) if each.listed(now)]
        return sorted(listed, key=lambda each: each.created_at, reverse=True)

    def delete(self, ids: Iterable[str], now: Instant) -> int:
        """Mark predictions as deleted; returns how many there were."""
        found = [each for each in map(self._all.get, ids) if each and each.exists(now) and not each.deleted]
        self._all.update((each.id, replace(each, deleted=True)) for each in found)
        return len(found)

    def _seed(self, order: PaintingOrder) -> int:
        seed = order.parameters.get("seed", -1)
        return seed if isinstance(seed, int) and seed >= 0 else self.rng.randrange(2**31)

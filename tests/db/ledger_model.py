"""What the accounts must be, worked out anew from a plain list of holds every time: no counters, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.clock import Instant
from bot.domain.money import Micros

PERIODS = ("day", "week", "month", "total")
NEVER = 1 << 60


def keys_of(at: Instant, zone: str) -> dict[str, str]:
    """The key of each period that holds an instant, by way of the ISO calendar."""
    local = datetime.fromtimestamp(at / 1000, tz=ZoneInfo(zone))
    year, week, _ = local.isocalendar()
    monday = date.fromisocalendar(year, week, 1)
    return {"day": f"{local:%Y-%m-%d}", "week": f"{monday:%Y-%m-%d}", "month": f"{local:%Y-%m}", "total": ""}


@dataclass
class ModelGrant:
    """A purse beyond the limits."""

    number: int
    owner: tuple[str, int]  #: ("member", id) or ("channel", id)
    amount: Micros
    expires_at: Instant


@dataclass
class ModelPart:
    """What one purse carries of a hold: a grant, or (None) the member's own limit."""

    grant: ModelGrant | None
    held: Micros
    spent: Micros = 0


@dataclass
class ModelHold:
    """One picture's money, with the keys of its admission."""

    job_id: str
    prediction_id: int
    member: int
    channel: int
    keys: dict[str, str]
    bot_keys: dict[str, str]
    parts: list[ModelPart]
    carried: Micros = 0
    is_open: bool = True
    is_captured: bool = False

    def counted(self, scope: str, subject: int) -> tuple[Micros, Micros]:
        """Held and spent of this hold as one scope counts them."""
        counting = {
            "member": [p for p in self.parts if p.grant is None and self.member == subject],
            "channel": [
                p for p in self.parts if (p.grant is None or p.grant.owner[0] == "member") and self.channel == subject
            ],
            "grant": [p for p in self.parts if p.grant is not None and p.grant.number == subject],
        }.get(scope, self.parts)
        carried = self.carried if scope in {"server", "bot"} else 0
        held = sum(part.held for part in counting) if self.is_open else 0
        return held, sum(part.spent for part in counting) + carried

    def end(self, captured: Micros | None) -> None:
        """Capture a part, first drawn first spent, or give everything back."""
        self.is_open, self.is_captured = False, captured is not None
        rest = captured or 0
        for part in self.parts:
            part.spent = min(part.held, rest)
            rest -= part.spent

    def refund(self) -> Micros:
        """Give back what was captured."""
        amount = sum(part.spent for part in self.parts)
        for part in self.parts:
            part.spent = 0
        return amount


@dataclass(frozen=True)
class ModelRefusal:
    """The limit that refuses, and what stands against it."""

    scope: str
    period: str
    limit: Micros
    spent: Micros
    held: Micros


@dataclass
class Model:
    """One server, its members and channels, and the bot around it."""

    zone: str = "UTC"
    limits: dict[tuple[str, int, str], Micros] = field(default_factory=dict[tuple[str, int, str], Micros])
    grants: list[ModelGrant] = field(default_factory=list[ModelGrant])
    holds: list[ModelHold] = field(default_factory=list[ModelHold])

    def standing(self, scope: str, subject: int, period: str, key: str) -> tuple[Micros, Micros]:
        """Held and spent in one scope and period, from all holds."""
        counted = [
            hold.counted(scope, subject)
            for hold in self.holds
            if (hold.bot_keys if scope == "bot" else hold.keys)[period] == key
        ]
        return sum(held for held, _ in counted), sum(spent for _, spent in counted)

    def balances(self) -> dict[tuple[str, int, str, str], tuple[Micros, Micros]]:
        """Every balance that is not zero, by scope, subject, period and key."""
        found: dict[tuple[str, int, str, str], tuple[Micros, Micros]] = {}
        for hold in self.holds:
            places = [("member", hold.member), ("channel", hold.channel), ("server", 0), ("bot", 0)]
            for scope, subject in places:
                for period, key in (hold.bot_keys if scope == "bot" else hold.keys).items():
                    found[scope, subject, period, key] = self.standing(scope, subject, period, key)
        for grant in self.grants:
            found["grant", grant.number, "total", ""] = self.standing("grant", grant.number, "total", "")
        return {place: numbers for place, numbers in found.items() if numbers != (0, 0)}

    def member_limit(self, member: int, roles: tuple[int, ...], period: str) -> Micros | None:
        """Their own limit, else the highest of their roles', else the default."""
        if (own := self.limits.get(("member", member, period))) is not None:
            return own
        of_roles = [self.limits["role", role, period] for role in roles if ("role", role, period) in self.limits]
        return max(of_roles) if of_roles else self.limits.get(("default", 0, period))

    def split(self, price: Micros, count: int, member: int, channel: int, at: Instant) -> list[list[ModelPart]]:
        """The parts that each picture's hold falls into."""
        left = {
            grant.number: grant.amount - sum(self.standing("grant", grant.number, "total", "")) for grant in self.grants
        }
        usable = [g for g in self.grants if g.owner in {("member", member), ("channel", channel)} and g.expires_at > at]
        usable.sort(key=lambda grant: (grant.owner[0] == "member", grant.expires_at, grant.number))
        pictures: list[list[ModelPart]] = []
        for _ in range(count):
            parts: list[ModelPart] = []
            rest = price
            for grant in usable:
                drawn = min(rest, left[grant.number])
                if drawn:
                    parts.append(ModelPart(grant, drawn))
                    left[grant.number] -= drawn
                    rest -= drawn
            if rest:
                parts.append(ModelPart(None, rest))
            pictures.append(parts)
        return pictures

    def refusal(
        self, pictures: list[list[ModelPart]], member: int, roles: tuple[int, ...], channel: int, at: Instant
    ) -> ModelRefusal | None:
        """The first scope that has no room for all pictures, and its period that ends last."""
        keys, bot_keys = keys_of(at, self.zone), keys_of(at, "UTC")
        probe = ModelHold("", 0, member, channel, keys, bot_keys, [part for parts in pictures for part in parts])
        for scope, subject in (("member", member), ("channel", channel), ("server", 0), ("bot", 0)):
            asked, _ = probe.counted(scope, subject)
            refused: list[ModelRefusal] = []
            for period in PERIODS:
                limit = (
                    self.member_limit(member, roles, period)
                    if scope == "member"
                    else self.limits.get((scope, subject, period))
                )
                key = (bot_keys if scope == "bot" else keys)[period]
                held, spent = self.standing(scope, subject, period, key)
                if asked and limit is not None and held + spent + asked > limit:
                    refused.append(ModelRefusal(scope, period, limit, spent, held))
            if refused:
                # Of those that end together, such as a Sunday and its week, the longer one.
                return max(reversed(refused), key=lambda one: self._last_day(one.period, keys, bot_keys, scope))
        return None

    def _last_day(self, period: str, keys: dict[str, str], bot_keys: dict[str, str], scope: str) -> str:
        key = (bot_keys if scope == "bot" else keys)[period]
        match period:
            case "day":
                return key
            case "week":
                return date.fromordinal(date.fromisoformat(key).toordinal() + 6).isoformat()
            case "month":
                return f"{key}-{_days_in(key):02d}"
            case _:
                return "9999"


def _days_in(month: str) -> int:
    year, number = int(month[:4]), int(month[5:])
    return (date(year + number // 12, number % 12 + 1, 1) - date(year, number, 1)).days

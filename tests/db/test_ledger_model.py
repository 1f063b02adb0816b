"""The accounts against a model: whatever is done in whatever order, they are what plain arithmetic says.

A few hundred rules by default. 25,000: `pytest -m slow tests/db/test_ledger_model.py`; half a million (a nightly run):
`EASEL_LEDGER_RULES=500000 pytest -m slow tests/db/test_ledger_model.py`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.db.billing import BillingStore
from bot.db.connection import Connection
from bot.db.database import DatabaseBusy
from bot.domain.budget import LimitKind, OverLimit, ScopeKind
from bot.domain.clock import DAY, HOUR, MINUTE
from bot.domain.errors import Frozen
from bot.domain.marks import WithheldBecause
from bot.domain.models import MAX
from bot.domain.orders import Order, Requester
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from tests.db.engines import drop_databases, on_postgresql
from tests.db.ledger_model import NEVER, Model, ModelGrant, ModelHold, ModelRefusal, keys_of
from tests.db.world import GUILD, MODERATOR, NOON, DatabaseWorld, check_invariants, open_database_world

T = TypeVar("T")
STEPS = 50
LATE = NOON + 11 * HOUR + 30 * MINUTE
RULES = int(os.environ.get("EASEL_LEDGER_RULES", "12000"))
MEMBERS, CHANNELS, ROLES = (30, 31), (20, 21), (40, 41)
AMOUNTS = st.one_of(st.none(), st.just(0), st.integers(0, 12).map(lambda cents: cents * 40_000 + 1))
PRICES = st.sampled_from([80_000, 40_000, 12_345])
AHEAD = st.sampled_from(["Pacific/Kiritimati", "Asia/Kolkata"])
"""Where the next day has begun already at `LATE`."""
ZONES = st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
LIMITED = st.sampled_from(
    [
        ("member", 30),
        ("member", 31),
        ("default", 0),
        ("role", 40),
        ("role", 41),
        ("channel", 20),
        ("server", 0),
        ("bot", 0),
    ]
)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class PowerFailed(BaseException):
    """Ends a write in its middle."""


class LedgerMachine(RuleBasedStateMachine):
    """Drives the real stores on a real file, and the model beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.folders = Path(tempfile.mkdtemp(prefix="easel-ledger-"))
        self.runner = asyncio.Runner()
        self.numbers = count(1)
        self.model = Model()
        self.at = LATE
        self.is_stopped = False
        self.stack = AsyncExitStack()
        self.world: DatabaseWorld = self.run(self._open(self.folders / "0"))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _open(self, folder: Path) -> DatabaseWorld:
        self.folder = folder
        return await self.stack.enter_async_context(open_database_world(folder, after_commit=check_invariants))

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        drop_databases()
        shutil.rmtree(self.folders)

    @initialize(zone=AHEAD, period=st.sampled_from(Period), amount=AMOUNTS)
    def begin_in_a_zone_with_a_default(self, zone: str, period: Period, amount: int | None) -> None:
        """Of the first who ask the day is not that of UTC, and mostly a limit stands already."""
        self.change_zone(zone)
        self._limit(("default", 0), period, amount)

    # What members do

    @rule(
        member=st.sampled_from(MEMBERS),
        channel=st.sampled_from(CHANNELS),
        roles=st.sampled_from([(), ROLES[:1], ROLES]),
        price=PRICES,
        pictures=st.sampled_from((1, 2, 3, 6)),
    )
    def admit(self, member: int, channel: int, roles: tuple[int, ...], price: int, pictures: int) -> None:
        self._ask(member, channel, roles, price, pictures)

    def _ask(self, member: int, channel: int, roles: tuple[int, ...], price: int, pictures: int) -> None:
        number = next(self.numbers)
        requester = Requester(member, GUILD, channel, channel, roles)
        seeds = (None,) * pictures
        order = Order(f"job{number}", number, requester, "edit", "a", "a", MAX, {}, seeds, price, ())
        parts = self.model.split(price, pictures, member, channel, self.at)
        expected: ModelRefusal | str | None = self.model.refusal(parts, member, roles, channel, self.at)
        if self.is_stopped:
            expected = "frozen"
        assert self._outcome(self.world.stores.jobs.check_room(requester, price, pictures, self.at)) == expected
        assert self._outcome(self.world.stores.jobs.admit(order, self.at)) == expected
        if expected is None:
            job = self.run(self.world.stores.jobs.job(order.job_id))
            keys, bot_keys = keys_of(self.at, self.model.zone), keys_of(self.at, "UTC")
            for prediction, split in zip(job.predictions, parts, strict=True):
                hold = ModelHold(order.job_id, prediction.prediction_id, member, channel, keys, bot_keys, split)
                self.model.holds.append(hold)

    def _outcome(self, asked: Coroutine[Any, Any, object]) -> ModelRefusal | str | None:
        try:
            self.run(asked)
        except OverLimit as error:
            line = error.line
            assert line.limit_micros is not None
            return ModelRefusal(line.kind, line.period, line.limit_micros, line.spent_micros, line.held_micros)
        except Frozen:
            return "frozen"
        return None

    # What becomes of pictures

    @precondition(lambda self: any(hold.is_open for hold in self.model.holds))
    @rule(data=st.data(), part=st.sampled_from([1.0, 1.0, 0.5, 0.0]))
    def capture(self, data: st.DataObject, part: float) -> None:
        hold = data.draw(st.sampled_from([hold for hold in self.model.holds if hold.is_open]))
        captured = int(sum(p.held for p in hold.parts) * part)
        self.world.at = self.at
        self.run(self.world.complete(hold.prediction_id, None if part == 1 else captured))
        hold.end(captured)

    @precondition(lambda self: any(hold.is_open for hold in self.model.holds))
    @rule(data=st.data(), reason=st.sampled_from([FailureReason.PROVIDER, FailureReason.EXPIRED]))
    def give_back(self, data: st.DataObject, reason: FailureReason) -> None:
        hold = data.draw(st.sampled_from([hold for hold in self.model.holds if hold.is_open]))
        for _ in range(2):
            self.run(self.world.stores.jobs.fail(hold.prediction_id, reason, self.at))
        hold.end(None)

    @precondition(lambda self: any(hold.is_open for hold in self.model.holds))
    @rule(data=st.data(), is_shown=st.booleans())
    def make_for_nobody(self, data: st.DataObject, *, is_shown: bool) -> None:
        hold = data.draw(st.sampled_from([hold for hold in self.model.holds if hold.is_open]))
        jobs, prediction_id = self.world.stores.jobs, hold.prediction_id
        self.run(self.world.process(prediction_id))
        for _ in range(2):
            ending = (
                jobs.fail(prediction_id, FailureReason.NO_PICTURE, self.at)
                if is_shown
                else jobs.withhold(prediction_id, WithheldBecause.MARKED, self.at)
            )
            self.run(ending)
        hold.end(None)
        hold.carried = sum(part.held for part in hold.parts)

    @precondition(lambda self: bool(self.model.holds))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.model.holds)).job_id
        cancelled = [hold for hold in self.model.holds if hold.job_id == job_id and hold.is_open]
        assert self.run(self.world.stores.jobs.cancel_queued(job_id, MODERATOR, self.at)) == len(cancelled)
        for hold in cancelled:
            hold.end(None)

    @precondition(lambda self: bool(self.model.holds))
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.model.holds)).job_id
        moderation = self.world.stores.moderation
        refunded = self.run(moderation.refund(job_id, reason="x", by_member_id=MODERATOR, at=self.at))
        assert refunded == sum(hold.refund() for hold in self.model.holds if hold.job_id == job_id)

    @precondition(lambda self: bool(self.model.holds))
    @rule(data=st.data(), carried=PRICES)
    def adjust(self, data: st.DataObject, carried: int) -> None:
        hold = data.draw(st.sampled_from(self.model.holds))
        billing = BillingStore(self.world.database)
        change = self.run(billing.adjust(hold.prediction_id, carried, reason="x", at=self.at))
        assert change == carried - hold.carried
        hold.carried = carried

    # What moderators do

    @rule(limited=LIMITED, period=st.sampled_from(Period), amount=AMOUNTS)
    def limit(self, limited: tuple[str, int], period: Period, amount: int | None) -> None:
        self._limit(limited, period, amount)

    def _limit(self, limited: tuple[str, int], period: Period, amount: int | None) -> None:
        kind, subject = limited
        self.world.at = self.at
        self.run(self.world.limit(LimitKind(kind), subject, period, amount))
        self.model.limits.pop((kind, subject, period), None)
        if amount is not None:
            self.model.limits[kind, subject, period] = amount

    @rule(
        owner=st.sampled_from([("member", 30), ("member", 31), ("channel", 20)]),
        amount=st.integers(1, 200_000),
        days=st.one_of(st.none(), st.integers(1, 40)),
    )
    def grant(self, owner: tuple[str, int], amount: int, days: int | None) -> None:
        expires_at = None if days is None else self.at + days * DAY
        budgets = self.world.stores.budgets
        granting = budgets.grant(
            GUILD,
            ScopeKind(owner[0]),
            owner[1],
            amount,
            reason="x",
            expires_at=expires_at,
            by_member_id=MODERATOR,
            at=self.at,
        )
        number = self.run(granting).grant_id
        self.model.grants.append(ModelGrant(number, owner, amount, NEVER if expires_at is None else expires_at))

    @rule(member=st.sampled_from(MEMBERS), price=PRICES)
    def freeze_for_a_while(self, member: int, price: int) -> None:
        moderation = self.world.stores.moderation
        assert self.run(moderation.freeze(GUILD, member, reason="x", by_member_id=MODERATOR, at=self.at))
        self.is_stopped = True
        self._ask(member, CHANNELS[0], (), price, 1)
        self.is_stopped = False
        assert self.run(moderation.unfreeze(GUILD, member, by_member_id=MODERATOR, at=self.at))

    @rule(member=st.sampled_from(MEMBERS), price=PRICES)
    def pause_for_a_while(self, member: int, price: int) -> None:
        moderation = self.world.stores.moderation
        assert self.run(moderation.pause(GUILD, reason="x", by_member_id=MODERATOR, at=self.at))
        self.is_stopped = True
        self._ask(member, CHANNELS[0], (), price, 1)
        self.is_stopped = False
        assert self.run(moderation.resume(GUILD, by_member_id=MODERATOR, at=self.at))

    @rule(zone=ZONES)
    def change_zone(self, zone: str) -> None:
        self.world.at = self.at
        self.run(self.world.zone(zone))
        self.model.zone = zone

    # What time and bad luck do

    @rule(hours=st.sampled_from([-1, 1, 5, 11, 24, 7 * 24, 31 * 24, 366 * 24]))
    def time_passes(self, hours: int) -> None:
        self.at += hours * HOUR

    @rule()
    def power_fails(self) -> None:
        """Open what is on the disk at an instant in the middle of a write: that write never was."""
        image = self.folders / str(next(self.numbers))

        def die(connection: Connection) -> None:
            connection.execute("UPDATE balances SET held_micros = held_micros + 1")
            image.mkdir()
            for path in self.folder.iterdir():
                if not path.name.endswith("-shm"):
                    shutil.copy(path, image / path.name)
            if on_postgresql():
                # The folder only names the database; the server loses the session, and with it what it was doing.
                connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            raise PowerFailed

        with pytest.raises((PowerFailed, DatabaseBusy)):
            self.run(self.world.database.write(die))
        self.run(self.stack.aclose())
        self.world = self.run(self._open(image))
        # The operator's limit is a setting, which this start does not give.
        for period in Period:
            self.model.limits.pop(("bot", 0, period), None)

    @invariant()
    def accounts_are_what_the_model_says(self) -> None:
        assert self.run(self._balances()) == self.model.balances()

    async def _balances(self) -> dict[tuple[object, ...], tuple[object, object]]:
        rows = await self.world.rows(
            """
            SELECT b.scope, CASE b.scope WHEN 'member' THEN a.member_id WHEN 'server' THEN 0 ELSE b.subject_id END,
                   b.period, b.period_key, b.held_micros, b.spent_micros
            FROM balances AS b LEFT JOIN accounts AS a ON a.account_id = b.subject_id
            WHERE b.held_micros <> 0 OR b.spent_micros <> 0
            """
        )
        return {(scope, subject, period, key): (held, spent) for scope, subject, period, key, held, spent in rows}


def test_accounts_follow_the_model() -> None:
    """A few hundred rules, the same ones each time."""
    profile = settings(
        max_examples=25,
        stateful_step_count=40,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=QUIET,
    )
    run_state_machine_as_test(LedgerMachine, settings=profile)


@pytest.mark.slow
def test_accounts_follow_the_model_for_long() -> None:
    """Twelve thousand rules, other ones each time."""
    profile = settings(
        max_examples=max(1, RULES // STEPS),
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        suppress_health_check=QUIET,
    )
    run_state_machine_as_test(LedgerMachine, settings=profile)

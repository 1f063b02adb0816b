"""Admission: the one transaction that holds a job's money in every scope and inserts the job, or does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.db.accounts import Accounts
from bot.db.approvals import approve, grant_for
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.freezes import refuse_frozen
from bot.db.holds import LedgerBroken, Posting, share
from bot.db.images import keep_image
from bot.db.ledger import Note, enter_hold, lines_of, reserve
from bot.db.limits import Bound, bounds_of, broadest, grants_of, line_of
from bot.db.reading import has_showcase, parent_message_of, read_job
from bot.db.rules import refuse_crowding
from bot.db.servers import ServerStore, is_seen, see_server
from bot.db.slots import write_slots
from bot.db.turns import line_up
from bot.domain.budget import BudgetLine, Draw, Grant, OverLimit, Scope, ScopeKind, plan_draws
from bot.domain.clock import Instant
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.money import Micros
from bot.domain.orders import Admission, Order, Requester
from bot.domain.periods import Period

# The job that a command has made already.
JOB_OF_INTERACTION = "SELECT job_id FROM jobs WHERE interaction_id = :interaction_id"

INSERT_JOB = """
INSERT INTO jobs (job_id, interaction_id, guild_id, channel_id, purse_channel_id, account_id, role_id, command,
                  prompt, sent_prompt, model_id, parameters, price_micros, parent_job_id, style_id, created_at,
                  status_channel_id, status_message_id)
VALUES (:job_id, :interaction_id, :guild_id, :channel_id, :purse_channel_id, :account_id, :role_id, :command,
        :prompt, :sent_prompt, :model_id, :parameters, :price, :parent_job_id, :style_id, :at,
        :status_channel_id, :status_message_id)
"""

# The acknowledged command is answered by this job.
ATTACH_INTERACTION = "UPDATE interactions SET job_id = :job_id WHERE interaction_id = :interaction_id"

INSERT_REFERENCE = """
INSERT INTO job_references (job_id, place, role, filename, sha256, note, spoiler, of_style)
VALUES (:job_id, :place, :role, :filename, :sha256, :note, :spoiler, :of_style)
"""

INSERT_PREDICTION = """
INSERT INTO predictions (job_id, account_id, model_id, n, state, seed, shot, sent_shot)
VALUES (:job_id, :account_id, :model_id, :n, :state, :seed, :shot, :sent_shot)
RETURNING prediction_id
"""

# What a limit was when it let a job through, and what stands against it now.
INSERT_PROOF = """
INSERT INTO admission_limits
    (job_id, scope, guild_id, subject_id, period, limit_micros, asked_micros, after_micros)
SELECT :job_id, scope, guild_id, subject_id, period, :limit, :asked, held_micros + spent_micros FROM balances
WHERE scope = :scope AND guild_id = :guild_id AND subject_id = :subject_id AND period = :period AND period_key = :key
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who pays for a job: the scopes that count it, and one split of the price over the purses for each picture."""

    bounds: tuple[Bound, ...]
    draws: tuple[tuple[Draw, ...], ...]

    @property
    def all_draws(self) -> tuple[Draw, ...]:
        """The draws of all pictures together."""
        return tuple(draw for draws in self.draws for draw in draws)

    @property
    def member(self) -> Scope:
        """The member's own scope."""
        return self.bounds[0].scope


class JobAdmission(ServerStore):
    """The part of the job store that lets jobs in."""

    @writes
    def admit(self, connection: Connection, order: Order, at: Instant) -> Admission:
        """Hold the money in every scope, insert the job and answer its command with it, or do nothing at all.

        The same interaction again returns the job that it made.

        Raises:
            OverLimit: one limit refused.
            Frozen: the member, the server or the bot may not spend.
        """
        known = connection.execute(JOB_OF_INTERACTION, {"interaction_id": order.interaction_id}).fetchone()
        if known is not None:
            return Admission(read_job(connection, known["job_id"]), is_new=False)
        requester = order.requester
        see_server(connection, requester.guild_id, self._defaults, at)
        account_id = self._accounts.number(connection, requester.member_id, at)
        refuse_frozen(connection, requester.guild_id, account_id)
        refuse_crowding(connection, requester.guild_id, account_id)
        bounds = bounds_of(connection, requester, account_id, at)
        plan = _plan(connection, bounds, order.price_micros, order.count, at)
        granted = _beyond_own_limit(connection, plan, order, at)
        if granted:
            plan = _granted(connection, self._accounts, bounds, order, at)
        lines = [line for bound, asked in _asked(plan) for line in lines_of(bound, asked)]
        if not reserve(connection, lines):
            refusal = _refusal(connection, plan, order.price_micros, order.count, at)
            raise refusal or LedgerBroken(f"job {order.job_id} was refused where there is room")
        _insert_job(connection, order, account_id, at)
        approve(connection, self._accounts, order, granted_micros=granted, at=at)
        proofs = [{**line, "job_id": order.job_id} for line in lines if line["limit"] is not None]
        connection.executemany(INSERT_PROOF, proofs)
        predictions = _insert_predictions(connection, plan, order, at)
        job = _job_of(order, account_id, predictions, at)
        return Admission(
            replace(
                job,
                parent_message=parent_message_of(connection, job.parent_job_id),
                has_showcase=has_showcase(connection, job.guild_id),
            ),
            is_new=True,
        )

    @reads
    def check_room(
        self, connection: Connection, requester: Requester, price_micros: Micros, count: int, at: Instant
    ) -> None:
        """Look, without holding anything, whether `admit` would refuse now; raises the same. Milliseconds, local."""
        unseen = None if is_seen(connection, requester.guild_id) else self._defaults
        # No account has the number 0: somebody new has no limit, no grant and no spending of their own.
        account_id = self._accounts.find(connection, requester.member_id) or 0
        refuse_frozen(connection, requester.guild_id, account_id)
        bounds = bounds_of(connection, requester, account_id, at, unseen)
        plan = _plan(connection, bounds, price_micros, count, at)
        refusal = _refusal(connection, plan, price_micros, count, at)
        if refusal is not None:
            raise refusal


def _beyond_own_limit(connection: Connection, plan: Plan, order: Order, at: Instant) -> Micros:
    """What an approval has to give: all of it where the member's own limit leaves no room, else nothing."""
    if order.approving is None:
        return 0
    refusal = _refusal(connection, plan, order.price_micros, order.count, at)
    return order.total_micros if refusal is not None and refusal.line.kind is ScopeKind.MEMBER else 0


def _granted(connection: Connection, accounts: Accounts, bounds: tuple[Bound, ...], order: Order, at: Instant) -> Plan:
    """A plan that a new grant for exactly this order pays whole."""
    grant = grant_for(connection, accounts, order, bounds[0].scope, at)
    draw = Draw(grant.grant_id, from_channel=False, amount_micros=order.price_micros)
    return Plan((*bounds, _purse(grant, bounds[0])), ((draw,),) * order.count)


def _refusal(connection: Connection, plan: Plan, price_micros: Micros, count: int, at: Instant) -> OverLimit | None:
    """What a plan asks against what stands: the first scope without room, and its line that ends last."""
    for bound, asked in _asked(plan):
        lines = [line_of(connection, bound, period, at) for period in bound.limits]
        refused = [line for line in lines if not _has_room(line, asked)]
        if refused:
            return OverLimit(broadest(refused), price_micros=price_micros, count=count)
    return None


def _has_room(line: BudgetLine, asked_micros: Micros) -> bool:
    return line.limit_micros is None or line.spent_micros + line.held_micros + asked_micros <= line.limit_micros


def _plan(connection: Connection, bounds: tuple[Bound, ...], price_micros: Micros, count: int, at: Instant) -> Plan:
    grants: list[Grant] = []
    for bound in bounds[:2]:
        scope = bound.scope
        grants += grants_of(connection, scope.guild_id, scope.kind, scope.subject_id, at)
    planned: list[tuple[Draw, ...]] = []
    for _ in range(count):
        draws = plan_draws(price_micros, grants, at)
        planned.append(draws)
        drawn = {draw.grant_id: draw.amount_micros for draw in draws}
        grants = [replace(grant, held_micros=grant.held_micros + drawn.get(grant.grant_id, 0)) for grant in grants]
    purses = tuple(_purse(grant, bounds[0]) for grant in grants)
    return Plan((*bounds, *purses), tuple(planned))


def _purse(grant: Grant, member: Bound) -> Bound:
    """A grant as one more scope, whose amount is its limit, in total."""
    scope = Scope.grant(member.scope.guild_id, grant.grant_id)
    return Bound(scope, member.zone, member.day, {Period.TOTAL: grant.amount_micros})


def _asked(plan: Plan) -> Iterable[tuple[Bound, Micros]]:
    """What the whole job asks of each scope that pays or counts a part of it."""
    draws = plan.all_draws
    for bound in plan.bounds:
        asked = share(draws, bound.scope)
        if asked or bound.scope.kind in {ScopeKind.SERVER, ScopeKind.BOT}:
            yield bound, asked


def _insert_predictions(connection: Connection, plan: Plan, order: Order, at: Instant) -> tuple[Prediction, ...]:
    predictions: list[Prediction] = []
    shots = order.shots or (None,) * order.count
    for n, (seed, draws, shot) in enumerate(zip(order.seeds, plan.draws, shots, strict=True), start=1):
        values = {
            "job_id": order.job_id,
            "account_id": plan.member.subject_id,
            "model_id": order.model.id,
            "n": n,
            "state": PredictionState.QUEUED.value,
            "seed": seed,
            "shot": shot and shot.prompt,
            "sent_shot": shot and shot.sent_prompt,
        }
        prediction_id = connection.execute(INSERT_PREDICTION, values).fetchall()[0]["prediction_id"]
        enter_hold(
            connection,
            prediction_id,
            plan.member,
            amount_micros=order.price_micros,
            postings=_postings(plan, draws),
            note=Note(f"picture {n} of {order.count}", at, plan.member.subject_id),
        )
        predictions.append(Prediction(prediction_id, n, PredictionState.QUEUED, seed, order.price_micros, shot=shot))
    line_up(connection, predictions[0].prediction_id)
    return tuple(predictions)


def _postings(plan: Plan, draws: tuple[Draw, ...]) -> list[Posting]:
    asked = _asked(replace(plan, draws=(draws,)))
    return [Posting(bound.scope, bound.day, amount, 0) for bound, amount in asked]


def _insert_job(connection: Connection, order: Order, account_id: int, at: Instant) -> None:
    requester = order.requester
    job = {
        "job_id": order.job_id,
        "interaction_id": order.interaction_id,
        "guild_id": requester.guild_id,
        "channel_id": requester.channel_id,
        "purse_channel_id": requester.purse_channel_id,
        "account_id": account_id,
        "role_id": requester.role_ids[-1] if requester.role_ids else None,
        "command": order.command,
        "prompt": order.prompt,
        "sent_prompt": order.sent_prompt,
        "model_id": order.model.id,
        "parameters": json.dumps(dict(order.parameters)),
        "price": order.price_micros,
        "parent_job_id": order.parent_job_id,
        "style_id": None if order.style is None else order.style.style_id,
        "at": at,
        "status_channel_id": order.status_message and order.status_message.channel_id,
        "status_message_id": order.status_message and order.status_message.message_id,
    }
    connection.execute(INSERT_JOB, job)
    connection.execute(ATTACH_INTERACTION, {"job_id": order.job_id, "interaction_id": order.interaction_id})
    for reference in order.references:
        keep_image(connection, reference.image, at)
    write_slots(connection, INSERT_REFERENCE, {"job_id": order.job_id}, order.references)


def _job_of(order: Order, account_id: int, predictions: tuple[Prediction, ...], at: Instant) -> Job:
    """The job as it would be read back now, without reading it."""
    requester = order.requester
    return Job(
        job_id=order.job_id,
        interaction_id=order.interaction_id,
        guild_id=requester.guild_id,
        channel_id=requester.channel_id,
        purse_channel_id=requester.purse_channel_id,
        account_id=account_id,
        member_id=requester.member_id,
        command=order.command,
        prompt=order.prompt,
        sent_prompt=order.sent_prompt,
        model=order.model,
        parameters=dict(order.parameters),
        price_micros=order.price_micros,
        created_at=at,
        references=tuple(sorted(order.references, key=lambda reference: reference.place)),
        predictions=predictions,
        status_message=order.status_message,
        style=None if order.style is None else order.style.name,
        parent_job_id=order.parent_job_id,
    )

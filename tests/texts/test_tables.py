"""A table of texts has an entry for each of what it is keyed by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from bot.domain.approvals import Verdict
from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.jobs import PredictionState, Stage
from bot.domain.marks import NsfwRule, WithheldBecause
from bot.domain.parameters import PARAMETERS, SEED
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.reports import Measure
from bot.domain.reviews import ReviewVerdict
from bot.domain.rules import ChannelAccess
from bot.domain.spending import By
from bot.services.moderation.reporting import Reach
from tests.texts.constants import constants

KEYS: Mapping[str, Iterable[str | None]] = {
    "approvals.ASKED_TITLES": (None, *Verdict),
    "budgets.IN_PERIOD": Period,
    "budgets.PER": Period,
    "budgets.OVER_BUDGET": ScopeKind,
    "budgets.COSTS": ScopeKind,
    "budgets.WHOSE_LIMIT": ScopeKind,
    "budgets.MORE_COMES": ScopeKind,
    "budgets.SCOPES": ScopeKind,
    "budgets.ENTRY_KINDS": ("refund", "adjust", "grant"),
    "status.FAILED_BECAUSE": FailureReason,
    "status.FAILED_ADVICE": FailureReason,
    "status.FAILED_BRIEFLY": FailureReason,
    "jobs.STATES": Stage,
    "jobs.PREDICTION_STATES": {each for each in PredictionState if not each.is_final},
    "limits.LIMIT_FOR": LimitKind,
    "parameters.PARAMETERS": (*(each.name for each in PARAMETERS), SEED.name),
    "reports.DECIDE": Measure,
    "reports.DECIDED": Measure,
    "reports.REACHED": Reach,
    "rules.ACCESS_TITLE": (None, *ChannelAccess),
    "rules.ACCESS": (None, *ChannelAccess),
    "rules.ACCESS_WORDS": ChannelAccess,
    "safety.WITHHELD": WithheldBecause,
    "safety.WITHHELD_ADVICE": WithheldBecause,
    "safety.WITHHELD_BRIEFLY": WithheldBecause,
    "safety.IN_REVIEW": (WithheldBecause.MARKED, WithheldBecause.UNMARKED),
    "safety.REVIEW_BECAUSE": (WithheldBecause.MARKED, WithheldBecause.UNMARKED),
    "safety.REVIEWED": ReviewVerdict,
    "settings.NSFW_RULES": NsfwRule,
    "spending.BY": By,
    "spending.WITHOUT": By,
    "status.STAGES": set(Stage) - {Stage.DONE, Stage.PARTLY},
}
"""Each table of texts and what it has an entry for. The texts know no type of ours, so that this is held here."""
KEYED_BY_NAME = {"audit.ACTS"}
"""Tables that have a fallback for what they do not name."""


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_table_has_an_entry_for_each(name: str) -> None:
    """A new period, limit or state is forgotten in no table."""
    table = constants()[name]

    assert isinstance(table, dict)
    assert set(table) == set(KEYS[name])  # pyright: ignore[reportUnknownArgumentType] - whatever its values are


def test_each_table_is_known() -> None:
    """Whoever adds a table says here what it is keyed by."""
    tables = {name for name, value in constants().items() if isinstance(value, dict)}

    assert tables == set(KEYS) | KEYED_BY_NAME

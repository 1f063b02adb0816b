"""Check for `easel check`: whether each model can be used at the price Easel knows, and which ones are paused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.db.prices import Paused
from bot.domain.drift import UNCONFIRMED, Confirmed
from bot.domain.models import CATALOGUE
from bot.domain.money import format_usd, micros_up
from bot.findings import CheckFailed

_ONCE_LOOKED = "Once you have looked: easel models --confirm {ids}"


def judge_prices(listed: Mapping[str, Decimal | None], confirmed: Mapping[str, Confirmed]) -> str:
    """Say what each model costs. Raises CheckFailed where one is not listed, or dearer than known and confirmed."""
    gone = [model.id for model in CATALOGUE if model.id not in listed]
    if gone:
        raise CheckFailed(f"WaveSpeed does not offer {', '.join(gone)} to this key.")
    known = {model: max(model.price_micros, confirmed.get(model.id, UNCONFIRMED).price_micros) for model in CATALOGUE}
    dearer = {
        model.id: f"{model.id} {format_usd(micros_up(price))} instead of {format_usd(most)}"
        for model, most in known.items()
        if (price := listed[model.id]) is not None and micros_up(price) > most
    }
    if dearer:
        looked = _ONCE_LOOKED.format(ids=" ".join(dearer))
        raise CheckFailed(f"WaveSpeed asks more than Easel knows: {'; '.join(dearer.values())}. {looked}")
    return "; ".join(f"{model.label} {format_usd(most)}" for model, most in known.items()) + "."


def judge_pauses(paused: Paused) -> str:
    """Say that members can use every model. Raises CheckFailed where some are paused, with why and what to do."""
    if paused:
        each = [f"{model_id} ({', '.join(why)})" for model_id, why in paused.items()]
        raise CheckFailed(f"members cannot use {'; '.join(each)}. {_ONCE_LOOKED.format(ids=' '.join(paused))}")
    return "none is paused."

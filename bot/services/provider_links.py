"""Links to pictures at the provider, for pictures that cannot be attached."""

from __future__ import annotations

import structlog

from bot.domain.jobs import Prediction
from bot.domain.predictions import KEPT_BY_PROVIDER, ProviderError
from bot.services.ports.messages import Link
from bot.services.ports.provider import Provider

log = structlog.get_logger(__name__)


async def link_to_output(provider: Provider, job_id: str, prediction: Prediction, place: int) -> Link | None:
    """Ask the provider where the output in that place lies, and until when; None where it does not say."""
    if prediction.provider_id is None or prediction.submitted_at is None:
        return None
    try:
        report = await provider.result(prediction.provider_id)
    except ProviderError as error:
        log.warning("delivery.no_link", job_id=job_id, detail=error.detail)
        return None
    if place >= len(report.outputs):
        return None
    return Link(report.outputs[place], prediction.submitted_at + KEPT_BY_PROVIDER)

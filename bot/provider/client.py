"""WaveSpeedAI's REST API v3 as the `Provider` that the use cases ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import TypeVar

import aiohttp
from pydantic import SecretStr

from bot.domain.clock import SECOND, Clock, Instant
from bot.domain.drift import ListedSchema
from bot.domain.image_models import ImageModel
from bot.domain.money import Micros, micros_up
from bot.domain.parameters import ParameterValue
from bot.domain.predictions import Bill, FailureReason, PredictionStatus, Quote, Refused, TryLater
from bot.domain.remote_clock import RemoteClock
from bot.provider import lenient, wire
from bot.provider.predictions import report
from bot.provider.reads import PAGE_SIZE, Host, Reads, demand
from bot.provider.submits import Submits
from bot.provider.transport import Timeouts
from bot.provider.uploads import ProviderUploads

_VERSION = version("easel")
_NOT_FOUND = 404
_SIGNS = {"deduct": 1, "refund": -1}
_Read = TypeVar("_Read")


class WaveSpeed:
    """The client. The key goes to the host of `base_url` only, and no call follows a redirect or an answered address.

    Args:
        session: for the free calls; its connections may be kept alive.
        submits: for paid tasks; its connector must have `force_close=True` (see `Submits`).
        storage: for upload tickets; its connector should connect to public addresses only.
        base_url: with the version, such as `https://api.wavespeed.ai/api/v3`.
        api_key: sent as a bearer token.
        check_url: raises ValueError for an upload address that is not allowed (no https, not on the list).
        clock: this machine's, against which the provider's is told.
        timeouts: seconds for each kind of call.

    Raises:
        ValueError: an address, key or session that cannot work.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        submits: aiohttp.ClientSession,
        storage: aiohttp.ClientSession,
        base_url: str,
        api_key: SecretStr,
        check_url: Callable[[str], None],
        clock: Clock,
        timeouts: Timeouts | None = None,
    ) -> None:
        waits = timeouts or Timeouts()
        host = Host(base_url, api_key, _VERSION)
        self._remote = RemoteClock(clock)
        self._reads = Reads(session, host, waits, clock, self._remote)
        self._submits = Submits(submits, host, waits, clock, self._remote)
        self._uploads = ProviderUploads(
            session, storage, self._reads, host=host, timeouts=waits, clock=clock, check_url=check_url
        )

    @property
    def remote_clock(self) -> RemoteClock:
        """See `Provider.remote_clock`."""
        return self._remote

    async def upload(self, content: bytes, *, filename: str, content_type: str) -> str:
        """See `Provider.upload`."""
        return await self._uploads.upload(content, filename, content_type)

    async def submit(
        self,
        model: ImageModel,
        prompt: str,
        image_urls: Sequence[str],
        parameters: Mapping[str, ParameterValue],
        *,
        webhook: str | None = None,
    ) -> str:
        """See `Provider.submit`. For a model that left the catalogue nothing is sent."""
        if model.is_retired:
            raise Refused(FailureReason.NOT_SOLD, "the model is not in the catalogue any more")
        return await self._submits.once(model.id, model.request_body(prompt, image_urls, parameters), prompt, webhook)

    async def result(self, provider_id: str) -> PredictionStatus:
        """See `Provider.result`.

        Raises:
            TryLater: the look failed, or the answer is about another prediction.
            Refused: EXPIRED where the provider does not know the id, else NOT_AUTHORISED and the like.
        """
        if not lenient.PREDICTION_ID.fullmatch(provider_id):
            raise ValueError("not a prediction id")
        answer = await self._reads.get(f"/predictions/{provider_id}/result")
        if answer.verdict == _NOT_FOUND:
            raise Refused(FailureReason.EXPIRED, "the provider does not know this prediction")
        prediction = _readable(lambda: wire.read(wire.Prediction, demand(answer).data))
        if prediction.id not in {provider_id, None}:
            raise TryLater("the answer is about another prediction")
        return report(prediction, provider_id=provider_id, model_id="")

    async def recent(self, model_id: str, *, after: Instant, before: Instant) -> tuple[PredictionStatus, ...]:
        """See `Provider.recent`. One without a model or time is kept: it may be the one looked for."""
        query = {
            "model": model_id,
            "created_after": _iso(after),
            "created_before": _iso(before + SECOND - 1),
        }
        found: list[PredictionStatus] = []
        for item in await self._reads.pages("/predictions", query):
            listed = report(wire.read(wire.Prediction, item), provider_id=wire.item_key(item), model_id=model_id)
            in_time = listed.created_at is None or after <= listed.created_at <= before
            if listed.model_id == model_id and in_time:
                found.append(listed)
        return tuple(found)

    async def quote(
        self, model: ImageModel, prompt: str, image_urls: Sequence[str], parameters: Mapping[str, ParameterValue]
    ) -> Quote:
        """See `Provider.quote`. The discounted price is what WaveSpeed charges; 0 there stands for no discount."""
        inputs = model.request_body(prompt, image_urls, parameters)
        answer = demand(await self._reads.post("/model/price", {"model_id": model.id, "inputs": inputs}), prompt)
        price = _readable(lambda: wire.read(wire.Price, answer.data))
        dollars = price.discounted_price or price.price
        if dollars is None or dollars <= 0:
            raise TryLater("a quote without a price")
        return Quote(model.id, micros_up(dollars))

    async def balance(self) -> Decimal:
        """See `Provider.balance`."""
        answer = demand(await self._reads.get("/balance"))
        balance = _readable(lambda: wire.read(wire.Balance, answer.data)).balance
        if balance is None:
            raise TryLater("a balance without an amount")
        return balance

    async def listed_models(self) -> Mapping[str, Decimal | None]:
        """See `Provider.listed_models`."""
        answer = demand(await self._reads.get("/models"))
        models = _readable(lambda: wire.listed_models(answer.data))
        if not models:
            raise TryLater("an empty list of models")
        return {model.model_id: model.base_price for model in models}

    async def listings(self) -> Mapping[str, ListedSchema]:
        """See `Provider.listings`."""
        answer = demand(await self._reads.get("/models"))
        found = _readable(lambda: wire.listings(answer.data))
        return {listing.model_id: listing for listing in found}

    async def bills(self, *, after: Instant, before: Instant) -> tuple[Bill, ...]:
        """See `Provider.bills`. Lines that are neither deduction nor refund (a top-up) are left out."""
        query = {"start_time": _iso(after), "end_time": _iso(before + SECOND - 1)}
        found: list[Bill] = []
        for item in await self._reads.pages("/billings/search", query):
            line = wire.read(wire.BillingLine, item)
            in_time = line.created_at is None or after <= line.created_at <= before
            if line.billing_type.lower() in _SIGNS and in_time:
                found.append(Bill(line.prediction.uuid, _billed(line), line.created_at))
        return tuple(found)

    async def webhook_secret(self) -> str:
        """See `Provider.webhook_secret`."""
        answer = demand(await self._reads.get("/webhook/secret"))
        secret = _readable(lambda: wire.read(wire.WebhookSecret, answer.data)).secret
        if not secret:
            raise TryLater("no secret for webhooks")
        return secret

    async def delete(self, provider_ids: Sequence[str]) -> int:
        """See `Provider.delete`. Sent by the hundred."""
        deleted = 0
        for start in range(0, len(provider_ids), PAGE_SIZE):
            batch = list(provider_ids[start : start + PAGE_SIZE])
            answer = demand(await self._reads.post("/predictions/delete", {"ids": batch}))
            count = _readable(lambda data=answer.data: wire.read(wire.Deleted, data)).deleted_count
            if count is None:
                raise TryLater("a deletion without a count")
            deleted += count
        return deleted


def _readable(reading: Callable[[], _Read]) -> _Read:
    """Run a reading; what cannot be read is a look that failed."""
    try:
        return reading()
    except lenient.Unreadable as error:
        raise TryLater(f"unreadable: {error}") from error


def _billed(line: wire.BillingLine) -> Micros:
    if line.price is None:
        raise TryLater("a billing line without a price")
    return _SIGNS[line.billing_type.lower()] * micros_up(abs(line.price))


def _iso(instant: Instant) -> str:
    """Print a time as its whole second in UTC, the plainest ISO 8601; the exact bounds are applied to the items."""
    return datetime.fromtimestamp(instant // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

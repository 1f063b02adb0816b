"""Easel's own client and the simulated provider, written apart, agree on the whole road of a picture."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from decimal import Decimal

import aiohttp
import pytest
from pydantic import SecretStr

from bot.demo.provider import Behaviour, Site
from bot.domain.clock import HOUR
from bot.domain.marks import Mark
from bot.domain.models import CATALOGUE, MAX, MAX_MULTI
from bot.domain.predictions import AnswerLost, FailureReason, Moderated, OutOfCredit, Refused, RemoteStatus, TryLater
from bot.provider.client import WaveSpeed
from tests.demo.provider_bench import KEY, Bench, picture


@pytest.fixture
async def client(bench: Bench) -> AsyncGenerator[WaveSpeed]:
    async with (
        aiohttp.ClientSession() as session,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as submits,
    ):
        yield WaveSpeed(
            session,
            submits=submits,
            storage=session,
            base_url=bench.base_url,
            api_key=SecretStr(KEY),
            check_url=lambda _: None,
            clock=bench.clock,
        )


async def put_up(client: WaveSpeed) -> str:
    return await client.upload(picture(), filename="a.png", content_type="image/png")


async def test_from_upload_to_picture_and_bill(bench: Bench, client: WaveSpeed) -> None:
    """References go up, one task is sent, its end is read, and list and bill tell the same."""
    began = bench.clock.now()
    images = [await put_up(client), await put_up(client)]
    prediction_id = await client.submit(MAX_MULTI, "mix them", images, {"aspect_ratio": "16:9"})
    pending = await client.result(prediction_id)
    bench.clock.advance(60)
    done = await client.result(prediction_id)
    listed = await client.recent(MAX_MULTI.id, after=began, before=began + HOUR)
    bills = await client.bills(after=began, before=began + HOUR)

    assert (pending.status, done.status) == (RemoteStatus.PENDING, RemoteStatus.COMPLETED)
    assert (done.marks, done.created_at, len(done.outputs)) == ((Mark.CLEAN,), began, 1)
    assert [(each.provider_id, each.outputs) for each in listed] == [(prediction_id, done.outputs)]
    assert [(bill.provider_id, bill.amount_micros, bill.billed_at) for bill in bills] == [
        (prediction_id, 80_000, began)
    ]


async def test_account_quote_and_deletion(bench: Bench, client: WaveSpeed) -> None:
    """Balance, models, a discounted quote and a deletion are read as they are meant."""
    bench.provider.set_price(MAX.id, 60_000, listed_micros=80_000)
    quote = await client.quote(MAX, "a hat", [await put_up(client)], {})
    prediction_id = await bench.kept()

    assert quote.price_micros == 60_000
    assert await client.balance() == Decimal("99.94")
    assert await client.listed_models() == {model.id: Decimal(model.price_micros) / 1_000_000 for model in CATALOGUE}
    assert await client.delete([prediction_id]) == 1
    assert (await client.result(prediction_id)).status is RemoteStatus.GONE


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour.BAD_REQUEST, Refused),
        (Behaviour.REFUSED_IN_200, Refused),
        (Behaviour.REFUSED_MODERATED, Moderated),
        (Behaviour.MODERATED_IN_200, Moderated),
        (Behaviour.PAYMENT_REQUIRED, OutOfCredit),
        (Behaviour.FORBIDDEN_NO_CREDIT, OutOfCredit),
        (Behaviour.RATE_LIMITED_SECONDS, TryLater),
        (Behaviour.REQUEST_TIMEOUT, AnswerLost),
        (Behaviour.SERVER_ERROR, AnswerLost),
        (Behaviour.MOVED_KEEPING_METHOD, AnswerLost),
        (Behaviour.DROPPED, AnswerLost),
        (Behaviour.DONE_DROPPED, AnswerLost),
        (Behaviour.DONE_GATEWAY_TIMEOUT, AnswerLost),
        (Behaviour.CUT_OFF, AnswerLost),
        (Behaviour.GARBAGE, AnswerLost),
        (Behaviour.NO_ID, AnswerLost),
    ],
)
async def test_a_submit_is_sent_once_and_its_answer_understood(
    bench: Bench, client: WaveSpeed, behaviour: Behaviour, expected: type[Exception]
) -> None:
    """Refused, later or lost: whichever it is, one POST left."""
    image = await put_up(client)
    bench.provider.script(Site.SUBMIT, behaviour)
    with pytest.raises(expected):
        await client.submit(MAX, "a hat", [image], {})

    assert len(bench.provider.history.at(Site.SUBMIT)) == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour.MODERATED, FailureReason.MODERATED),
        (Behaviour.REFERENCE_LOST, FailureReason.REFERENCE_LOST),
        (Behaviour.NO_CREDIT, FailureReason.OUT_OF_CREDIT),
        (Behaviour.INTERNAL_ERROR, FailureReason.PROVIDER),
        (Behaviour.OUTPUTS_NULL, FailureReason.NO_PICTURE),
    ],
)
async def test_a_failure_is_read_with_its_reason(
    bench: Bench, client: WaveSpeed, behaviour: Behaviour, reason: FailureReason
) -> None:
    """The task's code becomes the reason from which a member's sentence is made."""
    view = await bench.finished(f"[sim:{behaviour}]")

    assert (await client.result(view["id"])).reason is reason

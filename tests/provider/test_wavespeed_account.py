"""Lists, prices and the account: the free calls that decide about money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.domain.models import MAX_MULTI
from bot.domain.predictions import Bill, FailureReason, Quote, Refused, RemoteStatus, TryLater
from bot.provider.client import WaveSpeed
from tests.provider.scripted import ScriptedReply, ScriptedServer, Step, no, ok

MODEL = "wavespeed-ai/flux-kontext-max"
AFTER = 1_747_634_950_500
BEFORE = 1_747_634_960_000


def listed(number: int, **changed: object) -> dict[str, object]:
    created = f"2025-05-19T06:09:{11 + number % 8}.5Z"
    return {"id": f"p{number}", "model": MODEL, "status": "processing", "created_at": created, **changed}


def page(number: int, items: object, **more: object) -> ScriptedReply:
    return ok({"page": number, "items": items, **more})


async def ids(client: WaveSpeed) -> list[str]:
    return [seen.provider_id for seen in await client.recent(MODEL, after=AFTER, before=BEFORE)]


async def test_list_request(api: ScriptedServer, client: WaveSpeed) -> None:
    """The list is asked for by model and time, in ISO 8601 on whole seconds that enclose the time meant."""
    api.plays(page(1, []))

    await client.recent(MODEL, after=AFTER, before=BEFORE + 1)

    assert (api.seen[0].method, api.seen[0].path) == ("POST", "/api/v3/predictions")
    assert api.seen[0].json == {
        "model": MODEL,
        "created_after": "2025-05-19T06:09:10Z",
        "created_before": "2025-05-19T06:09:21Z",
        "page": 1,
        "page_size": 100,
    }


async def test_list_is_read_to_its_end(api: ScriptedServer, client: WaveSpeed) -> None:
    """A short page is not the last one; an empty page is."""
    api.plays(page(1, [listed(1), listed(2)]), page(2, [listed(3)]), page(3, []))

    found = await ids(client)

    assert found == ["p1", "p2", "p3"]
    assert [b'"page": 3' in request.body for request in api.seen] == [False, False, True]


async def test_list_with_repeats(api: ScriptedServer, client: WaveSpeed) -> None:
    """Items that slide onto the next page count once; a page that only repeats ends the list."""
    api.plays(page(1, [listed(1), listed(2)]), page(2, [listed(2), listed(3)]), page(2, [listed(2), listed(3)]))

    found = await ids(client)

    assert (found, len(api.seen)) == (["p1", "p2", "p3"], 3)


async def test_list_ends_where_the_provider_says(api: ScriptedServer, client: WaveSpeed) -> None:
    """A total that is reached spares the last look."""
    api.plays(page(1, [listed(1), listed(2)], total=2))

    found = await ids(client)

    assert (found, len(api.seen)) == (["p1", "p2"], 1)


async def test_list_is_filtered_here_too(api: ScriptedServer, client: WaveSpeed) -> None:
    """Another model or time is left out even if the provider sends it; what has neither stays a candidate."""
    api.plays(
        page(
            1,
            [
                listed(1),
                listed(2, model="wavespeed-ai/flux-kontext-max/multi"),
                listed(3, created_at="2025-05-19T06:09:10.499Z"),
                listed(4, created_at="2025-05-19T06:09:20.001Z"),
                listed(5, created_at="2025-05-19T06:09:20.000Z"),
                listed(6, created_at=None, model=None),
            ],
        ),
        page(2, None),
    )

    found = await client.recent(MODEL, after=AFTER, before=BEFORE)

    assert [(seen.provider_id, seen.model_id, seen.status) for seen in found] == [
        (id_, MODEL, RemoteStatus.PENDING) for id_ in ("p1", "p5", "p6")
    ]


@pytest.mark.parametrize(
    "step",
    [
        ok(None),
        ok({}),
        ok({"items": "none"}),
        ok({"items": [None]}),
        ok({"items": [{"model": MODEL}]}),
        ok({"items": [{"id": "../x", "model": MODEL}]}),
        ScriptedReply(200, b'{"code": 200, "data": {"items": [{"id": "p1"'),
        ScriptedReply(503, b""),
        no(5000, "Internal Error"),
    ],
)
async def test_list_that_is_not_whole(api: ScriptedServer, client: WaveSpeed, step: Step) -> None:
    """A list with an unreadable page or item is no list: "none found" would give back the money of a living task."""
    api.plays(page(1, [listed(1)]), step)

    with pytest.raises(TryLater):
        await client.recent(MODEL, after=AFTER, before=BEFORE)


async def test_endless_list(api: ScriptedServer, client: WaveSpeed) -> None:
    """A list that never ends is given up after 200 pages, and is not whole either."""
    api.plays(*(page(number, [listed(number)], has_more=True) for number in range(1, 210)))

    with pytest.raises(TryLater):
        await client.recent(MODEL, after=AFTER, before=BEFORE)

    assert len(api.seen) == 200


async def test_key_that_may_not_list(api: ScriptedServer, client: WaveSpeed) -> None:
    """A role that may not list is a definite no."""
    api.plays(ScriptedReply(403, {"message": "role 'member' may not", "error_code": "forbidden"}))

    with pytest.raises(Refused) as refused:
        await client.recent(MODEL, after=AFTER, before=BEFORE)

    assert refused.value.reason is FailureReason.NOT_AUTHORISED


async def test_quote_request(api: ScriptedServer, client: WaveSpeed) -> None:
    """The quote is for exactly the inputs that would be sent."""
    api.plays(ok({"model_id": MAX_MULTI.id, "price": 0.08, "discounted_price": 0.08, "currency": "USD"}))

    quoted = await client.quote(MAX_MULTI, "a hat", ["https://c/1", "https://c/2"], {"aspect_ratio": "1:1"})

    assert quoted == Quote(MAX_MULTI.id, 80_000)
    assert (api.seen[0].method, api.seen[0].path) == ("POST", "/api/v3/model/price")
    assert api.seen[0].json == {
        "model_id": "wavespeed-ai/flux-kontext-max/multi",
        "inputs": {
            "prompt": "a hat",
            "images": ["https://c/1", "https://c/2"],
            "aspect_ratio": "1:1",
            "enable_sync_mode": False,
        },
    }


@pytest.mark.parametrize(
    ("prices", "micros"),
    [
        (b'"price": 0.08', 80_000),
        (b'"price": 0.08, "discounted_price": 0.064', 64_000),
        (b'"price": 0.08, "discounted_price": null', 80_000),
        (b'"price": 0.08, "discounted_price": 0', 80_000),
        (b'"price": "0.08"', 80_000),
        (b'"price": 1', 1_000_000),
        (b'"price": 0.0000001', 1),
        (b'"price": 0.29', 290_000),
        (b'"price": 0.070000000000000007', 70_001),
    ],
)
async def test_quoted_prices(api: ScriptedServer, client: WaveSpeed, prices: bytes, micros: int) -> None:
    """The discounted price counts where there is one; digits are kept exactly, and rounded up at the micro-dollar."""
    api.plays(ScriptedReply(200, b'{"code": 200, "data": {' + prices + b"}}"))

    quoted = await client.quote(MAX_MULTI, "a hat", ["https://c/1"], {})

    assert quoted.price_micros == micros


@pytest.mark.parametrize(
    "prices",
    [
        b'"price": null',
        b'"price": -0.08',
        b'"price": 0',
        b'"price": NaN',
        b'"price": Infinity',
        b'"price": "Infinity"',
        b'"price": true',
        b'"price": 1e999999',
        b'"price": 1e99999999999999999999',
        b'"price": ' + b"9" * 5_000,
        b"",
    ],
)
async def test_quotes_without_a_price(api: ScriptedServer, client: WaveSpeed, prices: bytes) -> None:
    """What is no price above zero is no quote."""
    api.plays(ScriptedReply(200, b'{"code": 200, "data": {' + prices + b"}}"))

    with pytest.raises(TryLater):
        await client.quote(MAX_MULTI, "a hat", ["https://c/1"], {})


async def test_quote_of_a_model_not_sold(api: ScriptedServer, client: WaveSpeed) -> None:
    """A definite no to a quote means that the model is not sold; its words do not quote the prompt."""
    api.plays(no(400, "unknown model for 'a hat'"))

    with pytest.raises(Refused) as refused:
        await client.quote(MAX_MULTI, "a hat", ["https://c/1"], {})

    assert refused.value.detail == "HTTP 200, code 400: unknown model for '[prompt]'"


async def test_balance(api: ScriptedServer, client: WaveSpeed) -> None:
    """The balance is exact, as its digits are written."""
    api.plays(ScriptedReply(200, b'{"code": 200, "data": {"balance": 156.780000000000000001, "currency": "USD"}}'))

    left = await client.balance()

    assert left == Decimal("156.780000000000000001")
    assert api.seen[0].path == "/api/v3/balance"


async def test_balance_missing(api: ScriptedServer, client: WaveSpeed) -> None:
    """An answer without a balance is no balance of zero."""
    api.plays(ok({"balance": None}))

    with pytest.raises(TryLater):
        await client.balance()


async def test_listed_models(api: ScriptedServer, client: WaveSpeed) -> None:
    """Every model with an id is listed, with its base price where one can be read."""
    api.plays(
        ok(
            [
                {"model_id": MODEL, "base_price": 0.08, "api_schema": {"api_schemas": [{"method": "POST"}]}},
                {"model_id": "free/of-price", "base_price": None},
                {"name": "no id"},
            ]
        )
    )

    models = await client.listed_models()

    assert models == {MODEL: Decimal("0.08"), "free/of-price": None}


@pytest.mark.parametrize("data", [None, [], {}, "models", [7]])
async def test_no_models(api: ScriptedServer, client: WaveSpeed, data: object) -> None:
    """An empty or unreadable list does not mean that nothing is sold."""
    api.plays(ok(data))

    with pytest.raises(TryLater):
        await client.listed_models()


async def test_bills(api: ScriptedServer, client: WaveSpeed) -> None:
    """Deductions are positive, refunds negative, each with its prediction; a top-up is neither."""
    when = {"created_at": "2025-05-19T06:09:15Z"}
    api.plays(
        page(
            1,
            [
                {"uuid": "b1", "billing_type": "deduct", "price": 0.08, "prediction": {"uuid": "p1"}, **when},
                {"uuid": "b2", "billing_type": "refund", "price": 0.08, "prediction": {"uuid": "p1"}, **when},
            ],
            has_more=True,
        ),
        page(
            2,
            [
                {"uuid": "b2", "billing_type": "refund", "price": 0.08, "prediction": {"uuid": "p1"}, **when},
                {"uuid": "b3", "billing_type": "recharge", "price": 10, "prediction": None, **when},
                {"uuid": "b4", "billing_type": "deduct", "price": -0.5, "prediction": None},
            ],
            has_more=False,
        ),
    )

    lines = await client.bills(after=AFTER, before=BEFORE)

    assert lines == (
        Bill("p1", 80_000, 1_747_634_955_000),
        Bill("p1", -80_000, 1_747_634_955_000),
        Bill(None, 500_000, None),
    )
    assert api.seen[0].path == "/api/v3/billings/search"
    assert api.seen[0].json == {
        "start_time": "2025-05-19T06:09:10Z",
        "end_time": "2025-05-19T06:09:20Z",
        "page": 1,
        "page_size": 100,
    }


async def test_bill_without_a_price(api: ScriptedServer, client: WaveSpeed) -> None:
    """A bill that cannot be read whole is not summed up in part."""
    api.plays(page(1, [{"uuid": "b1", "billing_type": "deduct", "price": None}], has_more=False))

    with pytest.raises(TryLater):
        await client.bills(after=AFTER, before=BEFORE)


async def test_delete(api: ScriptedServer, client: WaveSpeed) -> None:
    """Deletions go by the hundred and are counted together."""
    api.plays(ok({"deleted_count": 100}), ok({"deleted_count": 2}))
    unwanted = [f"p{number}" for number in range(102)]

    deleted = await client.delete(unwanted)

    assert deleted == 102
    assert [(request.path, request.json) for request in api.seen] == [
        ("/api/v3/predictions/delete", {"ids": unwanted[:100]}),
        ("/api/v3/predictions/delete", {"ids": unwanted[100:]}),
    ]


async def test_delete_nothing(api: ScriptedServer, client: WaveSpeed) -> None:
    """Nothing to delete asks nobody."""
    deleted = await client.delete([])

    assert (deleted, api.connections) == (0, 0)


async def test_no_redirect_takes_the_key_along(api: ScriptedServer, storage: ScriptedServer, client: WaveSpeed) -> None:
    """A redirect of a free call to another host is not followed."""
    api.plays(ScriptedReply(301, b"", {"Location": f"{storage.url}/steal"}))

    with pytest.raises(TryLater):
        await client.balance()

    assert storage.connections == 0

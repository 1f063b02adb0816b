"""The account's side of the simulated provider: the bill, the balance, the models on sale and their prices."""

from __future__ import annotations

from bot.demo.provider import Site
from bot.domain.models import MAX, MAX_MULTI
from tests.demo.provider_bench import Bench


async def test_the_bill_has_a_line_for_each_deduction_and_refund(bench: Bench) -> None:
    """Everything accepted is charged, what failed is refunded, and the balance is what remains."""
    for prompt in ("one", "[sim:internal-error]", "[sim:moderated-billed]", "four"):
        await bench.finished(prompt)
    await bench.ask("POST", f"/{MAX.id}", json={})
    found = (await bench.ask("POST", "/billings/search", json={"page_size": 100})).data
    kinds = [line["billing_type"] for line in found["items"]]

    assert kinds == ["deduct", "deduct", "refund", "deduct", "deduct"]
    assert {0.08} == {line["price"] for line in found["items"]}
    assert bench.provider.billed_micros == 3 * 80_000
    assert (await bench.at(Site.BALANCE)).data == {"balance": 99.76, "currency": "USD"}


async def test_the_bill_is_paged_and_filtered(bench: Bench) -> None:
    """Pages follow on one another without gap or repetition; kind, model and time narrow the search."""
    for _ in range(3):
        await bench.finished("[sim:internal-error]")
    pages = [(await bench.ask("POST", "/billings/search", json={"page": page, "page_size": 4})).data for page in (1, 2)]
    uuids = [line["uuid"] for page in pages for line in page["items"]]
    counts = [
        len((await bench.ask("POST", "/billings/search", json=wanted)).data["items"])
        for wanted in (
            {"billing_type": "refund"},
            {"model_uuid": MAX_MULTI.id},
            {"start_time": "2026-01-01T01:00:00Z", "end_time": "2026-01-01T01:59:59Z"},
        )
    ]

    assert (
        [page["has_more"] for page in pages],
        [len(page["items"]) for page in pages],
        len(set(uuids)),
    ) == ([True, False], [4, 2], 6)
    assert counts == [3, 0, 2]


async def test_models_and_prices_can_change_under_way(bench: Bench) -> None:
    """A new price shows in the quote and the bill, a discount beside the listed price."""
    bench.provider.set_price(MAX.id, 60_000, listed_micros=90_000)
    listed = {row["model_id"]: row for row in (await bench.at(Site.MODELS)).data}
    quote = (await bench.at(Site.PRICE)).data
    await bench.submit()

    assert (listed[MAX.id]["base_price"], listed[MAX_MULTI.id]["base_price"]) == (0.09, 0.08)
    assert {
        "model_id": MAX.id,
        "price": 0.09,
        "discounted_price": 0.06,
        "discount_rate": 0.6667,
        "currency": "USD",
    } == quote
    assert bench.provider.billed_micros == 60_000


async def test_listed_models_describe_their_fields(bench: Bench) -> None:
    """The schema of a model names its image field, its limits and what is required."""
    listed = {row["model_id"]: row for row in (await bench.at(Site.MODELS)).data}
    (schema,) = listed[MAX_MULTI.id]["api_schema"]["api_schemas"]
    properties = schema["request_schema"]["properties"]

    assert schema["request_schema"]["required"] == ["prompt", "images"]
    assert (properties["images"]["type"], properties["images"]["maxItems"]) == ("array", 5)
    assert tuple(properties["guidance_scale"][name] for name in ("type", "minimum", "maximum")) == ("number", 1.0, 20.0)
    assert "seed" not in properties

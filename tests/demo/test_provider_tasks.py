"""The simulated provider's main road: submit, look, list, limits, the bill."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp
import pytest

from bot.demo.provider import Behaviour, Limits, Pace, SimulatedProvider, Site
from bot.domain.models import MAX
from tests.demo.provider_bench import KEY, Bench, picture
from tests.demo.stepped_clock import SteppedClock


@pytest.fixture
async def bronze() -> AsyncGenerator[Bench]:
    clock = SteppedClock()
    provider = SimulatedProvider(
        clock,
        api_key=KEY,
        pace=Pace(created_s=1, processing_s=(10, 10)),
        limits=Limits(per_minute=4, concurrent=2),
        balance_micros=500_000,
    )
    async with provider.serve() as base_url, aiohttp.ClientSession() as session:
        yield Bench(provider, clock, session, base_url)


async def test_a_submit_answers_as_documented(bench: Bench) -> None:
    """The first answer has every documented field, a 32-hex id, an instant with nine decimals, and no outputs."""
    reply = await bench.submit()

    assert ({"code", "message", "data"}, 200, "success") == (set(reply.json), reply.json["code"], reply.json["message"])
    assert (MAX.id, "created", [], [], "", {"inference": 0}) == tuple(
        reply.data[name] for name in ("model", "status", "outputs", "has_nsfw_contents", "error", "timings")
    )
    assert re.fullmatch(r"[0-9a-f]{32}", reply.data["id"])
    assert re.fullmatch(r"2026-01-01T00:00:00\.000\d{6}Z", reply.data["created_at"])
    assert f"{bench.base_url}/predictions/{reply.data['id']}/result" == reply.data["urls"]["get"]


async def test_a_prediction_goes_from_created_over_processing_to_completed(bench: Bench) -> None:
    """The clock alone moves it; a completed one has an output, a flag for it and its time of work."""
    created = (await bench.submit()).data
    seen: list[str] = []
    for seconds in (0, 0.6, 60):
        bench.clock.advance(seconds)
        seen.append((await bench.result(created["id"])).data["status"])
    done = (await bench.ask("GET", f"/predictions/{created['id']}")).data

    assert seen == ["created", "processing", "completed"]
    assert (len(done["outputs"]), done["has_nsfw_contents"]) == (1, [False])
    assert 4_000 <= done["timings"]["inference"] == done["executionTime"] <= 7_000


@pytest.mark.parametrize("given", [None, "Bearer wrong", KEY, "Bearer "])
async def test_without_the_right_key_nothing_is_answered(bench: Bench, given: str | None) -> None:
    """A missing or wrong key is a 401 in the envelope, and a script is not used up by it."""
    bench.provider.script(Site.BALANCE, Behaviour.SERVER_ERROR)
    headers = {} if given is None else {"Authorization": given}
    reply = await bench.ask("GET", "/balance", keyed=False, headers=headers)

    assert (reply.status, reply.body) == (401, b'{"code": 401, "message": "Unauthorized"}')
    assert (await bench.at(Site.BALANCE)).status == 500


async def test_unknown_addresses_are_404_in_the_envelope(bench: Bench) -> None:
    """An unknown model, prediction or path is not found."""
    replies = [
        await bench.ask("POST", "/wavespeed-ai/no-such-model", json={}),
        await bench.result("0" * 32),
        await bench.ask("GET", "/no/such/path"),
    ]

    assert [reply.status for reply in replies] == [404, 404, 404]
    assert all(b'"code": 404' in reply.body for reply in replies)


@pytest.mark.parametrize("image", ["https://cdn.discordapp.com/a.png", "data:image/png;base64,AAAA"])
async def test_a_foreign_reference_fails_with_1402(bench: Bench, image: str) -> None:
    """The simulation fetches from its own storage only; anything else is an address that cannot be read."""
    view = await bench.finished(image=image)

    assert (view["status"], view["code"]) == ("failed", 1402)
    assert bench.provider.billed_micros == 0


async def test_a_reference_that_is_no_picture_fails_with_1401(bench: Bench) -> None:
    """What Pillow cannot decode is an invalid parameter of the task."""
    view = await bench.finished(image=await bench.upload(b"no picture"))

    assert (view["status"], view["code"]) == ("failed", 1401)


async def test_uploads_and_predictions_are_kept_for_seven_days(bench: Bench) -> None:
    """After a week the upload, the prediction, its output and its place in the list are gone."""
    image = await bench.upload()
    done = await bench.finished(image=image)
    addresses = [image, done["outputs"][0], f"{bench.base_url}/predictions/{done['id']}/result"]
    before = [(await bench.ask("GET", address)).status for address in addresses]
    bench.clock.advance(7 * 24 * 3600)
    after = [(await bench.ask("GET", address)).status for address in addresses]

    assert (before, after) == ([200, 200, 200], [404, 404, 404])
    assert (await bench.ask("POST", "/predictions", json={})).data["total"] == 0


async def test_sync_mode_waits_for_the_end_and_gives_up_after_ninety_seconds(bench: Bench) -> None:
    """A short task comes back completed; a long one goes on with code 5004 in the answer."""
    short = (await bench.submit(enable_sync_mode=True)).data
    long = (await bench.submit("[sim:stuck]", enable_sync_mode=True)).data

    assert (short["status"], len(short["outputs"])) == ("completed", 1)
    assert (long["status"], long["code"]) == ("processing", 5004)
    assert long["error"].startswith("Sync mode timed out after 90 seconds")


async def test_more_than_the_concurrent_tasks_wait_as_created(bronze: Bench) -> None:
    """With two places, the third task begins when the first ends."""
    ids = [(await bronze.submit()).data["id"] for _ in range(3)]
    seen: list[list[str]] = []
    for seconds in (2, 10, 10):
        bronze.clock.advance(seconds)
        seen.append([(await bronze.result(each)).data["status"] for each in ids])

    assert seen == [
        ["processing", "processing", "created"],
        ["completed", "completed", "processing"],
        ["completed", "completed", "completed"],
    ]


async def test_more_than_the_rate_is_429_until_the_next_minute(bronze: Bench) -> None:
    """What is over the rate creates and bills nothing; the next minute begins afresh."""
    statuses = [(await bronze.submit()).status for _ in range(5)]
    billed = bronze.provider.billed_micros
    bronze.clock.advance(60)

    assert (statuses, billed) == ([200, 200, 200, 200, 429], 320_000)
    assert (await bronze.submit()).status == 200


async def test_an_empty_account_is_refused(bronze: Bench) -> None:
    """Fifty cents buy six pictures; the seventh submit is a 402 that asks to top up."""
    statuses: list[int] = []
    for _ in range(7):
        statuses.append((await bronze.submit()).status)
        bronze.clock.advance(60)

    assert statuses == [200] * 6 + [402]
    assert (await bronze.at(Site.BALANCE)).data["balance"] == pytest.approx(0.02)


async def test_the_list_is_newest_first_paged_and_filtered(bench: Bench) -> None:
    """Pages show each prediction once, newest first; model, status and time narrow the list."""
    image = await bench.upload()
    ids: list[str] = []
    for number in range(5):
        reply = await (bench.submit(image=image) if number % 2 else bench.submit_multi([image]))
        ids.append(reply.data["id"])
        bench.clock.advance(60)
    shown: list[list[str]] = []
    for wanted in (
        {"page": 1, "page_size": 3},
        {"page": 2, "page_size": 3},
        {"page": 3, "page_size": 3},
        {"model": MAX.id},
        {"status": "created"},
        {"created_after": "2026-01-01T00:01:00Z", "created_before": "2026-01-01T00:02:30Z"},
    ):
        items = (await bench.ask("POST", "/predictions", json=wanted)).data["items"]
        shown.append([item["id"] for item in items])

    assert [[ids[4], ids[3], ids[2]], [ids[1], ids[0]], [], [ids[3], ids[1]], [], [ids[2], ids[1]]] == shown


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/predictions", {"page": 0}),
        ("/predictions", {"page_size": 101}),
        ("/predictions", {"page": "1"}),
        ("/predictions", {"created_after": "yesterday"}),
        ("/predictions", {"created_after": "2026-01-01"}),
        ("/predictions/delete", {"ids": []}),
        ("/predictions/delete", {"ids": "all"}),
        ("/billings/search", {"billing_type": "gift"}),
        ("/model/price", {"model_id": MAX.id, "inputs": []}),
        ("/../../_simulated/script", {"site": "submit", "behaviours": "flagged"}),
        ("/../../_simulated/script", {"site": "submit", "behaviours": ["no-such"]}),
        ("/../../_simulated/script", {"site": "no-such", "behaviours": ["flagged"]}),
    ],
)
async def test_wrong_fields_are_400(bench: Bench, path: str, fields: dict[str, Any]) -> None:
    """Pages are whole numbers in range, times carry their zone, lists are lists, names are known."""
    assert (await bench.ask("POST", path, json=fields)).status == 400


async def test_deleted_predictions_leave_the_list_and_lose_their_picture(bench: Bench) -> None:
    """Deletion counts what there was, and cannot be repeated."""
    done = await bench.finished()
    counts = [
        (await bench.ask("POST", "/predictions/delete", json={"ids": [done["id"], "f" * 32]})).data["deleted_count"]
        for _ in range(2)
    ]

    assert counts == [1, 0]
    assert (await bench.result(done["id"])).data["status"] == "deleted"
    assert (await bench.ask("GET", done["outputs"][0])).status == 404


async def test_the_history_tells_what_was_sent_and_who_carried_the_key(bench: Bench) -> None:
    """Every request stands in the history in order, with the key's presence and the prediction it made."""
    reply = await bench.submit()
    rows = [(each.site, each.bearer, each.status, each.prediction_id) for each in bench.provider.history]

    assert [
        ("ticket", True, 200, ""),
        ("put", False, 200, ""),
        ("submit", True, 200, reply.data["id"]),
    ] == rows


async def test_the_side_door_shows_and_scripts_everything(bench: Bench) -> None:
    """What tests in the same process read and script is there over HTTP for those in another."""
    side = f"{bench.provider.origin}/_simulated"
    scripted = await bench.ask(
        "POST", f"{side}/script", json={"site": "submit", "behaviours": ["server-error", "flagged"], "times": 2}
    )
    wrong = await bench.ask("POST", f"{side}/script", json={"site": "submit", "behaviours": ["duplicates"]})
    refused = await bench.submit()
    done = await bench.finished()
    cleared = await bench.ask("DELETE", f"{side}/script")
    bill = (await bench.ask("GET", f"{side}/bill")).json
    predictions = (await bench.ask("GET", f"{side}/predictions")).json
    history = (await bench.ask("GET", f"{side}/history")).json
    names = {row["name"] for row in (await bench.ask("GET", f"{side}/behaviours")).json}

    assert scripted.json == {"waiting": {"submit": ["server-error", "flagged"] * 2}}
    assert (
        wrong.status,
        refused.status,
        done["has_nsfw_contents"],
        cleared.json,
    ) == (400, 500, [True], {"waiting": {}})
    assert (80_000, done["id"]) == (bill["total_micros"], bill["lines"][0]["prediction_id"])
    assert [(done["id"], "make it blue")] == [(each["id"], each["prompt"]) for each in predictions]
    assert [row["behaviour"] for row in history if row["site"] == "submit"] == ["server-error", "flagged"]
    assert set(Behaviour) == names


async def test_ids_and_pictures_follow_from_the_seed() -> None:
    """Two providers with the same seed that are asked the same give the same ids."""
    ids: list[str] = []
    for _ in range(2):
        clock = SteppedClock()
        provider = SimulatedProvider(clock, api_key=KEY, seed=7)
        async with provider.serve() as base_url, aiohttp.ClientSession() as session:
            bench = Bench(provider, clock, session, base_url)
            ids.append((await bench.submit(image=await bench.upload(picture()))).data["id"])

    assert ids[0] == ids[1]

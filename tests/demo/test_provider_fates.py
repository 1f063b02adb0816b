"""What can become of a simulated prediction once it is accepted, as result, list, bill and picture tell."""

from __future__ import annotations

import aiohttp
import pytest

from bot.demo.provider import RULES, Behaviour, Site
from bot.demo.provider.storage import is_picture as decodes
from tests.demo.provider_bench import Bench

FAILURES = [name for name, rule in RULES.items() if rule.fate.ending in {"failed", "cancelled", "timeout"}]


@pytest.mark.parametrize("behaviour", FAILURES)
async def test_failures_carry_status_code_and_words(bench: Bench, behaviour: Behaviour) -> None:
    """A prediction without a picture is HTTP 200 with the ending, the task's code and the reason in `data`."""
    fate = RULES[behaviour].fate
    view = await bench.finished(f"a hat [sim:{behaviour}]")

    assert (fate.ending, fate.error, []) == (view["status"], view["error"], view["outputs"])
    assert fate.code == view.get("code", 0)
    assert (0 if fate.refunded else 80_000) == bench.provider.billed_micros


@pytest.mark.parametrize(
    ("behaviour", "field", "expected"),
    [
        (Behaviour.FLAGGED, "has_nsfw_contents", [True]),
        (Behaviour.FLAGS_NULL, "has_nsfw_contents", None),
        (Behaviour.FLAGS_MISSING, "has_nsfw_contents", "absent"),
        (Behaviour.FLAGS_WRONG_LENGTH, "has_nsfw_contents", [False, True, False]),
        (Behaviour.OUTPUTS_EMPTY, "outputs", []),
        (Behaviour.OUTPUTS_NULL, "outputs", None),
        (Behaviour.DELETED, "status", "deleted"),
        (Behaviour.STUCK, "status", "processing"),
    ],
)
async def test_odd_endings(bench: Bench, behaviour: Behaviour, field: str, expected: object) -> None:
    """Each odd ending shows in its field and nowhere else in the frame."""
    view = await bench.finished(f"[sim:{behaviour}]")

    assert expected == view.get(field, "absent")


async def test_outputs_as_objects_carry_the_address(bench: Bench) -> None:
    """An output may be an object whose `url` serves the picture."""
    view = await bench.finished("[sim:outputs-objects]")
    reply = await bench.ask("GET", view["outputs"][0]["url"], keyed=False)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/jpeg")


@pytest.mark.parametrize(
    ("behaviour", "word"), [(Behaviour.UNKNOWN_STATUS, "warming_up"), (Behaviour.PENDING_STATUS, "pending")]
)
async def test_odd_words_while_it_works(bench: Bench, behaviour: Behaviour, word: str) -> None:
    """A word that is documented nowhere comes between created and completed."""
    created = (await bench.submit(f"[sim:{behaviour}]")).data
    seen = [created["status"]]
    for seconds in (1, 60):
        bench.clock.advance(seconds)
        seen.append((await bench.result(created["id"])).data["status"])

    assert ["created", word, "completed"] == seen


async def test_a_sparse_prediction_has_nulls_until_it_ends(bench: Bench) -> None:
    """Outputs, flags, error and timings may be null while the task runs."""
    created = (await bench.submit("[sim:sparse]")).data
    bench.clock.advance(60)
    done = (await bench.result(created["id"])).data

    assert {None} == {created[name] for name in ("outputs", "has_nsfw_contents", "error", "timings")}
    assert (done["status"], len(done["outputs"])) == ("completed", 1)


async def test_a_slow_prediction_takes_ten_times_as_long(bench: Bench) -> None:
    """What would take at most seven seconds takes at least forty."""
    created = (await bench.submit("[sim:slow]")).data
    bench.clock.advance(39)
    early = (await bench.result(created["id"])).data["status"]
    bench.clock.advance(40)

    assert (early, (await bench.result(created["id"])).data["status"]) == ("processing", "completed")


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Behaviour.NORMAL, [1, 1, 1]),
        (Behaviour.LISTED_LATE, [0, 0, 1]),
        (Behaviour.UNLISTED, [0, 0, 0]),
        (Behaviour.DONE_LATE, [0, 0, 1]),
    ],
)
async def test_what_the_list_shows_and_when(bench: Bench, behaviour: Behaviour, expected: list[int]) -> None:
    """The list may be late or silent about a prediction; at once, after 29 and after 31 seconds."""
    bench.provider.script(Site.SUBMIT, behaviour)
    try:
        await bench.submit()
    except (aiohttp.ClientError, ConnectionError):
        assert behaviour is Behaviour.DONE_LATE
    seen: list[int] = []
    for seconds in (0, 29, 2):
        bench.clock.advance(seconds)
        seen.append((await bench.ask("POST", "/predictions", json={})).data["total"])

    assert expected == seen


async def test_a_late_acceptance_is_neither_known_nor_billed_before(bench: Bench) -> None:
    """The prediction comes into being, with that instant as its creation, only after the delay."""
    bench.provider.script(Site.SUBMIT, Behaviour.DONE_LATE)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await bench.submit()
    (prediction,) = bench.provider.predictions
    before = ((await bench.result(prediction.id)).status, bench.provider.billed_micros)
    bench.clock.advance(31)
    after = ((await bench.result(prediction.id)).status, bench.provider.billed_micros)

    assert (before, after) == ((404, 0), (200, 80_000))


@pytest.mark.parametrize(
    ("behaviour", "status", "content_type", "is_picture"),
    [
        (Behaviour.NORMAL, 200, "image/jpeg", True),
        (Behaviour.PICTURE_OCTET_STREAM, 200, "binary/octet-stream", True),
        (Behaviour.PICTURE_GONE, 404, "application/json", False),
        (Behaviour.PICTURE_TRUNCATED, 200, "image/jpeg", False),
        (Behaviour.PICTURE_NOT_AN_IMAGE, 200, "image/jpeg", False),
        (Behaviour.PICTURE_MOVED, 302, None, False),
    ],
)
async def test_what_the_output_address_serves(
    bench: Bench, behaviour: Behaviour, status: int, content_type: str | None, *, is_picture: bool
) -> None:
    """The task is completed and billed, whatever its address serves."""
    view = await bench.finished(f"[sim:{behaviour}]")
    reply = await bench.ask("GET", view["outputs"][0], keyed=False)

    assert (status, content_type) == (reply.status, reply.headers.get("Content-Type"))
    assert is_picture == decodes(reply.body)
    assert bench.provider.billed_micros == 80_000

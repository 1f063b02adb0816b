"""Every oddity that the simulated provider offers does over the wire what its sentence says."""

from __future__ import annotations

import asyncio
import io
import json

import aiohttp
import pytest
from PIL import Image, UnidentifiedImageError

from bot.demo.provider import RULES, Behaviour, Site
from bot.demo.provider.behaviours import Connection, Mangles, Redirects, Says, ShowsPage
from tests.demo.provider_bench import Bench

SAYING = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Says)]
PAGES = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, ShowsPage)]
REDIRECTS = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Redirects)]
MANGLES = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Mangles)]
DROPS = [behaviour for behaviour, rule in RULES.items() if rule.answer is Connection.DROPS]
HANGS = [behaviour for behaviour, rule in RULES.items() if rule.answer is Connection.HANGS]
FATES = [behaviour for behaviour, rule in RULES.items() if rule.answer is None and behaviour is not Behaviour.NORMAL]
FAILURES = [behaviour for behaviour in FATES if RULES[behaviour].fate.ending in {"failed", "cancelled", "timeout"}]


def test_the_table_is_whole() -> None:
    """Each name has one rule, in the order of the names, with a sentence of its own and a place to happen."""
    assert list(Behaviour) == list(RULES)
    assert len(RULES) == len({rule.sentence for rule in RULES.values()})
    assert all(rule.sentence.endswith(".") and rule.sites for rule in RULES.values())


@pytest.mark.parametrize("site", sorted(Site))
async def test_without_a_script_every_site_answers_truly(bench: Bench, site: Site) -> None:
    """Nothing is odd unless asked for."""
    reply = await bench.at(site)

    assert (reply.status, *_outcome(bench, site)) == (200, "answered", "")


@pytest.mark.parametrize("behaviour", SAYING)
async def test_error_envelopes(bench: Bench, behaviour: Behaviour) -> None:
    """An error has its status, its code and message in the envelope, and Retry-After where the rule has one."""
    answer = RULES[behaviour].answer
    assert isinstance(answer, Says)
    for site in sorted(Site):
        reply = await bench.at(site, behaviour)
        frame = json.loads(reply.body)

        assert answer.status == reply.status
        assert (answer.code or answer.status, answer.message) == (frame["code"], frame["message"])
        assert answer.retry_after == reply.headers.get("Retry-After")
        assert answer.error_code == frame.get("error_code")
        assert behaviour == bench.provider.history.at(site)[-1].behaviour


@pytest.mark.parametrize("behaviour", PAGES)
async def test_gateway_pages(bench: Bench, behaviour: Behaviour) -> None:
    """A gateway in front of the API answers HTML, not JSON."""
    answer = RULES[behaviour].answer
    assert isinstance(answer, ShowsPage)
    for site in sorted(Site):
        reply = await bench.at(site, behaviour)

        assert (answer.status, True) == (reply.status, reply.headers["Content-Type"].startswith("text/html"))


@pytest.mark.parametrize("behaviour", REDIRECTS)
async def test_redirects_lead_to_a_place_that_remembers_who_came(bench: Bench, behaviour: Behaviour) -> None:
    """Whoever follows a redirect is found in the history, with the key if they brought it along."""
    bench.provider.script(Site.SUBMIT, behaviour)
    reply = await bench.submit()
    await bench.ask("GET", reply.headers["Location"])
    visit = list(bench.provider.history)[-1]

    assert reply.status in {302, 307}
    assert (visit.path, visit.bearer) == ("/_simulated/elsewhere", True)
    assert len(bench.provider.predictions) == 0


@pytest.mark.parametrize("behaviour", DROPS)
async def test_dropped_connections_give_no_byte_of_answer(bench: Bench, behaviour: Behaviour) -> None:
    """The caller sees a broken connection at every site; aiohttp by itself repeats a GET or PUT once, a POST never."""
    for site in sorted(RULES[behaviour].sites):
        before = len(bench.provider.history.at(site))
        with pytest.raises((aiohttp.ClientConnectionError, ConnectionError)):
            await bench.at(site, behaviour, times=2)
        bench.provider.clear_script()
        dropped = [call.method for call in bench.provider.history.at(site)[before:] if call.outcome == "dropped"]

        assert dropped in (["POST"], ["GET", "GET"], ["PUT", "PUT"])


@pytest.mark.parametrize("behaviour", HANGS)
@pytest.mark.parametrize("site", [Site.SUBMIT, Site.RESULT, Site.OUTPUT])
async def test_hanging_calls_stay_open(bench: Bench, behaviour: Behaviour, site: Site) -> None:
    """No answer comes for as long as the caller waits, and the server still ends at once."""
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bench.at(site, behaviour), 0.2)

    assert ("open", behaviour) == _outcome(bench, site)


@pytest.mark.parametrize("site", sorted(Site))
async def test_a_dripping_answer_is_the_right_one(bench: Bench, site: Site) -> None:
    """Slow pieces add up to the true answer, and the clock has moved between them."""
    reply = await bench.at(site, Behaviour.DRIPPING)
    arrived_at = bench.provider.history.at(site)[-1].at

    assert reply.status == 200
    assert reply.json is not None or site in {Site.PUT, Site.OUTPUT}
    assert bench.clock.now() - arrived_at >= 3_000 or site is Site.PUT


@pytest.mark.parametrize("behaviour", MANGLES)
async def test_spoilt_answers_are_200_and_no_use(bench: Bench, behaviour: Behaviour) -> None:
    """Each spoilt answer is a 200 that differs from the true one as its name says."""
    for site in sorted(RULES[behaviour].sites - {Site.PUT}):
        await bench.submit()
        true = await bench.at(site)
        spoilt = await bench.at(site, behaviour)

        assert spoilt.status == 200
        assert _is_spoilt(behaviour, true.body, spoilt.body), (site, spoilt.body[:200])


async def test_a_cut_off_answer_breaks_in_the_middle(bench: Bench) -> None:
    """The declared length is not reached, which a careful client notices."""
    for site in sorted(Site):
        with pytest.raises((aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)):
            await bench.at(site, Behaviour.CUT_OFF)

        assert _outcome(bench, site) == ("dropped", Behaviour.CUT_OFF)


@pytest.mark.parametrize("behaviour", [name for name, rule in RULES.items() if Site.SUBMIT in rule.sites])
async def test_only_what_acts_creates_and_bills_a_prediction(bench: Bench, behaviour: Behaviour) -> None:
    """A refusal or loss before the work leaves nothing behind; one after it leaves a paid prediction."""
    rule = RULES[behaviour]
    bench.provider.script(Site.SUBMIT, behaviour)
    try:
        await asyncio.wait_for(bench.submit(), 0.2)
    except (aiohttp.ClientError, ConnectionError, TimeoutError):
        assert rule.answer is not None
    expected = 1 if rule.acts or rule.answer is None else 0

    assert expected == len(bench.provider.predictions)
    if not rule.fate.accepted_late:
        assert expected * 80_000 == bench.provider.billed_micros


async def test_the_work_of_other_calls_is_done_or_not_done_as_well(bench: Bench) -> None:
    """A lost answer to a delete or a PUT leaves it done; a refusal leaves it undone."""
    prediction_id, ticket = await bench.kept(), await bench.ticket(b"x")
    bench.provider.script(Site.DELETE, Behaviour.SERVER_ERROR, Behaviour.DONE_BAD_GATEWAY)
    bench.provider.script(Site.PUT, Behaviour.SERVER_ERROR, Behaviour.DONE_BAD_GATEWAY)
    listed: list[int] = []
    stored: list[int] = []
    for _ in range(2):
        await bench.ask("POST", "/predictions/delete", json={"ids": [prediction_id]})
        await bench.put(ticket, b"x")
        listed.append((await bench.ask("POST", "/predictions", json={})).data["total"])
        stored.append((await bench.ask("GET", ticket["download_url"], keyed=False)).status)

    assert (listed, stored) == ([1, 0], [404, 200])
    assert (await bench.put(ticket, b"x")).status == 412


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
    assert is_picture == _decodes(reply.body)
    assert bench.provider.billed_micros == 80_000


async def test_tags_that_fit_no_submit_are_only_words(bench: Bench) -> None:
    """An unknown name, or one of another site, in a prompt changes nothing."""
    view = await bench.finished("[sim:no-such-thing] [sim:duplicates] a hat")

    assert view["status"] == "completed"


def test_a_script_refuses_what_cannot_happen_there(bench: Bench) -> None:
    """A fate belongs to a submit, not to a balance."""
    with pytest.raises(ValueError, match="stuck cannot happen at balance"):
        bench.provider.script(Site.BALANCE, Behaviour.STUCK)


async def test_a_script_is_used_up_in_order_and_can_be_cleared(bench: Bench) -> None:
    """Each call takes the next behaviour of its own site; a cleared script leaves the rest true."""
    bench.provider.script(Site.BALANCE, Behaviour.SERVER_ERROR, Behaviour.NORMAL, times=2)
    statuses = [(await bench.at(Site.BALANCE)).status for _ in range(3)]
    other = (await bench.at(Site.MODELS)).status
    bench.provider.script(Site.BALANCE, Behaviour.SERVER_ERROR)
    bench.provider.clear_script()

    assert (statuses, other) == ([500, 200, 500], 200)
    assert (await bench.at(Site.BALANCE)).status == 200


def _outcome(bench: Bench, site: Site) -> tuple[str, str]:
    last = bench.provider.history.at(site)[-1]
    return last.outcome, last.behaviour


def _decodes(body: bytes) -> bool:
    try:
        Image.open(io.BytesIO(body)).load()
    except (UnidentifiedImageError, OSError):
        return False
    return True


def _is_spoilt(behaviour: Behaviour, true: bytes, body: bytes) -> bool:
    if behaviour is Behaviour.EMPTY_BODY:
        return body == b""
    if behaviour in {Behaviour.GARBAGE, Behaviour.HALVED}:
        return not _parses(body) and not _decodes(body) and len(body) < len(true)
    data, before = json.loads(body)["data"], json.loads(true)["data"]
    verdicts = {
        Behaviour.WRONG_TYPE: lambda: isinstance(data, str),
        Behaviour.NO_DATA: lambda: data is None,
        Behaviour.NO_ID: lambda: "id" not in data and data.keys() | {"id"} == before.keys(),
        Behaviour.DUPLICATES: lambda: data["items"] == [item for item in before["items"] for _ in range(2)] != [],
        Behaviour.TICKET_BY_POST: lambda: data["upload"]["method"] == "POST",
        Behaviour.TICKET_WITHOUT_ADDRESS: lambda: "url" not in data["upload"],
    }
    return verdicts[behaviour]()


def _parses(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True

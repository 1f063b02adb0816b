"""Every oddity that the simulated provider offers does over the wire what its sentence says."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from bot.demo.provider import RULES, Behaviour, Site
from bot.demo.provider.answers import Breakage, Mangles, Redirects, Says, ShowsPage
from bot.demo.provider.storage import is_picture
from tests.demo.provider_bench import Bench

SAYING = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Says)]
PAGES = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, ShowsPage)]
REDIRECTS = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Redirects)]
MANGLES = [behaviour for behaviour, rule in RULES.items() if isinstance(rule.answer, Mangles)]
DROPS = [behaviour for behaviour, rule in RULES.items() if rule.answer is Breakage.DROPS]
HANGS = [behaviour for behaviour, rule in RULES.items() if rule.answer is Breakage.HANGS]


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
    caller = asyncio.create_task(bench.at(site, behaviour))
    await _until_seen(bench, site, behaviour)
    answered, _ = await asyncio.wait({caller}, timeout=0.1)
    caller.cancel()

    assert answered == set()
    assert _outcome(bench, site) == ("open", behaviour)


@pytest.mark.parametrize("site", sorted(Site))
async def test_a_dripping_answer_is_the_right_one(bench: Bench, site: Site) -> None:
    """Slow pieces add up to the true answer, and the clock has moved between them."""
    reply = await bench.at(site, Behaviour.DRIPPING)
    arrived_at = bench.provider.history.at(site)[-1].at

    assert reply.status == 200
    assert reply.json is not None or site in {Site.PUT, Site.OUTPUT}
    assert bench.clock.now() - arrived_at >= 1_500 or site is Site.PUT


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
    caller = asyncio.create_task(bench.at(Site.SUBMIT, behaviour))
    if behaviour in HANGS:
        await _until_seen(bench, Site.SUBMIT, behaviour)
        caller.cancel()
    await asyncio.wait({caller})
    if not caller.cancelled() and (lost := caller.exception()) is not None:
        assert isinstance(lost, (aiohttp.ClientError, ConnectionError)), lost
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


async def _until_seen(bench: Bench, site: Site, behaviour: Behaviour) -> None:
    """Wait until a call with this behaviour has arrived and, if that is its kind, has done its work."""
    acts = RULES[behaviour].acts and site is Site.SUBMIT
    async with asyncio.timeout(20):
        while True:
            seen = [call for call in bench.provider.history.at(site) if call.behaviour == behaviour]
            if seen and (seen[-1].prediction_id or not acts):
                return
            await asyncio.sleep(0.005)


def _outcome(bench: Bench, site: Site) -> tuple[str, str]:
    last = bench.provider.history.at(site)[-1]
    return last.outcome, last.behaviour


def _is_spoilt(behaviour: Behaviour, true: bytes, body: bytes) -> bool:
    if behaviour is Behaviour.EMPTY_BODY:
        return body == b""
    if behaviour in {Behaviour.GARBAGE, Behaviour.HALVED}:
        return not _parses(body) and not is_picture(body) and len(body) < len(true)
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

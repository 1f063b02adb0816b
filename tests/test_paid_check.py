"""What `check --paid` says about one real edit, whatever the simulated provider makes of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
import stamina
from aiohttp.test_utils import TestServer
from PIL import Image
from pydantic import SecretStr

from bot.demo.provider import Behaviour, Limits, Pace, SimulatedProvider, Site
from bot.domain.clock import Clock, SystemClock
from bot.domain.images import CheckedImage
from bot.domain.models import MAX
from bot.domain.money import Micros
from bot.domain.samples import SAMPLE_PROMPT
from bot.instance import only_instance
from bot.media.checker import PillowChecker
from bot.media.fetch import OutputDownloader
from bot.media.guard import AllowedHosts, open_download_session
from bot.media.sample import sample_image
from bot.paid_check import PaidMeans, paid_check
from bot.provider.client import WaveSpeed
from bot.settings import Settings, setting_names
from bot.webhook_reach import one_call
from tests.checked_services import KEY, TOKEN, CheckedServices
from tests.demo.stepped_clock import SteppedClock
from tests.ports import free_port
from tests.terminals import terminal
from tests.wire.fork_server import run_cold, run_verb

PATIENCE_SECONDS = 60.0
QUICK = Pace(created_s=0.05, processing_s=(0.1, 0.2))
MADE = ["upload", "price", "submit", "edit", "picture", "safety marks", "history", "bill", "clean-up"]


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Reads are retried without their waits."""
    with stamina.set_testing(testing=True, attempts=2, cap=True):
        yield


@dataclass
class PaidBench:
    """A provider that is simulated, the clock that it goes by, and what came of it all."""

    provider: SimulatedProvider
    clock: Clock
    base_url: str
    folder: Path
    says_yes: bool = True
    poll_seconds: float = 1.0
    webhooks: dict[str, object] = field(default_factory=dict[str, object])
    asked: list[Micros] = field(default_factory=list[Micros])

    async def run(self) -> list[str]:
        """Make the edit and give its lines."""
        hosts = AllowedHosts.parse("127.0.0.1")
        settings = Settings.given(wavespeed_api_key=KEY, **self.webhooks)
        fresh = aiohttp.TCPConnector(force_close=True)
        async with (
            aiohttp.ClientSession(connector=fresh) as session,
            open_download_session(hosts) as downloads,
            one_call(settings, "a key", SystemClock()) as calls,
        ):
            provider = WaveSpeed(
                session,
                submits=session,
                storage=downloads,
                base_url=self.base_url,
                api_key=SecretStr(KEY),
                check_url=lambda _url: None,
                clock=self.clock,
            )
            means = PaidMeans(
                provider,
                OutputDownloader(downloads, hosts),
                PillowChecker(),
                self.clock,
                sample_image(),
                agree=self.agree,
                keep=self._keep,
                calls=calls,
                poll_seconds=self.poll_seconds,
            )
            return [str(line) async for line in paid_check(means)]

    @property
    def posts(self) -> int:
        """How many requests that cost money arrived."""
        return sum(request.site == Site.SUBMIT for request in self.provider.history)

    def agree(self, price: Micros) -> bool:
        self.asked.append(price)
        assert self.posts == 0, "it is asked before anything is sent"
        return self.says_yes

    def _keep(self, image: CheckedImage) -> Path:
        path = self.folder / f"kept.{image.extension}"
        path.write_bytes(image.content)
        return path


@asynccontextmanager
async def bench_of(clock: Clock, folder: Path) -> AsyncGenerator[PaidBench]:
    provider = SimulatedProvider(clock, api_key=KEY, pace=QUICK, limits=Limits())
    async with provider.serve() as base_url:
        yield PaidBench(provider, clock, base_url, folder)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncGenerator[PaidBench]:
    async with bench_of(SteppedClock(), tmp_path) as bench:
        yield bench


def names_of(lines: list[str], word: str) -> list[str]:
    return [line.partition(":")[0].removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def about(name: str, lines: list[str]) -> str:
    return next(line for line in lines if line.partition(":")[0].endswith(f" {name}"))


async def test_all_well(bench: PaidBench) -> None:
    """One edit is made, looked at and kept; each line says ok, and nothing of it stays at the provider."""
    lines = await bench.run()

    assert names_of(lines, "ok") == MADE
    assert bench.asked == [MAX.price_micros]
    assert bench.posts == 1
    assert about("safety marks", lines) == (
        "ok safety marks: has_nsfw_contents came as [false]; Easel reads it as: said to be safe."
    )
    assert about("bill", lines) == "ok bill: WaveSpeed billed $0.08, as quoted."
    with Image.open(next(bench.folder.iterdir())) as picture:
        assert f"{picture.width} x {picture.height}" in about("picture", lines)
    (prediction,) = bench.provider.predictions
    assert prediction.order.prompt == SAMPLE_PROMPT
    assert prediction.deleted


async def test_no(bench: PaidBench) -> None:
    """Whoever says no has spent nothing."""
    bench.says_yes = False
    lines = await bench.run()

    assert lines[-1] == "ok edit: not made, as you wish; nothing was spent."
    assert bench.posts == 0


@pytest.mark.parametrize(
    ("site", "behaviour", "name", "sentence"),
    [
        (Site.TICKET, Behaviour.UNAUTHORIZED, "upload", "WaveSpeed does not accept WAVESPEED_API_KEY"),
        (Site.PRICE, Behaviour.FORBIDDEN, "price", "WaveSpeed does not accept WAVESPEED_API_KEY"),
        (Site.SUBMIT, Behaviour.PAYMENT_REQUIRED, "submit", "the account at WaveSpeed is empty: top it up; nothing w"),
        (Site.SUBMIT, Behaviour.NO_CREDIT_IN_200, "submit", "the account at WaveSpeed is empty: top it up; nothing w"),
        (Site.SUBMIT, Behaviour.REFUSED_MODERATED, "submit", "WaveSpeed's filter refused the sample; nothing was sp"),
        (Site.SUBMIT, Behaviour.FORBIDDEN, "submit", "WaveSpeed does not let this key make pictures: look at "),
        (Site.SUBMIT, Behaviour.NOT_FOUND, "submit", "WaveSpeed does not offer FLUX Kontext Max to this key; no"),
        (Site.SUBMIT, Behaviour.BAD_REQUEST, "submit", "WaveSpeed refused the request (HTTP 400, code 400: Invali"),
        (Site.SUBMIT, Behaviour.RATE_LIMITED, "submit", "WaveSpeed takes no request at this moment; nothing was s"),
        (Site.SUBMIT, Behaviour.DONE_DROPPED, "submit", "no answer came back (ServerDisconnectedError). WaveSpeed"),
        (Site.SUBMIT, Behaviour.BAD_GATEWAY, "submit", "no answer came back (HTTP 502). WaveSpeed may make the pi"),
    ],
)
async def test_nothing_made(bench: PaidBench, site: Site, behaviour: Behaviour, name: str, sentence: str) -> None:
    """What is refused, or not answered, ends the check with one sentence; nothing is sent a second time."""
    bench.provider.script(site, behaviour, times=4)
    lines = await bench.run()

    assert names_of(lines, "FAIL") == [name]
    assert about(name, lines).startswith(f"FAIL {name}: {sentence}")
    assert lines[-1] == about(name, lines)
    assert bench.posts == (site is Site.SUBMIT)


@pytest.mark.parametrize(
    ("behaviour", "failing", "name", "sentence"),
    [
        (Behaviour.MODERATED, ["edit"], "edit", "WaveSpeed made no picture (The content contains sensitive informatio"),
        (Behaviour.OUTPUTS_EMPTY, ["edit"], "edit", "WaveSpeed says that it is done, and sent no picture; it may hav"),
        (Behaviour.PICTURE_GONE, ["picture"], "picture", "the picture cannot be fetched or used (the output's host "),
        (Behaviour.PICTURE_NOT_AN_IMAGE, ["picture"], "picture", "the picture cannot be fetched or used (the output i"),
        (Behaviour.UNLISTED, ["history"], "history", "WaveSpeed's list does not show it; requests whose answer i"),
    ],
)
async def test_made_badly(bench: PaidBench, behaviour: Behaviour, failing: list[str], name: str, sentence: str) -> None:
    """What went wrong is named, and everything after it is looked at all the same."""
    bench.provider.script(Site.SUBMIT, behaviour)
    lines = await bench.run()

    assert names_of(lines, "FAIL") == failing
    assert about(name, lines).startswith(f"FAIL {name}: {sentence}")
    assert about("clean-up", lines).startswith("ok ")


async def test_never_ends(bench: PaidBench) -> None:
    """A picture that does not come is not waited for without end, and not deleted: it may still be made."""
    bench.provider.script(Site.SUBMIT, Behaviour.STUCK)
    bench.poll_seconds = 20.0  # six hundred looks would teach no more than thirty
    lines = await bench.run()

    assert lines[-1].startswith("FAIL edit: no picture within 600 s. WaveSpeed may still make it and bill it: look at ")
    assert not any(prediction.deleted for prediction in bench.provider.predictions)


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (Behaviour.FLAGS_MISSING, "no has_nsfw_contents came; Easel reads it as: no mark, and shown."),
        (Behaviour.FLAGS_NULL, "has_nsfw_contents came as null; Easel reads it as: no mark, and shown."),
        (Behaviour.FLAGGED, "has_nsfw_contents came as [true]; Easel reads it as: marked as unsafe, and withheld wher"),
        (Behaviour.FLAGS_WORD_FALSE, 'has_nsfw_contents came as ["false"]; Easel reads it as: said to be safe.'),
        (Behaviour.FLAGGED_BY_SCORE, "has_nsfw_contents came as [0.98]; Easel reads it as: marked as unsafe, and wit"),
    ],
)
async def test_marks_as_they_came(bench: PaidBench, behaviour: Behaviour, sentence: str) -> None:
    """The operator sees what the provider sent, and what Easel makes of it."""
    bench.provider.script(Site.SUBMIT, behaviour)

    assert about("safety marks", await bench.run()).startswith(f"ok safety marks: {sentence}")


async def test_a_bill_above_the_quote(bench: PaidBench) -> None:
    """What was taken beyond the quote is a failure, whatever the picture is like."""
    agree = bench.agree

    def dearer(price: Micros) -> bool:
        bench.provider.set_price(MAX.id, 100_000)
        return agree(price)

    bench.agree = dearer  # pyright: ignore[reportAttributeAccessIssue] - the price rises after it was agreed to
    lines = await bench.run()

    assert about("bill", lines) == "FAIL bill: WaveSpeed billed $0.10, more than its quote, $0.08."


async def test_webhook(tmp_path: Path) -> None:
    """Where webhooks are set, the check hears the call, and says whether its signature can be verified."""
    port = free_port()
    async with bench_of(SystemClock(), tmp_path) as bench:
        bench.webhooks = {"webhook_url": f"http://127.0.0.1:{port}/calls", "webhook_port": port}
        lines = await bench.run()

    assert names_of(lines, "FAIL") == []
    assert about("webhook", lines) == "ok webhook: WaveSpeed called; its signature is right."


# As a process ---------------------------------------------------------------------------------------------------------


@dataclass
class PaidCheckVerb:
    """`easel check` as an operator runs it, with Discord and WaveSpeed over HTTP."""

    folder: Path
    settings: dict[str, str]
    provider: SimulatedProvider

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with these settings and no others."""
        others = {name: value for name, value in os.environ.items() if name not in setting_names()}
        return others | self.settings

    async def check(self, *options: str, cold: bool = False) -> tuple[int, list[str], str]:
        """Run it; its exit code, its lines, and what it said on standard error."""
        run, argv = run_cold if cold else run_verb, ("check", *options)
        done = await asyncio.to_thread(run, argv, self.environment, cwd=self.folder, seconds=PATIENCE_SECONDS)
        return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.fixture
async def verb(tmp_path: Path) -> AsyncGenerator[PaidCheckVerb]:
    services = CheckedServices()
    provider = SimulatedProvider(SystemClock(), api_key=KEY, pace=QUICK)
    async with TestServer(services.app()) as server, provider.serve() as base_url:
        settings = {
            "DISCORD_TOKEN": TOKEN,
            "WAVESPEED_API_KEY": KEY,
            "DISCORD_API_BASE": str(server.make_url("/api/v10")),
            "WAVESPEED_BASE_URL": base_url,
            "CDN_HOSTS": "127.0.0.1",
            "POLL_INITIAL_SECONDS": "0.1",
        }
        yield PaidCheckVerb(tmp_path, settings, provider)


async def test_agreed_beforehand(verb: PaidCheckVerb) -> None:
    """With --yes nobody is asked; the lines of the edit follow the free ones, and the picture is in the data folder."""
    code, lines, said = await verb.check("--paid", "--yes", cold=True)

    assert names_of(lines, "ok")[-len(MADE) :] == MADE
    assert said == ""
    assert code == (1 if names_of(lines, "FAIL") else 0)
    with Image.open(BytesIO(next((verb.folder / "data").glob("paid-check.*")).read_bytes())) as picture:
        assert picture.width > 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--paid",), "easel: check --paid spends money and asks first; without a terminal, agree with --yes.\n"),
        (("--yes",), "easel: --yes agrees to the price of check --paid, and means nothing without it.\n"),
    ],
)
async def test_nobody_agreed(verb: PaidCheckVerb, options: tuple[str, ...], sentence: str) -> None:
    """Without a terminal and without --yes nothing is looked at, let alone spent."""
    assert await verb.check(*options) == (2, [], sentence)
    assert list(verb.provider.history) == []


@pytest.mark.parametrize(("typed", "end", "posts"), [("y", "clean-up", 1), ("", "edit: not made, as you wish", 0)])
async def test_asked(verb: PaidCheckVerb, typed: str, end: str, posts: int) -> None:
    """At a terminal the price stands in the question, and only a yes spends it."""

    def talk() -> str:
        with terminal(verb.folder, verb.environment, "check", "--paid") as person:
            person.answer("Make one edit of the sample picture for $0.08, on your key?", typed)
            person.end()
            return person.shown

    shown = await asyncio.to_thread(talk)

    assert shown.splitlines()[-1].startswith(f"ok {end}")
    assert sum(request.site == Site.SUBMIT for request in verb.provider.history) == posts


async def test_beside_a_running_bot(verb: PaidCheckVerb) -> None:
    """Where the bot runs no edit is made: its search for lost answers could take it for a member's picture."""
    with only_instance(verb.folder / "data" / "easel.db"):
        code, lines, _ = await verb.check("--paid", "--yes")

    assert code == 1
    assert lines[-1].startswith("FAIL edit: Easel runs on this database")
    assert not any(request.site == Site.SUBMIT for request in verb.provider.history)


async def test_not_before_the_key_is_right(verb: PaidCheckVerb) -> None:
    """With a wrong key nothing is uploaded."""
    verb.settings["WAVESPEED_API_KEY"] = "another-key-entirely"
    code, lines, _ = await verb.check("--paid", "--yes")

    assert (code, lines[-1]) == (1, "FAIL edit: not tried before the lines above say ok; nothing was spent.")
    assert not any(request.site == Site.TICKET for request in verb.provider.history)

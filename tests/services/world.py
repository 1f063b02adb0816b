"""A whole Easel without Discord's library: real database, provider, HTTP and images, composed as the bot itself is."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

from PIL import Image

from bot.db.database import Database
from bot.db.sqlite import SqliteDatabase
from bot.db.stores import Stores
from bot.demo.provider import Pace, SimulatedProvider, Site
from bot.domain.choices import Choices
from bot.domain.clock import SECOND
from bot.domain.errors import EaselError
from bot.domain.jobs import Job, MessageAt, PredictionState
from bot.domain.models import MAX, MAX_MULTI
from bot.domain.orders import OpenInteraction, Requester
from bot.media.disk import Disks
from bot.media.fetch import DirectAttachmentReader
from bot.provider.transport import Timeouts
from bot.services.catalogue import Discord, Services
from bot.services.crash_points import CrashHook, CrashPoint, no_crash
from bot.services.creative.references import RequestedReference
from bot.services.creative.requests import PictureRequest
from bot.services.engine import Engine
from bot.services.resources import Resources
from bot.services.rights import Actor
from bot.settings import Settings
from bot.wiring.engine import engine_of
from bot.wiring.resources import Environment, open_resources
from tests.clocks import HurriedClock
from tests.db.world import check_invariants
from tests.services.fake_desks import FakeApprovalDesk, FakeReportDesk, FakeReviewDesk
from tests.services.fake_messenger import FakeMessenger
from tests.services.fake_showcase import FakeShowcase

KEY = "wsk_of_these_tests"
GUILD, CHANNEL = 7_000, 7_100
ANN, BEN, MODERATOR = 11, 12, 13
PRICE = MAX.price_micros
FEW_PIXELS = 60_000
"""Of the simulated provider's pictures: as good as a million where nobody looks at them."""
PATIENCE_SECONDS = 20.0
"""Of real time: how long a test waits for what must come before it fails."""

T = TypeVar("T")


def png(colour: str = "navy", size: tuple[int, int] = (24, 16)) -> bytes:
    """A small picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class GivenFile:
    """An attachment as Discord's library hands it over."""

    content: bytes
    filename: str = "picture.png"
    id: int = 1
    url: str = "https://cdn.discordapp.com/attachments/1/2/picture.png"
    content_type: str | None = "image/png"

    @property
    def size(self) -> int:
        return len(self.content)

    async def read(self) -> bytes:
        return self.content


def references(*contents: bytes, roles: tuple[str | None, ...] = ()) -> tuple[RequestedReference, ...]:
    """Attachments in places 1, 2, ..."""
    given = [*roles, *[None] * len(contents)]
    return tuple(
        RequestedReference(place, GivenFile(content), given[place - 1])
        for place, content in enumerate(contents, start=1)
    )


_interactions = count(500_000)


def request(*images: bytes, member: int = ANN, **facts: object) -> PictureRequest:
    """A command of a member; FLUX Kontext Max for one image, Multi for more."""
    given = images or (png(),)
    parameters = {name: facts.pop(name) for name in ("aspect_ratio", "guidance_scale") if name in facts}
    chosen = {name: facts.pop(name) for name in ("model_id", "seed", "count", "is_storyboard") if name in facts}
    asked: dict[str, object] = {
        "requester": Requester(member, GUILD, CHANNEL, CHANNEL, ()),
        "command": "edit",
        "prompt": "make it blue",
        "references": references(*given),
        "default_model": MAX if len(given) == 1 else MAX_MULTI,
        "choices": Choices(parameters=parameters, **chosen),  # pyright: ignore[reportArgumentType] - see below
    }
    return PictureRequest(**(asked | facts))  # pyright: ignore[reportArgumentType] - the facts are a test's own


@dataclass(frozen=True, slots=True)
class Running:
    """The bot between one start and its end."""

    services: Services
    engine: Engine
    stores: Stores
    resources: Resources
    working: asyncio.Task[None]
    connected: asyncio.Event

    async def accept(
        self, asked: PictureRequest, interaction_id: int | None = None, status: MessageAt | None = None
    ) -> Job:
        """Take a request in, by an interaction of its own unless one is named."""
        return await self.services.creative.intake.accept(asked, interaction_id or next(_interactions), status)


@dataclass(slots=True)
class ServiceWorld:
    """What outlives the bot: the disk, the provider, Discord and time."""

    folder: Path
    clock: HurriedClock
    provider: SimulatedProvider
    fake_messenger: FakeMessenger
    settings: dict[str, object]
    timeouts: Timeouts
    disk: Disks
    review_desk: FakeReviewDesk = field(default_factory=FakeReviewDesk)
    request_room: FakeApprovalDesk = field(default_factory=FakeApprovalDesk)
    report_room: FakeReportDesk = field(default_factory=FakeReportDesk)
    running: Running | None = None

    @asynccontextmanager
    async def start(self, crash_hook: CrashHook = no_crash, *, connected: bool = True) -> AsyncGenerator[Running]:
        """Run the bot until the block ends or the engine does, as abruptly as a crash."""
        settings = Settings.given(**self.settings)
        environment = Environment(
            self.clock,
            Random(len(self.fake_messenger.calls)),
            crash_hook,
            DirectAttachmentReader(),
            self.timeouts,
            self.disk,
            self._open_database,
        )
        async with open_resources(settings, environment) as resources:
            discord = Discord(
                messenger=self.fake_messenger,
                channels=self.fake_messenger,
                reviews=self.review_desk,
                reports=self.report_room,
                approvals=self.request_room,
                showcase=FakeShowcase(self.clock),
                remover=self.report_room,
            )
            services = Services(resources, discord)
            interrupted = await resources.stores.interactions.unanswered(self.clock.now())
            engine = engine_of(settings, resources, services, discord, interrupted=interrupted)
            gate = asyncio.Event()
            if connected:
                gate.set()

            async def wait() -> None:
                await gate.wait()

            working = asyncio.create_task(engine.run(wait))
            self.running = Running(services, engine, resources.stores, resources, working, gate)
            try:
                yield self.running
            finally:
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
                self.running = None

    async def _open_database(self, url: str) -> Database:
        del url
        return await SqliteDatabase.open(self.folder / "easel.db", after_commit=check_invariants)

    @property
    def base_url(self) -> str:
        """Where the bot takes the provider to be, from its next start on."""
        return str(self.settings["wavespeed_base_url"])

    @base_url.setter
    def base_url(self, address: str) -> None:
        self.settings["wavespeed_base_url"] = address

    # What people do

    @property
    def bot(self) -> Running:
        """The bot that runs now."""
        assert self.running is not None, "nothing runs"
        return self.running

    async def command(self, asked: PictureRequest | None = None) -> Job:
        """Send a command as a cog does: recorded, acknowledged, accepted."""
        asked = asked or request()
        opened = self.interaction(asked.requester.member_id)
        await self.bot.stores.interactions.acknowledge(opened)
        self.bot.resources.crash_hook(CrashPoint.ACKNOWLEDGING)
        await self.bot.services.creative.intake.look(asked)
        return await self.bot.accept(asked, opened.interaction_id, MessageAt(CHANNEL, opened.interaction_id))

    def interaction(self, member: int = ANN) -> OpenInteraction:
        """A command of a member that was acknowledged."""
        return OpenInteraction(next(_interactions), "token", GUILD, CHANNEL, member, self.clock.now())

    async def refusal(self, asked: PictureRequest) -> EaselError:
        """The words with which a command is refused, by the early look and by the acceptance alike."""
        early = await _error(self.bot.services.creative.intake.look(asked))
        late = await _error(self.bot.accept(asked))
        assert type(early) is type(late)
        return late

    def actor(self, member: int = ANN, *, can_manage: bool = False) -> Actor:
        """A member at a button."""
        return Actor(member, GUILD, can_manage)

    # What tests look at

    async def until(self, happened: Callable[[], Awaitable[T | None]]) -> T:
        """Wait until a question has a true answer, and return it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (answer := await happened()):
                await self.clock.sleep(1.0)
        return answer

    async def job(self, job_id: str) -> Job:
        return await self.bot.stores.jobs.job(job_id)

    async def closed(self, job: Job | str) -> Job:
        """Wait for a job's end, letting the time pass that a lost answer has to be waited out."""
        job_id = job if isinstance(job, str) else job.job_id

        async def is_closed() -> Job | None:
            now = await self.job(job_id)
            looks = [p.next_look_at for p in now.predictions if p.next_look_at is not None]
            if looks and min(looks) > self.clock.now():
                self.clock.leap((min(looks) - self.clock.now()) / SECOND)
            return now if now.closed_at is not None else None

        return await self.until(is_closed)

    async def reaches(self, job: Job, state: PredictionState) -> Job:
        """Wait until one of a job's predictions is in a state."""

        async def is_there() -> Job | None:
            now = await self.job(job.job_id)
            return now if any(p.state is state for p in now.predictions) else None

        return await self.until(is_there)

    async def budget(self, member: int = ANN) -> tuple[int, int]:
        """What a member has spent and has held, in micro-dollars."""
        view = await self.bot.services.money.budgets.view(
            Requester(member, GUILD, CHANNEL, CHANNEL, ()), self.actor(member)
        )
        return view.lines[0].spent_micros, view.lines[0].held_micros

    async def server_spent(self) -> int:
        """What the whole server has spent, in micro-dollars."""
        asked = Requester(ANN, GUILD, CHANNEL, CHANNEL, ())
        lines = await self.bot.stores.budgets.budget(asked, self.clock.now())
        return next(line.spent_micros for line in lines if line.kind == "server")

    @property
    def posts(self) -> int:
        """How many paid requests the provider received."""
        return len(self.provider.history.at(Site.SUBMIT))

    def received(self) -> list[list[str]]:
        """The hashes of the references of each task, in the order in which the provider got them."""
        return [[hashlib.sha256(each).hexdigest() for each in task.references] for task in self.provider.predictions]


async def _error(attempt: Awaitable[object]) -> EaselError:
    try:
        await attempt
    except EaselError as error:
        return error
    raise AssertionError("it was not refused")


@asynccontextmanager
async def open_service_world(
    folder: Path,
    *,
    factor: float = 200.0,
    pace: Pace | None = None,
    timeouts: Timeouts | None = None,
    **settings: object,
) -> AsyncGenerator[ServiceWorld]:
    """A provider that listens, an empty disk, a Discord; nothing runs yet."""
    clock = HurriedClock(factor)
    provider = SimulatedProvider(clock, api_key=KEY, pace=pace or Pace(0.2, (1.0, 2.0), late_s=20.0))
    provider.set_pixels(FEW_PIXELS)
    defaults: dict[str, object] = {
        "wavespeed_api_key": KEY,
        "data_dir": folder,
        "cdn_hosts": ("127.0.0.1",),
        "wavespeed_max_per_minute": 1_000,
        "default_member_limit_usd": "5.00",
        "default_server_limit_usd": "50.00",
    }
    async with provider.serve() as base_url:
        waits = timeouts or Timeouts(connect=5.0, submit=5.0, read=5.0, upload=5.0)
        given = {"wavespeed_base_url": base_url} | defaults | settings
        yield ServiceWorld(folder, clock, provider, FakeMessenger(clock), given, waits, Disks(folder))

"""The tour: the demo drives itself as two members and a moderator, shows what they saw, and checks every step."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

import discord
from PIL import Image
from simcord import InteractionResult

from bot.demo.channels import DemoChannels, open_channels
from bot.demo.provider import Pace, Prediction
from bot.demo.reading import as_read, lines_of, text_of
from bot.demo.world import World, open_world
from bot.domain.clock import Clock
from bot.domain.money import format_usd

_PATIENCE_SECONDS = 60.0
_RATIO_SLACK = 0.02
_ASKED = 4


class Off(Exception):
    """A step did not go as it should; the sentence says what was expected."""


class Tour:
    """Walks through a world step by step."""

    def __init__(self, world: World, channels: DemoChannels, pictures: Path) -> None:
        self._world = world
        self._channels = channels
        self._pictures = pictures
        self._saved: list[Path] = []

    async def walk(self) -> bool:
        """Take every step; True if all went well."""
        steps: tuple[tuple[str, Callable[[], Awaitable[None]]], ...] = (
            ("the bot has joined, and tells the moderators how to begin", self._hello),
            ("alice edits one picture", self._edit),
            ("ben composes from three references with roles, in order, at 16:9", self._compose),
            ("mona gives ben a limit of $0.10 a month", self._limit),
            ("ben asks again and is refused in private", self._refusal),
            ("mona grants ben $0.50", self._grant),
            ("ben tries again", self._retry),
            ("alice asks for four pictures and cancels", self._cancel),
            ("ben reports a picture, and the moderators see it in their channel", self._report),
            ("both look at their budgets, and the books agree with the provider's bill", self._books),
        )
        for number, (title, step) in enumerate(steps, start=1):
            _print(f"\n== {number}. {title}")
            try:
                await step()
            except Off as off:
                _print(f"!! off: {off}")
                return False
        _print(f"\nAll {len(steps)} steps went well. The pictures lie in {self._pictures.resolve()}:")
        _print(f"  {', '.join(path.name for path in self._saved)}")
        return True

    async def _hello(self) -> None:
        said = self._channels.moderators.history()
        _expect(bool(said), "a message in #moderators")
        self._show("#moderators", said[-1])

    async def _edit(self) -> None:
        world = self._world
        answer = await world.alice.slash(
            world.channel, "edit", prompt="Make it rain, keep the fox", image=world.sample("fox.png")
        )
        await self._picture_of(answer, "edit")

    async def _compose(self) -> None:
        await self._picture_of(await self._ask_compose(), "compose")
        width, height = self._size_of(self._saved[-1])
        _expect(abs(width / height - 16 / 9) < _RATIO_SLACK, f"a picture at 16:9, not {width}x{height}")
        given = [_pixels(self._world.samples[name].read_bytes()) for name in ("fox.png", "coat.png", "street.png")]
        sent = self._newest_prediction()
        got = [_pixels(content) for content in sent.references]
        _expect(given == got, "the three references in their order at the provider")
        roles = "Use image 1 for identity. Use image 2 for outfit. Use image 3 for background."
        _expect(sent.order.prompt.startswith(roles), "the roles in the prompt that was sent")

    def _newest_prediction(self) -> Prediction:
        return max(self._world.provider.predictions, key=lambda prediction: prediction.created_at)

    async def _limit(self) -> None:
        world = self._world
        answer = await world.mona.slash(
            world.channel, "manage limit member", period="month", amount="0.10", user=world.ben
        )
        self._show_private(answer, "$0.10")

    async def _refusal(self) -> None:
        before = len(self._world.provider.predictions)
        answer = await self._ask_compose()
        self._show_private(answer, "left $0.02")
        _expect(len(self._world.provider.predictions) == before, "no request at the provider")

    async def _grant(self) -> None:
        world = self._world
        answer = await world.mona.slash(
            world.channel, "manage grant", amount="$0.50", reason="Poster contest", user=world.ben
        )
        self._show_private(answer, "$0.50")

    async def _retry(self) -> None:
        await self._picture_of(await self._ask_compose(), "retry")

    async def _cancel(self) -> None:
        world, before = self._world, len(self._world.provider.predictions)
        answer = await world.alice.slash(
            world.channel, "edit", prompt="Four winters", image=world.sample("cat.png"), count=_ASKED
        )
        status = await self._status_with(answer, "(Cancel)")
        sent = await world.until(lambda: len(world.provider.predictions) > before, _PATIENCE_SECONDS)
        _expect(sent, "the first of them at the provider")
        job_id = _job_of(status)
        await world.alice.click(status, custom_id=f"cancel:{job_id}")
        await self._picture_of(answer, "cancelled")
        job = await world.app.stores.jobs.job(job_id)
        stopped = job.returned_micros // job.price_micros
        _print(f"   {stopped} of {_ASKED} were stopped, {format_usd(job.returned_micros)} came back")
        _expect(0 < stopped < _ASKED, "some pictures stopped, those already sent delivered")

    async def _report(self) -> None:
        world, desk = self._world, self._channels.moderators
        before = len(desk.history())
        result = next(each for each in reversed(world.channel.history()) if each.attachments)
        self._show_private(await world.ben.context_menu(world.channel, "Report this picture", result), "moderators")
        told = await world.until(lambda: len(desk.history()) > before, _PATIENCE_SECONDS)
        _expect(told, "the report in #moderators")
        self._show("#moderators", desk.history()[-1])

    async def _books(self) -> None:
        world = self._world
        for member in (world.alice, world.ben):
            self._show_private(await member.slash(world.channel, "budget"), "month: limit ")
        jobs = await world.app.stores.jobs.jobs_of(world.guild_id, None, limit=100)
        captured = sum(job.spent_micros for job in jobs)
        _expect(captured == world.provider.billed_micros, "what members paid to be what the provider billed")
        _expect(not await world.app.stores.upkeep.violations(), "the ledger's invariants to hold")
        _print(f"   captured {format_usd(captured)}, billed {format_usd(world.provider.billed_micros)}")

    async def _ask_compose(self) -> InteractionResult:
        world = self._world
        return await world.ben.slash(
            world.channel,
            "compose",
            prompt="A cinematic medium shot at night, neon reflections",
            # Given out of order: the option's name decides the place.
            image3=world.sample("street.png"),
            image1=world.sample("fox.png"),
            image2=world.sample("coat.png"),
            role1="identity",
            role2="outfit",
            role3="background",
            aspect_ratio="16:9",
        )

    async def _picture_of(self, answer: InteractionResult, name: str) -> discord.Message:
        """Show the status, wait for the result message of this answer, save its picture."""
        world = self._world
        status = await self._status_with(answer, "job ")
        self._show("status", status)
        job_id = _job_of(status)
        # Nobody wrote between: the result alone remains.
        ended = await world.until(lambda: not self._text(answer), _PATIENCE_SECONDS)
        _expect(ended, "the status message to go when the picture stands directly under it")
        result = next((m for m in reversed(world.channel.history()) if self._is_result(m, job_id)), None)
        if result is None:
            raise Off("a result message in the channel")
        self._show("result", result)
        await self._save(result, name)
        return result

    def _is_result(self, message: discord.Message, job_id: str) -> bool:
        return f"job {job_id}" in text_of(message) and any(a.filename.startswith("easel-") for a in message.attachments)

    async def _save(self, result: discord.Message, name: str) -> None:
        for number, attachment in enumerate(result.attachments, start=1):
            content = await attachment.read()
            path = (
                self._pictures / f"{len(self._saved) + 1:02d}-{name}-{number}.{attachment.filename.rpartition('.')[2]}"
            )
            path.write_bytes(content)
            self._saved.append(path)
            width, height = self._size_of(path)
            _print(f"   saved {path.name} ({width}x{height}, {len(content):,} bytes)")

    @staticmethod
    def _size_of(path: Path) -> tuple[int, int]:
        with Image.open(path) as image:
            image.load()
            return image.size

    async def _status_with(self, answer: InteractionResult, text: str) -> discord.Message:
        found = await self._world.until(lambda: text in self._text(answer), _PATIENCE_SECONDS)
        _expect(found, f"a status message with {text!r}")
        return _message(answer)

    def _text(self, answer: InteractionResult) -> str:
        return "" if answer.response is None else text_of(answer.response.message)

    def _show(self, what: str, message: discord.Message) -> None:
        _print(f"   {what} \u2014 as people saw it:")
        for line in lines_of(message):
            _print(f"   \u2502 {as_read(line, self._world.names, self._world.clock.now())}")

    def _show_private(self, answer: InteractionResult, expected: str) -> None:
        message = answer.followups[-1] if answer.followups else answer.response
        if message is None or not message.ephemeral:
            raise Off("a private answer")
        self._show("in private", message.message)
        _expect(expected in text_of(message.message), f"{expected!r} in the answer")


async def take_tour(pictures: Path, clock: Clock | None = None) -> int:
    """Drive the demo by itself; saves the pictures in a folder that exists; 0 if every step went well, else 1."""
    with tempfile.TemporaryDirectory(prefix="easel-tour-") as folder:
        pace = Pace(created_s=0.2, processing_s=(1.0, 1.6))
        async with open_world(Path(folder), pace=pace, clock=clock, settle_seconds=_PATIENCE_SECONDS) as world:
            went_well = await Tour(world, await open_channels(world), pictures).walk()
    return 0 if went_well else 1


def _message(answer: InteractionResult) -> discord.Message:
    if answer.response is None:
        raise Off("an answer")
    return answer.response.message


def _job_of(status: discord.Message) -> str:
    """The job's id as the small print shows it."""
    found = re.search(r"job ([0-9A-Z]{6})$", text_of(status), re.MULTILINE)
    if found is None:
        raise Off("a job id in the status message")
    return found[1]


def _pixels(content: bytes) -> tuple[tuple[int, int], bytes]:
    with Image.open(BytesIO(content)) as image:
        return image.size, image.convert("RGB").tobytes()


def _expect(is_so: bool, expected: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not is_so:
        raise Off(f"expected {expected}")


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the tour is for the person at the terminal

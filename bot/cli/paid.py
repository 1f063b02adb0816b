"""The paid part of the verb `check`: asks, makes one real edit, and prints a line for each step as it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from bot.cli.check import findings, report, webhook_key
from bot.cli.provider import open_session, uploading_provider_of
from bot.domain.clock import SystemClock
from bot.domain.errors import EaselError
from bot.domain.images import CheckedImage
from bot.domain.money import Micros, format_usd
from bot.findings import Finding
from bot.instance import AlreadyRunning, only_bot
from bot.media.checker import PillowChecker
from bot.media.fetch import OutputDownloader
from bot.media.guard import AllowedHosts, open_download_session
from bot.media.sample import sample_image
from bot.paid_check import NOT_PAID_FOR, PaidMeans, paid_check
from bot.settings import Settings
from bot.webhook_reach import one_call

_NEEDED = frozenset({"key", "balance", "prices", "disk"})
_RUNNING = (
    "Easel runs on this database, and could take this edit for a picture whose answer was lost: ask for one with /edit "
    f"instead, or stop it first; {NOT_PAID_FOR}."
)


def check_paid(settings: Settings, *, agreed: bool) -> int:
    """Look at everything, then make one edit; 1 if anything fails. `agreed`: the price needs no asking."""
    code = report(lines := findings(settings))
    missing = [line.name for line in lines if not line.ok and line.name in _NEEDED]
    if missing or not any(line.name == "balance" for line in lines):
        return report([Finding("edit", ok=False, sentence=f"not tried before the lines above say ok; {NOT_PAID_FOR}.")])
    try:
        with only_bot(settings.database_path):
            return max(code, asyncio.run(_edit(settings, agreed=agreed)))
    except AlreadyRunning:
        return report([Finding("edit", ok=False, sentence=_RUNNING)])
    except KeyboardInterrupt:
        return report([Finding("edit", ok=False, sentence="stopped. What was sent already is made and billed.")])


async def _edit(settings: Settings, *, agreed: bool) -> int:
    clock, hosts = SystemClock(), AllowedHosts.parse(",".join(settings.cdn_hosts))
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(open_session())
        downloads = await stack.enter_async_context(open_download_session(hosts))
        try:
            calls = await stack.enter_async_context(one_call(settings, await webhook_key(settings), clock))
        except EaselError as error:
            return report([Finding("webhook", ok=False, sentence=f"{error.sentence} {NOT_PAID_FOR.capitalize()}.")])
        means = PaidMeans(
            provider=uploading_provider_of(settings, session, downloads, clock),
            outputs=OutputDownloader(downloads, hosts),
            checker=PillowChecker(),
            clock=clock,
            sample=sample_image(),
            agree=_agreed if agreed else _ask,
            keep=lambda image: _keep(settings.data_dir, image),
            calls=calls,
            deadline_seconds=settings.job_deadline_seconds,
            poll_seconds=settings.poll_initial_seconds,
        )
        return max([report([line]) async for line in paid_check(means)])


def _agreed(price: Micros) -> bool:
    del price
    return True


def _ask(price: Micros) -> bool:
    question = f"Make one edit of the sample picture for {format_usd(price)}, on your key? [y/N] "
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _keep(folder: Path, image: CheckedImage) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"paid-check.{image.extension}"
    path.write_bytes(image.content)
    return path

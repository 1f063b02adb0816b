"""Erasing a member's data in tests: ask, let time pass until it is done, and look for what is left."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.services.creative.privacy import GRACE_SECONDS
from tests.services.world import ServiceWorld

WAITING = "SELECT (SELECT COUNT(*) FROM erasures) + (SELECT COUNT(*) FROM deletions)"
IN_USE = "SELECT sha256 FROM job_references UNION SELECT sha256 FROM outputs"


def files_with(folder: Path, text: str) -> list[str]:
    """The files under a folder in which some text stands, in any of the encodings it could have."""
    wanted = (text.encode(), text.encode("utf-16-le"))
    return [path.name for path in folder.rglob("*") if any(each in _content(path) for each in wanted)]


def _content(path: Path) -> bytes:
    """What a file holds; nothing for a folder, and for a file that the program takes away meanwhile."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return b""


def images(world: ServiceWorld) -> set[str]:
    """The names of the image files that are there, without their endings."""
    return {path.stem for path in (world.folder / "images").glob("*/*")}


def age_images(world: ServiceWorld) -> None:
    """Let the image files be older than the grace, by the machine's clock."""
    for path in (world.folder / "images").glob("*/*"):
        with suppress(FileNotFoundError):  # the program takes it away meanwhile
            before = path.stat().st_mtime - 2 * GRACE_SECONDS
            os.utime(path, (before, before))


async def erased(world: ServiceWorld, member: int, *, with_messages: bool = False) -> None:
    """Ask, and let time pass until it is done."""
    await world.bot.services.creative.privacy.ask_erasure(member, with_messages=with_messages)
    await nothing_is_left_to_do(world)


async def nothing_is_left_to_do(world: ServiceWorld, *, leap: float = GRACE_SECONDS) -> None:
    """Let time pass, so many seconds at a time, until every erasure is done: here, at the provider and in Discord."""

    async def is_done() -> bool:
        age_images(world)
        world.clock.leap(leap)
        with closing(sqlite3.connect(world.folder / "easel.db")) as connection:
            ((waiting,),) = connection.execute(WAITING)
            return not waiting and images(world) == {sha256 for (sha256,) in connection.execute(IN_USE)}

    await world.until(is_done)

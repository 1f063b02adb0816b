"""Collecting references in alice's tray, the order in which messages show them, and the files behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.demo.world import World
from bot.domain.images import StoredImage
from bot.domain.orders import Requester
from tests.cogs.seeing import private_text


async def collect(world: World, *files: tuple[str, bytes], **options: Any) -> str:
    """Add files one by one as alice; returns what was said last."""
    text = ""
    for each in files:
        text = private_text(await world.alice.slash(world.channel, "references add", image=each, **options))
    return text


def order_in(text: str) -> list[str]:
    """The file names of the numbered lines, in order."""
    return [line.split()[-1].replace("\\", "") for line in text.splitlines() if line.startswith("**")]


async def stored(world: World, filename: str) -> StoredImage:
    """An image of alice's tray by its file name."""
    owner_slots = await world.app.bot.services.creative.tray.lying(requester(world))
    return next(slot.image for slot in owner_slots if slot.filename == filename)


def remove_file(folder: Path, image: StoredImage) -> None:
    """Lose the file of an image, as a disk may."""
    [path] = folder.glob(f"images/*/{image.sha256}.*")
    path.unlink()


def requester(world: World) -> Requester:
    """Alice in the channel of the world."""
    return Requester(world.alice.id, world.guild_id, world.channel.id, world.channel.id, ())

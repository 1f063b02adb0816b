"""From one process on SQLite to workers and fronts on PostgreSQL, as the README's steps say, with jobs under way."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import obstore
import pytest
from obstore.store import S3Store

from bot.demo.provider import Behaviour, Site
from tests.db.engines import empty_database, needs_postgresql
from tests.media.s3_server import KEYS, make_bucket, s3_server
from tests.wire.accounts import audit
from tests.wire.discord_fake import Channel, Member, Message, Upload, build
from tests.wire.discord_fake.component_rules import walk
from tests.wire.discord_fake.faults import Fault, Kind
from tests.wire.resting import come_to_rest
from tests.wire.stage import BotStage, easel, open_stage, png

pytestmark = needs_postgresql()

SHARDS = 3
ALL_STATES = {"queued", "submitting", "processing", "unknown", "review", "completed"}
STATES = "SELECT DISTINCT state FROM predictions"
UNPOSTED = """
SELECT COUNT(*) FROM jobs WHERE result_message_id IS NULL AND job_id IN (
    SELECT job_id FROM predictions WHERE state = 'completed')
"""
SPENT = "SELECT SUM(amount_micros) FROM ledger WHERE kind = 'capture'"
PRICE_MICROS = 80_000
REST_SECONDS = 60.0

PlaceOfImages: TypeAlias = Callable[[Path, Path], AbstractContextManager[Mapping[str, str]]]


@contextmanager
def in_a_folder(images: Path, shared: Path) -> Generator[Mapping[str, str]]:
    """Copy the images into a folder that every host mounts; the settings that name it."""
    shutil.copytree(images, shared)
    yield {"IMAGES_URL": str(shared)}


@contextmanager
def in_a_bucket(images: Path, shared: Path) -> Generator[Mapping[str, str]]:
    """Copy the images into a bucket, under their own names; the settings that name it."""
    del shared
    with s3_server() as address:
        make_bucket(address, "easel")
        store = S3Store(
            "easel",
            prefix="ours",
            endpoint=address,
            region="us-east-1",
            access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
            client_options={"allow_http": True},
        )
        for each in images.rglob("*"):
            if each.is_file():
                obstore.put(store, each.relative_to(images).as_posix(), each.read_bytes())
        yield {"IMAGES_URL": f"s3://easel/ours?endpoint={address}", **KEYS}


@asynccontextmanager
async def _stage(folder: Path) -> AsyncGenerator[tuple[BotStage, list[tuple[Member, Channel]]]]:
    """A Discord with a member and a channel on each of three shards; `stage.guild` is one of their servers."""
    (folder / "data").mkdir(parents=True)
    async with open_stage(folder, processing=(1.0, 1.2), WAVESPEED_MAX_CONCURRENT="2", apart=True) as stage:
        seats = {(stage.guild.id >> 22) % SHARDS: (stage.alice, stage.channel)}
        while len(seats) < SHARDS:
            guild = build.add_guild(stage.fake.world)
            channel = build.add_channel(stage.fake.world, guild)
            stage.desks[guild.id] = build.add_moderator(stage.fake.world, guild, "mo"), channel
            seats.setdefault((guild.id >> 22) % SHARDS, (build.add_member(stage.fake.world, guild, "ann"), channel))
        yield stage, [seats[shard] for shard in range(SHARDS)]


class Users:
    """What members and moderators of a stage do, and wait for."""

    def __init__(self, stage: BotStage) -> None:
        self.stage = stage
        self.desk = build.add_channel(stage.fake.world, stage.guild, "desk")
        self.bob = build.add_member(stage.fake.world, stage.guild, "bob")
        self.wishes = 0

    def edit(self, who: Member, where: Channel, prompt: str) -> None:
        """Ask for a picture, each with words of its own."""
        self.wishes += 1
        given = {"prompt": f"{prompt} {self.wishes}", "image": Upload("cat.png", png((self.wishes, 0, 0)))}
        self.stage.fake.slash(who, where, "edit", given)

    async def is_in(self, state: str) -> None:
        """Wait until the newest prediction is in a state."""
        newest = "SELECT state FROM predictions ORDER BY prediction_id DESC LIMIT 1"
        count = "SELECT COUNT(*) FROM predictions"
        await self.stage.until(lambda: self.stage.value(count) == self.wishes and self.stage.value(newest) == state)

    async def button(self, messages: Callable[[], list[Message]], name: str) -> tuple[Message, str]:
        """Wait for a message with a button whose id begins so."""
        found: list[tuple[Message, str]] = []

        def look() -> bool:
            found[:] = [
                (message, custom_id)
                for message in messages()
                for _, each in walk(message.components)
                if (custom_id := str(each.get("custom_id", ""))).startswith(name)
            ]
            return bool(found)

        await self.stage.until(look)
        return found[-1]

    async def press(self, who: Member, messages: Callable[[], list[Message]], name: str) -> None:
        """Press it."""
        message, custom_id = await self.button(messages, name)
        self.stage.fake.click(who, message, custom_id)


async def _bring_into_every_state(users: Users) -> None:
    """Leave a job in each: delivered, held for a moderator, made and not posted, lost, sent, under way, waiting."""
    stage, fake = users.stage, users.stage.fake
    alice, mo, channel = stage.alice, stage.mo, stage.channel
    fake.slash(mo, channel, "manage settings")
    panel, _ = await users.button(lambda: fake.ephemerals(mo), "desk-channel")
    fake.select(mo, panel, [users.desk], "desk-channel")
    await stage.until(lambda: stage.value("SELECT COUNT(*) FROM servers WHERE desk_channel_id IS NOT NULL") == 1)
    fake.select(mo, panel, ["held"], "unsafe")
    await stage.until(lambda: stage.value("SELECT COUNT(*) FROM servers WHERE nsfw = 'held'") == 1)
    fake.slash(mo, channel, "manage limit member", {"user": users.bob, "amount": "0", "period": "month"})
    await stage.until(lambda: stage.value("SELECT COUNT(*) FROM limits WHERE amount_micros = 0") == 1)

    users.edit(alice, channel, "delivered")
    await stage.closed()
    users.edit(alice, channel, "[sim:flagged] held")
    await users.button(lambda: fake.messages(users.desk), "review")
    given = {"prompt": "please", "image": Upload("cat.png", png("white"))}
    fake.slash(users.bob, channel, "edit", given)
    await users.press(users.bob, lambda: fake.ephemerals(users.bob), "ask")
    await users.button(lambda: fake.messages(users.desk), "approve")

    users.edit(alice, channel, "not posted")
    await users.is_in("processing")
    fake.plant(Fault("POST /channels/*/messages", Kind.STATUS, status=503, times=10_000))
    await users.is_in("completed")
    await stage.provider.script(Site.SUBMIT, Behaviour.DONE_DROPPED, Behaviour.DONE_HANGING)
    users.edit(alice, channel, "lost")
    await users.is_in("unknown")
    users.edit(alice, channel, "on its way")
    await users.is_in("submitting")
    users.edit(alice, channel, "[sim:slow] painted")
    await users.is_in("processing")
    users.edit(alice, channel, "waits")
    await users.is_in("queued")


def _contents(file: Path) -> str:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as books:
        return "\n".join(books.iterdump())


async def _on_workers(stage: BotStage, users: Users) -> None:
    """Two workers: all that was begun ends, what was asked of moderators is decided; the leader dies with one more."""
    code, report = await stage.verb("check")
    assert (code, "FAIL" in report) == (0, False), report
    async with easel(stage) as leader, easel(stage, wait=False) as spare:
        await stage.until(lambda: "standby.waiting" in stage.log)
        await users.press(stage.mo, lambda: stage.fake.messages(users.desk), "review:show")
        await users.press(stage.mo, lambda: stage.fake.messages(users.desk), "approve")
        await stage.until(lambda: stage.value("SELECT COUNT(*) FROM jobs") == users.wishes + 1)
        await come_to_rest(stage, REST_SECONDS)
        users.wishes += 1
        users.edit(stage.alice, stage.channel, "between")
        await users.is_in("processing")
        heard = len(stage.fake.gateway.identifies)
        leader.kill()
        await stage.until(lambda: len(stage.fake.gateway.identifies) > heard)
        spare.send_signal(signal.SIGTERM)
        assert await spare.wait() == 0


async def _on_fronts(stage: BotStage, seats: list[tuple[Member, Channel]], users: Users) -> None:
    """Three fronts: each answers its own server, and what the workers began ends."""
    gateway = stage.fake.gateway
    async with AsyncExitStack() as stack:
        for shard in range(SHARDS):
            ours = {**stage.settings, "SHARD_COUNT": str(SHARDS), "SHARD_IDS": str(shard)}
            await stack.enter_async_context(easel(replace(stage, settings=ours), wait=False))
        await stage.until(lambda: all(gateway.holds(shard) for shard in range(SHARDS)))
        for member, channel in seats:
            users.edit(member, channel, "on a front")
        await stage.closed(jobs=users.wishes)


@pytest.mark.parametrize(
    ("end", "images"), [(signal.SIGTERM, in_a_folder), (signal.SIGKILL, in_a_bucket)], ids=["in order", "killed"]
)
async def test_the_steps(tmp_path: Path, end: int, images: PlaceOfImages) -> None:
    """With a job in every state the bot is stopped and moved: each goes on, is posted once and paid once."""
    async with _stage(tmp_path / "stage") as (stage, seats):
        users = Users(stage)
        async with easel(stage, SUBMIT_GRACE_SECONDS="60") as bot:
            await _bring_into_every_state(users)
            assert {each["state"] for each in stage.rows(STATES)} >= ALL_STATES
            assert stage.value(UNPOSTED) == 1
            bot.send_signal(end)
            assert await bot.wait() == (0 if end == signal.SIGTERM else -end)
        stage.fake.faults.clear()
        old, url = _contents(stage.database), empty_database()

        code, said = await stage.verb("move", url)
        assert (code, "every one compared" in said) == (0, True), said
        stage.server = url
        with images(stage.folder / "data" / "images", tmp_path / "shared") as place:
            stage.settings |= {"DATA_DIR": str(tmp_path / "empty"), **place}
            await _on_workers(stage, users)
            await _on_fronts(stage, seats, users)

        count = await audit(stage)
        assert count.problems == []
        assert count.jobs == count.tasks == count.messages == users.wishes
        assert stage.value(SPENT) == users.wishes * PRICE_MICROS
        assert _contents(stage.database) == old

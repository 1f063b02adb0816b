"""`python -m bot run`, a real process by settings alone, does the main job over real sockets."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.wire.accounts import audit
from tests.wire.discord_fake import Upload, build, images_of, text_of
from tests.wire.fork_server import forks
from tests.wire.stage import easel, open_stage, png


async def test_the_main_job(tmp_path: Path) -> None:
    """An image and a prompt become a picture in the channel, every request within Discord's own description."""
    async with open_stage(tmp_path) as stage, easel(stage):
        command = stage.edit("a blue cat")
        await stage.closed()
        (result,) = [each for each in stage.fake.messages(stage.channel) if each is not command.original]

        assert command.original is not None
        assert "a blue cat" in text_of(result)
        assert len(images_of(result)) == 1
        assert result.pinged == {stage.alice.user.mention}
        assert await stage.provider.posts() == 1
        assert stage.value("SELECT SUM(amount_micros) FROM ledger WHERE kind = 'capture'") == 80_000
        stage.fake.assert_clean()


async def test_places_not_typing_order(tmp_path: Path) -> None:
    """References go to the provider in the order of their places, in whatever order options and files arrive."""
    colours = ["red", "green", "blue"]
    async with open_stage(tmp_path) as stage, easel(stage):
        options = {"prompt": "mix", **{f"image{n}": Upload(f"{c}.png", png(c)) for n, c in enumerate(colours, 1)}}
        stage.fake.slash(stage.alice, stage.channel, "compose", options, shuffle=random.Random(3))
        await stage.closed()
        (task,) = await stage.provider.predictions()
        received = [await stage.provider.download(url) for url in task["references"]]

        assert received == [png(colour) for colour in colours]
        stage.fake.assert_clean()


async def test_shards_of_one_process(tmp_path: Path) -> None:
    """On a SQLite file one process holds every shard, and members of each get their pictures."""
    async with open_stage(tmp_path, SHARD_COUNT="2") as stage, forks() as bots:
        channels = {(stage.guild.id >> 22) % 2: stage.channel}
        while len(channels) < 2:
            guild = build.add_guild(stage.fake.world)
            channels.setdefault((guild.id >> 22) % 2, build.add_channel(stage.fake.world, guild))
        await bots.fork(stage.environment(), tmp_path / "easel.log")
        await stage.until(lambda: stage.fake.gateway.holds(0) and stage.fake.gateway.holds(1))
        await stage.heard()
        for n, channel in enumerate(channels.values()):
            assert channel.guild is not None
            member = build.add_member(stage.fake.world, channel.guild, f"ann{n}")
            stage.fake.slash(member, channel, "edit", {"prompt": "blue", "image": Upload("cat.png", png())})
        await stage.closed(jobs=2)

        assert (await audit(stage)).problems == []


async def test_the_log_keeps_what_is_private(tmp_path: Path) -> None:
    """No prompt, file name or image address from INFO up, no token or key at any level, however a job ends."""
    prompt = "a cake that nobody may hear of"
    async with open_stage(tmp_path, LOG_LEVEL="DEBUG") as stage, easel(stage):
        commands = [stage.edit(prompt), stage.edit(f"{prompt} [sim:moderated]")]
        await stage.closed(jobs=2)
        environment = stage.environment()
        secrets = {environment["DISCORD_TOKEN"], environment["WAVESPEED_API_KEY"], *(each.token for each in commands)}
        told = [line for line in stage.log.splitlines() if json.loads(line)["level"] != "debug"]
        private = (prompt, "cat.png", "/ephemeral-attachments/", "/output/", "hm=")

        assert len(told) > 5
        assert [line for line in told if any(each in line for each in private)] == []
        assert [secret for secret in secrets if secret in stage.log] == []

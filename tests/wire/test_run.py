"""`python -m bot run`, a real process by settings alone, does the main job over real sockets."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.wire.discord_fake import Upload, images_of, text_of
from tests.wire.stage import easel, open_stage, png


async def test_the_main_job(tmp_path: Path) -> None:
    """An image and a prompt become a picture in the channel, every request within Discord's own description."""
    async with open_stage(tmp_path) as stage, easel(stage, cold=True):
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

"""Bad input over the wire: one sentence in private, nothing in the channel, nothing held, nothing sent."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from tests.wire.discord_fake import Interaction, Upload, text_of
from tests.wire.stage import BotStage, easel, open_stage, png

ELSEWHERE = "http://127.0.0.2:9"
"""Served by nobody whom the bot trusts, and asked by nobody: a request there would be refused, which says otherwise."""


def absurd() -> bytes:
    """A small PNG whose header promises 30000 x 30000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    whole = png()
    return whole[:8] + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + whole[33:]


FILES: dict[str, tuple[Upload, str]] = {
    "a text file named .png": (
        Upload("notes.png", b"these are no pixels"),
        "notes.png\\: it is not an image, whatever its name says.",
    ),
    "zero bytes": (Upload("empty.png", b""), "empty.png\\: the file is empty."),
    "truncated": (Upload("half.png", png("red", (300, 300))[:150]), "half.png\\: "),
    "30000 x 30000": (Upload("huge.png", absurd()), "40 megapixels"),
    "over the byte cap": (
        Upload("heavy.png", png() + bytes(20_000_001)),
        "heavy.png\\: the file is larger than 20 MB.",
    ),
    "a drawing": (Upload("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "SVG"),
}


async def refusal(stage: BotStage, command: Interaction) -> str:
    """What the member reads in private; fails if anything else is left of the command."""
    await stage.until(lambda: any(each.visible_to for each in command.messages))
    await stage.until(lambda: command.original is None or command.original.visible_to or command.original.deleted)
    (only,) = command.messages

    assert only.visible_to == stage.alice.user.id
    assert "Nothing was spent." in text_of(only)
    return text_of(only)


async def test_images(tmp_path: Path) -> None:
    """Each image that cannot be used is named with what is wrong with it, and costs nothing."""
    async with open_stage(tmp_path) as stage, easel(stage):
        for what, (upload, words) in FILES.items():
            command = stage.fake.slash(stage.alice, stage.channel, "edit", {"prompt": "make it blue", "image": upload})

            assert words in await refusal(stage, command), what
        vanished = stage.edit()
        stage.fake.cdn.files.clear()

        assert "cat.png\\: Discord no longer has this file." in await refusal(stage, vanished)
        stage.fake.cdn.base = ELSEWHERE

        assert "cat.png\\: it is not served by Discord itself" in await refusal(stage, stage.edit())
        await left_nothing(stage)


async def left_nothing(stage: BotStage) -> None:
    """Assert that no job, no hold and no message in the channel is there, and that the provider has heard nothing."""
    counts = [stage.value(f"SELECT COUNT(*) FROM {table}") for table in ("jobs", "ledger", "attempts")]

    assert counts == [0, 0, 0]
    assert await stage.provider.posts() == 0
    assert [each for each in stage.fake.messages(stage.channel) if not each.visible_to] == []
    stage.fake.assert_clean()


async def test_wrong_token(tmp_path: Path) -> None:
    """`run` ends with one sentence, `check` fails in one line; both name the setting, neither repeats the token."""
    async with open_stage(tmp_path, DISCORD_TOKEN="canary-wrong") as stage, easel(stage, wait=False) as process:
        code = await process.wait()
        checked, report = await stage.verb("check")

        assert code == 1
        assert stage.log.splitlines()[-1] == "easel: Discord does not accept DISCORD_TOKEN; put the bot's token there."
        assert "Traceback" not in stage.log
        assert (checked, failing(report)) == (
            1,
            ["FAIL token: Discord does not accept DISCORD_TOKEN: reset it on the application's Bot page."],
        )
        assert "canary-wrong" not in stage.log + report


async def test_wrong_key(tmp_path: Path) -> None:
    """The member reads that it is not theirs to mend and has the money back; log and `check` name the setting."""
    async with open_stage(tmp_path, WAVESPEED_API_KEY="canary-wrong") as stage, easel(stage):
        command = stage.edit()
        await stage.closed()
        await stage.until(lambda: command.original and "No picture this time" in text_of(command.original))
        assert command.original is not None
        said = text_of(command.original)
        checked, report = await stage.verb("check")

        assert "The provider does not let this bot in at the moment.\n**$0.08 is back** in your budget." in said
        assert '"provider.key_refused", "setting": "WAVESPEED_API_KEY"' in stage.log
        assert (checked, [line.partition("WAVESPEED_API_KEY")[0] for line in failing(report)]) == (
            1,
            ["FAIL key: WaveSpeed does not accept "],
        )
        assert "canary-wrong" not in stage.log + report


async def test_all_well(tmp_path: Path) -> None:
    """With token and key that are accepted, every line of `check` says ok."""
    async with open_stage(tmp_path) as stage:
        checked, report = await stage.verb("check")

        assert (checked, failing(report)) == (0, [])
        assert "invite it with https://discord.com/oauth2/authorize?client_id=" in report


def failing(report: str) -> list[str]:
    """The lines that do not say ok."""
    return [line for line in report.splitlines() if not line.startswith("ok ")]

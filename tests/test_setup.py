"""`easel setup` as a process, at a terminal of its own and without one, with Discord and WaveSpeed over HTTP."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.permissions import invite_url
from bot.settings import setting_names
from tests.checked_services import KEY, TOKEN, CheckedServices
from tests.terminals import PATIENCE_SECONDS, terminal
from tests.wire.fork_server import run_verb

TOKEN_QUESTION, KEY_QUESTION = "Discord bot token", "WaveSpeed API key"
MEMBER_QUESTION, SERVER_QUESTION, PERIOD_QUESTION = "each member", "whole server", "The period"
OLD = "# mine\nLOG_LEVEL=WARNING\n"


@pytest.fixture
async def services() -> AsyncIterator[CheckedServices]:
    async with CheckedServices.serving() as services:
        yield services


def environment(services: CheckedServices, **settings: str) -> dict[str, str]:
    """This process's environment with only these settings, and both services where they are simulated."""
    others = {name: value for name, value in os.environ.items() if name not in setting_names()}
    places = {"DISCORD_API_BASE": f"{services.base}/api/v10", "WAVESPEED_BASE_URL": f"{services.base}/api/v3"}
    return others | places | settings


async def without_terminal(
    services: CheckedServices, folder: Path, *options: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    argv, given = ("setup", *options), environment(services, **settings)
    return await asyncio.to_thread(run_verb, argv, given, cwd=folder, seconds=PATIENCE_SECONDS)


async def test_wrong_then_right(services: CheckedServices, tmp_path: Path) -> None:
    """Each wrong answer gets one sentence and the same question again; at the end stands a whole `.env`, and a link."""
    path = tmp_path / ".env"
    path.write_text(OLD)

    def talk() -> tuple[int, str]:
        with terminal(tmp_path, environment(services), "setup", cold=True) as person:
            person.answer(TOKEN_QUESTION, "")
            person.answer(TOKEN_QUESTION, "canary two words")
            person.answer(TOKEN_QUESTION, "canary-wrong")
            person.answer(TOKEN_QUESTION, f" {TOKEN} ")
            person.answer(KEY_QUESTION, "canary-wrong")
            person.answer(KEY_QUESTION, KEY)
            person.answer(MEMBER_QUESTION, "a lot")
            person.answer(MEMBER_QUESTION, "2,50")
            person.answer(SERVER_QUESTION, "")
            person.answer(PERIOD_QUESTION, "Week")
            return person.end(), person.shown

    code, shown = await asyncio.to_thread(talk)

    assert "canary" not in shown
    for sentence in (
        "DISCORD_TOKEN cannot be empty.",
        "DISCORD_TOKEN should be the bare bot token, without quotes or spaces.",
        "Discord does not accept DISCORD_TOKEN: reset it on the application's Bot page.",
        "\n  Discord knows this bot as easel.",
        "WaveSpeed does not accept WAVESPEED_API_KEY: copy it again",
        "\n  WaveSpeed accepts the key.",
        "DEFAULT_MEMBER_LIMIT_USD should be an amount in dollars such as 1.00, or none.",
        "ok balance: $12.50 is left at WaveSpeed.",
        f"Invite it into your server: {invite_url(42)}",
    ):
        assert shown.count(sentence) == 1, shown
    assert code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == (
        f"{OLD}DISCORD_TOKEN={TOKEN}\nWAVESPEED_API_KEY={KEY}\n"
        "DEFAULT_MEMBER_LIMIT_USD=2,50\nDEFAULT_SERVER_LIMIT_USD=10.00\nDEFAULT_LIMIT_PERIOD=week\n"
    )


async def test_ctrl_c(services: CheckedServices, tmp_path: Path) -> None:
    """Whoever stops at the last question keeps the file as it was."""
    (tmp_path / ".env").write_text(OLD)

    def talk() -> tuple[int, str, list[str]]:
        with terminal(tmp_path, environment(services, DISCORD_TOKEN=TOKEN, WAVESPEED_API_KEY=KEY), "setup") as person:
            person.answer(MEMBER_QUESTION, "")
            person.interrupt(SERVER_QUESTION)
            return person.end(), person.shown, [path.name for path in tmp_path.iterdir()]

    code, shown, left = await asyncio.to_thread(talk)

    assert (code, shown.splitlines()[-1]) == (1, "Stopped. Nothing was written.")
    assert (tmp_path / ".env").read_text() == OLD
    assert left == [".env"]


async def test_a_secret_that_cannot_be_tried(services: CheckedServices, tmp_path: Path) -> None:
    """Behind a hotel's login page a secret is not called wrong; a person says whether to keep it."""
    services.captive_status = 200

    def talk() -> tuple[int, str]:
        limits = ("--member-limit", "1", "--server-limit", "none", "--period", "day")
        with terminal(tmp_path, environment(services), "setup", *limits) as person:
            person.answer(TOKEN_QUESTION, "canary-first")
            person.answer("Keep it all the same?", "n")
            person.answer(TOKEN_QUESTION, TOKEN)
            person.answer("Keep it all the same?", "")
            person.answer(KEY_QUESTION, KEY)
            person.answer("Keep it all the same?", "y")
            return person.end(), person.shown

    code, shown = await asyncio.to_thread(talk)

    assert "does not accept" not in shown
    assert code == 1
    assert "1. Mend what the lines with FAIL say, and look again: easel check" in shown
    assert f"DISCORD_TOKEN={TOKEN}\nWAVESPEED_API_KEY={KEY}\n" in (tmp_path / ".env").read_text()


async def test_without_a_terminal(services: CheckedServices, tmp_path: Path) -> None:
    """Secrets come from the environment and limits from the options; what is not given stays as it is."""
    done = await without_terminal(
        services, tmp_path, "--member-limit", "0.50", DISCORD_TOKEN=TOKEN, WAVESPEED_API_KEY=KEY
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert TOKEN not in done.stdout
    assert (tmp_path / ".env").read_text().splitlines()[1:] == [
        f"DISCORD_TOKEN={TOKEN}",
        f"WAVESPEED_API_KEY={KEY}",
        "DEFAULT_MEMBER_LIMIT_USD=0.50",
    ]

    again = await without_terminal(services, tmp_path, "--period", "day")

    assert again.returncode == 0
    assert (tmp_path / ".env").read_text().splitlines()[3:] == [
        "DEFAULT_MEMBER_LIMIT_USD=0.50",
        "DEFAULT_LIMIT_PERIOD=day",
    ]


@pytest.mark.parametrize(
    ("options", "settings", "code", "sentence"),
    [
        ((), {}, 2, "DISCORD_TOKEN is missing: set it in the environment, or run easel setup at a terminal."),
        ((), {"DISCORD_TOKEN": "canary wrong"}, 2, "DISCORD_TOKEN should be the bare bot token"),
        ((), {"DISCORD_TOKEN": "canary-wrong"}, 1, "Discord does not accept DISCORD_TOKEN"),
        (("--member-limit", "lots"), {"DISCORD_TOKEN": TOKEN}, 2, "DEFAULT_MEMBER_LIMIT_USD should be an amount"),
        (("--period", "year"), {"DISCORD_TOKEN": TOKEN}, 2, "DEFAULT_LIMIT_PERIOD should be day, week, month or total"),
        ((), {"DISCORD_TOKEN": TOKEN, "WAVESPEED_API_KEY": "canary${HOME}"}, 2, "WAVESPEED_API_KEY cannot be written"),
    ],
)
async def test_bad_input_without_a_terminal(
    services: CheckedServices,
    tmp_path: Path,
    options: tuple[str, ...],
    settings: dict[str, str],
    code: int,
    sentence: str,
) -> None:
    """One sentence on standard error, the exit code of its kind, and `.env` as it was."""
    (tmp_path / ".env").write_text(OLD)
    done = await without_terminal(services, tmp_path, *options, **settings)

    assert done.returncode == code
    assert done.stderr.startswith(f"easel: {sentence}")
    assert done.stderr.count("\n") == 1
    assert "canary" not in done.stderr + done.stdout
    assert (tmp_path / ".env").read_text() == OLD


async def test_no_file_to_write(services: CheckedServices, tmp_path: Path) -> None:
    """Where `.env` is a folder nothing is asked, and one sentence says why."""
    (tmp_path / ".env").mkdir()
    done = await without_terminal(services, tmp_path, DISCORD_TOKEN=TOKEN, WAVESPEED_API_KEY=KEY)

    assert (done.returncode, done.stderr) == (2, "easel: .env cannot be read as text (IsADirectoryError).\n")

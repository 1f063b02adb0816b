"""The simulated provider as a process of its own, for tests that kill the bot."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import aiohttp

from bot.demo.provider.__main__ import read_options


async def test_it_announces_its_address_serves_and_ends_on_sigterm(tmp_path: Path) -> None:
    """The address file appears whole once it listens; SIGTERM ends it with status 0."""
    address_file = tmp_path / "address.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.demo.provider", "--address-file", str(address_file), "--api-key", "k"
    )
    try:
        async with asyncio.timeout(20):
            while not address_file.exists():  # noqa: ASYNC110 - the file is made by another process
                await asyncio.sleep(0.02)
        address = json.loads(address_file.read_text(encoding="utf-8"))
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{address['base_url']}/balance", headers={"Authorization": "Bearer k"}) as reply:
                balance = (await reply.json())["data"]["balance"]
            async with session.get(f"{address['admin_url']}/history") as reply:
                history = await reply.json()
    finally:
        os.kill(process.pid, signal.SIGTERM)
        status = await process.wait()

    assert (100.0, process.pid, 0) == (balance, address["pid"], status)
    assert [row["path"] for row in history] == ["/api/v3/balance", "/_simulated/history"]


def test_its_options_set_pace_and_limits(tmp_path: Path) -> None:
    """Everything that a process-level test varies is an option."""
    words = "--created-seconds 0 --processing-seconds 0.1 0.2 --late-seconds 3 --per-minute 2 --concurrent 1 --seed 9"
    options = read_options(["--address-file", str(tmp_path / "a"), *words.split()])

    assert (options.pace.created_s, options.pace.processing_s, options.pace.late_s) == (0.0, (0.1, 0.2), 3.0)
    assert (options.limits.per_minute, options.limits.concurrent, options.seed, options.port) == (2, 1, 9, 0)

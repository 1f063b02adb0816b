"""Runs the simulated provider as a process of its own, so that it outlives a bot that is killed."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.demo.provider.painting import MEGAPIXEL
from bot.demo.provider.predictions import Limits, Pace
from bot.demo.provider.server import SimulatedProvider
from bot.domain.clock import SystemClock
from bot.domain.money import MICROS_PER_DOLLAR, Micros
from bot.shutdown import stop_on_signals


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, read."""

    port: int
    address_file: Path
    api_key: str
    pace: Pace
    limits: Limits
    seed: int
    balance_micros: Micros
    pixels: int


def read_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; ends the process with a usage message where it is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--address-file", type=Path, required=True, help="written once it listens: JSON with base_url")
    parser.add_argument("--api-key", default="simulated-key")
    parser.add_argument("--created-seconds", type=float, default=0.5)
    parser.add_argument("--processing-seconds", type=float, nargs=2, default=(4.0, 7.0), metavar=("MIN", "MAX"))
    parser.add_argument("--late-seconds", type=float, default=30.0)
    parser.add_argument("--per-minute", type=int)
    parser.add_argument("--concurrent", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--balance-usd", type=int, default=100, help="what is on the account at first")
    parser.add_argument("--pixels", type=int, default=MEGAPIXEL, help="about how many each picture has")
    given = parser.parse_args(arguments)
    shortest, longest = given.processing_seconds
    return Options(
        port=given.port,
        address_file=given.address_file,
        api_key=given.api_key,
        pace=Pace(given.created_seconds, (shortest, longest), given.late_seconds),
        limits=Limits(given.per_minute, given.concurrent),
        seed=given.seed,
        balance_micros=given.balance_usd * MICROS_PER_DOLLAR,
        pixels=given.pixels,
    )


async def run(options: Options) -> None:
    """Serve until SIGTERM or SIGINT. The address file appears whole, with `base_url`, `admin_url` and `pid`."""
    provider = SimulatedProvider(
        SystemClock(),
        api_key=options.api_key,
        pace=options.pace,
        limits=options.limits,
        seed=options.seed,
        balance_micros=options.balance_micros,
    )
    provider.set_pixels(options.pixels)
    with stop_on_signals() as stop:
        await _serve(provider, options, stop)


async def _serve(provider: SimulatedProvider, options: Options, stop: asyncio.Event) -> None:
    async with provider.serve(port=options.port) as base_url:
        address = {"base_url": base_url, "admin_url": f"{provider.origin}/_simulated", "pid": os.getpid()}
        await asyncio.to_thread(_write_whole, options.address_file, json.dumps(address))
        await stop.wait()


def _write_whole(path: Path, text: str) -> None:
    half = path.with_suffix(".part")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


if __name__ == "__main__":
    asyncio.run(run(read_options()))

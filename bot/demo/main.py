"""The verb `demo`: the page, or the tour that drives itself."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.demo.page import show_page
from bot.demo.tour import take_tour


def main(args: argparse.Namespace) -> int:
    """Run the demo; 0 when it ended well, 1 when a step of the tour was off."""
    if args.tour:
        pictures = Path(args.pictures)
        pictures.mkdir(parents=True, exist_ok=True)
        return asyncio.run(take_tour(pictures))
    asyncio.run(show_page())
    return 0

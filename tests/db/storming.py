"""One of several processes that admit orders into one database at once: `python -m tests.db.storming FOLDER FIRST N`.

Says `ready`, waits for a line, sends N orders, numbered from FIRST, at once, and says how many were admitted.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from bot.db.stores import BotLimit, open_stores
from bot.domain.budget import OverLimit
from bot.domain.periods import Period
from tests.db.engines import open_in
from tests.db.planting import plant_here_too
from tests.db.world import ALICE, KEY, NO_LIMITS, NOON, DatabaseWorld, requester_of

MEMBERS = 50


async def main(folder: Path, first: int, orders: int) -> None:
    """Storm, once told to."""
    database = await open_in(folder)
    try:
        limit = BotLimit(None, Period.MONTH)
        stores = await open_stores(database, defaults=NO_LIMITS, bot_limit=limit, at=NOON, fresh_key=lambda: KEY)
        world = DatabaseWorld(database, stores, numbers=count(first))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        asked = [world.order(requester=requester_of(ALICE + number % MEMBERS)) for number in range(orders)]
        answers = await asyncio.gather(*(stores.jobs.admit(order, NOON) for order in asked), return_exceptions=True)
    finally:
        await database.close()
    unexpected = [each for each in answers if isinstance(each, BaseException) and not isinstance(each, OverLimit)]
    if unexpected:
        raise unexpected[0]
    sys.stdout.write(f"{sum(not isinstance(each, BaseException) for each in answers)}\n")


if __name__ == "__main__":
    plant_here_too()
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))

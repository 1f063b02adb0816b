"""The verbs `pause` and `resume`: stop and allow all spending, through the database, while the bot may be at work."""

from __future__ import annotations

import asyncio

from bot.cli.books import open_books
from bot.db.facts import BROKEN_LEDGER_FACT, PAUSED_FACT
from bot.domain.clock import Clock, SystemClock
from bot.settings import Settings

_NO_REASON = "no reason was given"


def pause(settings: Settings, reason: str) -> int:
    """Let nobody spend from now on; running jobs finish. `reason` is what members read, and may be empty.

    Raises:
        EaselError: there is no database, or it cannot be used.
    """
    asyncio.run(_pause(settings, reason.strip() or _NO_REASON, SystemClock()))
    print(  # noqa: T201 - what the operator asked for
        "Paused: no new jobs are taken, in any server. Running jobs finish. Lift it with easel resume."
    )
    return 0


def resume(settings: Settings) -> int:
    """Let everybody spend again, also after a freeze because the accounts did not add up.

    Raises:
        EaselError: there is no database, or it cannot be used.
    """
    for sentence in asyncio.run(_resume(settings, SystemClock())):
        print(sentence)  # noqa: T201 - what the operator asked for
    return 0


async def _pause(settings: Settings, reason: str, clock: Clock) -> None:
    async with open_books(settings) as books:
        await books.facts.set_fact(PAUSED_FACT, reason, clock.now())


async def _resume(settings: Settings, clock: Clock) -> list[str]:
    async with open_books(settings) as books:
        paused, found = await books.facts.fact(PAUSED_FACT), await books.facts.fact(BROKEN_LEDGER_FACT)
        for name in (PAUSED_FACT, BROKEN_LEDGER_FACT):
            await books.facts.set_fact(name, "", clock.now())
        broken = await books.upkeep.violations()
    said = ["The pause is lifted."] if paused else []
    if found:
        said.append(f"The freeze is lifted. It was set because of this: {found}.")
    if broken:
        said.append(f"The accounts still do not add up, and a running bot freezes again: {'; '.join(broken)}.")
    return said or ["Nothing was paused or frozen."]

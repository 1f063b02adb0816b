"""What the fork server of bots forks; has all that any verb needs imported, so that no fork has to."""

from __future__ import annotations

import importlib

import stamina
from PIL import Image

from bot.services.crash_points import CrashPoint, no_crash
from bot.wiring.discord import COGS
from tests.wire import planted_bugs, worker
from tests.wire.fork_serving import Question

for _late in ("bot.app", "bot.cli.check", "bot.cli.paid", "bot.cli.reconcile", "bot.cli.setup", *COGS):
    importlib.import_module(_late)
Image.preinit()  # which the first picture would have Pillow do


def live(question: Question) -> int:
    """Do a verb, or run a bot that is bent."""
    if "argv" in question:
        if "terminal" in question:
            # As in tests.terminals: what is tried again there is tried at once.
            stamina.set_testing(True, attempts=4, cap=True)
        return worker.do(question["argv"], question["environment"])
    crash_hook = (
        worker.die_at(CrashPoint(question["crash"][0]), question["crash"][1]) if question["crash"] else no_crash
    )
    bend = planted_bugs.bend_of(question["bug"])
    return worker.live(question["environment"], crash_hook, bend, factor=question["factor"])

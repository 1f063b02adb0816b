"""The use cases that commands and buttons may call, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.archive import Archive
from bot.services.budgets import Budgets
from bot.services.cancelling import Cancelling
from bot.services.conduct import Conduct
from bot.services.intake import Intake
from bot.services.policy import Policy
from bot.services.rules import ServerSettings


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs and buttons are given; everything else is the engine's."""

    intake: Intake
    cancelling: Cancelling
    archive: Archive
    budgets: Budgets
    policy: Policy
    server_settings: ServerSettings
    conduct: Conduct

"""A stand-in for WaveSpeed's REST API v3 over real HTTP, for the demo, the tests and anyone without a key."""

from __future__ import annotations

from bot.demo.provider.answers import Rule, Site
from bot.demo.provider.behaviours import RULES, Behaviour
from bot.demo.provider.billing import BillLine
from bot.demo.provider.history import Request
from bot.demo.provider.predictions import Limits, Pace, Prediction
from bot.demo.provider.server import SimulatedProvider

__all__ = [
    "RULES",
    "Behaviour",
    "BillLine",
    "Limits",
    "Pace",
    "Prediction",
    "Request",
    "Rule",
    "SimulatedProvider",
    "Site",
]

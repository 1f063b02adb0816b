"""Open resources that all use cases share: stores, provider, images, clock, signals."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from bot.db.database import Database
from bot.db.stores import Stores
from bot.domain.clock import Clock
from bot.domain.gate import ProviderLimits
from bot.domain.images import CheckedImage
from bot.domain.webhooks import Addresses
from bot.metrics import Metrics
from bot.services.crash_points import CrashHook
from bot.services.jobs.learned_waits import LearnedWaits
from bot.services.ports.images import AttachmentReader, ImageChecker, ImageVault, OutputFetcher
from bot.services.ports.provider import Provider
from bot.services.signals import Signals


@dataclass(frozen=True, slots=True)
class Media:
    """Images, opened: where they are kept, who checks them, how they are fetched, if there is room, and a sample."""

    vault: ImageVault
    checker: ImageChecker
    attachments: AttachmentReader
    outputs: OutputFetcher
    disk_has_room: Callable[[], Awaitable[bool]]
    sample: CheckedImage


@dataclass(frozen=True, slots=True)
class Resources:
    """Open resources that all services share; `addresses` is where webhooks are sent to, None where they are off."""

    database: Database
    stores: Stores
    provider: Provider
    limits: ProviderLimits
    media: Media
    signals: Signals
    waits: LearnedWaits
    addresses: Addresses | None
    metrics: Metrics
    clock: Clock
    random: Random
    crash_hook: CrashHook
    boot_id: str = field(default_factory=lambda: secrets.token_hex(8))

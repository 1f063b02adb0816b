"""Open resources that all services share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from random import Random, SystemRandom

from bot.db.accounts import KEY_FACT
from bot.db.facts import FactStore
from bot.db.stores import Stores
from bot.domain.clock import Clock, SystemClock
from bot.domain.gate import ProviderLimits
from bot.domain.webhooks import Addresses
from bot.media.disk import Disks
from bot.metrics import Metrics
from bot.services.crash_points import CrashHook, no_crash
from bot.services.jobs.learned_waits import LearnedWaits
from bot.services.ports.images import AttachmentReader, ImageChecker, ImageVault, OutputFetcher
from bot.services.ports.provider import Provider
from bot.services.signals import Signals
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Environment:
    """What differs between a real run, the demo and tests; everything else is the same code."""

    clock: Clock = field(default_factory=SystemClock)
    random: Random = field(default_factory=SystemRandom)
    crash_hook: CrashHook = no_crash
    attachments: AttachmentReader | None = None  #: None streams from Discord's file hosts


@dataclass(frozen=True, slots=True)
class Media:
    """Images, opened: where they are kept, who checks them, how they are fetched."""

    vault: ImageVault
    checker: ImageChecker
    attachments: AttachmentReader
    outputs: OutputFetcher
    disk: Disks


async def addresses_of(settings: Settings, facts: FactStore) -> Addresses | None:
    """The addresses that webhooks are sent to; None where they are off."""
    if settings.webhook_url is None:
        return None
    return Addresses(settings.webhook_url, (await facts.fact(KEY_FACT) or "").encode())


@dataclass(frozen=True, slots=True)
class Resources:
    """Everything that is open before the first part is made, and what all parts share."""

    settings: Settings
    environment: Environment
    stores: Stores
    provider: Provider
    media: Media
    signals: Signals
    waits: LearnedWaits
    addresses: Addresses | None
    metrics: Metrics
    boot_id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def limits(self) -> ProviderLimits:
        """What the provider's tier allows, as set."""
        return ProviderLimits(
            self.settings.wavespeed_max_concurrent,
            self.settings.wavespeed_max_per_minute,
            self.settings.wavespeed_submit_parallelism,
        )

"""Which part is given which: use cases, client, messenger and engine, put together from what is open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from random import Random, SystemRandom

from bot.client import EaselBot
from bot.db.stores import Stores
from bot.domain.clock import Clock, SystemClock
from bot.domain.gate import ProviderLimits
from bot.gateway import GatewayPace
from bot.metrics import Metrics
from bot.services.archive import Archive
from bot.services.breaker import Breaker
from bot.services.budgets import Budgets
from bot.services.cancelling import Cancelling
from bot.services.catalogue import Services
from bot.services.conduct import Conduct
from bot.services.crash_points import Reach, pass_by
from bot.services.delivery import Delivery
from bot.services.engine import Engine
from bot.services.images import AttachmentReader, ImageChecker, ImageVault, OutputFetcher
from bot.services.intake import Intake
from bot.services.messages import Messenger
from bot.services.orphans import Orphans
from bot.services.policy import Policy
from bot.services.polling import Polling, PollingRules
from bot.services.ports import Provider
from bot.services.prices import Prices
from bot.services.recovery import Recovery
from bot.services.references import References
from bot.services.rules import ServerSettings
from bot.services.settlement import Rooms, Settlement
from bot.services.submission import Submission, SubmissionRules
from bot.services.switchboard import Switchboard
from bot.services.turns import Turns
from bot.services.unknowns import Unknowns
from bot.services.uploads import Uploads
from bot.services.watch import JobWatch
from bot.settings import Settings
from bot.ui.answers import Answers
from bot.ui.drawing import Renderers
from bot.ui.messenger import DiscordMessenger
from bot.ui.refusals import render_refusal, render_unexpected
from bot.ui.result import render_result
from bot.ui.status import render_status
from bot.ui.strips import StoredStrips
from bot.ui.tokens import TokenDoors

COGS = ("cogs.create", "cogs.jobs", "cogs.budget", "cogs.manage")

_RENDERERS = Renderers(render_status, render_result, render_refusal, render_unexpected)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between a real run, the demo and tests; everything else is the same code."""

    clock: Clock = field(default_factory=SystemClock)
    random: Random = field(default_factory=SystemRandom)
    reach: Reach = pass_by
    attachments: AttachmentReader | None = None  #: None streams from Discord's file hosts


@dataclass(frozen=True, slots=True)
class Media:
    """Images, opened: where they are kept, who checks them, how they are fetched."""

    vault: ImageVault
    checker: ImageChecker
    attachments: AttachmentReader
    outputs: OutputFetcher


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that is open before the first part is made, and what all parts share."""

    settings: Settings
    around: Surroundings
    stores: Stores
    provider: Provider
    media: Media
    switchboard: Switchboard
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


@dataclass(frozen=True, slots=True)
class Shared:
    """Use cases that both commands and the engine use."""

    intake: Intake
    turns: Turns
    prices: Prices
    uploads: Uploads
    breaker: Breaker


def share(ground: Ground) -> Shared:
    """Make what several others need."""
    around, stores, media = ground.around, ground.stores, ground.media
    prices = Prices(ground.provider, stores.prices, around.clock)
    references = References(media.attachments, media.checker, media.vault, stores.images, around.clock)
    intake = Intake(
        jobs=stores.jobs,
        policy=Policy(stores.rules),
        references=references,
        prices=prices,
        clock=around.clock,
        random=around.random,
        switchboard=ground.switchboard,
        reach=around.reach,
    )
    uploads = Uploads(ground.provider, media.vault, stores.images, around.clock, around.reach)
    breaker = Breaker(around.clock)
    turns = Turns(stores.jobs, ground.limits, around.clock, breaker)
    return Shared(intake, turns, prices, uploads, breaker)


def services_of(ground: Ground, shared: Shared) -> Services:
    """Make what commands and buttons call."""
    stores, clock = ground.stores, ground.around.clock
    return Services(
        intake=shared.intake,
        cancelling=Cancelling(stores.jobs, ground.switchboard, clock),
        archive=Archive(stores.jobs, shared.turns),
        budgets=Budgets(stores.budgets, stores.jobs, clock),
        policy=Policy(stores.rules),
        server_settings=ServerSettings(stores.rules, stores.moderation, clock),
        conduct=Conduct(stores.rules, clock),
    )


def bot_of(ground: Ground, services: Services, pace: GatewayPace) -> EaselBot[Services]:
    """Make the client."""
    around, stores, metrics = ground.around, ground.stores, ground.metrics
    answers = Answers(
        renderers=_RENDERERS,
        interactions=stores.interactions,
        clock=around.clock,
        reach=around.reach,
        missed=lambda: metrics.discord_failed("missed"),
    )
    return EaselBot(
        services,
        answers=answers,
        facts=stores.facts,
        clock=around.clock,
        random=around.random,
        cogs=COGS,
        gate=pace,
        door=services.policy.admit_person,
    )


def messenger_of(ground: Ground, bot: EaselBot[Services]) -> DiscordMessenger:
    """Make what speaks for jobs in Discord."""
    around = ground.around
    return DiscordMessenger(
        bot,
        renderers=_RENDERERS,
        tokens=TokenDoors(bot, ground.stores.interactions, around.clock),
        strips=StoredStrips(ground.media.vault, ground.media.checker),
        clock=around.clock,
        random=around.random,
    )


def engine_of(ground: Ground, shared: Shared, messenger: Messenger, rooms: Rooms) -> Engine:
    """Make what goes on without anybody pressing anything."""
    return Engine(
        recovery=Recovery(
            jobs=ground.stores.jobs,
            interactions=ground.stores.interactions,
            messenger=messenger,
            switchboard=ground.switchboard,
            clock=ground.around.clock,
            boot_id=ground.boot_id,
            grace_seconds=ground.settings.submit_grace_seconds,
        ),
        intake=shared.intake,
        submission=_submission(ground, shared),
        polling=_polling(ground, shared, rooms),
        unknowns=Unknowns(
            jobs=ground.stores.jobs,
            provider=ground.provider,
            switchboard=ground.switchboard,
            clock=ground.around.clock,
            grace_seconds=ground.settings.submit_grace_seconds,
            reach=ground.around.reach,
        ),
        watch=_watch(ground, shared, messenger),
        orphans=Orphans(
            ground.stores.jobs,
            ground.provider,
            ground.around.clock,
            ground.metrics,
            grace_seconds=ground.settings.submit_grace_seconds,
        ),
        prices=shared.prices,
        interactions=ground.stores.interactions,
        switchboard=ground.switchboard,
        clock=ground.around.clock,
    )


def _submission(ground: Ground, shared: Shared) -> Submission:
    return Submission(
        jobs=ground.stores.jobs,
        provider=ground.provider,
        uploads=shared.uploads,
        breaker=shared.breaker,
        rules=SubmissionRules(ground.limits, ground.settings.submit_grace_seconds, ground.boot_id),
        clock=ground.around.clock,
        switchboard=ground.switchboard,
        meter=ground.metrics,
        reach=ground.around.reach,
    )


def _polling(ground: Ground, shared: Shared, rooms: Rooms) -> Polling:
    settings, around, media = ground.settings, ground.around, ground.media
    settlement = Settlement(
        jobs=ground.stores.jobs,
        moderation=ground.stores.moderation,
        outputs=media.outputs,
        checker=media.checker,
        vault=media.vault,
        images=ground.stores.images,
        rooms=rooms,
        rules=ground.stores.rules,
        clock=around.clock,
        meter=ground.metrics,
        reach=around.reach,
    )
    return Polling(
        jobs=ground.stores.jobs,
        provider=ground.provider,
        settlement=settlement,
        uploads=shared.uploads,
        rules=PollingRules(settings.poll_initial_seconds, settings.poll_max_seconds, settings.job_deadline_seconds),
        clock=around.clock,
        random=around.random,
        switchboard=ground.switchboard,
    )


def _watch(ground: Ground, shared: Shared, messenger: Messenger) -> JobWatch:
    around = ground.around
    delivery = Delivery(
        jobs=ground.stores.jobs,
        messenger=messenger,
        provider=ground.provider,
        checker=ground.media.checker,
        vault=ground.media.vault,
        clock=around.clock,
        reach=around.reach,
    )
    return JobWatch(
        jobs=ground.stores.jobs,
        turns=shared.turns,
        delivery=delivery,
        messenger=messenger,
        switchboard=ground.switchboard,
        clock=around.clock,
        deadline_seconds=ground.settings.job_deadline_seconds,
        meter=ground.metrics,
        reach=around.reach,
    )

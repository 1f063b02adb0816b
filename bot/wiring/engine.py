"""Makes the engine, whose loops run without a command: sending, asking, delivering, recovering, watching the books."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.orders import OpenInteraction
from bot.services.catalogue import Discord, Services, Voice
from bot.services.creative.privacy import Erasing
from bot.services.engine import Engine
from bot.services.jobs.contact_sheets import ContactSheets
from bot.services.jobs.delivery import Delivery
from bot.services.jobs.fitted import FittedPictures
from bot.services.jobs.kept import Kept
from bot.services.jobs.orphans import Orphans
from bot.services.jobs.places import Channels, Places
from bot.services.jobs.polling import Polling, PollingRules
from bot.services.jobs.recovery import Recovery
from bot.services.jobs.settlement import Settlement
from bot.services.jobs.submission import Submission, SubmissionRules
from bot.services.jobs.unknowns import Unknowns
from bot.services.jobs.watch import JobWatch
from bot.services.moderation.audit_feed import AuditFeed
from bot.services.moderation.outbox import Outbox
from bot.services.money.invariant_guard import InvariantGuard
from bot.services.money.notices import Notices
from bot.services.resources import Resources
from bot.settings import Settings


def engine_of(
    settings: Settings,
    resources: Resources,
    services: Services,
    discord: Discord,
    *,
    interrupted: Sequence[OpenInteraction],
) -> Engine:
    """Make the engine. `interrupted`: see `Recovery`."""
    stores, clock, signals, metrics = resources.stores, resources.clock, resources.signals, resources.metrics
    messenger, channels = discord.messenger, discord.channels
    fitted = FittedPictures(resources.media.checker, resources.media.vault, messenger.file_limit)
    delivery = _delivery(resources, messenger, fitted)
    kept = _kept(resources, services, messenger, delivery)
    decided = services.moderation
    desks = (decided.reviewing, decided.reporting, decided.approvals, services.creative.showcase)
    finishers = tuple(each.finish for each in desks)
    return Engine(
        recovery=recovery_of(settings, resources, discord, interrupted=interrupted),
        intake=services.creative.intake,
        submission=_submission(settings, resources, services),
        polling=_polling(settings, resources, services, channels, fitted),
        unknowns=Unknowns(
            jobs=stores.jobs,
            provider=resources.provider,
            signals=signals,
            clock=clock,
            grace_seconds=settings.submit_grace_seconds,
            crash_hook=resources.crash_hook,
        ),
        watch=_watch(settings, resources, services, discord, delivery, kept),
        kept=kept,
        announcements=services.jobs.announcements,
        orphans=Orphans(stores.jobs, resources.provider, clock, metrics, grace_seconds=settings.submit_grace_seconds),
        prices=services.money.prices,
        invariant_guard=InvariantGuard(stores.upkeep, stores.facts, clock, metrics),
        erasing=Erasing(
            store=stores.privacy,
            vault=resources.media.vault,
            provider=resources.provider,
            messenger=messenger,
            clock=clock,
            retention_days=settings.retention_days,
        ),
        audit_feed=AuditFeed(stores.audit_feed, messenger, clock),
        outbox=Outbox(finishers, signals.desks, clock),
        interactions=stores.interactions,
        signals=signals,
        clock=clock,
    )


def recovery_of(
    settings: Settings, resources: Resources, discord: Discord, *, interrupted: Sequence[OpenInteraction]
) -> Recovery:
    """Make what takes up the work of an earlier process. `interrupted`: see `Recovery`."""
    return Recovery(
        jobs=resources.stores.jobs,
        interactions=resources.stores.interactions,
        messenger=discord.messenger,
        signals=resources.signals,
        clock=resources.clock,
        boot_id=resources.boot_id,
        grace_seconds=settings.submit_grace_seconds,
        interrupted=interrupted,
    )


def _submission(settings: Settings, resources: Resources, services: Services) -> Submission:
    return Submission(
        jobs=resources.stores.jobs,
        provider=resources.provider,
        uploads=services.jobs.uploads,
        breaker=services.jobs.breaker,
        rules=SubmissionRules(resources.limits, settings.submit_grace_seconds, resources.boot_id),
        clock=resources.clock,
        signals=resources.signals,
        meter=resources.metrics,
        crash_hook=resources.crash_hook,
        withdraw=services.money.prices.withdraw,
        webhook_of=services.jobs.announcements.address_of,
    )


def _polling(
    settings: Settings, resources: Resources, services: Services, channels: Channels, fitted: FittedPictures
) -> Polling:
    media = resources.media
    settlement = Settlement(
        jobs=resources.stores.jobs,
        outputs=media.outputs,
        checker=media.checker,
        vault=media.vault,
        fitted=fitted,
        images=resources.stores.images,
        channels=channels,
        rules=resources.stores.rules,
        signals=resources.signals,
        clock=resources.clock,
        meter=resources.metrics,
        crash_hook=resources.crash_hook,
    )
    return Polling(
        jobs=resources.stores.jobs,
        provider=resources.provider,
        settlement=settlement,
        uploads=services.jobs.uploads,
        waits=resources.waits,
        looks=services.jobs.early_looks,
        rules=PollingRules(settings.poll_initial_seconds, settings.poll_max_seconds, settings.job_deadline_seconds),
        clock=resources.clock,
        random=resources.random,
        signals=resources.signals,
    )


def _delivery(resources: Resources, messenger: Voice, fitted: FittedPictures) -> Delivery:
    return Delivery(
        jobs=resources.stores.jobs,
        messenger=messenger,
        provider=resources.provider,
        fitted=fitted,
        sheets=ContactSheets(resources.media.vault, resources.media.checker),
        clock=resources.clock,
        crash_hook=resources.crash_hook,
    )


def _kept(resources: Resources, services: Services, messenger: Voice, delivery: Delivery) -> Kept:
    return Kept(
        kept=resources.stores.kept,
        jobs=resources.stores.jobs,
        turns=services.jobs.turns,
        delivery=delivery,
        messenger=messenger,
        session=resources.signals.session,
        clock=resources.clock,
    )


def _watch(
    settings: Settings,
    resources: Resources,
    services: Services,
    discord: Discord,
    delivery: Delivery,
    kept: Kept,
) -> JobWatch:
    return JobWatch(
        jobs=resources.stores.jobs,
        turns=services.jobs.turns,
        places=Places(resources.stores.rules, discord.channels, resources.clock),
        delivery=delivery,
        kept=kept,
        messenger=discord.messenger,
        notices=Notices(resources.stores.notices, resources.stores.rules, discord.messenger),
        signals=resources.signals,
        clock=resources.clock,
        deadline_seconds=settings.job_deadline_seconds,
        meter=resources.metrics,
        crash_hook=resources.crash_hook,
    )

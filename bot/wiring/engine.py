"""Which part of the engine is given which: what goes on without anybody pressing anything."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.orders import OpenInteraction
from bot.services.catalogue import Services
from bot.services.creative.privacy import Erasing
from bot.services.engine import Engine
from bot.services.jobs.delivery import Delivery
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
from bot.wiring.resources import Resources
from bot.wiring.services import Discord, Shared, Voice


def engine_of(
    resources: Resources,
    shared: Shared,
    services: Services,
    discord: Discord,
    *,
    interrupted: Sequence[OpenInteraction],
) -> Engine:
    """Make what goes on without anybody pressing anything. `interrupted` is what `Recovery` says."""
    stores, settings, environment = resources.stores, resources.settings, resources.environment
    clock, signals, metrics = environment.clock, resources.signals, resources.metrics
    messenger, rooms = discord.messenger, discord.channels
    delivery = _delivery(resources, messenger)
    kept = _kept(resources, shared, messenger, delivery)
    desks = (services.reviewing, services.reporting, services.approvals, services.showcase)
    finishers = tuple(each.finish for each in desks)
    return Engine(
        recovery=Recovery(
            jobs=stores.jobs,
            interactions=stores.interactions,
            messenger=messenger,
            signals=signals,
            clock=clock,
            boot_id=resources.boot_id,
            grace_seconds=settings.submit_grace_seconds,
            interrupted=interrupted,
        ),
        intake=shared.intake,
        submission=_submission(resources, shared),
        polling=_polling(resources, shared, rooms),
        unknowns=Unknowns(
            jobs=stores.jobs,
            provider=resources.provider,
            signals=signals,
            clock=clock,
            grace_seconds=settings.submit_grace_seconds,
            crash_hook=environment.crash_hook,
        ),
        watch=_watch(resources, shared, messenger, delivery, kept, rooms),
        kept=kept,
        announcements=shared.announcements,
        orphans=Orphans(stores.jobs, resources.provider, clock, metrics, grace_seconds=settings.submit_grace_seconds),
        prices=shared.prices,
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


def _submission(resources: Resources, shared: Shared) -> Submission:
    return Submission(
        jobs=resources.stores.jobs,
        provider=resources.provider,
        uploads=shared.uploads,
        breaker=shared.breaker,
        rules=SubmissionRules(resources.limits, resources.settings.submit_grace_seconds, resources.boot_id),
        clock=resources.environment.clock,
        signals=resources.signals,
        meter=resources.metrics,
        crash_hook=resources.environment.crash_hook,
        withdraw=shared.prices.withdraw,
        webhook_of=shared.announcements.address_of,
    )


def _polling(resources: Resources, shared: Shared, rooms: Channels) -> Polling:
    settings, environment, media = resources.settings, resources.environment, resources.media
    settlement = Settlement(
        jobs=resources.stores.jobs,
        outputs=media.outputs,
        checker=media.checker,
        vault=media.vault,
        images=resources.stores.images,
        rooms=rooms,
        rules=resources.stores.rules,
        signals=resources.signals,
        clock=environment.clock,
        meter=resources.metrics,
        crash_hook=environment.crash_hook,
    )
    return Polling(
        jobs=resources.stores.jobs,
        provider=resources.provider,
        settlement=settlement,
        uploads=shared.uploads,
        waits=resources.waits,
        looks=shared.looks,
        rules=PollingRules(settings.poll_initial_seconds, settings.poll_max_seconds, settings.job_deadline_seconds),
        clock=environment.clock,
        random=environment.random,
        signals=resources.signals,
    )


def _delivery(resources: Resources, messenger: Voice) -> Delivery:
    return Delivery(
        jobs=resources.stores.jobs,
        messenger=messenger,
        provider=resources.provider,
        checker=resources.media.checker,
        vault=resources.media.vault,
        clock=resources.environment.clock,
        crash_hook=resources.environment.crash_hook,
    )


def _kept(resources: Resources, shared: Shared, messenger: Voice, delivery: Delivery) -> Kept:
    return Kept(
        kept=resources.stores.kept,
        jobs=resources.stores.jobs,
        turns=shared.turns,
        delivery=delivery,
        messenger=messenger,
        session=resources.signals.session,
        clock=resources.environment.clock,
    )


def _watch(
    resources: Resources, shared: Shared, messenger: Voice, delivery: Delivery, kept: Kept, rooms: Channels
) -> JobWatch:
    environment = resources.environment
    return JobWatch(
        jobs=resources.stores.jobs,
        turns=shared.turns,
        places=Places(resources.stores.rules, rooms, environment.clock),
        delivery=delivery,
        kept=kept,
        messenger=messenger,
        notices=Notices(resources.stores.notices, resources.stores.rules, messenger),
        signals=resources.signals,
        clock=environment.clock,
        deadline_seconds=resources.settings.job_deadline_seconds,
        meter=resources.metrics,
        crash_hook=environment.crash_hook,
    )

"""Which part of the engine is given which: what goes on without anybody pressing anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.domain.orders import OpenInteraction
from bot.services.creative.privacy import Erasing
from bot.services.engine import Engine
from bot.services.jobs.delivery import Delivery
from bot.services.jobs.kept import Kept
from bot.services.jobs.orphans import Orphans
from bot.services.jobs.places import Places, Rooms
from bot.services.jobs.polling import Polling, PollingRules
from bot.services.jobs.recovery import Recovery
from bot.services.jobs.settlement import Settlement
from bot.services.jobs.submission import Submission, SubmissionRules
from bot.services.jobs.unknowns import Unknowns
from bot.services.jobs.watch import JobWatch
from bot.services.moderation.act_log import ActLog, LogRoom
from bot.services.moderation.loose_ends import Finish, LooseEnds
from bot.services.money.doubt import Doubt
from bot.services.money.notices import NoticeRoom, Notices
from bot.services.ports.messages import Messenger
from bot.wiring.ground import Ground
from bot.wiring.services import Shared


class Voice(Messenger, LogRoom, NoticeRoom, Protocol):
    """What speaks in Discord for jobs, and tells log channels."""


def engine_of(
    ground: Ground,
    shared: Shared,
    messenger: Voice,
    rooms: Rooms,
    finishers: Sequence[Finish] = (),
    *,
    interrupted: Sequence[OpenInteraction],
) -> Engine:
    """Make what goes on without anybody pressing anything. `interrupted` is what `Recovery` says."""
    delivery = _delivery(ground, messenger)
    kept = _kept(ground, shared, messenger, delivery)
    return Engine(
        recovery=Recovery(
            jobs=ground.stores.jobs,
            interactions=ground.stores.interactions,
            messenger=messenger,
            switchboard=ground.switchboard,
            clock=ground.around.clock,
            boot_id=ground.boot_id,
            grace_seconds=ground.settings.submit_grace_seconds,
            interrupted=interrupted,
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
        watch=_watch(ground, shared, messenger, delivery, kept, rooms),
        kept=kept,
        announcements=shared.announcements,
        orphans=Orphans(
            ground.stores.jobs,
            ground.provider,
            ground.around.clock,
            ground.metrics,
            grace_seconds=ground.settings.submit_grace_seconds,
        ),
        prices=shared.prices,
        doubt=Doubt(ground.stores.upkeep, ground.stores.facts, ground.around.clock, ground.metrics),
        erasing=Erasing(
            store=ground.stores.privacy,
            vault=ground.media.vault,
            provider=ground.provider,
            messenger=messenger,
            clock=ground.around.clock,
            retention_days=ground.settings.retention_days,
        ),
        act_log=ActLog(ground.stores.acts, messenger, ground.around.clock),
        loose_ends=LooseEnds(finishers, ground.switchboard.desks, ground.around.clock),
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
        withdraw=shared.prices.withdraw,
        webhook_of=shared.announcements.address_of,
    )


def _polling(ground: Ground, shared: Shared, rooms: Rooms) -> Polling:
    settings, around, media = ground.settings, ground.around, ground.media
    settlement = Settlement(
        jobs=ground.stores.jobs,
        outputs=media.outputs,
        checker=media.checker,
        vault=media.vault,
        images=ground.stores.images,
        rooms=rooms,
        rules=ground.stores.rules,
        switchboard=ground.switchboard,
        clock=around.clock,
        meter=ground.metrics,
        reach=around.reach,
    )
    return Polling(
        jobs=ground.stores.jobs,
        provider=ground.provider,
        settlement=settlement,
        uploads=shared.uploads,
        waits=ground.waits,
        looks=shared.looks,
        rules=PollingRules(settings.poll_initial_seconds, settings.poll_max_seconds, settings.job_deadline_seconds),
        clock=around.clock,
        random=around.random,
        switchboard=ground.switchboard,
    )


def _delivery(ground: Ground, messenger: Voice) -> Delivery:
    return Delivery(
        jobs=ground.stores.jobs,
        messenger=messenger,
        provider=ground.provider,
        checker=ground.media.checker,
        vault=ground.media.vault,
        clock=ground.around.clock,
        reach=ground.around.reach,
    )


def _kept(ground: Ground, shared: Shared, messenger: Voice, delivery: Delivery) -> Kept:
    return Kept(
        kept=ground.stores.kept,
        jobs=ground.stores.jobs,
        turns=shared.turns,
        delivery=delivery,
        messenger=messenger,
        session=ground.switchboard.session,
        clock=ground.around.clock,
    )


def _watch(ground: Ground, shared: Shared, messenger: Voice, delivery: Delivery, kept: Kept, rooms: Rooms) -> JobWatch:
    around = ground.around
    return JobWatch(
        jobs=ground.stores.jobs,
        turns=shared.turns,
        places=Places(ground.stores.rules, rooms, around.clock),
        delivery=delivery,
        kept=kept,
        messenger=messenger,
        notices=Notices(ground.stores.notices, ground.stores.rules, messenger),
        switchboard=ground.switchboard,
        clock=around.clock,
        deadline_seconds=ground.settings.job_deadline_seconds,
        meter=ground.metrics,
        reach=around.reach,
    )

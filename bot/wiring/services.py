"""Which part is given which: use cases, client and messenger, put together from what is open."""

from __future__ import annotations

from dataclasses import dataclass

from bot.client import EaselBot
from bot.gateway import GatewayPace
from bot.services.catalogue import Services
from bot.services.creative.album import Album
from bot.services.creative.clicks import Clicks
from bot.services.creative.drafting import Drafting
from bot.services.creative.gallery import Gallery
from bot.services.creative.going_on import GoingOn
from bot.services.creative.intake import Intake
from bot.services.creative.picking import Picking
from bot.services.creative.policy import Policy
from bot.services.creative.privacy import Privacy
from bot.services.creative.references import References
from bot.services.creative.tray import Tray
from bot.services.jobs.announcements import Announcements
from bot.services.jobs.archive import Archive
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.cancelling import Cancelling
from bot.services.jobs.early_looks import EarlyLooks
from bot.services.jobs.turns import Turns
from bot.services.jobs.uploads import Uploads
from bot.services.moderation.approvals import Approvals
from bot.services.moderation.casework import Casework
from bot.services.moderation.conduct import Conduct
from bot.services.moderation.records import Records
from bot.services.moderation.reporting import Reporting
from bot.services.moderation.reviewing import Reviewing
from bot.services.moderation.rules import ServerSettings
from bot.services.money.budgets import Budgets
from bot.services.money.freezing import Freezing
from bot.services.money.overview import Overviews
from bot.services.money.prices import Prices
from bot.services.money.refunding import Refunding
from bot.services.money.spending import Spending
from bot.ui.answers import Answers
from bot.ui.drawing import Renderers
from bot.ui.messenger import DiscordMessenger
from bot.ui.refusals import render_refusal, render_unexpected
from bot.ui.result import render_result
from bot.ui.status import render_status
from bot.ui.tokens import TokenDoors
from bot.wiring.ground import Ground

COGS = (
    "cogs.create",
    "cogs.references",
    "cogs.jobs",
    "cogs.gallery",
    "cogs.budget",
    "cogs.guide",
    "cogs.menus",
    "cogs.manage",
    "cogs.privacy",
    "cogs.welcome",
)

_RENDERERS = Renderers(render_status, render_result, render_refusal, render_unexpected)


@dataclass(frozen=True, slots=True)
class Shared:
    """Use cases that both commands and the engine use."""

    intake: Intake
    references: References
    turns: Turns
    prices: Prices
    uploads: Uploads
    breaker: Breaker
    looks: EarlyLooks
    announcements: Announcements


def share(ground: Ground) -> Shared:
    """Make what several others need."""
    around, stores, media = ground.around, ground.stores, ground.media
    prices = Prices(ground.provider, stores.prices, around.clock)
    references = References(media.attachments, media.checker, media.vault, stores.images, around.clock)
    intake = Intake(
        jobs=stores.jobs,
        policy=Policy(stores.rules),
        references=references,
        disk_has_room=media.disk.has_room,
        prices=prices,
        clock=around.clock,
        random=around.random,
        switchboard=ground.switchboard,
        reach=around.reach,
    )
    uploads = Uploads(ground.provider, media.vault, stores.images, around.clock, around.reach)
    breaker = Breaker(around.clock)
    turns = Turns(stores.jobs, ground.waits, ground.limits, around.clock, breaker)
    looks = EarlyLooks(around.clock, are_possible=ground.addresses is not None)
    announcements = Announcements(
        addresses=ground.addresses,
        looks=looks,
        jobs=stores.jobs,
        provider=ground.provider,
        switchboard=ground.switchboard,
        clock=around.clock,
    )
    return Shared(intake, references, turns, prices, uploads, breaker, looks, announcements)


def services_of(ground: Ground, shared: Shared) -> Services:
    """Make what commands and buttons call."""
    stores, media, clock, random = ground.stores, ground.media, ground.around.clock, ground.around.random
    tray = Tray(stores.trays, shared.references, media.vault, clock)
    drafting = Drafting(stores.drafts, shared.prices, clock, random)
    cancelling = Cancelling(stores.jobs, ground.switchboard, clock)
    album = Album(media.vault, media.checker)
    return Services(
        intake=shared.intake,
        cancelling=cancelling,
        archive=Archive(stores.jobs, shared.turns),
        budgets=Budgets(stores.budgets, stores.jobs, clock),
        policy=Policy(stores.rules),
        server_settings=ServerSettings(stores.rules, stores.moderation, clock),
        freezing=Freezing(stores.moderation, stores.jobs, clock),
        refunding=Refunding(stores.jobs, stores.moderation, clock),
        records=Records(stores.moderation),
        conduct=Conduct(stores.rules, clock),
        spending=Spending(stores.spending, stores.budgets, clock),
        privacy=Privacy(stores.privacy, clock),
        casework=Casework(
            jobs=stores.jobs,
            moderation=stores.moderation,
            cancelling=cancelling,
            provider=ground.provider,
            switchboard=ground.switchboard,
            clock=clock,
        ),
        overviews=Overviews(stores, ground.provider, ground.limits, clock),
        references=shared.references,
        tray=tray,
        prices=shared.prices,
        drafting=drafting,
        approvals=Approvals(
            stores.approvals, stores.drafts, stores.rules, drafting, shared.intake, clock=clock, random=random
        ),
        picking=Picking(stores.picks, clock, random),
        going_on=GoingOn(stores.jobs, stores.gallery, drafting, tray, clock),
        gallery=Gallery(stores.gallery),
        reporting=Reporting(stores, album, ground.switchboard, clock),
        reviewing=Reviewing(stores, album, ground.switchboard, clock),
        album=album,
        clicks=Clicks(clock),
    )


def bot_of(ground: Ground, services: Services, pace: GatewayPace) -> EaselBot:
    """Make the client."""
    around, stores, metrics = ground.around, ground.stores, ground.metrics
    answers = Answers(
        renderers=_RENDERERS,
        interactions=stores.interactions,
        clock=around.clock,
        random=around.random,
        reach=around.reach,
        missed=lambda: metrics.discord_failed("missed"),
    )
    bot = EaselBot(
        services,
        answers=answers,
        facts=stores.facts,
        clock=around.clock,
        random=around.random,
        cogs=COGS,
        gate=pace,
        door=services.policy.admit_person,
        operator_ids=ground.settings.operator_ids,
    )

    async def ring() -> None:
        ground.switchboard.session.ring()

    bot.add_listener(ring, "on_ready")
    return bot


def messenger_of(ground: Ground, bot: EaselBot) -> DiscordMessenger:
    """Make what speaks for jobs in Discord."""
    around = ground.around
    return DiscordMessenger(
        bot,
        renderers=_RENDERERS,
        tokens=TokenDoors(bot, ground.stores.interactions, around.clock),
        strips=Album(ground.media.vault, ground.media.checker),
        clock=around.clock,
        random=around.random,
    )

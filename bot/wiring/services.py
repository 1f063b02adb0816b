"""Which part is given which: use cases, client and messenger, put together from what is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.client import EaselBot
from bot.gateway import GatewayPace
from bot.media.sample import sample_image
from bot.services.catalogue import Services
from bot.services.creative.album import Album
from bot.services.creative.clicks import Clicks
from bot.services.creative.drafting import Drafting
from bot.services.creative.follow_ups import FollowUps, Remover
from bot.services.creative.gallery import Gallery
from bot.services.creative.intake import Intake
from bot.services.creative.menu_selection import MenuSelection
from bot.services.creative.originals import Originals
from bot.services.creative.policy import Policy
from bot.services.creative.privacy import Privacy
from bot.services.creative.references import References
from bot.services.creative.showcase import Showcase, ShowcaseChannel
from bot.services.creative.tray import Tray
from bot.services.jobs.announcements import Announcements
from bot.services.jobs.breaker import Breaker
from bot.services.jobs.cancelling import Cancelling
from bot.services.jobs.early_looks import EarlyLooks
from bot.services.jobs.job_history import JobHistory
from bot.services.jobs.places import Channels
from bot.services.jobs.turn_order import TurnOrders
from bot.services.jobs.turns import Turns
from bot.services.jobs.uploads import Uploads
from bot.services.moderation.approvals import ApprovalDesk, Approvals
from bot.services.moderation.audit import Audit
from bot.services.moderation.audit_feed import LogChannel
from bot.services.moderation.conduct import Conduct
from bot.services.moderation.job_moderation import JobModeration
from bot.services.moderation.reporting import ReportDesk, Reporting
from bot.services.moderation.reviewing import ReviewDesk, Reviewing
from bot.services.moderation.rules import ServerSettings
from bot.services.money.budgets import Budgets
from bot.services.money.freezing import Freezing
from bot.services.money.notices import NoticeChannel
from bot.services.money.overview import Overviews
from bot.services.money.prices import Prices
from bot.services.money.refunding import Refunding
from bot.services.money.spending import Spending
from bot.services.ports.messages import Messenger
from bot.ui.discord.answers import Answers
from bot.ui.discord.approval_desk import DiscordApprovalDesk
from bot.ui.discord.channels import DiscordChannels
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.discord.posts import MessageRemover
from bot.ui.discord.report_desk import DiscordReportDesk
from bot.ui.discord.review_desk import DiscordReviewDesk
from bot.ui.discord.showcase import DiscordShowcase
from bot.ui.render.drawing import Renderers
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.result import render_result
from bot.ui.render.status import render_status
from bot.wiring.resources import Resources

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
    album: Album


class Voice(Messenger, LogChannel, NoticeChannel, Protocol):
    """What speaks in Discord for jobs, and tells log channels."""


@dataclass(frozen=True, slots=True)
class Discord:
    """Discord, as use cases and engine know it: each field is a Protocol of whoever needs it."""

    messenger: Voice
    channels: Channels
    reviews: ReviewDesk
    reports: ReportDesk
    approvals: ApprovalDesk
    showcase: ShowcaseChannel
    remover: Remover


def share(resources: Resources) -> Shared:
    """Make what several others need."""
    environment, stores, media = resources.environment, resources.stores, resources.media
    prices = Prices(resources.provider, stores.prices, environment.clock)
    references = References(
        media.attachments,
        media.checker,
        media.vault,
        images=stores.images,
        collected=stores.collected,
        sample=sample_image(),
        clock=environment.clock,
    )
    intake = Intake(
        jobs=stores.jobs,
        policy=Policy(stores.rules),
        references=references,
        disk_has_room=media.disk.has_room,
        prices=prices,
        clock=environment.clock,
        random=environment.random,
        signals=resources.signals,
        crash_hook=environment.crash_hook,
    )
    uploads = Uploads(resources.provider, media.vault, stores.images, environment.clock, environment.crash_hook)
    breaker = Breaker(environment.clock)
    orders = TurnOrders(stores.jobs, resources.limits, environment.clock)
    turns = Turns(orders, resources.waits, resources.limits, environment.clock, breaker)
    looks = EarlyLooks(environment.clock, are_possible=resources.addresses is not None)
    announcements = Announcements(
        addresses=resources.addresses,
        looks=looks,
        jobs=stores.jobs,
        provider=resources.provider,
        signals=resources.signals,
        clock=environment.clock,
    )
    album = Album(media.vault, media.checker)
    return Shared(intake, references, turns, prices, uploads, breaker, looks, announcements, album)


def services_of(resources: Resources, shared: Shared, discord: Discord) -> Services:
    """Make what commands and buttons call."""
    stores, media, clock, random = (
        resources.stores,
        resources.media,
        resources.environment.clock,
        resources.environment.random,
    )
    tray = Tray(stores.trays, shared.references, media.vault, clock)
    drafting = Drafting(stores.drafts, shared.prices, clock, random)
    cancelling = Cancelling(stores.jobs, resources.signals, clock)
    return Services(
        intake=shared.intake,
        cancelling=cancelling,
        job_history=JobHistory(stores.jobs, shared.turns),
        budgets=Budgets(stores.budgets, stores.jobs, clock),
        policy=Policy(stores.rules),
        server_settings=ServerSettings(stores.rules, stores.moderation, clock),
        freezing=Freezing(stores.moderation, stores.jobs, clock),
        refunding=Refunding(stores.jobs, stores.moderation, clock),
        audit=Audit(stores.moderation),
        conduct=Conduct(stores.rules, clock),
        spending=Spending(stores.spending, stores.budgets, clock),
        privacy=Privacy(stores.privacy, clock),
        job_moderation=JobModeration(
            jobs=stores.jobs,
            moderation=stores.moderation,
            cancelling=cancelling,
            provider=resources.provider,
            signals=resources.signals,
            clock=clock,
        ),
        overviews=Overviews(stores, resources.provider, resources.limits, clock),
        references=shared.references,
        tray=tray,
        prices=shared.prices,
        drafting=drafting,
        approvals=Approvals(
            stores.approvals,
            stores.drafts,
            stores.rules,
            drafting,
            shared.intake,
            discord.approvals,
            clock=clock,
            random=random,
        ),
        menu_selection=MenuSelection(stores.picks, clock, random),
        follow_ups=FollowUps(stores.jobs, stores.gallery, drafting, tray, discord.remover, clock),
        gallery=Gallery(stores.gallery),
        reporting=Reporting(stores, shared.album, discord.reports, resources.signals, clock),
        reviewing=Reviewing(stores, shared.album, discord.reviews, resources.signals, clock),
        album=shared.album,
        showcase=Showcase(stores, shared.album, discord.showcase, discord.remover, clock),
        originals=Originals(media.vault, resources.provider, clock),
        clicks=Clicks(clock),
    )


def bot_of(resources: Resources, pace: GatewayPace) -> EaselBot:
    """Make the client."""
    environment, stores, metrics = resources.environment, resources.stores, resources.metrics
    answers = Answers(
        renderers=_RENDERERS,
        interactions=stores.interactions,
        clock=environment.clock,
        random=environment.random,
        crash_hook=environment.crash_hook,
        missed=lambda: metrics.discord_failed("missed"),
    )
    bot = EaselBot(
        answers=answers,
        facts=stores.facts,
        clock=environment.clock,
        random=environment.random,
        cogs=COGS,
        gate=pace,
        operator_ids=resources.settings.operator_ids,
    )

    async def notify() -> None:
        resources.signals.session.notify()

    bot.add_listener(notify, "on_ready")
    return bot


def discord_of(resources: Resources, shared: Shared, bot: EaselBot) -> tuple[Discord, DiscordMessenger]:
    """Make what reaches Discord through a client, and what of it is to be closed."""
    environment = resources.environment
    messenger = DiscordMessenger(
        bot,
        renderers=_RENDERERS,
        tokens=InteractionWebhooks(bot, resources.stores.interactions, environment.clock),
        strips=shared.album,
        clock=environment.clock,
        random=environment.random,
    )
    discord = Discord(
        messenger=messenger,
        channels=DiscordChannels(bot),
        reviews=DiscordReviewDesk(bot),
        reports=DiscordReportDesk(bot),
        approvals=DiscordApprovalDesk(bot, shared.album),
        showcase=DiscordShowcase(bot),
        remover=MessageRemover(bot),
    )
    return discord, messenger

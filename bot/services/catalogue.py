"""All use cases, made once and grouped as their folders are: each is one line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

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
from bot.services.creative.styles import Styles
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
from bot.services.moderation.blocks import Blocks
from bot.services.moderation.job_moderation import JobModeration
from bot.services.moderation.reporting import ReportDesk, Reporting
from bot.services.moderation.reviewing import ReviewDesk, Reviewing
from bot.services.moderation.rules import ServerSettings
from bot.services.moderation.word_list import WordList
from bot.services.money.budgets import Budgets
from bot.services.money.freezing import Freezing
from bot.services.money.notices import NoticeChannel
from bot.services.money.overview import Overviews
from bot.services.money.prices import Prices
from bot.services.money.refunding import Refunding
from bot.services.money.spending import Spending
from bot.services.ports.messages import Messenger
from bot.services.resources import Resources


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


class Money:
    """What is spent, and may be."""

    def __init__(self, resources: Resources) -> None:
        stores, clock = resources.stores, resources.clock
        self.prices = Prices(resources.provider, stores.prices, clock)
        self.budgets = Budgets(stores.budgets, stores.jobs, clock)
        self.spending = Spending(stores.spending, stores.budgets, clock)
        self.overviews = Overviews(stores, resources.provider, resources.limits, clock)
        self.freezing = Freezing(stores.moderation, stores.jobs, clock)
        self.refunding = Refunding(stores.jobs, stores.moderation, clock)


class Jobs:
    """Jobs on their way, from the queue to the result."""

    def __init__(self, resources: Resources) -> None:
        jobs, clock = resources.stores.jobs, resources.clock
        self.breaker = Breaker(clock)
        orders = TurnOrders(jobs, resources.limits, clock)
        self.turns = Turns(orders, resources.waits, resources.limits, clock, self.breaker)
        self.history = JobHistory(jobs, self.turns)
        self.cancelling = Cancelling(jobs, resources.signals, clock)
        self.uploads = Uploads(
            resources.provider, resources.media.vault, resources.stores.images, clock, resources.crash_hook
        )
        self.early_looks = EarlyLooks(clock, are_possible=resources.addresses is not None)
        self.announcements = Announcements(
            addresses=resources.addresses,
            looks=self.early_looks,
            jobs=jobs,
            provider=resources.provider,
            signals=resources.signals,
            clock=clock,
        )


class Creative:
    """What members do with pictures."""

    def __init__(self, resources: Resources, discord: Discord, money: Money) -> None:
        stores, media, clock, random = resources.stores, resources.media, resources.clock, resources.random
        self.policy = Policy(stores.rules)
        self.references = References(
            media.attachments,
            media.checker,
            media.vault,
            images=stores.images,
            collected=stores.collected,
            sample=media.sample,
            clock=clock,
        )
        self.styles = Styles(stores.styles, stores.rules, self.references, clock)
        self.intake = Intake(
            jobs=stores.jobs,
            policy=self.policy,
            styles=self.styles,
            references=self.references,
            disk_has_room=media.disk_has_room,
            prices=money.prices,
            clock=clock,
            random=random,
            signals=resources.signals,
            crash_hook=resources.crash_hook,
        )
        self.tray = Tray(stores.trays, self.references, media.vault, clock)
        self.drafting = Drafting(stores.drafts, self.styles, money.prices, clock, random)
        self.follow_ups = FollowUps(stores.jobs, stores.gallery, self.drafting, self.tray, discord.remover, clock)
        self.menu_selection = MenuSelection(stores.picks, clock, random)
        self.gallery = Gallery(stores.gallery)
        self.album = Album(media.vault, media.checker)
        self.showcase = Showcase(stores, self.album, discord.showcase, discord.remover, clock)
        self.originals = Originals(media.vault, resources.provider, clock)
        self.privacy = Privacy(stores.privacy, clock)
        self.clicks = Clicks(clock)


class Moderation:
    """What moderators decide."""

    def __init__(self, resources: Resources, discord: Discord, jobs: Jobs, creative: Creative) -> None:
        stores, signals, clock = resources.stores, resources.signals, resources.clock
        self.server_settings = ServerSettings(stores.rules, stores.styles, stores.moderation, clock)
        self.blocks = Blocks(stores.rules, clock)
        self.word_list = WordList(stores.rules, clock)
        self.audit = Audit(stores.moderation)
        self.approvals = Approvals(
            stores.approvals,
            stores.drafts,
            stores.rules,
            creative.drafting,
            creative.intake,
            discord.approvals,
            clock=clock,
            random=resources.random,
        )
        self.reporting = Reporting(stores, creative.album, discord.reports, signals, clock)
        self.reviewing = Reviewing(stores, creative.album, discord.reviews, signals, clock)
        self.job_moderation = JobModeration(
            jobs=stores.jobs,
            moderation=stores.moderation,
            cancelling=jobs.cancelling,
            provider=resources.provider,
            signals=signals,
            clock=clock,
        )


class Services:
    """Every use case, as cogs, buttons and the engine call it: `services.creative.drafting`."""

    def __init__(self, resources: Resources, discord: Discord) -> None:
        self.money = Money(resources)
        self.jobs = Jobs(resources)
        self.creative = Creative(resources, discord, self.money)
        self.moderation = Moderation(resources, discord, self.jobs, self.creative)

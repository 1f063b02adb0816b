"""The use cases that commands and buttons may call, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.creative.album import Album
from bot.services.creative.clicks import Clicks
from bot.services.creative.drafting import Drafting
from bot.services.creative.follow_ups import FollowUps
from bot.services.creative.gallery import Gallery
from bot.services.creative.intake import Intake
from bot.services.creative.menu_selection import MenuSelection
from bot.services.creative.originals import Originals
from bot.services.creative.policy import Policy
from bot.services.creative.privacy import Privacy
from bot.services.creative.references import References
from bot.services.creative.showcase import Showcase
from bot.services.creative.tray import Tray
from bot.services.jobs.cancelling import Cancelling
from bot.services.jobs.job_history import JobHistory
from bot.services.moderation.approvals import Approvals
from bot.services.moderation.audit import Audit
from bot.services.moderation.conduct import Conduct
from bot.services.moderation.job_moderation import JobModeration
from bot.services.moderation.reporting import Reporting
from bot.services.moderation.reviewing import Reviewing
from bot.services.moderation.rules import ServerSettings
from bot.services.money.budgets import Budgets
from bot.services.money.freezing import Freezing
from bot.services.money.overview import Overviews
from bot.services.money.prices import Prices
from bot.services.money.refunding import Refunding
from bot.services.money.spending import Spending


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs and buttons are given; everything else is the engine's."""

    intake: Intake
    cancelling: Cancelling
    job_history: JobHistory
    budgets: Budgets
    policy: Policy
    server_settings: ServerSettings
    conduct: Conduct
    freezing: Freezing
    refunding: Refunding
    audit: Audit
    spending: Spending
    overviews: Overviews
    job_moderation: JobModeration
    privacy: Privacy
    references: References
    tray: Tray
    prices: Prices
    drafting: Drafting
    approvals: Approvals
    menu_selection: MenuSelection
    follow_ups: FollowUps
    gallery: Gallery
    reporting: Reporting
    reviewing: Reviewing
    album: Album
    originals: Originals
    showcase: Showcase
    clicks: Clicks

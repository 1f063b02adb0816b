"""The use cases that commands and buttons may call, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

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
from bot.services.jobs.archive import Archive
from bot.services.jobs.cancelling import Cancelling
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


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs and buttons are given; everything else is the engine's."""

    intake: Intake
    cancelling: Cancelling
    archive: Archive
    budgets: Budgets
    policy: Policy
    server_settings: ServerSettings
    conduct: Conduct
    freezing: Freezing
    refunding: Refunding
    records: Records
    spending: Spending
    overviews: Overviews
    casework: Casework
    privacy: Privacy
    references: References
    tray: Tray
    prices: Prices
    drafting: Drafting
    approvals: Approvals
    picking: Picking
    going_on: GoingOn
    gallery: Gallery
    reporting: Reporting
    reviewing: Reviewing
    album: Album
    clicks: Clicks

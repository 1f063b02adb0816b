"""The use cases that commands and buttons may call, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services.album import Album
from bot.services.approvals import Approvals
from bot.services.archive import Archive
from bot.services.budgets import Budgets
from bot.services.cancelling import Cancelling
from bot.services.casework import Casework
from bot.services.clicks import Clicks
from bot.services.conduct import Conduct
from bot.services.drafting import Drafting
from bot.services.freezing import Freezing
from bot.services.gallery import Gallery
from bot.services.going_on import GoingOn
from bot.services.intake import Intake
from bot.services.overview import Overviews
from bot.services.picking import Picking
from bot.services.policy import Policy
from bot.services.prices import Prices
from bot.services.privacy import Privacy
from bot.services.records import Records
from bot.services.references import References
from bot.services.refunding import Refunding
from bot.services.reporting import Reporting
from bot.services.rules import ServerSettings
from bot.services.spending import Spending
from bot.services.tray import Tray


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
    album: Album
    clicks: Clicks

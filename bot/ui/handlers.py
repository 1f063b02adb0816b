"""What every button, select and form does, by the name in its custom id."""

from __future__ import annotations

from bot.ui import on_privacy, submitted
from bot.ui.creative import on_approvals, on_drafts, on_gallery, on_references, on_results
from bot.ui.manage import on_audit, on_overview, on_reports, on_reviews, on_settings
from bot.ui.presses import Handlers

HANDLERS = Handlers(
    items={
        **on_results.ITEMS,
        **on_drafts.ITEMS,
        **on_references.ITEMS,
        **on_gallery.ITEMS,
        **on_approvals.ITEMS,
        **on_reports.ITEMS,
        **on_reviews.ITEMS,
        **on_overview.ITEMS,
        **on_settings.ITEMS,
        **on_audit.ITEMS,
        **on_privacy.ITEMS,
        **submitted.ITEMS,
    },
    forms={
        **on_results.FORMS,
        **on_drafts.FORMS,
        **on_references.FORMS,
        **on_approvals.FORMS,
        **on_reports.FORMS,
        **on_overview.FORMS,
        **on_settings.FORMS,
    },
    openers={
        **on_results.OPENERS,
        **on_drafts.OPENERS,
        **on_references.OPENERS,
        **on_approvals.OPENERS,
        **on_reports.OPENERS,
        **on_overview.OPENERS,
        **on_settings.OPENERS,
    },
)

"""What every button, select and form does, by the name in its custom id."""

from __future__ import annotations

from bot.ui.handlers import privacy, submitted
from bot.ui.handlers.creative import approvals, drafts, gallery, references, results, samples, styles
from bot.ui.handlers.manage import audit, overview, reports, reviews, settings
from bot.ui.handlers.presses import Handlers

HANDLERS = Handlers(
    items={
        **results.ITEMS,
        **drafts.ITEMS,
        **references.ITEMS,
        **gallery.ITEMS,
        **samples.ITEMS,
        **styles.ITEMS,
        **approvals.ITEMS,
        **reports.ITEMS,
        **reviews.ITEMS,
        **overview.ITEMS,
        **settings.ITEMS,
        **audit.ITEMS,
        **privacy.ITEMS,
        **submitted.ITEMS,
    },
    forms={
        **results.FORMS,
        **drafts.FORMS,
        **references.FORMS,
        **styles.FORMS,
        **approvals.FORMS,
        **reports.FORMS,
        **overview.FORMS,
        **settings.FORMS,
    },
    openers={
        **results.OPENERS,
        **drafts.OPENERS,
        **references.OPENERS,
        **styles.OPENERS,
        **approvals.OPENERS,
        **reports.OPENERS,
        **overview.OPENERS,
        **settings.OPENERS,
    },
)

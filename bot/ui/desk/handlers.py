"""What each button, select and form of the creative desk does, by the name in its custom id."""

from __future__ import annotations

from bot.ui.desk import on_approvals, on_drafts, on_gallery, on_results
from bot.ui.desk.actions import Handlers

DESK = Handlers(
    buttons={
        "edit": on_results.open_edit,
        "again": on_results.again,
        "retry": on_results.retry,
        "change": on_results.open_change,
        "use": on_results.use,
        "details": on_results.details,
        "delete": on_results.delete,
        "pages": on_gallery.turn_page,
        "bring": on_gallery.bring,
        "try": on_gallery.try_example,
        **on_drafts.BUTTONS,
        **on_approvals.BUTTONS,
    },
    selects={
        "place": on_drafts.choose_place,
        "which": on_results.use_which,
        "step": on_results.step_back,
        "models": on_gallery.choose_model,
        "pick": on_gallery.open_picture,
    },
    forms={"editing": on_results.edit, "changing": on_results.change, **on_drafts.FORMS, **on_approvals.FORMS},
)

"""What moderators read after they froze a member or gave money back."""

from __future__ import annotations

from discord import ui

from bot.domain.money import format_usd
from bot.services.money.freezing import FreezeChange
from bot.services.money.refunding import Refunded
from bot.ui import about
from bot.ui.escape import words
from bot.ui.layout import Layout
from bot.ui.manage import texts
from bot.ui.theme import Accent, heading, small

_REASON_CHARS = 200


def render_frozen(change: FreezeChange) -> ui.LayoutView:
    """The answer to `/manage freeze`."""
    layout = Layout(Accent.WAITING).text(heading(texts.FROZEN_TITLE))
    sentence = texts.FROZEN if change.is_new else texts.FROZEN_ALREADY
    finishes = texts.FINISHES.get(change.running, texts.FINISHES_MANY).format(count=change.running)
    quote = _quoted(change.reason) if change.is_new else ""
    layout.text(sentence.format(member_id=change.member_id), quote).text(finishes)
    return layout.text(small(texts.ON_RECORD) if change.is_new else "").build()


def render_unfrozen(member_id: int, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage unfreeze`."""
    layout = Layout(Accent.DONE if is_new else Accent.CALM).text(heading(texts.UNFROZEN_TITLE))
    layout.text((texts.UNFROZEN if is_new else texts.NOT_FROZEN).format(member_id=member_id))
    return layout.text(small(texts.ON_RECORD) if is_new else "").build()


def render_refunded(refunded: Refunded) -> ui.LayoutView:
    """The answer to `/manage refund`."""
    job = refunded.job
    who = texts.THE_MEMBER if job.member_id is None else f"<@{job.member_id}>"
    amount, paid = format_usd(refunded.amount_micros), format_usd(job.spent_micros)
    layout = Layout(Accent.DONE).text(heading(texts.REFUNDED_TITLE))
    lapsed = texts.REFUND_LAPSED.format(amount=format_usd(refunded.lapsed_micros)) if refunded.lapsed_micros else ""
    layout.text(texts.REFUNDED.format(amount=amount, paid=paid, who=who), lapsed, _quoted(refunded.reason))
    return layout.text(small(about.mark(job), texts.PICTURES_STAY, texts.ON_RECORD)).build()


def _quoted(reason: str) -> str:
    return texts.REASON.format(reason=words(reason, _REASON_CHARS))

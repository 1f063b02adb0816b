"""What moderators read after they set a limit, gave a grant, froze a member or gave money back."""

from __future__ import annotations

from collections.abc import Iterator

from discord import ui

from bot import texts
from bot.domain.budget import Grant, ScopeKind
from bot.domain.money import format_usd
from bot.services.money.budgets import LimitChange
from bot.services.money.freezing import FreezeChange
from bot.services.money.refunding import Refunded
from bot.ui.render import about
from bot.ui.render.budget import budget_line
from bot.ui.render.escape import quoted, words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, day, heading, relative, small

_REASON_CHARS = 200


def render_limit_changed(change: LimitChange) -> ui.LayoutView:
    """A moderator's answer after a limit was set or removed."""
    who = texts.limits.LIMIT_FOR[change.kind].format(subject_id=change.subject_id)
    per, before, after = texts.budgets.PER[change.period], change.before_micros, change.after_micros
    if after is None and change.holds is not None:
        sentence = texts.limits.LIMIT_IS_THE_NEXT.format(who=who, per=per)
    elif after is None:
        sentence = texts.limits.LIMIT_IS_NONE.format(who=who, per=per)
    else:
        sentence = texts.limits.LIMIT_IS_NOW.format(who=who, amount=format_usd(after), per=per)
    was = texts.limits.LIMIT_WAS_NONE if before is None else texts.limits.LIMIT_WAS.format(amount=format_usd(before))
    layout = Layout(Accent.DONE).text(heading(texts.limits.LIMIT_REMOVED if after is None else texts.limits.LIMIT_SET))
    layout.text(sentence, *_holds(change))
    return layout.text(small(was, texts.limits.RUNNING_UNTOUCHED)).build()


def _holds(change: LimitChange) -> Iterator[str]:
    """What the change means for what is spent there already."""
    line = change.holds
    if line is not None:
        yield budget_line(line)
    if change.after_micros == 0:
        yield texts.limits.LIMIT_STOPS
    elif line is not None and not line.left_micros:
        ever = texts.limits.LIMIT_REACHED_EVER
        yield ever if line.ends_at is None else texts.limits.LIMIT_REACHED.format(when=relative(line.ends_at))


def render_grant_given(grant: Grant, *, target_id: int) -> ui.LayoutView:
    """A moderator's answer after a grant; `target_id` is the Discord id of the member or channel that got it."""
    is_for_channel, amount = grant.kind is ScopeKind.CHANNEL, format_usd(grant.amount_micros)
    if grant.expires_at is None:
        sentence = texts.limits.TO_CHANNEL if is_for_channel else texts.limits.TO_MEMBER
        given = sentence.format(target_id=target_id, amount=amount)
    else:
        sentence = texts.limits.TO_CHANNEL_UNTIL if is_for_channel else texts.limits.TO_MEMBER_UNTIL
        given = sentence.format(target_id=target_id, amount=amount, when=day(grant.expires_at))
    layout = Layout(Accent.DONE).text(heading(texts.limits.GRANT_GIVEN))
    layout.text(given)
    layout.text(quoted(grant.reason, 300))
    return layout.text(small(texts.limits.POOLS_STILL_HOLD)).build()


def render_frozen(change: FreezeChange) -> ui.LayoutView:
    """The answer to `/manage freeze`."""
    layout = Layout(Accent.WAITING).text(heading(texts.freezes.FROZEN_TITLE))
    sentence = texts.freezes.FROZEN if change.is_new else texts.freezes.FROZEN_ALREADY
    finishes = texts.freezes.FINISHES.format(count=change.running)
    quote = _quoted(change.reason) if change.is_new else ""
    layout.text(sentence.format(member_id=change.member_id), quote).text(finishes)
    return layout.text(small(texts.rules.ON_RECORD) if change.is_new else "").build()


def render_unfrozen(member_id: int, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage unfreeze`."""
    layout = Layout(Accent.DONE if is_new else Accent.CALM).text(heading(texts.freezes.UNFROZEN_TITLE))
    layout.text((texts.freezes.UNFROZEN if is_new else texts.freezes.NOT_FROZEN).format(member_id=member_id))
    return layout.text(small(texts.rules.ON_RECORD) if is_new else "").build()


def render_refunded(refunded: Refunded) -> ui.LayoutView:
    """The answer to `/manage refund`."""
    job = refunded.job
    who = texts.freezes.THE_MEMBER if job.member_id is None else f"<@{job.member_id}>"
    amount, paid = format_usd(refunded.amount_micros), format_usd(job.spent_micros)
    layout = Layout(Accent.DONE).text(heading(texts.freezes.REFUNDED_TITLE))
    lapsed = (
        texts.freezes.REFUND_LAPSED.format(amount=format_usd(refunded.lapsed_micros)) if refunded.lapsed_micros else ""
    )
    layout.text(texts.freezes.REFUNDED.format(amount=amount, paid=paid, who=who), lapsed, _quoted(refunded.reason))
    return layout.text(small(about.mark(job), texts.freezes.PICTURES_STAY, texts.rules.ON_RECORD)).build()


def _quoted(reason: str) -> str:
    return texts.rules.REASON.format(reason=words(reason, _REASON_CHARS))

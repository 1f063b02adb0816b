"""The audit as a message: who did what, to whom, from what to what, when and why, ten acts a page, newest first."""

from __future__ import annotations

from collections.abc import Collection

import discord
from discord import ui

from bot import texts
from bot.domain.audit import AuditRow, Untold
from bot.domain.money import format_usd
from bot.services.moderation.audit import PAGE_ROWS, AuditPage
from bot.ui.render.actions import ActionButton
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, facts, heading, relative, small

_REASON_CHARS = 80
_VALUE_CHARS = 30
_NONE = "none"
_CHANNEL_RULES = frozenset({"log_channel", "desk_channel", "showcase_channel"})


def gone_from(guild: discord.Guild | None, page: AuditPage) -> frozenset[int]:
    """The roles and channels of a page that were deleted since; none where Discord has not told of the server."""
    if guild is None:
        return frozenset()
    roles = {row.subject_id for row in page.rows if row.subject_kind == "role" and row.subject_id is not None}
    channels = {row.subject_id for row in page.rows if row.subject_kind == "channel" and row.subject_id is not None}
    named = (value for row in page.rows if row.action in _CHANNEL_RULES for value in (row.before, row.after))
    channels |= {int(value) for value in named if value is not None and value.isdigit()}
    gone = {role for role in roles if guild.get_role(role) is None}
    return frozenset(gone | {channel for channel in channels if guild.get_channel_or_thread(channel) is None})


def render_audit(page: AuditPage, gone: Collection[int] = ()) -> ui.LayoutView:
    """One page of the answer to `/manage audit`; `gone` are roles and channels that no mention can name any more."""
    title = texts.audit.AUDIT if page.member_id is None else texts.audit.AUDIT_OF.format(member_id=page.member_id)
    layout = Layout(Accent.CALM).text(heading(title))
    for row in page.rows:
        layout.text(*act_lines(row, gone))
    if not page.rows:
        layout.text(texts.audit.NO_MORE_ACTS if page.number else texts.audit.NO_ACTS)
    return _add_pages(layout, page).build()


def render_acts(untold: Untold) -> ui.LayoutView:
    """What a log channel is told: acts in their order, and how many came before that are not shown."""
    layout = Layout(Accent.CALM)
    if untold.earlier:
        layout.text(small(texts.overview.EARLIER_ACTS.format(count=untold.earlier)))
    for row in untold.rows:
        layout.text(*act_lines(row))
    return layout.build()


def act_lines(row: AuditRow, gone: Collection[int] = ()) -> tuple[str, str]:
    """One act in two lines: what was done, and by whom, when and why."""
    return _what(row, gone), _who(row)


def _add_pages(layout: Layout, page: AuditPage) -> Layout:
    about, turns = page.member_id or 0, list[ActionButton]()
    if page.number:
        turns.append(ActionButton("audit", "newer", about, page.number - 1, label=texts.labels.NEWER))
    if page.has_older:
        turns.append(ActionButton("audit", "older", about, page.number + 1, label=texts.labels.OLDER))
    if turns:
        layout.text(small(texts.audit.PAGE.format(number=page.number + 1, count=PAGE_ROWS)))
    return layout.buttons(*turns)


def _what(row: AuditRow, gone: Collection[int]) -> str:
    act = texts.audit.ACT.format(act=texts.audit.ACTS.get(row.action) or words(row.action, _VALUE_CHARS))
    job = texts.results.MARK.format(job_id=row.job_id) if row.job_id else ""
    return facts(act, _subject(row, gone), _change(row, gone), job)


def _who(row: AuditRow) -> str:
    actor = texts.audit.NOT_NAMED if row.actor_member_id is None else f"<@{row.actor_member_id}>"
    reason = words(row.reason, _REASON_CHARS) if row.reason else ""
    return small(actor, relative(row.done_at), reason)


def _subject(row: AuditRow, gone: Collection[int]) -> str:
    match row.subject_kind:
        case "member":
            return texts.audit.SOMEBODY if row.subject_id is None else f"<@{row.subject_id}>"
        case "role":
            is_gone = row.subject_id in gone
            return texts.audit.ROLE_GONE.format(id=row.subject_id) if is_gone else f"<@&{row.subject_id}>"
        case "channel":
            return _channel(str(row.subject_id), gone)
        case "default":
            return texts.audit.EACH_MEMBER
        case "bot":
            return texts.audit.THIS_BOT
        case _:
            return texts.audit.THIS_SERVER if row.action.startswith("limit.") else ""


def _change(row: AuditRow, gone: Collection[int]) -> str:
    before, after = row.before, row.after
    match row.action:
        case "grant" | "approve":
            return texts.audit.GIVEN.format(amount=_amount(after)) if after else ""
        case "refund":
            return texts.audit.GIVEN_BACK.format(amount=format_usd(int(before or 0) - int(after or 0)))
        case "words":
            return (texts.audit.WORD_ON if after else texts.audit.WORD_OFF).format(
                word=words(after or before or "", _VALUE_CHARS)
            )
        case "desk_role":
            return texts.audit.NAMED if after == "named" else texts.audit.NOT_NAMED_ANY_MORE
        case limit if limit.startswith("limit."):
            before, after = _amount(before), _amount(after)
        case channel if channel in _CHANNEL_RULES:
            before, after = _channel(before, gone), _channel(after, gone)
        case _ if before is None and after is None:
            return ""
        case _:
            before, after = words(before or _NONE, _VALUE_CHARS), words(after or _NONE, _VALUE_CHARS)
    return texts.audit.CHANGED.format(before=before, after=after)


def _amount(kept: str | None) -> str:
    return _NONE if kept is None or kept == _NONE else format_usd(int(kept))


def _channel(kept: str | None, gone: Collection[int]) -> str:
    if kept is None or not kept.isdigit():
        return _NONE
    return texts.audit.CHANNEL_GONE.format(id=kept) if int(kept) in gone else f"<#{kept}>"

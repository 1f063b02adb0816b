"""Notices in words: which limit, how much of it is spent, and when more comes."""

from __future__ import annotations

from bot import texts
from bot.domain.budget import ScopeKind
from bot.domain.money import format_usd
from bot.domain.notices import Notice
from bot.ui.render.theme import relative


def notice_sentence(notice: Notice) -> str:
    """What a member reads in private, or a log channel of its server or one of its channels."""
    whose = {
        ScopeKind.MEMBER: texts.limits.NOTICE_OF_MEMBER,
        ScopeKind.CHANNEL: texts.limits.NOTICE_OF_CHANNEL.format(channel_id=notice.subject_id),
    }.get(notice.kind, texts.limits.NOTICE_OF_SERVER)
    said = texts.limits.NOTICE.format(
        whose=whose,
        percent=notice.spent_micros * 100 // notice.limit_micros,
        limit=format_usd(notice.limit_micros),
        per=texts.budgets.PER[notice.period],
        spent=format_usd(notice.spent_micros),
    )
    return (
        said if notice.ends_at is None else f"{said} {texts.limits.NOTICE_MORE.format(when=relative(notice.ends_at))}"
    )

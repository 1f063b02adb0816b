"""A request before the moderators, as they read it and as it reads once it is decided."""

from __future__ import annotations

import discord
from discord import ui

from bot import texts
from bot.domain.approvals import Verdict
from bot.domain.errors import EaselError
from bot.domain.money import format_usd
from bot.services.moderation.approvals import Asked
from bot.ui.render.about import reference_lines, strip_of
from bot.ui.render.actions import ActionButton
from bot.ui.render.buttons import priced
from bot.ui.render.creative.draft import asked_words, settings_line
from bot.ui.render.escape import quoted, words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, heading, relative, small

_PROMPT_CHARS = 300
_REASON_CHARS = 300
_KEPT_CHARS = 1_500
"""For what stands behind a storyboard's shots: settings, what approving does, why it did not start."""


def render_asked(asked: Asked, *, has_strip: bool = True, problem: str = "") -> ui.LayoutView:
    """A request with its two buttons; once it is decided, what was decided and by whom instead of them."""
    approval, draft = asked.approval, asked.draft
    layout = Layout(_ACCENTS[approval.verdict]).text(heading(texts.approvals.ASKED_TITLES[approval.verdict]))
    layout.text(
        texts.approvals.WHO_ASKS.format(
            member_id=approval.requester.member_id,
            channel_id=approval.requester.channel_id,
            when=relative(approval.asked_at),
        )
    )
    if draft.all_references and has_strip:
        layout.gallery([strip_of(draft.all_references)])
    layout.text(*reference_lines(draft.all_references)).text(*asked_words(draft, layout.chars_left - _KEPT_CHARS))
    layout.text(small(settings_line(draft))).separator()
    if approval.verdict is not None:
        return layout.text(_outcome(asked)).build()
    total = format_usd(draft.total_micros)
    layout.text(texts.approvals.WHAT_APPROVING_DOES.format(total=total))
    label = priced(texts.approvals.APPROVE, total)
    if problem:
        layout.text(texts.approvals.NOT_STARTED.format(problem=words(problem, _REASON_CHARS)))
    return layout.buttons(
        ActionButton("approve", approval.approval_id, label=label, style=discord.ButtonStyle.success),
        ActionButton("decline", approval.approval_id, label=texts.approvals.DECLINE, style=discord.ButtonStyle.danger),
    ).build()


def render_gone(asked: Asked, left: EaselError) -> ui.LayoutView:
    """Asks a moderator whether to approve what somebody asked for who has left."""
    total = format_usd(asked.draft.total_micros)
    layout = Layout(Accent.WAITING).text(
        heading(left.title), left.sentence, texts.approvals.GONE_WHY.format(total=total)
    )
    return layout.buttons(
        ActionButton(
            "approve", asked.approval.approval_id, "gone", label=priced(texts.approvals.APPROVE_ANYWAY, total)
        ),
        ActionButton(
            "decline", asked.approval.approval_id, label=texts.approvals.DECLINE, style=discord.ButtonStyle.danger
        ),
    ).build()


def render_handed_on() -> ui.LayoutView:
    """What is said to whoever asked."""
    return (
        Layout(Accent.CALM)
        .text(heading(texts.approvals.HANDED_ON), texts.approvals.HANDED_ON_WHY)
        .text(small(texts.approvals.NOT_SPENT))
        .build()
    )


def render_verdict(asked: Asked) -> ui.LayoutView:
    """What is said to a moderator who was not the first."""
    return (
        Layout(Accent.CALM).text(heading(texts.approvals.ASKED_TITLES[asked.approval.verdict]), _outcome(asked)).build()
    )


def render_declined(asked: Asked, reason: str) -> ui.LayoutView:
    """What whoever asked reads in a direct message."""
    layout = Layout(Accent.FAILED).text(heading(texts.approvals.DECLINED_TITLE))
    layout.text(texts.approvals.DECLINED_WHERE.format(channel_id=asked.approval.requester.channel_id))
    layout.text(quoted(asked.draft.prompt, _PROMPT_CHARS))
    layout.text(texts.approvals.DECLINED_WHY.format(reason=words(reason, _REASON_CHARS)))
    return layout.text(small(texts.approvals.NOT_SPENT)).build()


def render_told(*, told: bool) -> ui.LayoutView:
    """What the moderator who declined reads."""
    return (
        Layout(Accent.CALM)
        .text(heading(texts.approvals.DECLINED_TITLE), texts.approvals.TOLD if told else texts.approvals.NOT_TOLD)
        .build()
    )


_ACCENTS = {None: Accent.WAITING, Verdict.APPROVED: Accent.DONE, Verdict.DECLINED: Accent.CALM}


def _outcome(asked: Asked) -> str:
    approval = asked.approval
    by = texts.approvals.SOMEBODY if approval.decided_by_member_id is None else f"<@{approval.decided_by_member_id}>"
    if approval.verdict is Verdict.APPROVED:
        return texts.approvals.APPROVED_BY.format(by=by, job_id=approval.job_id)
    return texts.approvals.DECLINED_BY.format(by=by, reason=words(approval.reason or "", _REASON_CHARS))

"""The settings of a server as one panel: what is set, what the default is, and what the bot may not do where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.domain.money import format_usd
from bot.domain.rules import NsfwRule, ServerRules
from bot.ui.about import counted
from bot.ui.escape import words
from bot.ui.layout import Layout
from bot.ui.manage import texts
from bot.ui.manage.items import SettingsButton, SettingsChannelSelect, SettingsRoleSelect
from bot.ui.theme import DOT, Accent, heading, small

_GAPS_SHOWN = 6
_CHANNELS_IN_A_GAP = 5


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the bot may not do in a server, and what its rules name that is not there any more.

    `missing`: the permissions by channel; `unseen`: how many channels are hidden from it; `gone`: deleted roles and
    channels that are still set.
    """

    missing: Sequence[tuple[int, tuple[str, ...]]] = ()
    unseen: int = 0
    gone: frozenset[int] = frozenset()


def render_settings(rules: ServerRules, gaps: Gaps) -> ui.LayoutView:
    """The panel behind `/manage settings`; its buttons and menus change one thing each."""
    layout = Layout(Accent.WAITING if rules.paused_at is not None else Accent.CALM).text(heading(texts.SETTINGS))
    if rules.paused_at is not None:
        layout.text(texts.PAUSED.format(reason=words(rules.paused_reason or "", 200)))
    layout.text(*_lines(rules, gaps.gone)).separator().text(*_gap_lines(gaps)).separator()
    layout.buttons(
        SettingsButton("zone"),
        SettingsButton("confirm"),
        SettingsButton("at-once"),
        SettingsButton("nsfw-adult" if rules.nsfw is NsfwRule.NEVER else "nsfw-never"),
        SettingsButton("approve-over" if rules.approval else "approve-all"),
    )
    for item in _menus(rules, gaps.gone):
        layout.buttons(item)
    return layout.build()


def _menus(rules: ServerRules, gone: Collection[int]) -> Iterator[ui.Item[Any]]:
    channel, role = discord.SelectDefaultValueType.channel, discord.SelectDefaultValueType.role
    yield SettingsChannelSelect("log", _chosen(channel, [rules.log_channel_id], gone))
    yield SettingsChannelSelect("desk", _chosen(channel, [rules.desk_channel_id], gone))
    yield SettingsRoleSelect(chosen=_chosen(role, rules.desk_role_ids, gone))
    yield SettingsChannelSelect("channel", [])


def _chosen(
    kind: discord.SelectDefaultValueType, ids: Sequence[int | None], gone: Collection[int]
) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=each, type=kind) for each in ids if each is not None and each not in gone]


def _lines(rules: ServerRules, gone: Collection[int]) -> Iterator[str]:
    amount = rules.confirm_above_micros
    nsfw = texts.NSFW_RULES
    yield _line(texts.ZONE, rules.zone, texts.ZONE_DEFAULT)
    yield _line(
        texts.CONFIRMATION,
        texts.NEVER_ASKS if amount is None else texts.ABOVE.format(amount=format_usd(amount)),
        texts.NEVER_ASKS,
    )
    yield _line(texts.APPROVAL, texts.APPROVAL_ALL if rules.approval else texts.APPROVAL_OVER, texts.APPROVAL_OVER)
    yield _line(texts.NSFW, nsfw[rules.nsfw], nsfw[NsfwRule.ADULT_CHANNELS])
    yield _line(texts.AT_ONCE, str(rules.jobs_at_once or texts.NO_CAP), texts.NO_CAP)
    yield _line(texts.LOG_CHANNEL, _mention(rules.log_channel_id, gone), texts.NONE)
    yield _line(texts.DESK_CHANNEL, _mention(rules.desk_channel_id, gone), texts.NONE)
    yield _line(texts.DESK_ROLES, " ".join(_role(each, gone) for each in rules.desk_role_ids) or texts.NONE, texts.NONE)
    yield _line(texts.CHANNELS, str(len(rules.channels) or texts.NONE), texts.NONE)
    yield _line(texts.WORDS, str(len(rules.words) or texts.NONE), texts.NONE)


def _line(name: str, value: str, default: str) -> str:
    rest = texts.IS_DEFAULT if value == default else texts.DEFAULT_IS.format(default=default)
    return f"{texts.SETTING.format(name=name, value=value)}{DOT}{rest}"


def _mention(channel_id: int | None, gone: Collection[int]) -> str:
    if channel_id is None:
        return texts.NONE
    return texts.CHANNEL_GONE.format(id=channel_id) if channel_id in gone else f"<#{channel_id}>"


def _role(role_id: int, gone: Collection[int]) -> str:
    return texts.ROLE_GONE.format(id=role_id) if role_id in gone else f"<@&{role_id}>"


def _gap_lines(gaps: Gaps) -> Iterator[str]:
    """Channels that lack the same share a line."""
    by_missing: dict[tuple[str, ...], list[int]] = {}
    for channel_id, missing in gaps.missing:
        by_missing.setdefault(missing, []).append(channel_id)
    yield texts.GAPS if by_missing else texts.NO_GAPS
    for missing, channel_ids in list(by_missing.items())[:_GAPS_SHOWN]:
        named = " ".join(f"<#{channel_id}>" for channel_id in channel_ids[:_CHANNELS_IN_A_GAP])
        more = len(channel_ids) - _CHANNELS_IN_A_GAP
        channels = f"{named} {texts.MORE.format(count=more)}" if more > 0 else named
        yield texts.GAP.format(channels=channels, permissions=", ".join(missing))
    if len(by_missing) > _GAPS_SHOWN:
        yield texts.GAPS_MORE.format(count=len(by_missing) - _GAPS_SHOWN)
    if gaps.unseen:
        yield small(counted(texts.UNSEEN, texts.UNSEEN_MANY, gaps.unseen))

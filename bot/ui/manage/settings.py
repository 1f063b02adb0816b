"""The settings of a server as one panel: what is set, what the default is, and what the bot may not do where."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from discord import ChannelType, SelectOption, ui

from bot.domain.marks import NsfwRule
from bot.domain.money import format_usd
from bot.domain.rules import ServerRules
from bot.permissions import PLACES
from bot.services.moderation.rules import MOST_DESK_ROLES
from bot.ui.about import counted
from bot.ui.actions import ActionButton, ActionChannelSelect, ActionRoleSelect, ActionSelect
from bot.ui.escape import words
from bot.ui.layout import Layout
from bot.ui.manage import texts
from bot.ui.manage.gaps import Gaps
from bot.ui.theme import Accent, facts, heading, small

_GAPS_SHOWN = 6
_CHANNELS_IN_A_GAP = 5
_POSTABLE = (ChannelType.text, ChannelType.news)


def render_settings(rules: ServerRules, gaps: Gaps) -> ui.LayoutView:
    """The panel behind `/manage settings`; its buttons and menus change one thing each."""
    layout = Layout(Accent.WAITING if rules.paused_at is not None else Accent.CALM).text(heading(texts.SETTINGS))
    if rules.paused_at is not None:
        layout.text(texts.PAUSED.format(reason=words(rules.paused_reason or "", 200)))
    layout.text(*_lines(rules, gaps.gone)).separator().text(*_gap_lines(gaps)).separator()
    layout.buttons(
        _button("zone", texts.CHANGE_ZONE),
        _button("confirm", texts.CHANGE_CONFIRMATION),
        _button("at-once", texts.CHANGE_AT_ONCE),
        _button("unmarked-shown", texts.UNMARKED_SHOWN)
        if rules.unmarked_is_unsafe
        else _button("unmarked-unsafe", texts.UNMARKED_UNSAFE),
        _button("approve-over", texts.APPROVE_OVER) if rules.approval else _button("approve-all", texts.APPROVE_ALL),
    )
    layout.buttons(ActionSelect("unsafe", options=_unsafe_options(rules.nsfw), placeholder=texts.NSFW))
    layout.buttons(_post_in("log-channel", rules.log_channel_id, texts.PICK_LOG, gaps.gone))
    layout.buttons(_post_in("desk-channel", rules.desk_channel_id, texts.PICK_DESK, gaps.gone))
    there = [role_id for role_id in rules.desk_role_ids if role_id not in gaps.gone]
    layout.buttons(ActionRoleSelect("desk-roles", most=MOST_DESK_ROLES, chosen=there, placeholder=texts.PICK_ROLES))
    return layout.buttons(ActionChannelSelect("channel-rule", kinds=PLACES, placeholder=texts.PICK_CHANNEL)).build()


def _button(what: str, label: str) -> ActionButton:
    return ActionButton("settings", what, label=label)


def _unsafe_options(chosen: NsfwRule) -> list[SelectOption]:
    return [
        SelectOption(label=texts.NSFW_OPTION.format(rule=said), value=rule.value, default=rule is chosen)
        for rule, said in texts.NSFW_RULES.items()
    ]


def _post_in(name: str, channel_id: int | None, placeholder: str, gone: Collection[int]) -> ActionChannelSelect:
    """A channel to post in; choosing none removes the setting."""
    chosen = None if channel_id in gone else channel_id
    return ActionChannelSelect(name, kinds=_POSTABLE, chosen=chosen, may_choose_none=True, placeholder=placeholder)


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
    nowhere = rules.nsfw is NsfwRule.HELD and rules.desk_channel_id is None
    yield _line(texts.NSFW, texts.NSFW_HELD_NOWHERE if nowhere else nsfw[rules.nsfw], nsfw[NsfwRule.ADULT_CHANNELS])
    unmarked = texts.UNMARKED_IS_UNSAFE if rules.unmarked_is_unsafe else texts.UNMARKED_IS_SHOWN
    yield _line(texts.UNMARKED, unmarked, texts.UNMARKED_IS_SHOWN)
    yield _line(texts.AT_ONCE, str(rules.jobs_at_once or texts.NO_CAP), texts.NO_CAP)
    yield _line(texts.LOG_CHANNEL, _mention(rules.log_channel_id, gone), texts.NONE)
    yield _line(texts.DESK_CHANNEL, _mention(rules.desk_channel_id, gone), texts.NONE)
    yield _line(texts.DESK_ROLES, " ".join(_role(each, gone) for each in rules.desk_role_ids) or texts.NONE, texts.NONE)
    yield _line(texts.CHANNELS, str(len(rules.channels) or texts.NONE), texts.NONE)
    yield _line(texts.WORDS, str(len(rules.words) or texts.NONE), texts.NONE)


def _line(name: str, value: str, default: str) -> str:
    rest = texts.IS_DEFAULT if value == default else texts.DEFAULT_IS.format(default=default)
    return facts(texts.SETTING.format(name=name, value=value), rest)


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

"""The settings of a server as one panel: what is set, what the default is, and what the bot may not do where."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from discord import ChannelType, SelectOption, ui

from bot import texts
from bot.domain.marks import NsfwRule
from bot.domain.models import CATALOGUE
from bot.domain.money import format_usd
from bot.domain.rules import ServerRules
from bot.permissions import PLACES
from bot.services.moderation.rules import MOST_DESK_ROLES
from bot.ui.render.actions import ActionButton, ActionChannelSelect, ActionRoleSelect, ActionSelect
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, facts, heading, small

_GAPS_SHOWN = 6
_LABEL_CHARS = 40
_OPTIONS = 25
"""Discord's limit of a select."""
_CHANNELS_IN_A_GAP = 5
_POSTABLE = (ChannelType.text, ChannelType.news)


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
    layout = Layout(Accent.WAITING if rules.paused_at is not None else Accent.CALM).text(
        heading(texts.settings.SETTINGS)
    )
    if rules.paused_at is not None:
        layout.text(texts.settings.PAUSED.format(reason=words(rules.paused_reason or "", 200)))
    _for_members(layout, rules)
    _unsafe(layout.separator(), rules)
    _for_moderators(layout.separator(), rules, gaps.gone)
    _places(layout.separator(), rules, gaps.gone)
    return layout.separator().text(*_gap_lines(gaps)).build()


def _for_members(layout: Layout, rules: ServerRules) -> None:
    """What binds whoever asks for pictures."""
    amount = rules.confirm_above_micros
    asks = texts.settings.NEVER_ASKS if amount is None else texts.settings.ABOVE.format(amount=format_usd(amount))
    layout.text(
        texts.settings.FOR_MEMBERS,
        _line(texts.settings.CONFIRMATION, asks, texts.settings.NEVER_ASKS),
        _line(
            texts.settings.APPROVAL,
            texts.settings.APPROVAL_ALL if rules.approval else texts.settings.APPROVAL_OVER,
            texts.settings.APPROVAL_OVER,
        ),
        _line(texts.settings.AT_ONCE, str(rules.jobs_at_once or texts.settings.NO_CAP), texts.settings.NO_CAP),
        _line(texts.settings.WORDS, str(len(rules.words) or texts.settings.NONE), texts.settings.NONE),
    )
    layout.buttons(
        _button("confirm", texts.settings.CHANGE_CONFIRMATION),
        _button("approve-over", texts.settings.APPROVE_OVER)
        if rules.approval
        else _button("approve-all", texts.settings.APPROVE_ALL),
        _button("at-once", texts.settings.CHANGE_AT_ONCE),
    )
    offered = [model for model in CATALOGUE if rules.offers(model)]
    labels = ", ".join(words(model.label, _LABEL_CHARS) for model in offered) or texts.settings.NONE
    at_first = ", ".join(words(model.label, _LABEL_CHARS) for model in CATALOGUE if model.is_offered)
    layout.text(_line(texts.settings.MODELS, labels, at_first))
    options = [SelectOption(label=model.label, value=model.id, default=model in offered) for model in CATALOGUE]
    layout.buttons(
        ActionSelect(
            "offered", options=options[:_OPTIONS], placeholder=texts.settings.PICK_MODELS, may_choose_several=True
        )
    )


def _unsafe(layout: Layout, rules: ServerRules) -> None:
    """What becomes of pictures that the provider marks as unsafe, and of those without a mark."""
    nowhere = rules.nsfw is NsfwRule.HELD and rules.desk_channel_id is None
    shown = texts.settings.NSFW_HELD_NOWHERE if nowhere else texts.settings.NSFW_RULES[rules.nsfw]
    layout.text(
        texts.settings.ABOUT_UNSAFE,
        _line(texts.settings.NSFW, shown, texts.settings.NSFW_RULES[NsfwRule.ADULT_CHANNELS]),
    )
    layout.buttons(ActionSelect("unsafe", options=_unsafe_options(rules.nsfw), placeholder=texts.settings.NSFW))
    unmarked = texts.settings.UNMARKED_IS_UNSAFE if rules.unmarked_is_unsafe else texts.settings.UNMARKED_IS_SHOWN
    layout.text(_line(texts.settings.UNMARKED, unmarked, texts.settings.UNMARKED_IS_SHOWN))
    layout.buttons(
        _button("unmarked-shown", texts.settings.UNMARKED_SHOWN)
        if rules.unmarked_is_unsafe
        else _button("unmarked-unsafe", texts.settings.UNMARKED_UNSAFE)
    )


def _for_moderators(layout: Layout, rules: ServerRules, gone: Collection[int]) -> None:
    """Where moderators read what happens, and who else may decide there."""
    roles = " ".join(_role(each, gone) for each in rules.desk_role_ids)
    there = [role_id for role_id in rules.desk_role_ids if role_id not in gone]
    layout.text(
        texts.settings.FOR_MODERATORS,
        _line(texts.settings.LOG_CHANNEL, _mention(rules.log_channel_id, gone), texts.settings.NONE),
    )
    layout.buttons(_post_in("log-channel", rules.log_channel_id, texts.settings.PICK_LOG, gone))
    layout.text(_line(texts.settings.DESK_CHANNEL, _mention(rules.desk_channel_id, gone), texts.settings.NONE))
    layout.buttons(_post_in("desk-channel", rules.desk_channel_id, texts.settings.PICK_DESK, gone))
    layout.text(_line(texts.settings.DESK_ROLES, roles or texts.settings.NONE, texts.settings.NONE))
    layout.buttons(
        ActionRoleSelect("desk-roles", most=MOST_DESK_ROLES, chosen=there, placeholder=texts.settings.PICK_ROLES)
    )


def _places(layout: Layout, rules: ServerRules, gone: Collection[int]) -> None:
    """When the server's days begin, where pictures are exhibited, and what holds in one channel only."""
    layout.text(texts.settings.ABOUT_PLACES, _line(texts.settings.ZONE, rules.zone, texts.settings.ZONE_DEFAULT))
    layout.buttons(_button("zone", texts.settings.CHANGE_ZONE))
    layout.text(_line(texts.settings.SHOWCASE_CHANNEL, _mention(rules.showcase_channel_id, gone), texts.settings.NONE))
    layout.buttons(_post_in("showcase-channel", rules.showcase_channel_id, texts.settings.PICK_SHOWCASE, gone))
    layout.text(_line(texts.settings.CHANNELS, str(len(rules.channels) or texts.settings.NONE), texts.settings.NONE))
    layout.buttons(ActionChannelSelect("channel-rule", kinds=PLACES, placeholder=texts.settings.PICK_CHANNEL))


def _button(what: str, label: str) -> ActionButton:
    return ActionButton("settings", what, label=label)


def _unsafe_options(chosen: NsfwRule) -> list[SelectOption]:
    return [
        SelectOption(
            label=texts.settings.NSFW_OPTION.format(rule=texts.settings.NSFW_RULES[rule]),
            value=rule.value,
            default=rule is chosen,
        )
        for rule in NsfwRule
    ]


def _post_in(name: str, channel_id: int | None, placeholder: str, gone: Collection[int]) -> ActionChannelSelect:
    """A channel to post in; choosing none removes the setting."""
    chosen = None if channel_id in gone else channel_id
    return ActionChannelSelect(name, kinds=_POSTABLE, chosen=chosen, may_choose_none=True, placeholder=placeholder)


def _line(name: str, value: str, default: str) -> str:
    rest = texts.settings.IS_DEFAULT if value == default else texts.settings.DEFAULT_IS.format(default=default)
    return facts(texts.settings.SETTING.format(name=name, value=value), rest)


def _mention(channel_id: int | None, gone: Collection[int]) -> str:
    if channel_id is None:
        return texts.settings.NONE
    return texts.audit.CHANNEL_GONE.format(id=channel_id) if channel_id in gone else f"<#{channel_id}>"


def _role(role_id: int, gone: Collection[int]) -> str:
    return texts.audit.ROLE_GONE.format(id=role_id) if role_id in gone else f"<@&{role_id}>"


def _gap_lines(gaps: Gaps) -> Iterator[str]:
    """Channels that lack the same share a line."""
    by_missing: dict[tuple[str, ...], list[int]] = {}
    for channel_id, missing in gaps.missing:
        by_missing.setdefault(missing, []).append(channel_id)
    yield texts.settings.GAPS if by_missing else texts.settings.NO_GAPS
    for missing, channel_ids in list(by_missing.items())[:_GAPS_SHOWN]:
        named = " ".join(f"<#{channel_id}>" for channel_id in channel_ids[:_CHANNELS_IN_A_GAP])
        more = len(channel_ids) - _CHANNELS_IN_A_GAP
        channels = f"{named} {texts.rules.MORE.format(count=more)}" if more > 0 else named
        yield texts.settings.GAP.format(channels=channels, permissions=", ".join(missing))
    if len(by_missing) > _GAPS_SHOWN:
        yield texts.settings.GAPS_MORE.format(count=len(by_missing) - _GAPS_SHOWN)
    if gaps.unseen:
        yield small(texts.settings.UNSEEN.format(count=gaps.unseen))

"""What moderators read after they changed a rule, and the lists of rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from discord import ui

from bot import texts
from bot.domain.rules import ChannelAccess, ChannelRule, ServerRules
from bot.ui.render.actions import ActionButton
from bot.ui.render.escape import escaped, words
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, facts, heading, small

_WORD_CHARS = 60
_REASON_CHARS = 200


def render_paused(reason: str, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage pause`."""
    layout = Layout(Accent.WAITING).text(heading(texts.rules.PAUSED_TITLE))
    layout.text(texts.rules.PAUSED_NOW if is_new else texts.rules.PAUSED_ALREADY, _quoted(reason) if is_new else "")
    return layout.text(small(texts.rules.ON_RECORD if is_new else "")).build()


def render_resumed(*, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage resume`."""
    accent = Accent.DONE if is_new else Accent.CALM
    return _done(
        accent, texts.rules.RESUMED_TITLE, texts.rules.RESUMED if is_new else texts.rules.NOT_PAUSED, is_new=is_new
    )


def render_access(channel_id: int, access: ChannelAccess | None, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage channels allow`, `deny` and `clear`."""
    sentence = texts.rules.ACCESS[access].format(channel_id=channel_id)
    return _done(
        Accent.DONE, texts.rules.ACCESS_TITLE[access], sentence, "" if is_new else texts.rules.UNCHANGED, is_new=is_new
    )


def render_channels(rules: ServerRules, gone: Collection[int] = ()) -> ui.LayoutView:
    """The answer to `/manage channels list`; `gone` are channels that no mention can name any more."""
    layout = Layout(Accent.CALM).text(heading(texts.rules.CHANNELS_TITLE))
    if not rules.channels:
        return layout.text(texts.rules.NO_CHANNELS).build()
    allows = any(rule.access is ChannelAccess.ALLOW for rule in rules.channels)
    layout.text(texts.rules.CHANNELS_ALLOWED if allows else texts.rules.CHANNELS_DENIED)
    layout.listing([_channel(rule, gone) for rule in rules.channels], more=texts.rules.MORE)
    if gone:
        layout.buttons(ActionButton("forget", label=texts.rules.FORGET_UNSEEN))
    return layout.build()


def render_word_added(word: str, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage words add`."""
    sentence = texts.rules.WORD_IS_ON if is_new else texts.rules.WORD_WAS_ON
    return _done(Accent.DONE, texts.rules.WORD_ADDED, sentence.format(word=words(word, _WORD_CHARS)), is_new=is_new)


def render_word_removed(word: str, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage words remove`."""
    sentence = texts.rules.WORD_IS_OFF if is_new else texts.rules.WORD_WAS_OFF
    return _done(Accent.DONE, texts.rules.WORD_REMOVED, sentence.format(word=words(word, _WORD_CHARS)), is_new=is_new)


def render_words(listed: Sequence[str]) -> ui.LayoutView:
    """The answer to `/manage words list`."""
    layout = Layout(Accent.CALM).text(heading(texts.rules.WORDS_TITLE))
    if not listed:
        return layout.text(texts.rules.NO_WORDS).build()
    how = small(texts.rules.HOW_WORDS_COMPARE)
    lines = [f"- {words(word, _WORD_CHARS)}" for word in listed]
    return layout.listing(lines, more=texts.rules.MORE, keep_chars=len(how)).text(how).build()


def render_blocked(member_id: int, reason: str, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage block`."""
    sentence = texts.rules.BLOCKED if is_new else texts.rules.BLOCKED_ALREADY
    quote = _quoted(reason) if is_new else ""
    return _done(Accent.DONE, texts.rules.BLOCKED_TITLE, sentence.format(member_id=member_id), quote, is_new=is_new)


def render_unblocked(member_id: int, *, is_new: bool) -> ui.LayoutView:
    """The answer to `/manage unblock`."""
    sentence = texts.rules.UNBLOCKED if is_new else texts.rules.NOT_BLOCKED
    return _done(Accent.DONE, texts.rules.UNBLOCKED_TITLE, sentence.format(member_id=member_id), is_new=is_new)


def _done(accent: Accent, title: str, *lines: str, is_new: bool) -> ui.LayoutView:
    return Layout(accent).text(heading(title)).text(*lines).text(small(texts.rules.ON_RECORD) if is_new else "").build()


def _channel(rule: ChannelRule, gone: Collection[int]) -> str:
    access = "" if rule.access is None else texts.rules.ACCESS_WORDS[rule.access]
    nsfw = "" if rule.nsfw is None else texts.rules.UNSAFE_SHOWN.format(rule=texts.settings.NSFW_RULES[rule.nsfw])
    is_gone = rule.channel_id in gone
    name = texts.rules.CHANNEL_UNSEEN.format(id=rule.channel_id) if is_gone else f"<#{rule.channel_id}>"
    style = "" if rule.style is None else texts.styles.WITH_STYLE.format(name=escaped(rule.style))
    return facts(f"{name} {access}".strip(), rule.model_id or "", rule.aspect_ratio or "", nsfw, style)


def _quoted(reason: str) -> str:
    return texts.rules.REASON.format(reason=words(reason, _REASON_CHARS))

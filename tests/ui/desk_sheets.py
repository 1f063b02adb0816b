"""The moderators' screens as sheets for the screenshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from discord import ui

from bot.domain.rules import ChannelAccess, ChannelRule, NsfwRule, ServerRules
from bot.ui.manage.answers import (
    render_access,
    render_blocked,
    render_channels,
    render_paused,
    render_resumed,
    render_word_added,
    render_words,
)
from bot.ui.manage.settings import Gaps, render_settings
from tests.ui.samples import CENTS, NOW

if TYPE_CHECKING:
    from tests.ui.sheets import People


def settings_sheet(who: People) -> Sequence[ui.LayoutView]:
    """`/manage settings`, fresh and with everything set."""
    channels = (
        ChannelRule(who.channel, ChannelAccess.ALLOW, "wavespeed-ai/flux-kontext-pro", "16:9", NsfwRule.NEVER),
        ChannelRule(who.channel + 1, ChannelAccess.DENY),
    )
    rules = ServerRules(
        zone="America/Argentina/Buenos_Aires",
        log_channel_id=who.channel,
        desk_channel_id=who.channel,
        desk_role_ids=(who.role,),
        confirm_above_micros=30 * CENTS,
        nsfw=NsfwRule.NEVER,
        needs_approval=True,
        jobs_at_once=3,
        paused_at=NOW,
        paused_reason="exam week, back on Monday",
        channels=channels,
        words=("one", "two"),
    )
    gaps = Gaps(((who.channel, ("Attach Files", "Read Message History")),), 2)
    return (
        render_settings(ServerRules(), Gaps()),
        render_settings(rules, gaps),
        render_channels(rules),
        render_channels(ServerRules()),
    )


def rules_sheet(who: People) -> Sequence[ui.LayoutView]:
    """What is answered when a rule was changed."""
    return (
        render_paused("exam week, back on Monday", is_new=True),
        render_resumed(is_new=True),
        render_access(who.channel, ChannelAccess.DENY, is_new=True),
        render_word_added("secret", is_new=True),
        render_words(("secret", "red flag", "**bold**")),
        render_blocked(who.bob, "spam", is_new=True),
    )

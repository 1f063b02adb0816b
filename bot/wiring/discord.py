"""The client, and what reaches Discord through it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bot.client import EaselBot
from bot.domain.shards import Shards
from bot.gateway import GatewayPace
from bot.services.catalogue import Discord
from bot.services.creative.album import Album
from bot.services.resources import Resources
from bot.sharded import ShardedBot
from bot.ui.discord.answers import Answers
from bot.ui.discord.approval_desk import DiscordApprovalDesk
from bot.ui.discord.calls import Calls
from bot.ui.discord.channels import DiscordChannels
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.discord.posts import MessageRemover
from bot.ui.discord.report_desk import DiscordReportDesk
from bot.ui.discord.review_desk import DiscordReviewDesk
from bot.ui.discord.showcase import DiscordShowcase
from bot.ui.render.drawing import Renderers
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.result import render_result
from bot.ui.render.status import render_status

COGS = (
    "cogs.create",
    "cogs.references",
    "cogs.jobs",
    "cogs.gallery",
    "cogs.styles",
    "cogs.budget",
    "cogs.guide",
    "cogs.menus",
    "cogs.manage",
    "cogs.privacy",
    "cogs.welcome",
)

_RENDERERS = Renderers(render_status, render_result, render_refusal, render_unexpected)


@dataclass(frozen=True, slots=True)
class Paces:
    """The shards of a process, with the pace of each."""

    shards: Shards
    of: Mapping[int, GatewayPace]


def bot_of(resources: Resources, paces: GatewayPace | Paces, operator_ids: Collection[int] = ()) -> EaselBot:
    """Make the client: one connection with one pace, or shards with a pace each."""
    stores, metrics = resources.stores, resources.metrics
    answers = Answers(
        renderers=_RENDERERS,
        interactions=stores.interactions,
        calls=Calls(resources.clock, resources.random),
        crash_hook=resources.crash_hook,
        missed=lambda: metrics.discord_failed("missed"),
    )
    common: dict[str, Any] = {
        "answers": answers,
        "facts": stores.facts,
        "clock": resources.clock,
        "random": resources.random,
        "cogs": COGS,
        "operator_ids": operator_ids,
    }
    if isinstance(paces, GatewayPace):
        bot = EaselBot(**common, gate=paces)
    else:
        bot = ShardedBot(**common, shards=paces.shards, gates=paces.of)

    async def notify(*_: object) -> None:
        resources.signals.session_began()

    bot.add_listener(notify, "on_ready")
    bot.add_listener(notify, "on_shard_ready")
    return bot


def discord_of(resources: Resources, bot: EaselBot) -> tuple[Discord, DiscordMessenger]:
    """Make what reaches Discord through a client, and what of it is to be closed."""
    album = Album(resources.media.vault, resources.media.checker)
    messenger = DiscordMessenger(
        bot,
        renderers=_RENDERERS,
        tokens=InteractionWebhooks(bot, resources.stores.interactions, resources.clock),
        strips=album,
        calls=Calls(resources.clock, resources.random),
    )
    channels = DiscordChannels(bot, resources.clock)
    discord = Discord(
        messenger=messenger,
        channels=channels,
        reviews=DiscordReviewDesk(bot),
        reports=DiscordReportDesk(bot),
        approvals=DiscordApprovalDesk(bot, album),
        showcase=DiscordShowcase(bot, channels),
        remover=MessageRemover(bot),
    )
    return discord, messenger

"""Makes the client with its pace, what reaches Discord through it, and the use cases that both need."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.client import EaselBot
from bot.domain.shards import Shards
from bot.gateway import GatewayPace
from bot.services.catalogue import Discord, Services
from bot.services.creative.album import Album
from bot.services.resources import Resources
from bot.settings import Settings
from bot.shard_pace import ShardPace
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


@dataclass(frozen=True, slots=True)
class DiscordSide:
    """The client with the pace of its connections, what reaches Discord through it, and the use cases it calls."""

    bot: EaselBot
    paces: GatewayPace | Paces
    discord: Discord
    services: Services


@asynccontextmanager
async def open_client(settings: Settings, resources: Resources) -> AsyncGenerator[DiscordSide]:
    """Make the client and the use cases, and give each the other; the client is closed when the block ends."""
    paces = _paces_of(settings, resources)
    bot = bot_of(resources, paces, settings.operator_ids)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(bot.close)
        discord = await stack.enter_async_context(open_discord(resources, bot))
        services = Services(resources, discord)
        bot.attach(services)
        yield DiscordSide(bot, paces, discord, services)


def _paces_of(settings: Settings, resources: Resources) -> GatewayPace | Paces:
    """The pace of the one connection, or of each shard."""
    facts, clock, random = resources.stores.facts, resources.clock, resources.random
    if settings.shards is None:
        return GatewayPace(facts, clock, random)
    return Paces(settings.shards, {each: ShardPace(facts, clock, random) for each in settings.shards.ids})


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


@asynccontextmanager
async def open_discord(resources: Resources, bot: EaselBot) -> AsyncGenerator[Discord]:
    """Make what reaches Discord through a client: the body of each Protocol that use cases and engine ask for."""
    album = Album(resources.media.vault, resources.media.checker)
    messenger = DiscordMessenger(
        bot,
        renderers=_RENDERERS,
        tokens=InteractionWebhooks(bot, resources.stores.interactions, resources.clock),
        strips=album,
        calls=Calls(resources.clock, resources.random),
    )
    channels = DiscordChannels(bot, resources.clock)
    try:
        yield Discord(
            messenger=messenger,
            channels=channels,
            reviews=DiscordReviewDesk(bot),
            reports=DiscordReportDesk(bot),
            approvals=DiscordApprovalDesk(bot, album),
            showcase=DiscordShowcase(bot, channels),
            remover=MessageRemover(bot),
        )
    finally:
        await messenger.close()

"""The client, and what reaches Discord through it."""

from __future__ import annotations

from collections.abc import Collection

from bot.client import EaselBot
from bot.gateway import GatewayPace
from bot.services.catalogue import Discord
from bot.services.creative.album import Album
from bot.services.resources import Resources
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


def bot_of(resources: Resources, pace: GatewayPace, operator_ids: Collection[int] = ()) -> EaselBot:
    """Make the client."""
    stores, metrics = resources.stores, resources.metrics
    answers = Answers(
        renderers=_RENDERERS,
        interactions=stores.interactions,
        calls=Calls(resources.clock, resources.random),
        crash_hook=resources.crash_hook,
        missed=lambda: metrics.discord_failed("missed"),
    )
    bot = EaselBot(
        answers=answers,
        facts=stores.facts,
        clock=resources.clock,
        random=resources.random,
        cogs=COGS,
        gate=pace,
        operator_ids=operator_ids,
    )

    async def notify() -> None:
        resources.signals.session.notify()

    bot.add_listener(notify, "on_ready")
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
    discord = Discord(
        messenger=messenger,
        channels=DiscordChannels(bot),
        reviews=DiscordReviewDesk(bot),
        reports=DiscordReportDesk(bot),
        approvals=DiscordApprovalDesk(bot, album),
        showcase=DiscordShowcase(bot),
        remover=MessageRemover(bot),
    )
    return discord, messenger

"""`/manage limit …` and `/manage grant`: what may be spent."""

from __future__ import annotations

from typing import Literal, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.errors import BadRequest
from bot.domain.periods import Period
from bot.services.catalogue import Services
from bot.ui.budget import render_grant_given, render_limit_changed
from bot.ui.people import presser_of, purse_channel_of

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]
PeriodWord: TypeAlias = Literal["day", "week", "month", "total"]

_AMOUNT = "An amount such as 5 or $5.00; none removes it, 0 stops"


class Money(commands.Cog):
    """The money commands of `/manage`."""

    limit = app_commands.Group(name="limit", description="What may be spent")

    def __init__(self, bot: EaselBot[Services]) -> None:
        self._budgets = bot.services.budgets
        self._answers = bot.answers

    @limit.command(name="member")
    @app_commands.describe(period="For how long it counts", amount=_AMOUNT, user="One member; left out: each member")
    async def limit_member(
        self, interaction: Interaction, period: PeriodWord, amount: str, user: discord.Member | None = None
    ) -> None:
        """What one member may spend, or each by default."""
        kind = LimitKind.DEFAULT if user is None else LimitKind.MEMBER
        await self._set_limit(interaction, kind, 0 if user is None else user.id, period, amount)

    @limit.command(name="server")
    @app_commands.describe(period="For how long it counts", amount=_AMOUNT)
    async def limit_server(self, interaction: Interaction, period: PeriodWord, amount: str) -> None:
        """What this server may spend together."""
        await self._set_limit(interaction, LimitKind.SERVER, 0, period, amount)

    @app_commands.command()
    @app_commands.describe(
        amount="An amount such as 2 or $2.50",
        reason="What it is for; it stands in the records",
        user="The member who gets it",
        channel="Or the channel whose pictures it pays for",
        expires="12h, 7d, 2w, or a last day like 2026-12-31",
    )
    async def grant(
        self,
        interaction: Interaction,
        amount: str,
        reason: app_commands.Range[str, 1, 200],
        user: discord.Member | None = None,
        channel: discord.TextChannel | discord.ForumChannel | discord.Thread | None = None,
        expires: str | None = None,
    ) -> None:
        """Give credit beyond a limit to a member or a channel."""
        if user is not None and channel is None:
            kind, target = ScopeKind.MEMBER, user.id
        elif channel is not None and user is None:
            kind, target = ScopeKind.CHANNEL, purse_channel_of(channel, channel.id)
        else:
            raise BadRequest(
                "A grant goes to one member or to one channel.", advice="Fill in user or channel, not both."
            )
        grant = await self._budgets.grant(presser_of(interaction), kind, target, amount, reason=reason, expires=expires)
        await self._answers.answer_privately(interaction, render_grant_given(grant, target_id=target))

    async def _set_limit(
        self, interaction: Interaction, kind: LimitKind, subject_id: int, period: str, amount: str
    ) -> None:
        change = await self._budgets.set_limit(presser_of(interaction), kind, subject_id, Period(period), amount)
        await self._answers.answer_privately(interaction, render_limit_changed(change))

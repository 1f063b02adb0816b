"""`/manage limit …`, `grant`, `freeze`, `unfreeze` and `refund`: what may be spent, by whom, and what comes back."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import texts
from bot.client import EaselBot, Interaction
from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.errors import BadRequest
from bot.domain.periods import Period
from bot.services.rights import require_manage
from bot.ui.discord.people import actor_of, requester_of
from bot.ui.handlers.options import PeriodOption, PlaceOption, job_choices
from bot.ui.render.manage.money import (
    render_frozen,
    render_grant_given,
    render_limit_changed,
    render_refunded,
    render_unfrozen,
)
from cogs.manage.family import ManageFamily

_PERIOD = "For how long it counts"
_AMOUNT = "An amount such as 5 or $5.00; none removes it, 0 stops"


async def suggest_refundable(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Jobs of this server that somebody paid for and whose id or prompt contains what was typed."""
    return job_choices(await interaction.client.services.money.refunding.suggest(actor_of(interaction), typed))


class MoneyCommands(ManageFamily):
    """The money commands of `/manage`."""

    limit = app_commands.Group(name="limit", description="What may be spent")

    def __init__(self, bot: EaselBot) -> None:
        super().__init__(bot)
        self._budgets = bot.services.money.budgets
        self._freezing = bot.services.money.freezing
        self._refunding = bot.services.money.refunding
        self._answers = bot.answers

    @limit.command(name="everyone")
    @app_commands.describe(period=_PERIOD, amount=_AMOUNT)
    async def limit_everyone(self, interaction: Interaction, period: PeriodOption, amount: str) -> None:
        """What each member may spend who has no limit of their own."""
        await self._set_limit(interaction, LimitKind.DEFAULT, 0, period, amount)

    @limit.command(name="member")
    @app_commands.describe(user="Who; /manage limit everyone is for each member", period=_PERIOD, amount=_AMOUNT)
    async def limit_member(
        self, interaction: Interaction, user: discord.User, period: PeriodOption, amount: str
    ) -> None:
        """What one member may spend."""
        roles = requester_of(interaction, user).role_ids
        await self._set_limit(interaction, LimitKind.MEMBER, user.id, period, amount, roles)

    @limit.command(name="role")
    @app_commands.describe(role="The highest limit of somebody's roles counts", period=_PERIOD, amount=_AMOUNT)
    async def limit_role(self, interaction: Interaction, role: discord.Role, period: PeriodOption, amount: str) -> None:
        """What each member with a role may spend."""
        await self._set_limit(interaction, LimitKind.ROLE, role.id, period, amount)

    @limit.command(name="channel")
    @app_commands.describe(channel="A thread counts as its channel", period=_PERIOD, amount=_AMOUNT)
    async def limit_channel(
        self, interaction: Interaction, channel: PlaceOption, period: PeriodOption, amount: str
    ) -> None:
        """What may be spent in a channel by all together."""
        await self._set_limit(interaction, LimitKind.CHANNEL, channel.purse_channel_id, period, amount)

    @limit.command(name="server")
    @app_commands.describe(period=_PERIOD, amount=_AMOUNT)
    async def limit_server(self, interaction: Interaction, period: PeriodOption, amount: str) -> None:
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
        user: discord.User | None = None,
        channel: PlaceOption | None = None,
        expires: str | None = None,
    ) -> None:
        """Give credit beyond a limit to a member or a channel."""
        actor = actor_of(interaction)
        require_manage(actor)
        if user is not None and channel is None:
            kind, target = ScopeKind.MEMBER, user.id
        elif channel is not None and user is None:
            kind, target = ScopeKind.CHANNEL, channel.purse_channel_id
        else:
            raise BadRequest(texts.limits.ONE_TARGET)
        grant = await self._budgets.grant(actor, kind, target, amount, reason=reason, expires=expires)
        await self._answers.answer_privately(interaction, render_grant_given(grant, target_id=target))

    @app_commands.command()
    @app_commands.describe(user="Who", reason="Why; they read it")
    async def freeze(
        self, interaction: Interaction, user: discord.User, reason: app_commands.Range[str, 1, 200]
    ) -> None:
        """Let a member spend nothing; running jobs finish."""
        change = await self._freezing.freeze(actor_of(interaction), user.id, reason)
        await self._answers.answer_privately(interaction, render_frozen(change))

    @app_commands.command()
    @app_commands.describe(user="Who")
    async def unfreeze(self, interaction: Interaction, user: discord.User) -> None:
        """Let a member spend again."""
        is_new = await self._freezing.unfreeze(actor_of(interaction), user.id)
        await self._answers.answer_privately(interaction, render_unfrozen(user.id, is_new=is_new))

    @app_commands.command()
    @app_commands.describe(job="The job's id, or words of its prompt", reason="Why; it stands in the records")
    @app_commands.autocomplete(job=suggest_refundable)
    async def refund(self, interaction: Interaction, job: str, reason: app_commands.Range[str, 1, 200]) -> None:
        """Give back what was paid for a job's pictures."""
        refunded = await self._refunding.refund(actor_of(interaction), job, reason)
        await self._answers.answer_privately(interaction, render_refunded(refunded))

    async def _set_limit(
        self,
        interaction: Interaction,
        kind: LimitKind,
        subject_id: int,
        period: Period,
        amount: str,
        role_ids: tuple[int, ...] = (),
    ) -> None:
        change = await self._budgets.set_limit(
            actor_of(interaction), kind, subject_id, period, amount, role_ids=role_ids
        )
        await self._answers.answer_privately(interaction, render_limit_changed(change))

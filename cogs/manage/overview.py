"""`/manage overview`: the server on one screen, and the ways on from there."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.services.catalogue import Services
from bot.ui.desk.reports import render_reports
from bot.ui.manage import texts
from bot.ui.manage.forms import OneFieldForm
from bot.ui.manage.items import attempt
from bot.ui.manage.overview import render_overview
from bot.ui.people import presser_of

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]


class Overviews(commands.Cog):
    """The overview of `/manage`."""

    bot: EaselBot[Services]

    @app_commands.command()
    async def overview(self, interaction: Interaction) -> None:
        """Money, people, what runs and what failed, on one screen."""
        await self.bot.answers.think(interaction)
        await self.bot.answers.answer_privately(interaction, await self.overview_of(interaction))

    async def overview_of(self, interaction: Interaction) -> discord.ui.LayoutView:
        """The screen for whoever asks; only the operator sees the provider's account."""
        presser, services = presser_of(interaction), self.bot.services
        rules = await services.server_settings.rules(presser)
        for_operator = await self.bot.is_operator(interaction.user)
        view = await services.overviews.overview(
            presser, is_paused=rules.paused_at is not None, for_operator=for_operator
        )
        return render_overview(view, await services.reporting.count_open(presser))

    async def show_reported(self, interaction: Interaction) -> None:
        """Answer with the reported pictures that wait for a decision."""
        reports = await self.bot.services.reporting.open_reports(presser_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_reports(reports))

    async def look_again(self, interaction: Interaction) -> None:
        """Have the screen say how it is now."""
        await self.bot.answers.take_note(interaction)
        await self.bot.answers.redraw(interaction, await self.overview_of(interaction))

    async def ask_why(self, interaction: Interaction) -> None:
        """Ask for the reason of a pause, then pause."""
        await self.bot.services.server_settings.rules(presser_of(interaction))
        form = OneFieldForm(texts.PAUSE_FORM, texts.PAUSE_FIELD, texts.PAUSE_HINT, self._pause)
        await self.bot.answers.show_form(interaction, form)

    async def go_on(self, interaction: Interaction) -> None:
        """Resume, and say so on the screen."""
        await self.bot.services.server_settings.resume(presser_of(interaction))
        await self.look_again(interaction)

    async def _pause(self, interaction: Interaction, reason: str) -> None:
        async def work(_client: object) -> None:
            await self.bot.services.server_settings.pause(presser_of(interaction), reason)
            await self.look_again(interaction)

        await attempt(interaction, work)

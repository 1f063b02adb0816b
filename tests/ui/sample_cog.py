"""A family of commands that end in every way a command can, for the tests of client and answers."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.domain.errors import BadPrompt
from bot.services.ports.messages import NotNow
from bot.texts.templates import Refusal
from bot.ui.render.drawing import one_sentence

NO = BadPrompt(Refusal("That prompt is empty."))


class Picky(app_commands.Transformer):
    """An option that refuses everything in its own words."""

    async def transform(self, interaction: discord.Interaction[Any], value: Any, /) -> str:
        del interaction, value
        raise NO


class Samples(commands.Cog):
    """The commands."""

    def __init__(self, bot: EaselBot) -> None:
        self.bot = bot
        self.services: Any = bot.services

    @app_commands.command(description="Answers in private")
    async def greet(self, interaction: discord.Interaction[Any]) -> None:
        await self.bot.answers.answer_privately(interaction, one_sentence("Good day."))

    @app_commands.command(description="Refuses at once")
    async def refuse(self, interaction: discord.Interaction[Any]) -> None:
        del interaction
        raise NO

    @app_commands.command(description="Refuses after the public answer was opened")
    async def relent(self, interaction: discord.Interaction[Any]) -> None:
        await self.bot.answers.open_publicly(interaction)
        raise NO

    @app_commands.command(description="Refuses in an option")
    async def pick(
        self,
        interaction: discord.Interaction[Any],
        option: app_commands.Transform[str, Picky],
        image: discord.Attachment | None = None,
    ) -> None:
        """Has an attachment too, for the file filter."""

    @app_commands.command(description="Finds that Discord takes nothing")
    async def despair(self, interaction: discord.Interaction[Any]) -> None:
        del interaction
        raise NotNow("HTTP 503")

    @app_commands.command(description="Breaks at once")
    async def stumble(self, interaction: discord.Interaction[Any]) -> None:
        del interaction
        raise ZeroDivisionError("a bug")

    @app_commands.command(description="Breaks after the public answer was opened")
    async def collapse(self, interaction: discord.Interaction[Any]) -> None:
        await self.bot.answers.open_publicly(interaction)
        raise ZeroDivisionError("a bug")

    @app_commands.command(description="Becomes a job, then breaks")
    async def work(self, interaction: discord.Interaction[Any]) -> None:
        await self.bot.answers.open_publicly(interaction)
        await self.services.attach(interaction.id, "4F7K")
        await interaction.edit_original_response(view=one_sentence("Job 4F7K waits."))
        raise NO

    @app_commands.command(description="Becomes a job, then breaks before its status is shown")
    async def rush(self, interaction: discord.Interaction[Any]) -> None:
        await self.bot.answers.open_publicly(interaction)
        await self.services.attach(interaction.id, "4F7K")
        raise NO

    @app_commands.command(description="Answers in private after a private delay")
    async def ponder(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(ephemeral=True)
        await self.bot.answers.refuse(interaction, NO)


async def setup(bot: EaselBot) -> None:
    """Load the family."""
    await bot.add_cog(Samples(bot))

"""`/references`: the tray of images that a member collects in a channel, to compose a picture from."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.domain.models import MAX_REFERENCES
from bot.services.creative.references import RequestedReference
from bot.ui.discord.people import requester_of
from bot.ui.discord.uploads import is_spoiler
from bot.ui.handlers.creative.showing import add_to_tray, clear_tray, show_added, show_tray
from bot.ui.handlers.options import Role, suggest_roles
from bot.ui.handlers.presses import press_of

Place: TypeAlias = app_commands.Range[int, 1, MAX_REFERENCES]


class ReferenceCommands(
    commands.GroupCog, group_name="references", group_description="Images you collect here to compose a picture from"
):
    """Shows and changes the tray; every answer shows it as it is now, to its member alone."""

    def __init__(self, bot: EaselBot) -> None:
        self._tray = bot.services.creative.tray
        self._answers = bot.answers

    @app_commands.command()
    @app_commands.guild_only()
    async def show(self, interaction: Interaction) -> None:
        """Your references in this channel, numbered, in order."""
        await self._answers.think(interaction)
        await show_tray(press_of(interaction), await self._tray.slots(requester_of(interaction)))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(image="PNG, JPEG, WebP or GIF, up to 20 MB", role="What it is for, such as identity")
    @app_commands.autocomplete(role=suggest_roles)
    async def add(self, interaction: Interaction, image: discord.Attachment, role: Role | None = None) -> None:
        """Put an image behind the others; five is the most."""
        await self._answers.think(interaction)
        press = press_of(interaction)
        requested = [RequestedReference(1, image, role, is_spoiler(image))]
        await show_added(press, await add_to_tray(press, requested))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(place="Its number")
    async def remove(self, interaction: Interaction, place: Place) -> None:
        """Take one out."""
        await self._answers.think(interaction)
        await show_tray(press_of(interaction), await self._tray.remove(requester_of(interaction), place))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(place="Its number now", to="Its number then")
    async def move(self, interaction: Interaction, place: Place, to: Place) -> None:
        """Put one into another place."""
        await self._answers.think(interaction)
        slots = await self._tray.move(requester_of(interaction), place, to)
        await show_tray(press_of(interaction), slots, chosen=to)

    @app_commands.command()
    @app_commands.guild_only()
    async def clear(self, interaction: Interaction) -> None:
        """Take all of them out."""
        await self._answers.think(interaction)
        await clear_tray(press_of(interaction))


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(ReferenceCommands(bot))

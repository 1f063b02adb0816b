"""The menus of messages (Apps): edit an image, collect it as a reference, report a picture."""

from __future__ import annotations

from typing import TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot
from bot.services.catalogue import Services
from bot.ui.desk.actions import presses
from bot.ui.desk.on_gallery import add_message_images, edit_message_image, report_message

Interaction: TypeAlias = discord.Interaction[EaselBot[Services]]


@app_commands.context_menu(name="Edit this image")
@app_commands.guild_only()
async def edit_this_image(interaction: Interaction, message: discord.Message) -> None:
    """On any message with images, anybody's."""
    await edit_message_image(presses(interaction), message)


@app_commands.context_menu(name="Add to references")
@app_commands.guild_only()
async def add_to_references(interaction: Interaction, message: discord.Message) -> None:
    """On any message with images, several at once."""
    await add_message_images(presses(interaction), message)


@app_commands.context_menu(name="Report this picture")
@app_commands.guild_only()
async def report_this_picture(interaction: Interaction, message: discord.Message) -> None:
    """On any message."""
    await report_message(presses(interaction), message)


MENUS = (edit_this_image, add_to_references, report_this_picture)


class Menus(commands.Cog):
    """Holds the three menus while it is loaded."""

    def __init__(self, bot: EaselBot[Services]) -> None:
        self._tree = bot.tree

    async def cog_load(self) -> None:
        """Offer them."""
        for menu in MENUS:
            self._tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take them back."""
        for menu in MENUS:
            self._tree.remove_command(menu.name, type=discord.AppCommandType.message)


async def setup(bot: EaselBot[Services]) -> None:
    """Called by discord.py."""
    await bot.add_cog(Menus(bot))

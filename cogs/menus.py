"""The menus of messages (Apps): edit an image, collect it as a reference, report a picture."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.handlers.creative.gallery import add_message_images, edit_message_image, report_message
from bot.ui.handlers.presses import press_of


@app_commands.context_menu(name="Edit this image")
@app_commands.guild_only()
async def edit_this_image(interaction: Interaction, message: discord.Message) -> None:
    """On any message with images, anybody's."""
    await edit_message_image(press_of(interaction), message)


@app_commands.context_menu(name="Add to references")
@app_commands.guild_only()
async def add_to_references(interaction: Interaction, message: discord.Message) -> None:
    """On any message with images, several at once."""
    await add_message_images(press_of(interaction), message)


@app_commands.context_menu(name="Report this picture")
@app_commands.guild_only()
async def report_this_picture(interaction: Interaction, message: discord.Message) -> None:
    """On any message."""
    await report_message(press_of(interaction), message)


MENUS = (edit_this_image, add_to_references, report_this_picture)


class Menus(commands.Cog):
    """Holds the three menus while it is loaded."""

    def __init__(self, bot: EaselBot) -> None:
        self._tree = bot.tree

    async def cog_load(self) -> None:
        """Offer them."""
        for menu in MENUS:
            self._tree.add_command(menu)

    async def cog_unload(self) -> None:
        """Take them back."""
        for menu in MENUS:
            self._tree.remove_command(menu.name, type=discord.AppCommandType.message)


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(Menus(bot))

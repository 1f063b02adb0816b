"""`/manage styles …`: the server's recipes for pictures, as forms."""

from __future__ import annotations

from discord import app_commands

from bot.client import Interaction
from bot.ui.discord.people import actor_of
from bot.ui.handlers.creative.styles import add_opened, remove
from bot.ui.handlers.options import StyleName, suggest_styles
from bot.ui.handlers.presses import press_of
from bot.ui.render.creative.styles import style_form
from cogs.manage.family import ManageFamily


class StyleCommands(ManageFamily):
    """The styles of `/manage`."""

    styles = app_commands.Group(name="styles", description="Recipes for pictures that members can use")

    @styles.command(name="add")
    async def add_style(self, interaction: Interaction) -> None:
        """Add a style: a template, and images that go with it."""
        press = press_of(interaction)
        await self.bot.answers.show_form(interaction, await add_opened(press))

    @styles.command(name="edit")
    @app_commands.describe(name="One of this server's styles")
    @app_commands.autocomplete(name=suggest_styles)
    async def edit_style(self, interaction: Interaction, name: StyleName) -> None:
        """Change a style's name, template or images."""
        style = await self.bot.services.creative.styles.owned_by_name(actor_of(interaction), name)
        await self.bot.answers.show_form(interaction, style_form(style))

    @styles.command(name="remove")
    @app_commands.describe(name="One of this server's styles")
    @app_commands.autocomplete(name=suggest_styles)
    async def remove_style(self, interaction: Interaction, name: StyleName) -> None:
        """Remove a style; pictures made with it stay."""
        await remove(press_of(interaction), name)

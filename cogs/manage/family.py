"""What every family of `/manage`'s commands is made of."""

from __future__ import annotations

from discord.ext import commands

from bot.client import EaselBot


class ManageFamily(commands.Cog):
    """Commands that belong together under `/manage`; `cogs.manage` puts them there.

    They parse what moderators set. Discord hides them from others; the services check the right again.
    """

    def __init__(self, bot: EaselBot) -> None:
        self.bot = bot

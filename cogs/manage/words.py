"""`/manage words …`: what is kept out of prompts."""

from __future__ import annotations

from typing import TypeAlias

from discord import app_commands

from bot.client import Interaction
from bot.services.moderation.word_list import MAX_WORD_CHARS
from bot.ui.discord.people import actor_of
from bot.ui.render.manage.rules import render_word_added, render_word_removed, render_words
from cogs.manage.family import ManageFamily

Word: TypeAlias = app_commands.Range[str, 1, MAX_WORD_CHARS]


class WordCommands(ManageFamily):
    """The word list of `/manage`."""

    words = app_commands.Group(name="words", description="Blocked words")

    @words.command()
    @app_commands.describe(word="A word, or several that stand together")
    async def add(self, interaction: Interaction, word: Word) -> None:
        """Refuse prompts with this word; a refusal costs nothing."""
        folded, is_new = await self.bot.services.moderation.word_list.add_word(actor_of(interaction), word)
        await self.bot.answers.answer_privately(interaction, render_word_added(folded, is_new=is_new))

    @words.command()
    @app_commands.describe(word="A word of the list")
    async def remove(self, interaction: Interaction, word: Word) -> None:
        """Let this word into prompts again."""
        folded, is_new = await self.bot.services.moderation.word_list.remove_word(actor_of(interaction), word)
        await self.bot.answers.answer_privately(interaction, render_word_removed(folded, is_new=is_new))

    @words.command(name="list")
    async def list_words(self, interaction: Interaction) -> None:
        """The words kept out of prompts."""
        listed = await self.bot.services.moderation.word_list.words(actor_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_words(listed))

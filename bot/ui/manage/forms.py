"""Short forms that the moderators' panel opens; what was typed goes to one use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.domain.rules import ChannelRule
from bot.ui.manage import texts

_TYPED_CHARS = 100

Save = Callable[[discord.Interaction[Any], str], Awaitable[None]]


class OneFieldForm(ui.Modal):
    """A form with one line of words; an empty line is an answer too."""

    def __init__(self, title: str, field: str, hint: str, save: Save) -> None:
        super().__init__(title=title)
        self._typed: ui.TextInput[OneFieldForm] = ui.TextInput(
            placeholder=hint, required=False, max_length=_TYPED_CHARS, custom_id="typed"
        )
        self._save = save
        self.add_item(ui.Label(text=field, component=self._typed))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand the words on."""
        await self._save(interaction, self._typed.value)


class ChannelForm(ui.Modal):
    """What a channel has of its own; empty lines are the server's."""

    def __init__(self, own: ChannelRule, save: Callable[..., Awaitable[None]]) -> None:
        super().__init__(title=texts.CHANNEL_FORM)
        self._save = save
        self._model = self._line(texts.MODEL_FIELD, texts.MODEL_HINT, own.model_id, "model")
        self._shape = self._line(texts.SHAPE_FIELD, texts.SHAPE_HINT, own.aspect_ratio, "shape")
        self._nsfw = self._line(texts.NSFW_FIELD, texts.NSFW_HINT, own.nsfw, "nsfw")

    def _line(self, field: str, hint: str, value: str | None, custom_id: str) -> ui.TextInput[ChannelForm]:
        line: ui.TextInput[ChannelForm] = ui.TextInput(
            placeholder=hint, default=value, required=False, max_length=_TYPED_CHARS, custom_id=custom_id
        )
        self.add_item(ui.Label(text=field, component=line))
        return line

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand the words on."""
        await self._save(interaction, model_id=self._model.value, aspect_ratio=self._shape.value, nsfw=self._nsfw.value)

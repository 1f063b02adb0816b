"""Edits an interaction's answer by its token: own rate limit, no permission needed, valid for 15 minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import discord
from discord import ui
from discord.http import HTTPClient, MultipartParameters, Route, handle_message_parameters
from discord.utils import MISSING

from bot.domain.clock import SECOND, Clock
from bot.domain.jobs import Job, MessageAt
from bot.domain.orders import OpenInteraction
from bot.services.ports.discord_state import Interactions
from bot.ui.render.drawing import drawn

TOKEN_LIFE = 870 * SECOND
"""How long we use a token: half a minute less than the 15 minutes that Discord's "Receiving and Responding" gives."""

_ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"


@dataclass(frozen=True, slots=True)
class InteractionWebhook:
    """Requests to one interaction's answer. All raise as `discord.HTTPException` says."""

    http: HTTPClient
    application_id: int
    token: str = field(repr=False)

    async def edit(
        self,
        view: ui.LayoutView,
        *,
        attachments: list[discord.File] = MISSING,
        mentions: discord.AllowedMentions,
    ) -> MessageAt:
        """Have the public answer show this; attachments stay as they are unless given, then they are all there are."""
        with handle_message_parameters(
            view=drawn(view), attachments=attachments, allowed_mentions=mentions
        ) as parameters:
            answer = await self._request("PATCH", _ORIGINAL, parameters)
        return MessageAt(int(answer["channel_id"]), int(answer["id"]))

    async def send_ephemeral(self, view: ui.LayoutView) -> None:
        """Say something that only who gave the command can see.

        While the answer still says that the bot is thinking, Discord takes this for the public answer itself.
        """
        with handle_message_parameters(
            view=drawn(view),
            flags=discord.MessageFlags(ephemeral=True),
            allowed_mentions=discord.AllowedMentions.none(),
        ) as parameters:
            await self._request("POST", "/webhooks/{webhook_id}/{webhook_token}", parameters)

    async def delete(self) -> None:
        """Take the public answer away."""
        await self._request("DELETE", _ORIGINAL)

    async def is_thinking(self) -> bool:
        """Whether nothing was answered yet."""
        answer = await self._request("GET", _ORIGINAL)
        return discord.MessageFlags._from_value(answer.get("flags") or 0).loading  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - discord.py has no public way from an integer to flags

    async def _request(self, method: str, path: str, parameters: MultipartParameters | None = None) -> Any:
        route = Route(method, path, webhook_id=self.application_id, webhook_token=self.token)
        if parameters is None:
            return await self.http.request(route)
        if parameters.files:
            return await self.http.request(route, files=parameters.files, form=parameters.multipart)
        return await self.http.request(route, json=parameters.payload)


class InteractionWebhooks:
    """Finds the token with which a job's command can still be answered."""

    def __init__(self, client: discord.Client, interactions: Interactions, clock: Clock) -> None:
        self._client = client
        self._interactions = interactions
        self._clock = clock

    async def of_job(self, job: Job) -> InteractionWebhook | None:
        """The way to a job's answer while it exists."""
        interaction = await self._interactions.token_of(job.job_id, self._clock.now())
        return None if interaction is None else self.of_interaction(interaction)

    def of_interaction(self, interaction: OpenInteraction) -> InteractionWebhook | None:
        """The way to a command's answer while it exists, by our own clock."""
        application_id = self._client.application_id
        if application_id is None or self._clock.now() >= interaction.received_at + TOKEN_LIFE:
            return None
        return InteractionWebhook(self._client.http, application_id, interaction.token)

    async def died(self, job: Job) -> None:
        """Discord refused the token: nobody need try it again."""
        await self._interactions.forget(job.interaction_id)

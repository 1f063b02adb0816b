"""The conversation at the door: open an answer in public, answer in private, take a public answer back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import aiohttp
import discord
import structlog
from discord import ui

from bot.domain.clock import Clock
from bot.domain.errors import EaselError
from bot.domain.jobs import MessageAt
from bot.domain.orders import OpenInteraction
from bot.services.crash_points import CrashPoint, Reach, pass_by
from bot.services.ports.discord_state import Interactions
from bot.services.ports.messages import DoorClosed
from bot.ui.doors import ALREADY_ACKNOWLEDGED, DEAD_TOKEN, UNKNOWN_MESSAGE, TokenDead, knock
from bot.ui.drawing import NEUTRAL_WORD, Renderers, drawn, one_sentence

log = structlog.stdlib.get_logger(__name__)

_OPEN = "easel_open"
"""Marks, in an interaction's extras, a public answer that was opened here and says nothing yet."""

AnyInteraction = discord.Interaction[Any]


class InteractionMissed(Exception):
    """Discord does not wait for this answer any more: it came more than 3 s ago. Nobody can be told."""


class Answers:
    """Answers interactions, each as its state allows. The handlers in `cogs` and `bot.ui` use nothing else for that."""

    def __init__(
        self,
        *,
        renderers: Renderers,
        interactions: Interactions,
        clock: Clock,
        random: Random,
        reach: Reach = pass_by,
        missed: Callable[[], None] = lambda: None,
    ) -> None:
        self._renderers = renderers
        self._interactions = interactions
        self._clock = clock
        self._random = random
        self._reach = reach
        self._missed = missed
        self._in_reach: dict[str, AnyInteraction] = {}

    async def open_publicly(self, interaction: AnyInteraction) -> MessageAt:
        """Record the command, then acknowledge it with a public answer, and return where that answer is.

        Recorded first, so that whoever sent it is told even if the program dies before it becomes a job.

        Raises:
            InteractionMissed: it is too late to answer.
        """
        channel_id = interaction.channel_id or 0
        await self._interactions.acknowledge(
            OpenInteraction(
                interaction_id=interaction.id,
                token=interaction.token,
                guild_id=interaction.guild_id or 0,
                channel_id=channel_id,
                member_id=interaction.user.id,
                received_at=self._clock.now(),
            ),
        )
        self._reach(CrashPoint.ACKNOWLEDGING)
        try:
            message_id = await self._defer(interaction)
        except discord.HTTPException as error:
            await self._interactions.forget(interaction.id)
            if error.code in DEAD_TOKEN:
                raise self._too_late(interaction) from error
            raise
        interaction.extras[_OPEN] = True
        return MessageAt(channel_id, message_id)

    async def refuse(self, interaction: AnyInteraction, error: EaselError) -> None:
        """Say in private why not, and leave nothing in public.

        Raises:
            InteractionMissed: it is too late to answer.
            discord.HTTPException: Discord did not take it.
        """
        log.info("interaction.refused", command=command_of(interaction), why=type(error).__name__)
        await self.answer_privately(interaction, self._renderers.refusal(error))

    async def admit_mistake(self, interaction: AnyInteraction, reference: str) -> None:
        """Say in private that something broke, with the reference under which it was logged. Raises as `refuse`."""
        await self.answer_privately(interaction, self._renderers.unexpected(reference))

    async def answer_privately(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> None:
        """Show something to the one who asked, whatever was answered before. Raises as `refuse`.

        A public answer that was opened and became no job is taken back; one that became a job stays.
        """
        async with self._reaching(interaction):
            if interaction.extras.get(_OPEN):
                await self._answer_after_opening(interaction, drawn(view))
            elif not interaction.response.is_done():
                await interaction.response.send_message(view=drawn(view), files=files, ephemeral=True)
            elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
                await interaction.edit_original_response(view=drawn(view), attachments=files)
            else:
                await interaction.followup.send(view=drawn(view), files=files, ephemeral=True)

    async def think(self, interaction: AnyInteraction, *, in_private: bool = True) -> None:
        """Acknowledge at once what takes a moment; `answer_privately` or `answer_publicly` then says it."""
        async with self._reaching(interaction):
            await interaction.response.defer(ephemeral=in_private, thinking=True)

    async def take_note(self, interaction: AnyInteraction) -> None:
        """Acknowledge a button or select without a new message; `redraw` may then change the one that it is in."""
        async with self._reaching(interaction):
            await interaction.response.defer()

    async def answer_publicly(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> None:
        """Show something to everybody, after `think` in public. Pings nobody."""
        async with self._reaching(interaction):
            await interaction.edit_original_response(
                view=drawn(view), attachments=files, allowed_mentions=discord.AllowedMentions.none()
            )

    async def show(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File], *, in_place: bool
    ) -> None:
        """Redraw the message that was used, or answer in private."""
        await (self.redraw if in_place else self.answer_privately)(interaction, view, files)

    async def redraw(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> None:
        """Have the message whose button or select was used, or whose form was sent, show this instead."""
        async with self._reaching(interaction):
            await interaction.edit_original_response(view=drawn(view), attachments=files)

    def keep_in_reach(self, interaction: AnyInteraction, name: str) -> None:
        """Remember under a name the private message that this interaction showed or redrew, while its token lives.

        Only that token can change it: the one of a later press answers elsewhere ("Edit Original Interaction Response"
        reaches an interaction's own answer). It is kept in memory alone, since nothing depends on it.
        """
        living = {known: shown for known, shown in self._in_reach.items() if not shown.is_expired()}
        self._in_reach = living | {name: interaction}

    async def retire(self, name: str, view: ui.LayoutView) -> None:
        """Have a private message that is in reach show this instead, for good.

        It is only a kindness: where there is none or Discord does not take it, the message stays as it is.
        """
        interaction = self._in_reach.pop(name, None)
        if interaction is None or interaction.is_expired():
            return
        try:
            await interaction.edit_original_response(view=drawn(view), attachments=[])
        except discord.HTTPException as error:
            log.info("interaction.not_retired", command=command_of(interaction), code=error.code)

    async def show_form(self, interaction: AnyInteraction, form: ui.Modal) -> None:
        """Answer with a form; nothing else may have been answered."""
        async with self._reaching(interaction):
            await interaction.response.send_modal(form)

    @asynccontextmanager
    async def _reaching(self, interaction: AnyInteraction) -> AsyncGenerator[None]:
        """Tell an answer that comes too late from one that arrived twice."""
        try:
            yield
        except TokenDead as error:
            raise self._too_late(interaction) from error
        except discord.HTTPException as error:
            if error.code in DEAD_TOKEN:
                raise self._too_late(interaction) from error
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
            # The library sent the answer again after a 5xx, and Discord had taken the first one.

    async def _defer(self, interaction: AnyInteraction) -> int:
        """Acknowledge, once more if the connection dropped; an acknowledgement that arrived twice is one."""
        try:
            try:
                answer = await interaction.response.defer(thinking=True)
            except (aiohttp.ClientError, OSError):
                answer = await interaction.response.defer(thinking=True)
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
            answer = None
        if answer is not None and answer.message_id is not None:
            return answer.message_id
        return (await interaction.original_response()).id

    async def _answer_after_opening(self, interaction: AnyInteraction, view: ui.LayoutView) -> None:
        waiting = await self._interactions.unanswered(self._clock.now())
        if any(each.interaction_id == interaction.id for each in waiting):
            await self._take_back(interaction, view)
            await self._interactions.forget(interaction.id)
            del interaction.extras[_OPEN]
        elif not (await interaction.original_response()).flags.loading:
            await interaction.followup.send(view=view, ephemeral=True)

    async def _take_back(self, interaction: AnyInteraction, view: ui.LayoutView) -> None:
        """Neutral word, private answer, removal, in this order.

        Discord takes the first message after a deferred answer for that answer, and would show it to everybody.

        Each step is repeated until it has got through, and none is begun before. A private answer whose receipt was
        lost may so be read twice, by its member alone; Discord takes no nonce there.
        """
        await self._unless_gone(lambda: interaction.edit_original_response(view=drawn(one_sentence(NEUTRAL_WORD))))
        await self._knock(lambda: interaction.followup.send(view=view, ephemeral=True))
        await self._unless_gone(interaction.delete_original_response)

    async def _unless_gone(self, call: Callable[[], Awaitable[object]]) -> None:
        """Knock; a moderator, or a try whose receipt was lost, may have removed the public answer before."""
        try:
            await self._knock(call)
        except DoorClosed as closed:
            if getattr(closed.__cause__, "code", None) != UNKNOWN_MESSAGE:
                raise

    async def _knock(self, call: Callable[[], Awaitable[object]]) -> None:
        await knock(call, clock=self._clock, random=self._random)

    def _too_late(self, interaction: AnyInteraction) -> InteractionMissed:
        self._missed()
        age = self._clock.now() - round(interaction.created_at.timestamp() * 1000)
        log.warning("interaction.missed", command=command_of(interaction), age_ms=age)
        return InteractionMissed(f"{age} ms after it was sent")


def command_of(interaction: AnyInteraction) -> str:
    """What an interaction called, for logs: a command's name, or a component's action without its ids."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    data: Any = interaction.data or {}
    return str(data.get("custom_id", "")).partition(":")[0]

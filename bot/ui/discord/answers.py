"""Interaction responses: public defer, ephemeral reply, withdrawal of a public response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import discord
import structlog
from discord import ui

from bot.domain.errors import EaselError
from bot.domain.jobs import MessageAt
from bot.domain.orders import OpenInteraction
from bot.services.crash_points import CrashHook, CrashPoint, no_crash
from bot.services.ports.discord_state import Interactions
from bot.ui.discord.calls import Calls
from bot.ui.discord.replies import AnyInteraction, InteractionMissed, Replies, command_of, copies_of, unless_gone
from bot.ui.discord.telling import Progress, telling
from bot.ui.render.drawing import NEUTRAL_WORD, Renderers, drawn, one_sentence

log = structlog.stdlib.get_logger(__name__)

_OPEN = "easel_open"
"""Marks, in an interaction's extras, a public answer that was opened here and says nothing yet."""

Finish: TypeAlias = Callable[[ui.LayoutView], ui.LayoutView]
"""Adds to a finished message what belongs under it."""


def as_it_is(view: ui.LayoutView) -> ui.LayoutView:
    """Add nothing."""
    return view


class Answers:
    """Answers interactions, each as its state allows. The handlers in `cogs` and `bot.ui` use nothing else for that."""

    def __init__(
        self,
        *,
        renderers: Renderers,
        interactions: Interactions,
        calls: Calls,
        crash_hook: CrashHook = no_crash,
        missed: Callable[[], None] = lambda: None,
    ) -> None:
        self._renderers = renderers
        self._interactions = interactions
        self._clock = calls.clock
        self._crash_hook = crash_hook
        self._replies = Replies(calls=calls, missed=missed)
        self._in_reach: dict[str, AnyInteraction] = {}

    async def open_publicly(self, interaction: AnyInteraction) -> MessageAt:
        """Record the command, then acknowledge it with a public answer, and return where that answer is.

        Recorded first, so that whoever sent it is told even if the program dies before it becomes a job.

        Raises:
            InteractionMissed: Discord takes no answer, or none any more.
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
        self._crash_hook(CrashPoint.ACKNOWLEDGING)
        try:
            answer = await self._replies.first(interaction, lambda: interaction.response.defer(thinking=True))
        except InteractionMissed as error:
            if error.is_certain:
                await self._interactions.forget(interaction.id)
            raise
        except discord.HTTPException:
            await self._interactions.forget(interaction.id)
            raise
        interaction.extras[_OPEN] = True
        if answer is None or answer.message_id is None:
            return MessageAt(channel_id, (await self._replies.now(interaction, interaction.original_response)).id)
        return MessageAt(channel_id, answer.message_id)

    async def refuse(self, interaction: AnyInteraction, error: EaselError, finish: Finish = as_it_is) -> None:
        """Say in private why not, and leave nothing in public.

        Raises:
            InteractionMissed: Discord takes no answer, or none any more.
            discord.HTTPException: there is a mistake in it.
        """
        log.info("interaction.refused", command=command_of(interaction), why=type(error).__name__)
        await self.answer_privately(interaction, finish(self._renderers.refusal(error)))

    async def admit_mistake(self, interaction: AnyInteraction, reference: str, finish: Finish = as_it_is) -> None:
        """Say in private that something broke, with the reference under which it was logged. Raises as `refuse`."""
        await self.answer_privately(interaction, finish(self._renderers.unexpected(reference)))

    async def answer_privately(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> None:
        """Show something to the one who asked, whatever was answered before. Raises as `refuse`.

        A public answer that was opened and became no job is taken back; one that became a job stays.
        """
        drawing, copies = drawn(view), copies_of(files)
        if interaction.extras.get(_OPEN):
            await self._answer_after_opening(interaction, drawing)
        elif not interaction.response.is_done():
            await self._replies.first(
                interaction,
                lambda: interaction.response.send_message(view=drawing, files=copies(), ephemeral=True),
            )
        elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await self._replies.later(
                interaction, lambda: interaction.edit_original_response(view=drawing, attachments=copies())
            )
        else:
            await self._replies.later(
                interaction, lambda: interaction.followup.send(view=drawing, files=copies(), ephemeral=True)
            )

    def telling(self, interaction: AnyInteraction, progress: Progress) -> AbstractAsyncContextManager[None]:
        """Show now and then in the answer, after `think` or `open_publicly`, how far it is."""
        return telling(interaction, progress, self._clock)

    async def think(self, interaction: AnyInteraction, *, in_private: bool = True) -> None:
        """Acknowledge at once what takes a moment; `answer_privately` or `answer_publicly` then says it."""
        await self._replies.first(interaction, lambda: interaction.response.defer(ephemeral=in_private, thinking=True))

    async def take_note(self, interaction: AnyInteraction) -> None:
        """Acknowledge a button or select without a new message; `redraw` may then change the one that it is in."""
        await self._replies.first(interaction, interaction.response.defer)

    async def answer_publicly(
        self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()
    ) -> None:
        """Show something to everybody, after `think` in public. Pings nobody."""
        drawing, copies = drawn(view), copies_of(files)
        await self._replies.later(
            interaction,
            lambda: interaction.edit_original_response(
                view=drawing, attachments=copies(), allowed_mentions=discord.AllowedMentions.none()
            ),
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
        drawing, copies = drawn(view), copies_of(files)
        await self._replies.now(
            interaction, lambda: interaction.edit_original_response(view=drawing, attachments=copies())
        )

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
        await self._replies.first(interaction, lambda: interaction.response.send_modal(form))

    async def close(self) -> None:
        """Say nothing more of what is owed to members whom Discord did not let be answered."""
        await self._replies.close()

    async def _answer_after_opening(self, interaction: AnyInteraction, view: ui.LayoutView) -> None:
        waiting = await self._interactions.unanswered(self._clock.now())
        if any(each.interaction_id == interaction.id for each in waiting):
            await self._take_back(interaction, view)
        else:

            async def unless_thinking() -> None:
                if not (await interaction.original_response()).flags.loading:
                    await interaction.followup.send(view=view, ephemeral=True)

            await self._replies.later(interaction, unless_thinking)

    async def _take_back(self, interaction: AnyInteraction, view: ui.LayoutView) -> None:
        """Neutral word, private answer, removal, in this order.

        Discord takes the first message after a deferred answer for that answer, and would show it to everybody.

        Each step is repeated until it has got through, and none is begun before. A private answer whose receipt was
        lost may so be read twice, by its member alone; Discord takes no nonce there.
        """
        neutral = drawn(one_sentence(NEUTRAL_WORD))

        async def settle() -> None:
            await self._interactions.forget(interaction.id)
            interaction.extras.pop(_OPEN, None)

        await self._replies.later(
            interaction,
            unless_gone(lambda: interaction.edit_original_response(view=neutral)),
            lambda: interaction.followup.send(view=view, ephemeral=True),
            unless_gone(interaction.delete_original_response),
            settle,
        )

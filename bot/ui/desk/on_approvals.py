"""What *Ask a moderator*, *Approve* and *Decline* do, and the form behind the last."""

from __future__ import annotations

import discord
from discord import ui

from bot.domain.approvals import AlreadyDecided
from bot.domain.errors import PriceRose
from bot.domain.jobs import MessageAt
from bot.services.creative.album import Album
from bot.services.moderation.approvals import Asked
from bot.ui.desk import texts
from bot.ui.desk.approval import render_asked, render_declined, render_handed_on, render_told, render_verdict
from bot.ui.desk.forms import decline_form
from bot.ui.drawing import one_sentence
from bot.ui.files import strip_files
from bot.ui.people import presser_of
from bot.ui.posts import Posts
from bot.ui.presses import Handler, Opener, Press


async def ask(press: Press) -> None:
    """*Ask a moderator*: post the request where they are."""
    await press.answers.think(press.interaction)
    async with press.services.clicks.once("ask", press.ids[0]):
        await press.services.approvals.ask(press.ids[0], press.asker, _desk(press))
    await press.answers.answer_privately(press.interaction, render_handed_on())


async def approve(press: Press) -> None:
    """*Approve*: run it where it was asked."""
    presser = presser_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        await press.services.approvals.approve(press.ids[0], presser, press.interaction.id, _desk(press))
    except AlreadyDecided:
        await _say_who(press)
        return
    except PriceRose:
        await _redraw(press)
        raise
    await _redraw(press)
    await press.services.approvals.told(press.ids[0])


async def decline_opened(press: Press) -> ui.Modal:
    """*Decline*: ask why, while it can be decided."""
    await press.services.approvals.look(press.ids[0], presser_of(press.interaction))
    return decline_form(press.ids[0])


async def open_decline(press: Press) -> None:
    """*Decline*: ask why, unless somebody was faster."""
    try:
        form = await decline_opened(press)
    except AlreadyDecided:
        await press.answers.take_note(press.interaction)
        await _say_who(press)
        return
    await press.answers.show_form(press.interaction, form)


async def decline(press: Press) -> None:
    """The reason came back."""
    presser = presser_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        declined = await press.services.approvals.decline(press.ids[0], presser, press.text("reason"), _desk(press))
    except AlreadyDecided:
        await _say_who(press)
        return
    await _redraw(press)
    await press.services.approvals.told(press.ids[0])
    await press.answers.answer_privately(press.interaction, render_told(told=declined.told))


ITEMS: dict[str, Handler] = {"ask": ask, "approve": approve, "decline": open_decline}
FORMS: dict[str, Handler] = {"declining": decline}
OPENERS: dict[str, Opener] = {"declining": decline_opened}


async def _redraw(press: Press) -> Asked:
    """Have the request say what became of it, without its buttons."""
    asked = await press.services.approvals.decided(press.ids[0], presser_of(press.interaction))
    strip = await press.services.album.strip([slot.image for slot in asked.draft.references])
    await press.answers.redraw(press.interaction, render_asked(asked, has_strip=strip is not None), strip_files(strip))
    return asked


async def _say_who(press: Press) -> None:
    await press.answers.answer_privately(press.interaction, render_verdict(await _redraw(press)))


def _desk(press: Press) -> DiscordApprovalDesk:
    return DiscordApprovalDesk(press.interaction.client, press.services.album)


class DiscordApprovalDesk(Posts):
    """Implements `bot.services.moderation.approvals.ApprovalDesk`."""

    def __init__(self, client: discord.Client, album: Album) -> None:
        super().__init__(client)
        self._album = album

    async def post(self, channel_id: int, asked: Asked) -> MessageAt | None:
        """See `ApprovalDesk.post`."""
        view, files = await self._drawn(asked)
        channel = self.channel(asked.draft.guild_id, channel_id)
        return await self.send(channel, view, f"q:{asked.approval.approval_id}", files)

    async def renew(self, message: MessageAt, asked: Asked) -> None:
        """See `ApprovalDesk.renew`."""
        await self.edit(message, *await self._drawn(asked))

    async def begin(self, guild_id: int, channel_id: int, interaction_id: int) -> MessageAt | None:
        """See `ApprovalDesk.begin`."""
        view = one_sentence(texts.APPROVED_BEGINS)
        return await self.send(self.channel(guild_id, channel_id), view, f"b:{interaction_id}")

    async def tell_declined(self, asked: Asked, reason: str) -> bool:
        """See `ApprovalDesk.tell_declined`."""
        channel = await self.direct(asked.approval.requester.member_id)
        if channel is None:
            return False
        return await self.send(channel, render_declined(asked, reason), f"n:{asked.approval.approval_id}") is not None

    async def _drawn(self, asked: Asked) -> tuple[ui.LayoutView, list[discord.File]]:
        strip = await self._album.strip([slot.image for slot in asked.draft.references])
        return render_asked(asked, has_strip=strip is not None), strip_files(strip)

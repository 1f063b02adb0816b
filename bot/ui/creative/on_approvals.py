"""What *Ask a moderator*, *Approve* and *Decline* do, and the form behind the last."""

from __future__ import annotations

from contextlib import suppress

import discord
import structlog
from discord import ui

from bot.domain.approvals import AlreadyDecided, MemberLeft, NoSuchApproval
from bot.domain.errors import EaselError, NotAllowed
from bot.domain.jobs import MessageAt
from bot.services.creative.album import Album
from bot.services.moderation.approvals import Asked
from bot.services.ports.messages import NotNow
from bot.ui.creative import texts
from bot.ui.creative.approval import (
    render_asked,
    render_declined,
    render_gone,
    render_handed_on,
    render_told,
    render_verdict,
)
from bot.ui.creative.forms import decline_form
from bot.ui.discord_calls import UNKNOWN_MEMBER, UNKNOWN_USER
from bot.ui.drawing import one_sentence
from bot.ui.files import strip_files
from bot.ui.people import actor_of
from bot.ui.posts import FAILURES, Posts
from bot.ui.presses import Handler, Opener, Press

log = structlog.stdlib.get_logger(__name__)


async def ask(press: Press) -> None:
    """*Ask a moderator*: post the request where they are."""
    await press.answers.think(press.interaction)
    async with press.services.clicks.once("ask", press.ids[0]):
        await press.services.approvals.ask(press.ids[0], press.asker, _desk(press))
    await press.answers.answer_privately(press.interaction, render_handed_on())


async def approve(press: Press) -> None:
    """*Approve*: run it where it was asked."""
    actor = actor_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        await press.services.approvals.approve(
            press.ids[0], actor, press.interaction.id, _desk(press), although_gone=press.ids[1:] == ("gone",)
        )
    except AlreadyDecided:
        await _say_who(press)
        return
    except MemberLeft as left:
        asked = await press.services.approvals.decided(press.ids[0], actor)
        await press.answers.answer_privately(press.interaction, render_gone(asked, left))
        return
    except (NotAllowed, NoSuchApproval):
        raise
    except EaselError as error:
        await _redraw(press, error.sentence)
        raise
    await _redraw(press)
    await press.services.approvals.told(press.ids[0])


async def decline_opened(press: Press) -> ui.Modal:
    """*Decline*: ask why, while it can be decided."""
    await press.services.approvals.look(press.ids[0], actor_of(press.interaction))
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
    actor = actor_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        declined = await press.services.approvals.decline(press.ids[0], actor, press.text("reason"), _desk(press))
    except AlreadyDecided:
        await _say_who(press)
        return
    await _redraw(press)
    await press.services.approvals.told(press.ids[0])
    await press.answers.answer_privately(press.interaction, render_told(told=declined.told))


ITEMS: dict[str, Handler] = {"ask": ask, "approve": approve, "decline": open_decline}
FORMS: dict[str, Handler] = {"declining": decline}
OPENERS: dict[str, Opener] = {"declining": decline_opened}


async def _redraw(press: Press, problem: str = "") -> Asked:
    """Have the request say what became of it, and a question or refusal that was pressed in its stead too.

    Once it is decided its buttons are gone; `problem` is why an approval did not start it.
    """
    asked = await press.services.approvals.decided(press.ids[0], actor_of(press.interaction))
    message, place = press.interaction.message, asked.approval.message
    strip = await press.services.album.strip(asked.draft.references)
    view = render_asked(asked, has_strip=strip is not None, problem=problem)
    if message is None or place is None or message.id == place.message_id or not message.flags.ephemeral:
        await press.answers.redraw(press.interaction, view, strip_files(strip))
        return asked
    with suppress(NotNow):
        await _desk(press).edit(place, view, strip_files(strip))
    if asked.approval.verdict is not None:
        await press.answers.redraw(press.interaction, render_verdict(asked))
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

    async def is_here(self, guild_id: int, member_id: int) -> bool:
        """See `ApprovalDesk.is_here`."""
        try:
            await self._client.http.get_member(guild_id, member_id)
        except discord.NotFound as error:
            return error.code not in {UNKNOWN_MEMBER, UNKNOWN_USER}
        except FAILURES as error:
            log.info("member.not_looked_up", why=type(error).__name__)
        return True

    async def tell_declined(self, asked: Asked, reason: str) -> bool:
        """See `ApprovalDesk.tell_declined`."""
        channel = await self.direct(asked.approval.requester.member_id)
        if channel is None:
            return False
        return await self.send(channel, render_declined(asked, reason), f"n:{asked.approval.approval_id}") is not None

    async def _drawn(self, asked: Asked) -> tuple[ui.LayoutView, list[discord.File]]:
        strip = await self._album.strip(asked.draft.references)
        return render_asked(asked, has_strip=strip is not None), strip_files(strip)

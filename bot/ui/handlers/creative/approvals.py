"""What *Ask a moderator*, *Approve* and *Decline* do, and the form behind the last."""

from __future__ import annotations

import structlog
from discord import ui

from bot.domain.approvals import AlreadyDecided, MemberLeft, NoSuchApproval
from bot.domain.errors import EaselError, NotAllowed
from bot.services.moderation.approvals import Asked
from bot.ui.discord.files import strip_files
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Handler, Opener, Press
from bot.ui.render.creative.approval import (
    render_asked,
    render_gone,
    render_handed_on,
    render_told,
    render_verdict,
)
from bot.ui.render.creative.forms import decline_form

log = structlog.stdlib.get_logger(__name__)


async def ask(press: Press) -> None:
    """*Ask a moderator*: post the request where they are."""
    await press.answers.think(press.interaction)
    async with press.services.creative.clicks.once("ask", press.ids[0]):
        await press.services.moderation.approvals.ask(press.ids[0], press.requester)
    await press.answers.answer_privately(press.interaction, render_handed_on())


async def approve(press: Press) -> None:
    """*Approve*: run it where it was asked."""
    actor = actor_of(press.interaction)
    await press.answers.take_note(press.interaction)
    try:
        await press.services.moderation.approvals.approve(
            press.ids[0], actor, press.interaction.id, although_gone=press.ids[1:] == ("gone",)
        )
    except AlreadyDecided:
        await _say_who(press)
        return
    except MemberLeft as left:
        asked = await press.services.moderation.approvals.decided(press.ids[0], actor)
        await press.answers.answer_privately(press.interaction, render_gone(asked, left))
        return
    except (NotAllowed, NoSuchApproval):
        raise
    except EaselError as error:
        await _redraw(press, error.sentence)
        raise
    await _redraw(press)
    await press.services.moderation.approvals.told(press.ids[0])


async def decline_opened(press: Press) -> ui.Modal:
    """*Decline*: ask why, while it can be decided."""
    await press.services.moderation.approvals.look(press.ids[0], actor_of(press.interaction))
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
        declined = await press.services.moderation.approvals.decline(press.ids[0], actor, press.text("reason"))
    except AlreadyDecided:
        await _say_who(press)
        return
    await _redraw(press)
    await press.services.moderation.approvals.told(press.ids[0])
    await press.answers.answer_privately(press.interaction, render_told(told=declined.told))


ITEMS: dict[str, Handler] = {"ask": ask, "approve": approve, "decline": open_decline}
FORMS: dict[str, Handler] = {"declining": decline}
OPENERS: dict[str, Opener] = {"declining": decline_opened}


async def _redraw(press: Press, problem: str = "") -> Asked:
    """Have the request say what became of it, and a question or refusal that was pressed in its stead too.

    Once it is decided its buttons are gone; `problem` is why an approval did not start it.
    """
    asked = await press.services.moderation.approvals.decided(press.ids[0], actor_of(press.interaction))
    message, place = press.interaction.message, asked.approval.message
    strip = await press.services.creative.album.strip(asked.draft.all_references)
    view = render_asked(asked, has_strip=strip is not None, problem=problem)
    if message is None or place is None or message.id == place.message_id or not message.flags.ephemeral:
        await press.answers.redraw(press.interaction, view, strip_files(strip))
        return asked
    await press.services.moderation.approvals.renew(asked, problem)
    if asked.approval.verdict is not None:
        await press.answers.redraw(press.interaction, render_verdict(asked))
    return asked


async def _say_who(press: Press) -> None:
    await press.answers.answer_privately(press.interaction, render_verdict(await _redraw(press)))

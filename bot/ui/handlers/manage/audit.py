"""Shows the audit, and turns its pages."""

from __future__ import annotations

from discord import ui

from bot.services.moderation.audit import AuditPage
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Handler, Press
from bot.ui.render.manage.audit import gone_from, render_audit


async def show_audit(press: Press, member_id: int | None = None) -> None:
    """Answer with the newest page; with `member_id`, of what concerns them."""
    page = await press.services.moderation.audit.page(actor_of(press.interaction), member_id)
    await press.answers.answer_privately(press.interaction, _drawn(press, page))


async def turn_page(press: Press) -> None:
    """*Newer* or *Older*: another page in place; the ids are the way, whom it concerns (0: everybody), the number."""
    _, member_id, number = press.ids
    page = await press.services.moderation.audit.page(actor_of(press.interaction), int(member_id) or None, int(number))
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, _drawn(press, page))


ITEMS: dict[str, Handler] = {"audit": turn_page}


def _drawn(press: Press, page: AuditPage) -> ui.LayoutView:
    return render_audit(page, gone_from(press.interaction.guild, page))

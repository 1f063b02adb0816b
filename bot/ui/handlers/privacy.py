"""What the two buttons that erase do; blocked members have them too."""

from __future__ import annotations

from bot.ui.handlers.presses import Handler, Press
from bot.ui.render.privacy import render_erasure_asked


async def erase(press: Press) -> None:
    """Ask for the erasure of whoever pressed, and say so where the question was."""
    with_messages = press.ids[0] == "all"
    asked = await press.services.creative.privacy.ask_erasure(press.interaction.user.id, with_messages=with_messages)
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, render_erasure_asked(asked))


ITEMS: dict[str, Handler] = {"erase": erase}

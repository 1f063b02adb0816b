"""What the buttons of reported pictures do, and the form behind *Block*."""

from __future__ import annotations

from dataclasses import replace

from discord import ui

from bot.domain.reports import Measure
from bot.services.moderation.reporting import Reach
from bot.ui.discord.people import actor_of
from bot.ui.handlers.presses import Handler, Opener, Press
from bot.ui.render.manage.forms import block_form
from bot.ui.render.manage.reports import render_decided, render_reports


async def show_reports(press: Press) -> None:
    """Answer with the reported pictures that wait for a decision."""
    reports = await press.services.moderation.reporting.open_reports(actor_of(press.interaction))
    await press.answers.answer_privately(press.interaction, render_reports(reports))


async def decide(press: Press) -> None:
    """A decision, by its name, the report's number, and how many decisions the moderator has seen."""
    measure, (report_id, steps) = Measure(press.ids[0]), press.ids[1:]
    if measure is not Measure.BLOCK:
        await _decide(press, measure, int(report_id), int(steps))
        return
    await press.answers.show_form(press.interaction, await block_opened(replace(press, ids=(report_id, steps))))


async def block_opened(press: Press) -> ui.Modal:
    """*Block*: ask why, while it can be decided."""
    report_id, steps = press.ids
    actor = actor_of(press.interaction)
    await press.services.moderation.reporting.undecided(actor, int(report_id), Measure.BLOCK, int(steps))
    return block_form(report_id, steps)


async def block(press: Press) -> None:
    """The reason of a block came back."""
    report_id, steps = press.ids
    await _decide(press, Measure.BLOCK, int(report_id), int(steps), press.text("typed"))


ITEMS: dict[str, Handler] = {"report": decide}
FORMS: dict[str, Handler] = {"blocking": block}
OPENERS: dict[str, Opener] = {"blocking": block_opened}


async def _decide(press: Press, measure: Measure, report_id: int, steps: int, reason: str = "") -> None:
    actor, reporting = actor_of(press.interaction), press.services.moderation.reporting
    await press.answers.take_note(press.interaction)
    decided = await reporting.decide(actor, report_id, measure, steps, reason=reason)
    message, place = press.interaction.message, decided.report.desk_message
    if message is not None and place is not None and message.id == place.message_id:
        # The report's own message was renewed with the decision; only what went wrong is left to say.
        if decided.reach is not Reach.ALL:
            await press.answers.answer_privately(press.interaction, render_decided(decided))
        return
    await press.answers.redraw(press.interaction, render_reports(await reporting.open_reports(actor), decided))

"""Shows the overview of a server, and what its buttons lead to."""

from __future__ import annotations

from discord import ui

from bot.domain.jobs import Stage
from bot.ui.discord.people import actor_of
from bot.ui.handlers.manage.audit import show_audit
from bot.ui.handlers.manage.reports import show_reports
from bot.ui.handlers.manage.settings import show_settings
from bot.ui.handlers.manage.spending import show_report
from bot.ui.handlers.presses import Handler, Opener, Press, client_of, shows
from bot.ui.render.jobs import render_jobs
from bot.ui.render.manage.forms import pause_form
from bot.ui.render.manage.overview import render_overview


async def show_overview(press: Press) -> None:
    """Answer with the screen; only the operator sees the provider's account."""
    await press.answers.think(press.interaction)
    await press.answers.answer_privately(press.interaction, await _screen(press))


async def show_jobs(press: Press, stage: Stage | None = None) -> None:
    """Answer with the server's newest jobs."""
    jobs = await press.services.moderation.job_moderation.listed(actor_of(press.interaction), stage)
    await press.answers.answer_privately(press.interaction, render_jobs(jobs, of_server=True))


async def refresh(press: Press) -> None:
    """Have the screen say how it is now."""
    await press.answers.take_note(press.interaction)
    await press.answers.redraw(press.interaction, await _screen(press))


async def pause_opened(press: Press) -> ui.Modal:
    """*Pause*: ask for the reason, which members read."""
    await press.services.moderation.server_settings.rules(actor_of(press.interaction))
    return pause_form()


async def pause(press: Press) -> None:
    """The reason came back: pause, and say so on the screen."""
    await press.services.moderation.server_settings.pause(actor_of(press.interaction), press.text("typed"))
    await refresh(press)


async def resume(press: Press) -> None:
    """*Resume*, and say so on the screen."""
    await press.services.moderation.server_settings.resume(actor_of(press.interaction))
    await refresh(press)


_WAYS: dict[str, Handler] = {
    "report": show_report,
    "jobs": show_jobs,
    "audit": show_audit,
    "settings": show_settings,
    "reported": show_reports,
    "refresh": refresh,
    "pause": shows(pause_opened),
    "resume": resume,
}


async def go(press: Press) -> None:
    """One way on from the screen, named by the button's id."""
    await _WAYS[press.ids[0]](press)


ITEMS: dict[str, Handler] = {"desk": go}
FORMS: dict[str, Handler] = {"pausing": pause}
OPENERS: dict[str, Opener] = {"pausing": pause_opened}


async def _screen(press: Press) -> ui.LayoutView:
    actor, services = actor_of(press.interaction), press.services
    rules = await services.moderation.server_settings.rules(actor)
    for_operator = await client_of(press.interaction).is_operator(press.interaction.user)
    view = await services.money.overviews.overview(
        actor, is_paused=rules.paused_at is not None, for_operator=for_operator
    )
    return render_overview(view, await services.moderation.reporting.count_open(actor))

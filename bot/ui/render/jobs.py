"""Jobs as lists and one by one: what was asked, what became of it, what it cost, and where the picture is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from discord import ui

from bot import texts
from bot.domain.jobs import Job, Prediction, PredictionState, Stage
from bot.domain.money import format_usd
from bot.domain.storyboards import is_storyboard, numbers_of, title_of, words_of
from bot.services.jobs.cancelling import Cancelled
from bot.services.ports.messages import Link, Picture
from bot.ui.render import about
from bot.ui.render.buttons import add_result_buttons, cancel_button
from bot.ui.render.escape import words
from bot.ui.render.layout import Layout
from bot.ui.render.result import attached, links
from bot.ui.render.theme import Accent, duration, facts, heading, relative, small

_LISTED_PROMPT_CHARS = 80
_LONGEST_PROMPT, _SHORTEST_PROMPT = 1200, 100
_KEPT_CHARS = 600
_ACCENTS = {
    Stage.CHECKING: Accent.WAITING,
    Stage.REVIEW: Accent.WAITING,
    Stage.DONE: Accent.DONE,
    Stage.PARTLY: Accent.DONE,
    Stage.FAILED: Accent.FAILED,
    Stage.CANCELLED: Accent.CALM,
}


def render_jobs(jobs: Sequence[Job], *, of_server: bool = False) -> ui.LayoutView:
    """The answer to `/jobs list`, newest first as given; what does not fit is counted."""
    title = texts.jobs.JOBS_OF_SERVER if of_server else texts.jobs.YOUR_JOBS
    layout = Layout(Accent.CALM).text(heading(title))
    if not jobs:
        return layout.text(texts.jobs.NO_JOBS).build()
    return layout.listing([_listed(job, name_member=of_server) for job in jobs], more=texts.budgets.MORE_LINES).build()


def render_job(job: Job, pictures: Sequence[Picture | Link] = ()) -> ui.LayoutView:
    """The answer to `/jobs show`; `pictures` are those that can be shown here, their files attached by the sender."""
    layout = Layout(_ACCENTS.get(job.stage, Accent.WORKING))
    layout.text(heading(facts(texts.jobs.JOB.format(job_id=job.job_id), _state(job))))
    layout.gallery(attached(pictures)).text(*links(pictures, numbers_of(job))).text(_taken_down(job))
    layout.text(*about.reference_lines(job.references)).text(_prompt(job, layout.chars_left)).separator()
    layout.text(*(_picture(job, prediction) for prediction in job.predictions), _asked(job))
    layout.text(small(*about.settings(job), *_money(job), about.mark(job)))
    if job.can_cancel:
        layout.buttons(cancel_button(job))
    elif job.has_ended and job.taken_down_at is None:
        add_result_buttons(layout, job)
    return layout.build()


def render_cancelled(cancelled: Cancelled) -> ui.LayoutView:
    """The answer to `/jobs cancel`: what was stopped, what came back, what goes on."""
    job, stopped = cancelled.job, cancelled.stopped
    some = texts.jobs.STOPPED_SOME.format(count=stopped, total=job.count)
    back = texts.status.MONEY_IS_BACK.format(amount=format_usd(cancelled.saved_micros))
    is_whole = stopped == job.count
    layout = Layout(Accent.CALM).text(heading(texts.jobs.STOPPED_TITLE))
    layout.text(f"{texts.jobs.STOPPED_ALL if is_whole else some} {back}", "" if is_whole else texts.jobs.OTHERS_GO_ON)
    return layout.text(small(about.mark(job))).build()


def _prompt(job: Job, room: int) -> str:
    """As much of the prompt as fits beside what comes after; escaping may double its length."""
    if not job.prompt.strip():
        return texts.jobs.NO_PROMPT
    if is_storyboard(job):
        shots = [words_of(job, each) for each in job.predictions]
        return "\n".join(f"> {line}" for line in about.shot_lines(shots, room - _KEPT_CHARS))
    limit = min(_LONGEST_PROMPT, (room - _KEPT_CHARS) // 2)
    return f"> {words(job.prompt, max(_SHORTEST_PROMPT, limit))}"


def _listed(job: Job, *, name_member: bool) -> str:
    who = f"<@{job.member_id}>" if name_member and job.member_id is not None else ""
    state = f"`{job.job_id}` **{_state(job)}**"
    line = facts(state, who, *_money(job), relative(job.created_at), _open_link(job))
    prompt = words(title_of(job), _LISTED_PROMPT_CHARS)
    return f"{line}\n{small(prompt)}" if prompt else line


def _picture(job: Job, prediction: Prediction) -> str:
    n = prediction.n
    if not prediction.state.is_final:
        return texts.jobs.PICTURE_OPEN.format(n=n, state=texts.jobs.PREDICTION_STATES[prediction.state])
    if prediction.state is not PredictionState.COMPLETED:
        return texts.jobs.PICTURE_MISSING.format(n=n, why=about.briefly(prediction))
    took = (
        ""
        if prediction.ended_at is None
        else duration(prediction.ended_at - (prediction.submitted_at or job.created_at))
    )
    if job.taken_down_at is not None:
        return facts(texts.jobs.PICTURE_GONE.format(n=n, state=_state(job)), took)
    return facts(texts.jobs.PICTURE_READY.format(n=n), took)


def _state(job: Job) -> str:
    if job.taken_down_at is None:
        return texts.jobs.STATES[job.stage]
    return texts.jobs.DELETED_STATE if job.is_own_deletion else texts.jobs.HIDDEN_STATE


def _taken_down(job: Job) -> str:
    """That there is nothing to see any more, by whom, and what whoever asked can do."""
    if job.taken_down_at is None:
        return ""
    return texts.jobs.DELETED_HERE if job.is_own_deletion else texts.jobs.HIDDEN_HERE


def _asked(job: Job) -> str:
    return facts(about.asked(job), _open_link(job))


def _open_link(job: Job) -> str:
    if job.taken_down_at is not None:
        return ""
    message = job.result_message or job.status_message
    return "" if message is None else texts.jobs.OPEN.format(link=about.link_to(job, message))


def _money(job: Job) -> Iterator[str]:
    """Where the money of a job is; every part that is not zero."""
    if job.held_micros:
        yield texts.status.HELD.format(amount=format_usd(job.held_micros))
    if job.spent_micros:
        yield texts.status.SPENT.format(amount=format_usd(job.spent_micros))
    if job.returned_micros:
        yield texts.status.GIVEN_BACK.format(amount=format_usd(job.returned_micros))

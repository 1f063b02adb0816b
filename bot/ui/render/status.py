"""The status message: what a job is doing, what it is about, and where its money is, at one instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from discord import ui

from bot import texts
from bot.domain.clock import SECOND
from bot.domain.jobs import Prediction, PredictionState, Stage
from bot.domain.marks import Mark, WithheldBecause
from bot.domain.money import format_usd
from bot.domain.predictions import FailureReason
from bot.domain.reviews import REVIEW_LIFE
from bot.domain.snapshots import JobSnapshot
from bot.ui.render import about
from bot.ui.render.buttons import cancel_button, retry_buttons
from bot.ui.render.layout import Layout
from bot.ui.render.theme import Accent, bar, duration, facts, heading, relative, small, so_far, sweep


def render_status(snapshot: JobSnapshot) -> ui.LayoutView:
    """The whole status message; while the job is open it shows the reference strip, which is then to be attached."""
    ended = _ENDED.get(snapshot.job.stage)
    return ended(snapshot) if ended is not None else _open(snapshot)


@dataclass(frozen=True, slots=True)
class _Happening:
    """What an open job is doing: its heading, its colour, and the lines under the separator."""

    title: str
    accent: Accent
    lines: tuple[str, ...]


def _open(snapshot: JobSnapshot) -> ui.LayoutView:
    job = snapshot.job
    now = _HAPPENING[job.stage](snapshot)
    layout = Layout(now.accent).text(heading(now.title))
    if job.references:
        layout.gallery([about.strip_of(job.references)])
    layout.text(*about.reference_lines(job.references), about.quoted_prompt(job))
    layout.separator().text(*now.lines, *_so_far(snapshot), _small_print(snapshot))
    if job.can_cancel:
        layout.buttons(cancel_button(job))
    return layout.build()


# What open jobs are doing ---------------------------------------------------------------------------------------------


def _waiting(snapshot: JobSnapshot) -> _Happening:
    place, wait = snapshot.turn.place, snapshot.turn.wait_seconds
    starts = "" if wait is None else texts.status.STARTS_IN.format(wait=f"{wait} s")
    at = "" if place is None else texts.status.NEXT if place == 1 else texts.status.PLACE.format(place=place)
    ahead = "" if place is None or place == 1 else texts.status.AHEAD.format(count=place - 1)
    # Discord's own timestamp goes on counting where edits do not get through, or are rare.
    asked = texts.jobs.ASKED_BY_NOBODY.format(when=relative(snapshot.job.created_at))
    first = facts(at or texts.status.WAITS_FOR_ITS_TURN, starts, asked)
    return _Happening(texts.status.STAGES[Stage.WAITING], Accent.WORKING, (first, ahead, snapshot.held_up_by or ""))


def _sending(_: JobSnapshot) -> _Happening:
    return _Happening(texts.status.STAGES[Stage.SENDING], Accent.WORKING, (texts.status.ON_ITS_WAY,))


def _painting(snapshot: JobSnapshot) -> _Happening:
    job = snapshot.job
    if job.late_told_at is not None:
        money = texts.status.LATE_MONEY.format(amount=format_usd(job.held_micros))
        return _Happening(texts.status.LATE, Accent.WORKING, (texts.status.IS_LATE, money))
    started = texts.status.STARTED.format(when=relative(about.sent_at(job)))
    typical = snapshot.turn.typical_seconds
    usually = texts.status.USUALLY.format(seconds=typical) if typical else ""
    return _Happening(
        texts.status.STAGES[Stage.PAINTING], Accent.WORKING, (_progress_bar(snapshot), facts(started, usually))
    )


def _checking(snapshot: JobSnapshot) -> _Happening:
    job = snapshot.job
    unknown = [p for p in job.predictions if p.state is PredictionState.UNKNOWN]
    held = format_usd(job.held_micros)
    if all(prediction.review_at is not None for prediction in unknown):
        lines = (texts.status.LEFT_TO_MODERATOR, texts.status.HELD_UNTIL_DECIDED.format(amount=held))
        return _Happening(texts.status.WITH_MODERATOR, Accent.WAITING, lines)
    looks = [prediction.next_look_at for prediction in unknown if prediction.next_look_at is not None]
    money = texts.status.HELD_NOT_SPENT.format(amount=held)
    next_look = texts.status.NEXT_LOOK.format(when=relative(min(looks))) if looks else ""
    lines = (texts.status.CONNECTION_DROPPED, f"{money} {next_look}".rstrip())
    return _Happening(texts.status.STAGES[Stage.CHECKING], Accent.WAITING, lines)


def _in_review(snapshot: JobSnapshot) -> _Happening:
    job = snapshot.job
    marks = [output.mark for prediction in job.in_review for output in prediction.outputs]
    because = WithheldBecause.MARKED if Mark.MARKED in marks else WithheldBecause.UNMARKED
    asked_at = min(p.asked_moderators_at or snapshot.taken_at for p in job.in_review)
    held = texts.safety.HELD_UNTIL_REVIEWED.format(
        amount=format_usd(job.held_micros), when=relative(asked_at + REVIEW_LIFE)
    )
    return _Happening(texts.status.STAGES[Stage.REVIEW], Accent.WAITING, (texts.safety.IN_REVIEW[because], held))


_HAPPENING: dict[Stage, Callable[[JobSnapshot], _Happening]] = {
    Stage.WAITING: _waiting,
    Stage.SENDING: _sending,
    Stage.PAINTING: _painting,
    Stage.CHECKING: _checking,
    Stage.REVIEW: _in_review,
}


def _progress_bar(snapshot: JobSnapshot) -> str:
    elapsed = max(0, snapshot.taken_at - about.sent_at(snapshot.job))
    typical = snapshot.turn.typical_seconds
    return bar(elapsed / (typical * SECOND)) if typical else sweep(elapsed // SECOND)


def _so_far(snapshot: JobSnapshot) -> Iterator[str]:
    """What became of the pictures that have ended while others go on."""
    job = snapshot.job
    if job.pictures:
        ready = sum(p.state is PredictionState.COMPLETED for p in job.predictions)
        yield texts.status.READY.format(count=ready, total=job.count)
    if job.in_review and job.stage is not Stage.REVIEW:
        yield texts.safety.SOME_IN_REVIEW.format(count=len(job.in_review))
    yield about.came_back(job)


def _small_print(snapshot: JobSnapshot) -> str:
    job = snapshot.job
    elapsed = snapshot.taken_at - about.sent_at(job)
    held = texts.status.HELD.format(amount=format_usd(job.held_micros))
    spent = texts.status.SPENT.format(amount=format_usd(job.spent_micros)) if job.spent_micros else ""
    return small(*about.settings(job), so_far(elapsed), held, spent, about.mark(job))


# What is left to say when a job has ended -----------------------------------------------------------------------------


def _done(snapshot: JobSnapshot) -> ui.LayoutView:
    job = snapshot.job
    took = texts.status.DONE_IN.format(duration=duration(about.made_in(job)))
    return Layout(Accent.CALM).text(small(took, _where(snapshot), about.mark(job))).build()


def _partly(snapshot: JobSnapshot) -> ui.LayoutView:
    job = snapshot.job
    ready = sum(p.state is PredictionState.COMPLETED for p in job.predictions)
    took = texts.status.PARTLY_IN.format(ready=ready, count=job.count, duration=duration(about.made_in(job)))
    last = small(took, _where(snapshot), about.mark(job))
    return Layout(Accent.CALM).text(about.came_back(job), last).build()


def _failed(snapshot: JobSnapshot) -> ui.LayoutView:
    job = snapshot.job
    endings = [_ending(prediction) for prediction in about.missing(job)]
    why = about.unique(sentence for sentence, _ in endings)
    advice = " ".join(about.unique(advice for _, advice in endings))
    back = texts.status.MONEY_IS_BACK.format(amount=format_usd(job.returned_micros))
    money = back if job.returned_micros else texts.status.NOTHING_SPENT
    layout = Layout(Accent.FAILED).text(heading(texts.status.STAGES[Stage.FAILED]), *why, f"{money} {advice}".rstrip())
    return layout.text(small(job.model.label, about.mark(job))).buttons(*retry_buttons(job)).build()


def _cancelled(snapshot: JobSnapshot) -> ui.LayoutView:
    job = snapshot.job
    money = texts.status.CANCELLED_MONEY.format(amount=format_usd(job.returned_micros))
    layout = Layout(Accent.CALM).text(heading(texts.status.STAGES[Stage.CANCELLED]), money)
    return layout.text(small(job.model.label, about.mark(job))).build()


_ENDED: dict[Stage, Callable[[JobSnapshot], ui.LayoutView]] = {
    Stage.DONE: _done,
    Stage.PARTLY: _partly,
    Stage.FAILED: _failed,
    Stage.CANCELLED: _cancelled,
}


def _where(snapshot: JobSnapshot) -> str:
    """Where the pictures are: a link, or why there is none."""
    job = snapshot.job
    if job.taken_down_at is not None:
        return texts.jobs.DELETED_STATE if job.is_own_deletion else texts.jobs.HIDDEN_STATE
    if job.result_message is not None:
        see = texts.status.SEE_PICTURE if len(job.pictures) == 1 else texts.status.SEE_PICTURES
        return see.format(link=about.link_to(job, job.result_message))
    if job.closed_at is not None:
        return texts.status.KEPT.format(job_id=job.job_id)
    return snapshot.held_up_by or texts.status.BEING_POSTED


def _ending(prediction: Prediction) -> tuple[str, str]:
    """What happened to a prediction without a picture, and what to do."""
    match prediction.state:
        case PredictionState.CANCELLED:
            return "", ""
        case PredictionState.WITHHELD:
            because = prediction.withheld_because or WithheldBecause.MARKED
            return texts.safety.WITHHELD[because].format(where=texts.safety.HERE), texts.safety.WITHHELD_ADVICE[because]
        case _:
            reason = prediction.reason or FailureReason.PROVIDER
            return texts.status.FAILED_BECAUSE[reason], texts.status.FAILED_ADVICE[reason]

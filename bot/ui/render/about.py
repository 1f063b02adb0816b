"""What a message says about a job itself: its references, its prompt, its settings and what became of its money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot import texts
from bot.domain.jobs import Job, MessageAt, Prediction, PredictionState
from bot.domain.marks import Exposure, WithheldBecause
from bot.domain.money import format_usd
from bot.domain.predictions import FailureReason
from bot.domain.references import Reference
from bot.domain.storyboards import is_storyboard, words_of
from bot.domain.styles import of_style
from bot.texts.templates import listed
from bot.ui.render.drawing import STRIP_URL
from bot.ui.render.escape import escaped, one_line, quoted, shown_file_name, words
from bot.ui.render.layout import Shown
from bot.ui.render.parameters import shown_parameters, shown_seed
from bot.ui.render.theme import facts, relative

JOB_ID = r"[0-9A-Z]{4,12}"
"""A regular expression for job ids, as they stand in messages and in buttons' custom ids."""

_PROMPT_CHARS = 300
_SHORTEST_SHOT, _SHOT_MARKS_CHARS = 30, 5
_ROLE_CHARS = 60
_NOTE_CHARS = 60


def strip_of(references: Sequence[Reference]) -> Shown:
    """The reference strip as a gallery's picture, named so that it can be followed without seeing it."""
    names = "; ".join(f"{each.place} {each.role or ''} {each.filename}" for each in references)
    is_spoiler = any(each.exposure is Exposure.SPOILER for each in references)
    return Shown(STRIP_URL, texts.jobs.STRIP_ALT.format(names=one_line(names)), is_spoiler)


def reference_lines(references: Iterable[Reference]) -> Iterator[str]:
    """One line for each reference, in order: `**1** identity · fox.png`."""
    for each in references:
        brought = texts.styles.OF_STYLE if each.of_style else ""
        role, note = words(each.role or "", _ROLE_CHARS), words(each.note or "", _NOTE_CHARS)
        yield f"**{each.place}** {facts(role, shown_file_name(each.filename), note, brought)}"


def quoted_prompt(job: Job, of: Sequence[Prediction] | None = None) -> str:
    """The prompt as one quoted paragraph of about 300 characters, or nothing where it was deleted.

    Of a storyboard each shot, or each of those in `of`, with its number on a line of its own.
    """
    shots = [each for each in (job.predictions if of is None else of) if each.shot is not None]
    if not shots:
        return quoted(job.prompt, _PROMPT_CHARS)
    limit = _PROMPT_CHARS // len(shots)
    return "\n".join(f"> **{each.n}** {words(words_of(job, each), limit)}" for each in shots if words_of(job, each))


def shot_lines(shots: Sequence[str], room: int) -> Iterator[str]:
    """One line for each shot with its number, clipped so that all of them fit into so many characters of a message."""
    # Escaping may double each, and each has its number.
    limit = max(_SHORTEST_SHOT, min(_PROMPT_CHARS, room // max(1, len(shots)) // 2 - _SHOT_MARKS_CHARS))
    for n, shot in enumerate(shots, start=1):
        yield f"**{n}** {words(shot, limit)}"


def seeds_of(job: Job) -> tuple[int | None, ...]:
    """The seed of each picture, in the pictures' order; before there is one, of each prediction. None: not known."""
    shown = [p for p in job.predictions for _ in p.outputs if p.state is PredictionState.COMPLETED or p.was_ended]
    return tuple(None if p.seed is None or p.seed < 0 else p.seed for p in shown or job.predictions)


def settings(job: Job, *, has_seeds: bool = True) -> tuple[str, ...]:
    """The model and whatever was asked for beyond its defaults, for the small print."""
    seeds = [seed for seed in seeds_of(job) if seed is not None] if has_seeds else []
    return (
        escaped(job.model.label),
        *shown_parameters(job.model, job.parameters),
        _seeds(seeds),
        (texts.storyboards.SHOTS if is_storyboard(job) else texts.results.PICTURES).format(count=job.count)
        if job.count > 1
        else "",
        style_of(job),
        _made_from(job),
    )


def style_of(job: Job) -> str:
    """With which style it was made, and which of its references that brought; empty where there was none."""
    if job.style is None:
        return ""
    name, places = escaped(job.style), of_style(job.references)
    if not places:
        return texts.styles.WITH_STYLE.format(name=name)
    numbers = listed([str(place) for place in places])
    return texts.styles.WITH_IMAGES.format(count=len(places), name=name, places=numbers)


def asked(job: Job) -> str:
    """When a job was asked for, and by whom while that is known."""
    when = relative(job.created_at)
    if job.member_id is None:
        return texts.jobs.ASKED_BY_NOBODY.format(when=when)
    return texts.jobs.ASKED.format(when=when, member_id=job.member_id)


def mark(job: Job) -> str:
    """The job's id as every status and result shows it: `job 4F7K`."""
    return texts.results.MARK.format(job_id=job.job_id)


def link_to(job: Job, message: MessageAt) -> str:
    """A message's address for people; a message outside the job's channel is a direct one."""
    return _address(str(job.guild_id) if message.channel_id == job.channel_id else "@me", message)


def made_in(job: Job) -> int:
    """Milliseconds from the first request that left to the last picture that came."""
    done = [p for p in job.predictions if p.state is PredictionState.COMPLETED]
    ended = [p.ended_at for p in done if p.ended_at is not None]
    sent = [p.submitted_at for p in done if p.submitted_at is not None]
    if not ended:
        return 0
    return max(0, max(ended) - min(sent, default=job.created_at))


def sent_at(job: Job) -> int:
    """When the first request that is still open left; when the job was asked for if none did."""
    return min(
        (p.submitted_at for p in job.predictions if not p.state.is_final and p.submitted_at is not None),
        default=job.created_at,
    )


def missing(job: Job) -> tuple[Prediction, ...]:
    """The predictions that ended without a picture."""
    return tuple(p for p in job.predictions if p.state.is_final and p.state is not PredictionState.COMPLETED)


def came_back(job: Job) -> str:
    """What came back and why, in one sentence; empty where nothing did."""
    if not job.returned_micros:
        return ""
    why = facts(*unique(briefly(prediction) for prediction in missing(job)))
    return texts.status.CAME_BACK.format(amount=format_usd(job.returned_micros), why=why)


def briefly(prediction: Prediction) -> str:
    """Why a prediction brought no picture, in a few words."""
    match prediction.state:
        case PredictionState.CANCELLED:
            return texts.status.CANCELLED_BRIEFLY
        case PredictionState.WITHHELD:
            return texts.safety.WITHHELD_BRIEFLY[prediction.withheld_because or WithheldBecause.MARKED]
        case _:
            return texts.status.FAILED_BRIEFLY[prediction.reason or FailureReason.PROVIDER]


def unique(sentences: Iterable[str]) -> tuple[str, ...]:
    """Each sentence once, in order."""
    return tuple(dict.fromkeys(sentences))


def _made_from(job: Job) -> str:
    """From which job it was made, as the way to that job's result where it can still be seen."""
    if job.parent_job_id is None:
        return ""
    if job.parent_message is None:
        return texts.jobs.MADE_FROM.format(job_id=job.parent_job_id)
    link = _address(str(job.guild_id), job.parent_message)
    return texts.jobs.MADE_FROM_LINK.format(job_id=job.parent_job_id, link=link)


def _address(place: str, message: MessageAt) -> str:
    return f"https://discord.com/channels/{place}/{message.channel_id}/{message.message_id}"


def _seeds(seeds: list[int]) -> str:
    """One seed, or a row of them; several by chance are nothing to read in passing and stand in the details."""
    if not seeds:
        return ""
    if len(set(seeds)) == 1:
        return shown_seed(seeds[0])
    if seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        return texts.jobs.SEEDS.format(first=seeds[0], last=seeds[-1])
    return ""

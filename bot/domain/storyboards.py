"""Storyboards: two to six shots, one a line, each a picture of its own within one job."""

from __future__ import annotations

from bot import texts
from bot.domain.errors import BadRequest, Faults
from bot.domain.jobs import Job, Prediction, PredictionState
from bot.domain.parameters import MAX_COUNT
from bot.domain.prompts import is_blank
from bot.domain.visible import visible

MIN_SHOTS, MAX_SHOTS = 2, 6
MAX_SHOT_CHARS = 500

MAX_PICTURES = max(MAX_COUNT, MAX_SHOTS)
"""The most pictures that one job can have."""


class BadShots(BadRequest):
    """Lines of which no storyboard can be made."""


class NoSuchShot(BadRequest):
    """A shot that a job does not have, whose picture is there, or that is still being made."""

    def __init__(self) -> None:
        super().__init__(texts.storyboards.NEEDS_NO_TRY)


def shots_in(typed: str) -> tuple[str, ...]:
    """The lines that say something, without characters that only deceive the eye."""
    lines = (visible(line.replace("\t", " ")).strip() for line in typed.splitlines())
    return tuple(line for line in lines if not is_blank(line))


def clean_shots(typed: str) -> tuple[str, ...]:
    """The shots of what was typed, one a line; blank lines are left out.

    Raises:
        BadShots: fewer than two, more than six, or one of more than 500 characters; says which.
    """
    shots = shots_in(typed)
    if not shots:
        raise BadShots(texts.storyboards.NO_SHOT)
    if len(shots) < MIN_SHOTS:
        raise BadShots(texts.storyboards.ONE_SHOT)
    if len(shots) > MAX_SHOTS:
        raise BadShots(texts.storyboards.MANY_SHOTS, count=len(shots))
    faults = Faults()
    for n, shot in enumerate(shots, start=1):
        with faults.noted():
            if len(shot) > MAX_SHOT_CHARS:
                raise BadShots(texts.storyboards.LONG_SHOT, shot=n, characters=len(shot))
    faults.tell()
    return shots


def is_storyboard(job: Job) -> bool:
    """Whether each of its pictures has words of its own."""
    return any(prediction.shot is not None for prediction in job.predictions)


def title_of(job: Job) -> str:
    """The words of a job for one line of a list; a storyboard's shots are parted by strokes."""
    return job.prompt.replace("\n", " / ") if is_storyboard(job) else job.prompt


def words_of(job: Job, prediction: Prediction) -> str:
    """The words of one picture as they were typed; empty once they were deleted."""
    return job.prompt if prediction.shot is None else prediction.shot.prompt


def sent_words_of(job: Job, prediction: Prediction) -> str:
    """The words of one picture as the provider gets them."""
    return job.sent_prompt if prediction.shot is None else prediction.shot.sent_prompt


def numbers_of(job: Job) -> tuple[int, ...]:
    """The number of each picture that may be shown: of its shot in a storyboard, else in the pictures' order."""
    if is_storyboard(job):
        return tuple(prediction.n for prediction, _ in job.painted)
    return tuple(range(1, len(job.painted) + 1))


def caption_of(job: Job, prediction: Prediction) -> str:
    """A shot as it is read aloud: its number and its words, while they are kept; empty where it is no shot."""
    if prediction.shot is None:
        return ""
    if not prediction.shot.prompt:
        return texts.storyboards.CAPTION_ALONE.format(n=prediction.n, count=job.count)
    return texts.storyboards.CAPTION.format(n=prediction.n, count=job.count, prompt=prediction.shot.prompt)


def brought_none(prediction: Prediction) -> bool:
    """Whether it ended without a picture that may be shown."""
    has_picture = prediction.state is PredictionState.COMPLETED or (prediction.was_ended and prediction.outputs)
    return prediction.state.is_final and not has_picture


def shot_to_repeat(job: Job, n: int) -> Prediction:
    """The shot of that number, which ended without a picture.

    Raises:
        NoSuchShot: there is none, its picture is there, or it is still being made.
    """
    for prediction in job.predictions:
        if (prediction.n, prediction.shot is None) == (n, False) and brought_none(prediction):
            return prediction
    raise NoSuchShot

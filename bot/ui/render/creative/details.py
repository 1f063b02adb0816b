"""Everything that is known about a job: its prompt as it was sent, the steps that it came from, its ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import discord
from discord import ui

from bot import texts
from bot.domain.jobs import Job, MessageAt, PredictionState
from bot.domain.money import format_usd
from bot.domain.story import Story
from bot.domain.storyboards import is_storyboard, numbers_of, sent_words_of, title_of
from bot.services.ports.messages import Link, Picture
from bot.ui.render import about
from bot.ui.render.actions import ActionButton, ActionSelect
from bot.ui.render.buttons import add_result_buttons
from bot.ui.render.drawing import STRIP_URL
from bot.ui.render.escape import code_block, one_line, words
from bot.ui.render.layout import MAX_ROW_BUTTONS, Layout, Shown
from bot.ui.render.parameters import shown_seed
from bot.ui.render.result import link_line
from bot.ui.render.theme import Accent, duration, facts, heading, small

_MARKS_CHARS = 10
_STEP_CHARS = 60
_OPTION_CHARS = 90


def render_details(story: Story, *, has_strip: bool, smaller: Sequence[int] = ()) -> ui.LayoutView:
    """Everything about a job, for the one who asked, with the same buttons and the way back to earlier steps.

    `smaller` are the numbers of the pictures that were posted as smaller copies: their originals can be downloaded.
    """
    job = story.job
    layout = Layout(Accent.CALM).text(heading(texts.jobs.JOB.format(job_id=job.job_id)))
    if job.references and has_strip:
        layout.gallery([about.strip_of(job.references)])
    layout.text(*about.reference_lines(job.references))
    seeds, settings = _seeds(job), about.settings(job, has_seeds=False)
    behind = (about.asked(job), *([small(*seeds)] if seeds else []), small(*settings, _cost(job), about.mark(job)))
    # The prompt goes first: whoever wants to copy it wants all of it.
    room = layout.chars_left - sum(len(each) + 1 for each in (texts.results.SENT_PROMPT, *behind)) - _MARKS_CHARS
    layout.text(texts.results.SENT_PROMPT, code_block(_sent(job), room)).separator()
    left = layout.chars_left - sum(len(each) + 1 for each in behind)
    layout.text(*_origin(story, left)).text(*behind)
    add_result_buttons(layout, job, beside_details=True)
    for row in _rows(smaller):
        layout.buttons(*(_original_button(job, n) for n in row))
    steps = [_step_option(step) for step in (*story.earlier, story.first) if step is not None]
    if steps:
        layout.buttons(ActionSelect("step", job.job_id, options=steps, placeholder=texts.results.GO_BACK))
    return layout.build()


def render_original(job: Job, n: int, original: Picture | Link) -> ui.LayoutView:
    """A picture as it was made, its file attached by the sender, or the provider's address of it."""
    number = numbers_of(job)[n - 1]
    layout = Layout(Accent.CALM).text(heading(texts.results.ORIGINAL_OF.format(n=number)), texts.results.ORIGINAL_WHY)
    if isinstance(original, Picture):
        layout.file(f"attachment://{original.attachment_name}", is_spoiler=original.is_spoiler)
    else:
        layout.text(link_line(number, original))
    return layout.text(small(about.mark(job))).build()


def render_which(job: Job, name: str, *, has_strip: bool, is_spoiler: bool = False) -> ui.LayoutView:
    """Asks which of several pictures is meant, under small numbered copies; one press does what `name` stands for."""
    title, alt = texts.results.WHICH, texts.results.WHICH_ALT.format(count=len(job.pictures))
    if is_storyboard(job):
        title, alt = texts.storyboards.WHICH, texts.storyboards.WHICH_ALT
    layout = Layout(Accent.WORKING).text(heading(title))
    if has_strip:
        layout.gallery([Shown(STRIP_URL, alt, is_spoiler)])
    numbers = numbers_of(job)
    for row in _rows(range(1, len(numbers) + 1)):
        layout.buttons(*(ActionButton(name, job.job_id, n, label=str(numbers[n - 1])) for n in row))
    return layout.text(small(about.mark(job))).build()


def render_delete_question(job: Job, shown: MessageAt | None) -> ui.LayoutView:
    """Asks before a job's pictures are gone for good; `shown` is the message that goes with them."""
    question = texts.results.DELETE_ASKED.format(count=len(job.pictures))
    layout = Layout(Accent.WAITING).text(heading(question))
    layout.text(texts.results.DELETE_ASKED_WHY.format(amount=format_usd(job.spent_micros))).text(small(about.mark(job)))
    place = (0, 0) if shown is None else (shown.channel_id, shown.message_id)
    return layout.buttons(
        ActionButton("delete", job.job_id, *place, label=texts.labels.DELETE, style=discord.ButtonStyle.danger),
        ActionButton("keep", job.job_id, label=texts.results.KEEP_IT),
    ).build()


def render_kept(job: Job) -> ui.LayoutView:
    """What is said to whoever did not delete it after all."""
    return Layout(Accent.CALM).text(texts.results.KEPT).text(small(about.mark(job))).build()


def render_deleted(job: Job) -> ui.LayoutView:
    """What is said to whoever deleted a result."""
    layout = Layout(Accent.CALM).text(heading(texts.results.DELETED), texts.results.DELETED_WHY)
    return layout.text(small(about.mark(job))).build()


def _original_button(job: Job, n: int) -> ActionButton:
    label = (
        texts.results.ORIGINAL if len(job.pictures) == 1 else texts.results.ORIGINAL_N.format(n=numbers_of(job)[n - 1])
    )
    return ActionButton("original", job.job_id, n, label=label)


def _rows(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as a row of buttons holds, row by row."""
    for start in range(0, len(numbers), MAX_ROW_BUTTONS):
        yield numbers[start : start + MAX_ROW_BUTTONS]


def _sent(job: Job) -> str:
    """The words as they were sent, those of each shot with its number."""
    if not is_storyboard(job) or not job.prompt:
        return job.sent_prompt
    return "\n".join(f"{each.n}. {sent_words_of(job, each)}" for each in job.predictions)


def _origin(story: Story, room: int) -> Sequence[str]:
    """The steps that it came from, the nearest first, and where it began; the first outlives those in between."""
    if not story.earlier:
        return ()
    first = () if story.first is None else (texts.results.FIRST_STEP.format(step=_step(story.first)),)
    between = texts.results.STEPS_BETWEEN.format(count=story.between) if story.between else ""
    steps = (texts.results.CAME_FROM, *(_step(step) for step in story.earlier), between)
    shown = [*_fitting([each for each in steps if each], room - sum(len(each) + 1 for each in first)), *first]
    return _fitting(shown, room)


def _fitting(lines: Sequence[str], room: int) -> Sequence[str]:
    """As many of the lines as fit, the nearest steps first."""
    shown: list[str] = []
    for each in lines:
        room -= len(each) + 1
        if room < 0:
            break
        shown.append(each)
    return shown


def _step(job: Job) -> str:
    message = job.result_message if job.taken_down_at is None else None
    link = "" if message is None else texts.results.SEE_IT.format(link=about.link_to(job, message))
    return texts.results.STEP.format(job_id=job.job_id, prompt=words(title_of(job), _STEP_CHARS), link=link)


def _step_option(job: Job) -> discord.SelectOption:
    label = facts(job.job_id, one_line(title_of(job)))
    return discord.SelectOption(label=label[:_OPTION_CHARS], value=job.job_id)


def _cost(job: Job) -> str:
    done = any(p.state is PredictionState.COMPLETED for p in job.predictions)
    took = duration(about.made_in(job)) if done else ""
    return facts(format_usd(job.spent_micros), took)


def _seeds(job: Job) -> tuple[str, ...]:
    """Whose seed is whose: of each picture that can be seen where there is one, else of those still being made."""
    seeds = [seed for seed in about.seeds_of(job) if seed is not None]
    if len(set(seeds)) < 2:  # noqa: PLR2004 - one needs no number
        return tuple(shown_seed(seed) for seed in seeds[:1])
    return tuple(
        texts.results.SEED_OF.format(n=n, seed=seed)
        for n, seed in enumerate(about.seeds_of(job), start=1)
        if seed is not None
    )

"""The buttons under a job's messages: what spends says its price, what cannot be undone stands last."""

from __future__ import annotations

from discord import ButtonStyle

from bot import texts
from bot.domain.jobs import Job
from bot.domain.money import format_usd
from bot.domain.storyboards import brought_none
from bot.ui.render.actions import ActionButton
from bot.ui.render.layout import Layout


def cancel_button(job: Job) -> ActionButton:
    """Stops what was not sent yet."""
    return ActionButton("cancel", job.job_id, label=texts.labels.CANCEL)


def retry_buttons(job: Job) -> tuple[ActionButton, ...]:
    """Under a job that brought no picture: the same once more, or in other words."""
    total = format_usd(job.price_micros * job.count)
    return (ActionButton("retry", job.job_id, label=priced(texts.labels.TRY_AGAIN, total)), _change_button(job))


def shot_buttons(job: Job) -> tuple[ActionButton, ...]:
    """Under a storyboard of which some pictures came: each of the others once more, alone."""
    price = format_usd(job.price_micros)
    return tuple(
        ActionButton("retry", job.job_id, each.n, label=priced(texts.storyboards.TRY_SHOT.format(n=each.n), price))
        for each in job.predictions
        if each.shot is not None and each.shot.prompt and brought_none(each)
    )


def ask_button(draft_id: str) -> ActionButton:
    """Hands a request that was refused for its price to the moderators."""
    return ActionButton("ask", draft_id, label=texts.labels.ASK_A_MODERATOR, style=ButtonStyle.primary)


def add_result_buttons(layout: Layout, job: Job, *, beside_details: bool = False) -> Layout:
    """Add both rows, if there is a picture to go on from; beside the details there is no button for them."""
    if job.pictures:
        for row in result_buttons(job):
            layout.buttons(*(button for button in row if not (beside_details and button.name == "details")))
    return layout


def result_buttons(job: Job) -> tuple[tuple[ActionButton, ...], tuple[ActionButton, ...]]:
    """The two rows under every result; *Share* where the server has a showcase."""
    one, all_ = format_usd(job.price_micros), format_usd(job.price_micros * job.count)
    return (
        (
            ActionButton("edit", job.job_id, label=priced(texts.labels.EDIT, one), style=ButtonStyle.primary),
            ActionButton("again", job.job_id, label=priced(texts.labels.AGAIN, all_)),
            _change_button(job),
        ),
        (
            ActionButton("use", job.job_id, label=texts.labels.USE),
            *((ActionButton("share", job.job_id, label=texts.labels.SHARE),) if job.has_showcase else ()),
            ActionButton("details", job.job_id, label=texts.labels.DETAILS),
            ActionButton("delete", job.job_id, label=texts.labels.DELETE, style=ButtonStyle.danger),
        ),
    )


def _change_button(job: Job) -> ActionButton:
    return ActionButton("change", job.job_id, label=texts.labels.CHANGE)


def priced(label: str, price: str) -> str:
    """The label of a button that spends."""
    return texts.labels.PRICED.format(label=label, price=price)

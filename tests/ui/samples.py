"""Jobs, budgets and refusals as examples: what the message tests and the screenshot sheets are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord import ui

from bot.domain.budget import BudgetLine, ScopeKind
from bot.domain.clock import DAY, SECOND, Instant
from bot.domain.image_models import ImageModel
from bot.domain.images import StoredImage
from bot.domain.jobs import Job, MessageAt, Output, Prediction, PredictionState
from bot.domain.marks import Mark
from bot.domain.models import MAX_MULTI
from bot.domain.parameters import ParameterValue
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason
from bot.domain.references import Reference
from bot.domain.snapshots import JobSnapshot, Turn
from bot.services.ports.messages import Picture

NOW: Instant = 1_767_225_600_000  # 2026-01-01 00:00 UTC
MEMBER, GUILD, CHANNEL = 111_111_111_111_111_111, 222_222_222_222_222_222, 333_333_333_333_333_333
CENTS = 10_000
PRICE = 8 * CENTS
PROMPT = "A cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field."
RESULT_AT = MessageAt(CHANNEL, 444_444_444_444_444_444)
RESULT_LINK = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{RESULT_AT.message_id}"
IMAGE = StoredImage("a" * 64, "image/png", 1024, 768, 5_000)

REFERENCES = (
    Reference(1, "identity", "fox.png", IMAGE),
    Reference(2, "outfit", "coat.jpg", IMAGE),
    Reference(3, "background", "street.webp", IMAGE),
)


def prediction(state: PredictionState, n: int = 1, **facts: Any) -> Prediction:
    """One prediction in that state, with the facts that go with it: sent 5 s before NOW, ended 2.4 s after it."""
    if state is not PredictionState.QUEUED and state is not PredictionState.CANCELLED:
        facts.setdefault("submitted_at", NOW - 5 * SECOND)
    if state.is_final:
        facts.setdefault("ended_at", NOW + 2_400)
    if state is PredictionState.COMPLETED:
        facts = {"captured_micros": PRICE, "outputs": (Output(IMAGE, Mark.CLEAN),)} | facts
    if state is PredictionState.FAILED:
        facts.setdefault("reason", FailureReason.MODERATED)
    return Prediction(n, n, state, facts.pop("seed", None), PRICE, **facts)


def job(
    *states: PredictionState | Prediction,
    references: tuple[Reference, ...] = REFERENCES,
    prompt: str = PROMPT,
    model: ImageModel = MAX_MULTI,
    parameters: dict[str, ParameterValue] | None = None,
    **facts: Any,
) -> Job:
    """A job of `/compose` with one prediction in each of these states."""
    predictions = tuple(
        prediction(each, n) if isinstance(each, PredictionState) else each for n, each in enumerate(states, start=1)
    )
    defaults: dict[str, Any] = {
        "job_id": "4F7K",
        "interaction_id": 1,
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "purse_channel_id": CHANNEL,
        "account_id": 1,
        "member_id": MEMBER,
        "command": "compose",
        "price_micros": PRICE,
        "created_at": NOW - 12 * SECOND,
    }
    return Job(
        prompt=prompt,
        sent_prompt=prompt,
        model=model,
        parameters={"aspect_ratio": "16:9", "guidance_scale": 3.5} if parameters is None else parameters,
        references=references,
        predictions=predictions,
        **(defaults | facts),
    )


def snapshot(
    of: Job,
    *,
    at: Instant = NOW,
    place: int | None = None,
    wait: int | None = None,
    typical: int | None = 10,
    held_up_by: str | None = None,
) -> JobSnapshot:
    """That job at one instant."""
    return JobSnapshot(of, Turn(place, wait, typical), at, held_up_by)


def line(
    limit: int | None = 500,
    spent: int = 487,
    held: int = 8,
    *,
    kind: ScopeKind = ScopeKind.MEMBER,
    period: Period = Period.MONTH,
    ends_at: Instant | None = NOW + 28 * DAY,
) -> BudgetLine:
    """One budget line, in cents."""
    limit_micros = None if limit is None else limit * CENTS
    return BudgetLine(kind, period, limit_micros, spent * CENTS, held * CENTS, ends_at)


def picture(n: int = 1, content: bytes = b"png") -> Picture:
    """One picture to post."""
    return Picture(content, f"4F7K-{n}.png", f"Picture {n} of job 4F7K")


def items(view: ui.LayoutView) -> Iterator[ui.Item[Any]]:
    """Everything in a message, from top to bottom."""
    return view.walk_children()


def text_of(view: ui.LayoutView) -> str:
    """All the text of a message, from top to bottom."""
    return "\n".join(item.content for item in items(view) if isinstance(item, ui.TextDisplay))


def labels_of(view: ui.LayoutView) -> list[str | None]:
    """What stands on the buttons."""
    found = (getattr(item, "item", item) for item in items(view))
    return [item.label for item in found if isinstance(item, ui.Button)]


def accent_of(view: ui.LayoutView) -> int:
    """The colour of the message's edge."""
    (container,) = (item for item in items(view) if isinstance(item, ui.Container))
    assert isinstance(container.accent_colour, int)
    return container.accent_colour

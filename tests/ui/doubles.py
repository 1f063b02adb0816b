"""Small stand-ins for the stores that Discord's side needs, and layouts simple enough to compare."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.domain.clock import Instant
from bot.domain.jobs import Job
from bot.domain.orders import OpenInteraction
from bot.domain.references import Reference
from bot.domain.snapshots import JobSnapshot
from bot.services.ports.messages import Link, Picture
from bot.ui.render.drawing import Renderers, one_sentence
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.result import render_result


class FakeInteractions:
    """`Interactions` in memory, which notes the order of what happened to it."""

    def __init__(self) -> None:
        self.rows: dict[int, OpenInteraction] = {}
        self.jobs: dict[str, int] = {}
        self.log: list[str] = []

    async def acknowledge(self, interaction: OpenInteraction) -> None:
        self.rows[interaction.interaction_id] = interaction
        self.log.append("acknowledge")

    async def attach(self, interaction_id: int, job_id: str) -> None:
        self.jobs[job_id] = interaction_id

    async def token_of(self, job_id: str, at: Instant) -> OpenInteraction | None:
        del at
        return self.rows.get(self.jobs.get(job_id, 0))

    async def forget(self, interaction_id: int) -> None:
        self.rows.pop(interaction_id, None)
        self.log.append("forget")

    async def unanswered(self, at: Instant) -> tuple[OpenInteraction, ...]:
        del at
        taken = set(self.jobs.values())
        return tuple(row for row in self.rows.values() if row.interaction_id not in taken)

    async def expire(self, at: Instant) -> int:
        del at
        return 0


class FakeFacts:
    """`Facts` in memory."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    async def fact(self, name: str) -> str | None:
        return self.known.get(name)

    async def set_fact(self, name: str, value: str, at: Instant) -> None:
        del at
        self.known[name] = value


class FakeStrips:
    """A `StripSource` whose strip is a few bytes, and may be gone."""

    def __init__(self) -> None:
        self.drawn = 0
        self.gone = False

    async def strip(self, references: Sequence[Reference]) -> bytes | None:
        if self.gone or not references:
            return None
        self.drawn += 1
        return b"strip"


def plain_status(snapshot: JobSnapshot) -> ui.LayoutView:
    """A status of one line: the job's stage and whatever the snapshot says holds it up."""
    return one_sentence(f"{snapshot.job.job_id} {snapshot.job.stage} {snapshot.held_up_by or ''}")


def plain_result(job: Job, pictures: tuple[Picture | Link, ...]) -> ui.LayoutView:
    """The real result."""
    return render_result(job, pictures)


def renderers() -> Renderers:
    """The real renderers, but for the status."""
    return Renderers(plain_status, plain_result, render_refusal, render_unexpected)

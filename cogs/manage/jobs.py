"""`/manage jobs …`: everybody's jobs, and what only a moderator can decide about them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from discord import app_commands

from bot.client import Interaction
from bot.domain.errors import EaselError
from bot.domain.jobs import Stage
from bot.ui.discord.people import actor_of
from bot.ui.handlers.manage.overview import show_jobs
from bot.ui.handlers.options import suggest_jobs
from bot.ui.handlers.presses import press_of
from bot.ui.render.jobs import render_cancelled
from bot.ui.render.manage.jobs import decision_choices, render_brought, render_resolved
from cogs.manage.family import ManageFamily

StageWord: TypeAlias = Literal[
    "waiting", "sending", "checking", "painting", "review", "done", "partly", "failed", "cancelled"
]

_JOB = "The job's id, or words of its prompt"


async def suggest_decisions(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """What can be decided about the job that was chosen: release, or one of the provider's predictions."""
    del typed
    job = str(interaction.namespace.job or "")
    try:
        case = await interaction.client.services.moderation.job_moderation.case(job, actor_of(interaction))
    except EaselError:
        return decision_choices(())
    return decision_choices(case.candidates)


class ServerJobCommands(ManageFamily):
    """The jobs commands of `/manage`."""

    jobs = app_commands.Group(name="jobs", description="Everybody's jobs in this server")

    @jobs.command(name="list")
    @app_commands.describe(state="Only those; left out, the newest")
    async def list_server_jobs(self, interaction: Interaction, state: StageWord | None = None) -> None:
        """The newest jobs of this server."""
        await show_jobs(press_of(interaction), None if state is None else Stage(state))

    @jobs.command(name="cancel")
    @app_commands.describe(job=_JOB)
    @app_commands.autocomplete(job=suggest_jobs)
    async def cancel_job(self, interaction: Interaction, job: str) -> None:
        """Stop what was not sent yet; the money goes back."""
        cancelled = await self.bot.services.moderation.job_moderation.cancel(job, actor_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_cancelled(cancelled))

    @jobs.command()
    @app_commands.describe(job=_JOB, decision="Give the money back, or take what the provider has")
    @app_commands.autocomplete(job=suggest_jobs, decision=suggest_decisions)
    async def resolve(self, interaction: Interaction, job: str, decision: str) -> None:
        """Decide about a picture whose request got no answer."""
        actor = actor_of(interaction)
        await self.bot.answers.think(interaction)
        decided = await self.bot.services.moderation.job_moderation.resolve(job, decision, actor)
        await self.bot.answers.answer_privately(interaction, render_resolved(decided))

    @jobs.command()
    @app_commands.describe(job=_JOB)
    @app_commands.autocomplete(job=suggest_jobs)
    async def deliver(self, interaction: Interaction, job: str) -> None:
        """Bring a finished result once more."""
        brought = await self.bot.services.moderation.job_moderation.bring_again(job, actor_of(interaction))
        await self.bot.answers.answer_privately(interaction, render_brought(brought))

"""`/jobs`: what became of requests, and stopping them."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.discord.people import actor_of
from bot.ui.handlers.creative.showing import run_request, show_job
from bot.ui.handlers.options import suggest_jobs
from bot.ui.handlers.presses import press_of
from bot.ui.render.jobs import render_cancelled, render_jobs

_JOB = "The job's id, or words of its prompt"


class JobCommands(commands.GroupCog, group_name="jobs", group_description="Your jobs: list, show, cancel, again"):
    """Shows jobs to the people they belong to."""

    def __init__(self, bot: EaselBot) -> None:
        self._services = bot.services
        self._answers = bot.answers

    @app_commands.command(name="list")
    @app_commands.guild_only()
    async def list_jobs(self, interaction: Interaction) -> None:
        """Your newest jobs in this server."""
        jobs = await self._services.jobs.history.mine(actor_of(interaction))
        await self._answers.answer_privately(interaction, render_jobs(jobs))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job=_JOB)
    @app_commands.autocomplete(job=suggest_jobs)
    async def show(self, interaction: Interaction, job: str) -> None:
        """Bring a picture here with its buttons, or see its state."""
        await show_job(press_of(interaction), job)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job=_JOB)
    @app_commands.autocomplete(job=suggest_jobs)
    async def again(self, interaction: Interaction, job: str) -> None:
        """Ask for the same once more, with a new seed."""
        shown = (await self._services.jobs.history.show(job, actor_of(interaction))).job
        press = press_of(interaction)
        await run_request(press, await self._services.creative.follow_ups.again(shown.job_id, press.requester))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job=_JOB)
    @app_commands.autocomplete(job=suggest_jobs)
    async def cancel(self, interaction: Interaction, job: str) -> None:
        """Stop what was not sent yet; its money comes back."""
        cancelled = await self._services.jobs.cancelling.cancel(job, actor_of(interaction))
        await self._answers.answer_privately(interaction, render_cancelled(cancelled))


async def setup(bot: EaselBot) -> None:
    """Add its commands to a bot; called once by it."""
    await bot.add_cog(JobCommands(bot))

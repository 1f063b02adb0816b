"""`/jobs`: what became of requests, and stopping them."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.client import EaselBot, Interaction
from bot.ui.desk.showing import ask, show_job
from bot.ui.jobs import render_cancelled, render_job, render_jobs
from bot.ui.options import job_choice
from bot.ui.people import presser_of
from bot.ui.presses import press_of


async def suggest_jobs(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Jobs whose id or prompt contains what was typed."""
    jobs = await interaction.client.services.archive.suggest(presser_of(interaction), typed)
    return [app_commands.Choice(name=job_choice(job), value=job.job_id) for job in jobs]


class Jobs(commands.GroupCog, group_name="jobs", group_description="Your requests: list, show, cancel, again"):
    """Shows jobs to the people they belong to."""

    def __init__(self, bot: EaselBot) -> None:
        self._services = bot.services
        self._answers = bot.answers

    @app_commands.command(name="list")
    @app_commands.guild_only()
    async def list_jobs(self, interaction: Interaction) -> None:
        """Your latest requests in this server."""
        jobs = await self._services.archive.mine(presser_of(interaction))
        await self._answers.answer_privately(interaction, render_jobs(jobs))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job="The job's id, or words of its prompt")
    @app_commands.autocomplete(job=suggest_jobs)
    async def show(self, interaction: Interaction, job: str) -> None:
        """Bring a picture here with its buttons, or see its state."""
        shown = (await self._services.archive.show(job, presser_of(interaction))).job
        if not shown.has_ended or not shown.pictures or shown.taken_down_at is not None:
            await self._answers.answer_privately(interaction, render_job(shown))
            return
        await self._answers.think(interaction, in_private=False)
        await show_job(press_of(interaction), shown)

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job="The job's id, or words of its prompt")
    @app_commands.autocomplete(job=suggest_jobs)
    async def again(self, interaction: Interaction, job: str) -> None:
        """Ask for the same once more, with a new seed."""
        shown = (await self._services.archive.show(job, presser_of(interaction))).job
        press = press_of(interaction)
        await ask(press, await self._services.going_on.again(shown.job_id, press.asker))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(job="The job's id, or words of its prompt")
    @app_commands.autocomplete(job=suggest_jobs)
    async def cancel(self, interaction: Interaction, job: str) -> None:
        """Stop what was not sent yet; its money comes back."""
        cancelled = await self._services.cancelling.cancel(job.strip().upper(), presser_of(interaction))
        await self._answers.answer_privately(interaction, render_cancelled(cancelled))


async def setup(bot: EaselBot) -> None:
    """Called by discord.py."""
    await bot.add_cog(Jobs(bot))

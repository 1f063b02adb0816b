"""The buttons of Easel's messages: each carries a job's id and nothing else, and calls one use case when pressed."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Any, ClassVar, Protocol, cast

import discord
from discord import ui

from bot.services.jobs.cancelling import Cancelling
from bot.ui import texts
from bot.ui.about import JOB_ID
from bot.ui.desk.reports import ReportButton
from bot.ui.manage.desk import DeskButton
from bot.ui.manage.items import SettingsButton, SettingsChannelSelect, SettingsRoleSelect
from bot.ui.manage.records import AuditButton
from bot.ui.people import presser_of
from bot.ui.privacy import ErasureButton


class ButtonServices(Protocol):
    """The use cases that buttons call."""

    @property
    def cancelling(self) -> Cancelling:
        """Stops what was not sent yet."""
        ...


class ButtonClient(Protocol):
    """What buttons need of the client that they are pressed in."""

    @property
    def services(self) -> ButtonServices:
        """The use cases."""
        ...

    async def admit(self, interaction: discord.Interaction[Any]) -> None:
        """Refuse whoever may not use the bot here."""
        ...

    async def explain(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Say in private what went wrong; never raises."""
        ...


# discord.py 2.7.1 forgets a DynamicItem for all messages when a view that mixes it with an ordinary button ends, so
# every button of Easel is one of these.
class JobButton(ui.DynamicItem[ui.Button[ui.LayoutView]], template=r"(?!)"):
    """A button that is about one job. A subclass names its `action` and `label`, and does one thing in `press`.

    Its custom id is `action:job_id`. Who may press is decided by the use case, from ids that Discord vouches for.
    """

    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, job_id: str, *, price: str = "") -> None:
        self.job_id = job_id
        label = f"{self.label} \u00b7 {price}" if price else self.label
        super().__init__(
            ui.Button(label=label, style=self.style, custom_id=f"{self.action}:{job_id}"),
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> JobButton:
        """Read the pressed button's job from its custom id."""
        del interaction, item
        return cls(match["job_id"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Acknowledge, do the one thing, and explain in private what went wrong.

        discord.py only logs what a DynamicItem raises, so that nobody would be told otherwise.
        """
        client = cast("ButtonClient", interaction.client)
        try:
            await client.admit(interaction)
            await interaction.response.defer()
            await self.press(interaction, client.services)
        except Exception as error:  # noqa: BLE001 - handed on whole to the one place that logs and explains
            await client.explain(interaction, error)

    @abstractmethod
    async def press(self, interaction: discord.Interaction[Any], services: ButtonServices) -> None:
        """Do what the button says."""


class CancelButton(JobButton, template=rf"cancel:(?P<job_id>{JOB_ID})"):
    """Stops what was not sent yet; the status message then tells what that saved."""

    action = "cancel"
    label = texts.CANCEL

    async def press(self, interaction: discord.Interaction[Any], services: ButtonServices) -> None:
        """Cancel the job."""
        await services.cancelling.cancel(self.job_id, presser_of(interaction))


BUTTONS: tuple[type[JobButton], ...] = (CancelButton,)
"""Every button there is; a new one is a subclass of `JobButton` and a name in this line."""


DESK_ITEMS: tuple[type[ui.DynamicItem[Any]], ...] = (
    SettingsButton,
    SettingsChannelSelect,
    SettingsRoleSelect,
    DeskButton,
    AuditButton,
    ErasureButton,
    ReportButton,
)
"""The moderators' buttons and menus, which are about a server."""


def register_buttons(client: discord.Client) -> None:
    """Have the client answer these buttons under every message, also those from before its start."""
    client.add_dynamic_items(*BUTTONS, *DESK_ITEMS)

"""Buttons carry a job's id, work under any message after any restart, and tell in private what went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

import discord
import pytest
import simcord

from bot.domain.errors import NotAllowed
from bot.domain.jobs import PredictionState
from bot.services.rights import Actor
from bot.texts.templates import Refusal
from bot.ui.discord.answers import Answers
from bot.ui.discord.calls import Calls
from bot.ui.handlers.presses import perform
from bot.ui.handlers.registry import HANDLERS
from bot.ui.render.actions import (
    BUTTON_NAMES,
    CHANNEL_SELECT_NAMES,
    ROLE_SELECT_NAMES,
    SELECT_NAMES,
    ActionButton,
    ActionChannelSelect,
    ActionRoleSelect,
    ActionSelect,
    register_actions,
)
from bot.ui.render.buttons import cancel_button, retry_buttons
from bot.ui.render.status import render_status
from tests.clocks import ManualClock
from tests.ui.doubles import FakeInteractions, renderers
from tests.ui.samples import job, snapshot


@dataclass
class FakeCancelling:
    """Remembers who cancelled what; refuses where told to."""

    refusal: NotAllowed | None = None
    calls: list[tuple[str, Actor]] = field(default_factory=list[tuple[str, Actor]])

    async def cancel(self, job_id: str, actor: Actor) -> None:
        self.calls.append((job_id, actor))
        if self.refusal is not None:
            raise self.refusal


@dataclass
class FakeServices:
    """The use cases that buttons call."""

    cancelling: FakeCancelling

    @property
    def jobs(self) -> FakeServices:
        return self


class ButtonClient(discord.Client):
    """A client with our buttons and nothing else."""

    def __init__(self, services: FakeServices) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.services = services
        self.answers = Answers(
            renderers=renderers(), interactions=FakeInteractions(), calls=Calls(ManualClock(), Random(7))
        )
        self.handlers = HANDLERS

    async def setup_hook(self) -> None:
        register_actions(self)

    async def press(
        self, interaction: discord.Interaction[Any], name: str, ids: tuple[str, ...], values: tuple[str, ...]
    ) -> None:
        await perform(interaction, self.handlers.items[name], ids=ids, values=values)

    async def admit(self, interaction: discord.Interaction[Any]) -> None:
        del interaction

    async def explain(self, interaction: discord.Interaction[Any], error: Exception, **facts: Any) -> None:
        del facts
        assert isinstance(error, NotAllowed)
        await self.answers.refuse(interaction, error)


@dataclass
class CancelShown:
    """A status message with a Cancel button, and the member who looks at it."""

    env: simcord.Env
    alice: simcord.MemberActor
    role_id: int
    message: discord.Message


async def world_in(env: simcord.Env, permissions: discord.Permissions | None = None) -> CancelShown:
    guild = env.create_guild()
    role = guild.create_role("looking", permissions=permissions or discord.Permissions(view_channel=True))
    alice = guild.add_member(env.create_user("alice"), roles=[role])
    channel = env.bot.get_channel(guild.create_text_channel("studio").id)
    assert isinstance(channel, discord.TextChannel)
    view = render_status(snapshot(job(PredictionState.QUEUED, references=(), job_id="3QD2M0"), place=2))
    message = await channel.send(view=view)
    view.stop()
    return CancelShown(env, alice, role.id, message)


def test_custom_ids_carry_an_id_and_nothing_else() -> None:
    """`cancel:4F7K`: everything else is read from the database when it is pressed."""
    assert cancel_button(job(job_id="4F7K")).custom_id == "cancel:4F7K"


@pytest.mark.parametrize("custom_id", ["cancel:../../x", "cancel:a b", "cancel4F7K", "xcancel:4F7K", "Cancel:4F7K"])
def test_forged_custom_ids_reach_no_button(custom_id: str) -> None:
    """Only a name that is known, and ids of letters and digits, are understood."""
    template = ActionButton.__discord_ui_compiled_template__

    assert re.fullmatch(template, custom_id) is None


def test_each_kind_of_item_understands_its_own_names_and_no_other() -> None:
    """A new name cannot take another kind's presses: Discord's library would run both."""
    kinds = {
        ActionButton: BUTTON_NAMES,
        ActionSelect: SELECT_NAMES,
        ActionChannelSelect: CHANNEL_SELECT_NAMES,
        ActionRoleSelect: ROLE_SELECT_NAMES,
    }
    for kind, names in kinds.items():
        for name in names:
            own = f"{name}:4F7K:1"
            understood = [each for each in kinds if re.fullmatch(each.__discord_ui_compiled_template__, own)]

            assert understood == [kind]


def test_a_price_stands_on_the_button_that_spends() -> None:
    """*Cancel* and *Change* spend nothing; *Try again* does."""
    assert cancel_button(job()).item.label == "Cancel"
    assert [b.item.label for b in retry_buttons(job(PredictionState.FAILED))] == ["Try again \u00b7 $0.08", "Change"]


@pytest.mark.parametrize("can_manage", [False, True])
async def test_cancel_hands_on_who_pressed(can_manage: bool) -> None:  # noqa: FBT001 - a parametrized case
    """The use case decides from ids and rights that Discord vouches for; nothing is said where it goes well."""
    services = FakeServices(FakeCancelling())
    permissions = discord.Permissions(view_channel=True, manage_guild=can_manage)
    async with simcord.run(ButtonClient(services)) as env:
        world = await world_in(env, permissions)
        pressed = await world.alice.click(world.message, label="Cancel")

        assert services.cancelling.calls == [
            ("3QD2M0", Actor(world.alice.id, world.alice.guild.id, can_manage, (world.role_id,)))
        ]
        assert pressed.followups == []


async def test_cancel_works_after_a_restart() -> None:
    """The message outlives the process that sent it."""
    services = FakeServices(FakeCancelling())
    async with simcord.run(ButtonClient(services)) as env:
        world = await world_in(env)
        await env.restart_bot(ButtonClient(services))
        await world.alice.click(world.message, label="Cancel")

    assert [job_id for job_id, _ in services.cancelling.calls] == ["3QD2M0"]


async def test_a_refused_press_is_explained_in_private() -> None:
    """discord.py would only log it; the one who pressed is told, and nobody else."""
    services = FakeServices(FakeCancelling(NotAllowed(Refusal("Only the member who asked can cancel it."))))
    async with simcord.run(ButtonClient(services)) as env:
        world = await world_in(env)
        pressed = await world.alice.click(world.message, label="Cancel")

        (told,) = pressed.followups
        assert told.ephemeral

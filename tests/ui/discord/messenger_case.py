"""A messenger in a scene on a fake Discord over real sockets, and the jobs that it is to tell of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import discord

from bot.domain.jobs import Job, MessageAt, PredictionState
from bot.domain.orders import OpenInteraction
from bot.services.ports.messages import Picture
from bot.ui.discord.calls import Calls
from bot.ui.discord.interaction_webhooks import InteractionWebhooks
from bot.ui.discord.messenger import DiscordMessenger
from bot.ui.render.drawing import Renderers
from bot.ui.render.refusals import render_refusal, render_unexpected
from bot.ui.render.status import render_status
from tests.ui.doubles import FakeInteractions, FakeStrips, plain_result
from tests.ui.samples import job as sample_job
from tests.wire.discord_fake import Message, MovableClock, Permission, build
from tests.wire.discord_probe import Probe, Scene

WAITING, PAINTING, DONE = PredictionState.QUEUED, PredictionState.PROCESSING, PredictionState.COMPLETED
WITHHELD = PredictionState.WITHHELD
SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
FOLLOW_UP = "POST /webhooks/{webhook_id}/{webhook_token}"
READ = "GET /channels/{channel_id}/messages"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
PICTURES = (Picture(b"a picture", "easel-1.png", "A fox."),)


class JumpingClock(MovableClock):
    """A clock on which waiting takes no time: whoever sleeps moves it."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)
        await super().sleep(0)


@dataclass(frozen=True, slots=True)
class MessengerCase:
    """A messenger in a scene, with what it was given."""

    scene: Scene
    probe: Probe
    clock: JumpingClock
    interactions: FakeInteractions
    strips: FakeStrips
    messenger: DiscordMessenger

    def restarted(self) -> DiscordMessenger:
        return messenger(self.probe, self.interactions, self.strips, self.clock)

    def job(self, state: PredictionState = DONE, **facts: Any) -> Job:
        defaults: dict[str, Any] = {
            "guild_id": self.scene.guild.id,
            "channel_id": self.scene.channel.id,
            "member_id": self.scene.alice.id,
            "posting_at": self.clock.now(),
        }
        return sample_job(state, **(defaults | facts))

    async def commanded(self, job: Job) -> Job:
        """Have Alice give a command that is acknowledged in public and became this job."""
        opened = await self.opened()
        await self.interactions.attach(opened.interaction_id, job.job_id)
        message = self.shown[-1]
        return replace(
            job, interaction_id=opened.interaction_id, status_message=MessageAt(self.scene.channel.id, message.id)
        )

    async def opened(self) -> OpenInteraction:
        """Have Alice give a command that is acknowledged in public, and nothing more."""
        self.scene.fake.slash(self.scene.alice, self.scene.channel, "compose", {"image1": b"1", "image2": b"2"})
        interaction = await self.probe.next()
        await interaction.response.defer()
        opened = OpenInteraction(
            interaction.id,
            interaction.token,
            self.scene.guild.id,
            self.scene.channel.id,
            self.scene.alice.id,
            self.clock.now(),
        )
        await self.interactions.acknowledge(opened)
        return opened

    @property
    def shown(self) -> list[Message]:
        return self.scene.fake.messages(self.scene.channel)

    def told_alice(self) -> list[Message]:
        """The direct messages that she got."""
        return self.scene.fake.messages(self.scene.fake.world.direct_channel(self.scene.alice.user))

    def routes(self) -> list[str]:
        return [request.route for request in self.scene.fake.requests()]

    def deny(self, permission: Permission) -> None:
        build.overwrite(self.scene.fake.world, self.scene.channel, self.scene.fake.world.bot, deny=permission)


def messenger(
    probe: discord.Client, interactions: FakeInteractions, strips: FakeStrips, clock: MovableClock
) -> DiscordMessenger:
    return DiscordMessenger(
        probe,
        renderers=Renderers(render_status, plain_result, render_refusal, render_unexpected),
        tokens=InteractionWebhooks(probe, interactions, clock),
        strips=strips,
        calls=Calls(clock, Random(7)),
    )


async def delivered(case: MessengerCase, **facts: Any) -> Job:
    """A job whose result was posted, with nothing between it and the status message."""
    job = await case.commanded(case.job(**facts))
    return replace(job, result_message=await case.messenger.post_result(job, PICTURES))


def rights(case: MessengerCase) -> discord.Permissions:
    channel = case.probe.get_channel(case.scene.channel.id)
    assert isinstance(channel, discord.TextChannel)
    return channel.permissions_for(channel.guild.me)

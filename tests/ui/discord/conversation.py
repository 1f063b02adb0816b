"""A bot with sample commands in a simulated server, and a member who uses them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import ResponseMessage

from bot.client import EaselBot
from bot.domain.clock import Clock
from bot.ui.discord.answers import Answers
from bot.ui.discord.calls import Calls
from tests.clocks import ManualClock
from tests.ui.doubles import FakeFacts, FakeInteractions, renderers


class StubbornCancelling:
    """The use case behind *Cancel*, which refuses or breaks as told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None

    async def cancel(self, job_id: str, *by: object, **more: object) -> None:
        del by, more
        self.asked.append(job_id)
        if self.error:
            raise self.error


class OpenPolicy:
    """Lets everybody in."""

    async def admit_person(self, guild_id: int, member_id: int) -> None:
        del guild_id, member_id


class SampleServices(FakeInteractions):
    """What the sample commands and buttons call."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelling = StubbornCancelling()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A bot with the sample commands in a simulated server, and a member in front of it."""

    env: simcord.Env
    member: MemberActor
    channel: ChannelHandle
    services: SampleServices
    missed: list[bool]

    async def use(self, command: str, **options: object) -> simcord.InteractionResult:
        return await self.member.slash(self.channel, command, **options)

    def writes(self) -> list[tuple[str, str]]:
        """What the bot sent since it started, by method and last part of the path."""
        return [
            (request.method, request.path.rpartition("/")[2])
            for request in self.env.http_requests
            if request.path.startswith(("/interactions", "/webhooks"))
        ]


def answers_of(services: SampleServices, missed: list[bool] | None = None, clock: Clock | None = None) -> Answers:
    counted = [] if missed is None else missed
    return Answers(
        renderers=renderers(),
        interactions=services,
        calls=Calls(clock or ManualClock(), Random(7)),
        missed=lambda: counted.append(True),
    )


def easel(services: SampleServices, facts: FakeFacts, missed: list[bool] | None = None) -> EaselBot:
    answers = answers_of(services, missed)
    bot = EaselBot(
        answers=answers,
        facts=facts,
        clock=ManualClock(),
        random=Random(7),
        cogs=["tests.ui.sample_cog"],
    )
    use_cases = SimpleNamespace(
        creative=SimpleNamespace(policy=OpenPolicy()),
        jobs=SimpleNamespace(cancelling=services.cancelling),
        attach=services.attach,
    )
    bot.attach(cast("Any", use_cases))
    return bot


def words(message: ResponseMessage | None) -> str:
    assert message is not None
    return str(message.components)

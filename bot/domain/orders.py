"""Orders: a request that passed every check, as admission takes it, and who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.clock import Instant
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job, MessageAt
from bot.domain.money import Micros
from bot.domain.parameters import ParameterValue
from bot.domain.prompts import Shot
from bot.domain.references import Reference
from bot.domain.styles import Style


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, and where: the identity that every right and limit is checked against.

    `role_ids` run from the lowest to the highest; what each role spent is counted by the highest.
    """

    member_id: int
    guild_id: int
    channel_id: int
    purse_channel_id: int
    role_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Approving:
    """Who approves which request: the job's admission and the decision are one."""

    approval_id: str
    by_member_id: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order ready for admission: everything checked, its images in our store, its price known.

    `seeds` has one entry per picture; None lets the provider choose; so have the `shots` of a storyboard, which holds
    them all as `prompt`. `status_message` is the command's public answer.
    """

    job_id: str
    interaction_id: int
    requester: Requester
    command: str
    prompt: str
    sent_prompt: str
    model: ImageModel
    parameters: Mapping[str, ParameterValue]
    seeds: tuple[int | None, ...]
    price_micros: Micros
    references: tuple[Reference, ...]
    shots: tuple[Shot, ...] = ()
    status_message: MessageAt | None = None
    parent_job_id: str | None = None
    style: Style | None = None
    approving: Approving | None = None

    @property
    def count(self) -> int:
        """How many pictures."""
        return len(self.seeds)

    @property
    def total_micros(self) -> Micros:
        """What all of them cost together."""
        return self.price_micros * self.count


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is copied into a server when it is first seen; None means no limit."""

    member_limit_micros: Micros | None
    server_limit_micros: Micros | None
    period: str


@dataclass(frozen=True, slots=True)
class OpenInteraction:
    """A command that was acknowledged, with the token that can still edit its answer. Never logged."""

    interaction_id: int
    token: str
    guild_id: int
    channel_id: int
    member_id: int
    received_at: Instant
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """The outcome of an admission: the job, and whether this call made it (False: the same command came again)."""

    job: Job
    is_new: bool

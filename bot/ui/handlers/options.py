"""The options that several commands share: ranges, choices, suggestions, and attachments turned into references."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot import texts
from bot.domain.drafts import Slots
from bot.domain.errors import BadRequest, WrongReferenceCount
from bot.domain.image_models import ImageModel
from bot.domain.jobs import Job
from bot.domain.models import MAX_PROMPT_CHARS, MAX_REFERENCES
from bot.domain.money import Micros, format_usd
from bot.domain.parameters import ASPECT, COUNT, GUIDANCE, SEED
from bot.domain.periods import Period
from bot.domain.prompts import MAX_ROLE_CHARS, SUGGESTED_ROLES, clip
from bot.domain.rules import fold
from bot.domain.spending import By
from bot.domain.storyboards import title_of
from bot.domain.styles import MAX_NAME_CHARS, NO_STYLE
from bot.permissions import PLACES
from bot.services.creative.drafting import kept
from bot.services.creative.references import RequestedReference
from bot.ui.discord.people import actor_of, requester_of
from bot.ui.discord.replies import AnyInteraction
from bot.ui.discord.uploads import is_spoiler
from bot.ui.handlers.presses import client_of
from bot.ui.render.theme import facts

Prompt: TypeAlias = app_commands.Range[str, 1, MAX_PROMPT_CHARS]
Guidance: TypeAlias = app_commands.Range[float, GUIDANCE.minimum, GUIDANCE.maximum]
Seed: TypeAlias = app_commands.Range[int, SEED.minimum, SEED.maximum]
Count: TypeAlias = app_commands.Range[int, COUNT.minimum, COUNT.maximum]
StyleName: TypeAlias = app_commands.Range[str, 1, MAX_NAME_CHARS]
Role: TypeAlias = app_commands.Range[str, 1, MAX_ROLE_CHARS]


class _ChoiceOption(app_commands.Transformer):
    """One of some words, which are offered as choices."""

    def __init__(self, words: Iterable[str]) -> None:
        self._choices = [app_commands.Choice[str | int | float](name=str(each), value=str(each)) for each in words]

    @property
    def choices(self) -> list[app_commands.Choice[str | int | float]]:
        return self._choices

    async def transform(self, interaction: AnyInteraction, value: Any, /) -> str:
        del interaction
        return str(value)


class _EnumOption(_ChoiceOption):
    """One member of an enum whose values are what Discord shows."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(kind)
        self._kind = kind

    async def transform(self, interaction: AnyInteraction, value: Any, /) -> Any:
        return self._kind(await super().transform(interaction, value))


AspectRatio: TypeAlias = app_commands.Transform[str, _ChoiceOption(ASPECT.choices)]
PeriodOption: TypeAlias = app_commands.Transform[Period, _EnumOption(Period)]
ByOption: TypeAlias = app_commands.Transform[By, _EnumOption(By)]


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A channel, forum or thread as Discord resolved it for the command, and the channel whose limits count there."""

    id: int
    purse_channel_id: int


class _PlaceOption(app_commands.Transformer):
    """Offers every kind of channel where pictures can be asked for, and takes what Discord names for it.

    The library's own channel options look it up again and fail where it is not in the cache: an archived thread, a
    private one, a channel that the bot cannot see.
    """

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(PLACES)

    async def transform(self, interaction: AnyInteraction, value: Any, /) -> ResolvedPlace:
        del interaction
        channel: app_commands.AppCommandChannel | app_commands.AppCommandThread = value
        parent = channel.parent_id if isinstance(channel, app_commands.AppCommandThread) else None
        return ResolvedPlace(channel.id, parent or channel.id)


PlaceOption: TypeAlias = app_commands.Transform[ResolvedPlace, _PlaceOption]

_CHOICES = 25
_CHOICE_CHARS = 100
"""Discord's "Application Commands": how many suggestions, and the longest name of one."""

DESCRIPTIONS = {
    "prompt": "What to change or make, up to 2,000 characters",
    **{name: text.option for name, text in texts.parameters.PARAMETERS.items()},
    "count": "How many pictures, 1 to 4; each is paid",
    "model": "Which model paints it",
    "style": texts.styles.OPTION,
}


def in_places(
    attachments: Sequence[discord.Attachment | None], roles: Sequence[str | None] = ()
) -> tuple[RequestedReference, ...]:
    """Attachments by the name of their option: the first is place 1, whatever order Discord delivered them in.

    Raises:
        BadRequest: a role for an image that is not there, while others are.
    """
    places = {place for place, attachment in enumerate(attachments, start=1) if attachment is not None}
    if places:
        _refuse_lonely_roles(places, roles)
    given_roles = [*roles, *[None] * MAX_REFERENCES]
    return tuple(
        RequestedReference(place, attachment, given_roles[place - 1], is_spoiler(attachment))
        for place, attachment in enumerate(attachments, start=1)
        if attachment is not None
    )


def from_tray(slots: Slots, roles: Sequence[str | None]) -> tuple[RequestedReference, ...]:
    """The tray as references; a role that is given now goes before the one that it was collected with.

    Raises:
        WrongReferenceCount: it is empty.
        BadRequest: a role for an image that is not there.
    """
    if not slots:
        raise WrongReferenceCount(texts.requests.NO_REFERENCES)
    _refuse_lonely_roles({slot.place for slot in slots}, roles)
    given = [*roles, *[None] * MAX_REFERENCES]
    return tuple(replace(each, role=given[each.place - 1] or each.role) for each in kept(slots))


def _refuse_lonely_roles(places: Collection[int], roles: Sequence[str | None]) -> None:
    for place, role in enumerate(roles, start=1):
        if role is not None and place not in places:
            raise BadRequest(texts.requests.ROLE_WITHOUT_IMAGE, place=place)


def model_choices(
    on_sale: Mapping[ImageModel, Micros], interaction: AnyInteraction, typed: str
) -> list[app_commands.Choice[str]]:
    """What is on sale, at its price now, and takes as many images as are in the command so far."""
    given = sum(1 for name, _ in interaction.namespace if name.startswith("image"))
    # Only /compose can do without an image, where it may still get one from the tray.
    least = (0, 1) if interaction.command is not None and interaction.command.name == "compose" else (1,)
    wanted = typed.casefold()
    return [
        app_commands.Choice(
            name=facts(model.label, texts.money.PRICE_EACH.format(price=format_usd(price))), value=model.id
        )
        for model, price in on_sale.items()
        if any(model.fits(max(fewest, given)) for fewest in least)
        and (wanted in model.label.casefold() or wanted in model.id)
    ][:_CHOICES]


def job_choices(jobs: Iterable[Job]) -> list[app_commands.Choice[str]]:
    """Jobs as suggestions show them: each by its id and how its prompt begins."""
    return [app_commands.Choice(name=_job_choice(job), value=job.job_id) for job in jobs]


async def suggest_jobs(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    """Jobs whose id or prompt contains what was typed: a member's own, for moderators the whole server's."""
    return job_choices(await client_of(interaction).services.jobs.history.suggest(actor_of(interaction), typed))


async def suggest_styles(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    """The server's styles whose name or template contains what was typed, each with its template's first words."""
    styles = await client_of(interaction).services.creative.styles.styles(interaction.guild_id or 0)
    wanted = fold(typed)
    names = {each.name: clip(facts(each.name, " ".join(each.template.split())), _CHOICE_CHARS) for each in styles}
    return [app_commands.Choice(name=shown, value=name) for name, shown in names.items() if wanted in fold(shown)][
        :_CHOICES
    ]


async def suggest_styles_or_none(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    """The same for whoever asks for a picture: with the way out where the channel has a style of its own."""
    found = await suggest_styles(interaction, typed)
    own = await client_of(interaction).services.creative.styles.of_channel(requester_of(interaction))
    if own is None or fold(typed) not in NO_STYLE:
        return found
    return [*found[: _CHOICES - 1], app_commands.Choice(name=texts.styles.NO_STYLE_OPTION, value=NO_STYLE)]


def _job_choice(job: Job) -> str:
    return clip(facts(job.job_id, " ".join(title_of(job).split()) or job.model.label), _CHOICE_CHARS)


async def suggest_roles(interaction: AnyInteraction, typed: str) -> list[app_commands.Choice[str]]:
    """The roles that the provider's page suggests; any other words do as well."""
    del interaction
    wanted = typed.strip().casefold()
    roles = [role for role in SUGGESTED_ROLES if wanted in role]
    if typed.strip() and typed.strip() not in roles:
        roles.insert(0, typed.strip()[:MAX_ROLE_CHARS])
    return [app_commands.Choice(name=role, value=role) for role in roles]

"""Styles: found for a request, listed with their samples, and kept, changed and removed by moderators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot import texts
from bot.db.rules import RuleStore
from bot.db.styles import TRY_COMMAND, StyleStore
from bot.domain.choices import Choices
from bot.domain.clock import Clock
from bot.domain.drafts import numbered, with_roles_set
from bot.domain.errors import BadRequest, Faults
from bot.domain.marks import Place
from bot.domain.models import MAX, find_model
from bot.domain.money import Micros
from bot.domain.orders import Requester
from bot.domain.parameters import PARAMETERS, ParameterValue
from bot.domain.rules import fold
from bot.domain.samples import SAMPLE_PROMPT
from bot.domain.styles import (
    MOST_STYLE_REFERENCES,
    NO_STYLE,
    BadStyle,
    NoSuchStyle,
    Style,
    StyleSample,
    clean_name,
    clean_template,
    named,
)
from bot.services.creative.references import References, RequestedReference, SampleImage
from bot.services.creative.requests import PictureRequest
from bot.services.rights import Actor, require_manage


@dataclass(frozen=True, slots=True)
class Recipe:
    """A style's words and images as a moderator typed them.

    `roles` are in the order of its images: those in the places `keeping` first, then the new ones.
    """

    name: str
    template: str
    images: tuple[RequestedReference, ...] = ()
    roles: tuple[str, ...] = ()
    keeping: Collection[int] = ()


class Styles:
    """A server's styles."""

    def __init__(self, styles: StyleStore, rules: RuleStore, references: References, clock: Clock) -> None:
        self._styles = styles
        self._rules = rules
        self._references = references
        self._clock = clock

    async def chosen(self, requester: Requester, choices: Choices) -> Style | None:
        """The style that a request is made with: the one that was chosen, else the channel's; None: none.

        Raises:
            NoSuchStyle: the server has none of that name.
        """
        if choices.style is None:
            return await self.of_channel(requester)
        return await self.among(requester.guild_id, choices, None)

    async def among(self, guild_id: int, choices: Choices, of_channel: int | None) -> Style | None:
        """The same, where it is known which number the channel's style has. Raises NoSuchStyle."""
        if choices.style is None:
            return await self._numbered(guild_id, of_channel)
        if not choices.style.strip() or fold(choices.style) == NO_STYLE:
            return None
        return await self.style(guild_id, choices.style)

    async def of_channel(self, requester: Requester) -> Style | None:
        """The style that a channel or thread has where none is chosen."""
        rules = await self._rules.rules(requester.guild_id)
        channel = rules.rule_for(requester.channel_id, requester.purse_channel_id)
        return await self._numbered(requester.guild_id, channel.style_id)

    async def styles(self, guild_id: int) -> tuple[Style, ...]:
        """All of a server, by name."""
        return await self._styles.styles(guild_id)

    async def style(self, guild_id: int, name: str) -> Style:
        """One by its name. Raises NoSuchStyle."""
        style = named(await self._styles.styles(guild_id), name)
        if style is None:
            raise NoSuchStyle(name.strip())
        return style

    async def by_number(self, guild_id: int, style_id: int) -> StyleSample:
        """One by its number, with its sample. Raises NoSuchStyle."""
        for each in await self._styles.samples(guild_id):
            if each.style.style_id == style_id:
                return each
        raise NoSuchStyle("")

    async def samples(self, guild_id: int, place: Place) -> tuple[StyleSample, ...]:
        """All of a server, by name, each with its sample where it may be seen in that place."""
        return tuple(in_sight(each, place) for each in await self._styles.samples(guild_id))

    async def add(self, actor: Actor, recipe: Recipe) -> Style:
        """Keep a new style.

        Raises:
            NotAllowed: without Manage Server.
            BadRequest: all that is wrong with its words or images.
        """
        require_manage(actor)
        style = await self._made(actor, recipe, Style(0, actor.guild_id, "", ""))
        return await self._styles.add(style, by_member_id=actor.member_id, at=self._clock.now())

    async def edit(self, actor: Actor, style_id: int, recipe: Recipe) -> Style:
        """Give a style other words or images; what it names beside them stays.

        Raises:
            NotAllowed, BadRequest: see `add`.
            NoSuchStyle: it was removed.
        """
        before = await self.owned(actor, style_id)
        style = await self._made(actor, recipe, before)
        return await self._styles.change(style, by_member_id=actor.member_id, at=self._clock.now())

    async def set(
        self, actor: Actor, style_id: int, model_id: str | None, parameters: Mapping[str, ParameterValue]
    ) -> Style:
        """Say what a style names beside its words and images; what is left out, members and models decide.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchStyle: it was removed.
            BadRequest: no such model, one that does not take its images, or a value out of range.
        """
        style = await self.owned(actor, style_id)
        changed = replace(style, model_id=model_id or None, parameters=dict(parameters))
        _check_settings(changed)
        return await self._styles.change(changed, by_member_id=actor.member_id, at=self._clock.now())

    async def remove(self, actor: Actor, name: str) -> Style:
        """Take one away; jobs go on naming it.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchStyle: there is none of that name.
        """
        require_manage(actor)
        style = await self.style(actor.guild_id, name)
        await self._styles.remove(style, by_member_id=actor.member_id, at=self._clock.now())
        return style

    def require_moderator(self, actor: Actor) -> None:
        """Let only moderators begin a style. Raises NotAllowed."""
        require_manage(actor)

    async def owned_by_name(self, actor: Actor, name: str) -> Style:
        """A style that this moderator may change, by its name. Raises NotAllowed and NoSuchStyle."""
        require_manage(actor)
        return await self.style(actor.guild_id, name)

    async def owned(self, actor: Actor, style_id: int) -> Style:
        """A style that this moderator may change.

        Raises:
            NotAllowed: without Manage Server.
            NoSuchStyle: it was removed.
        """
        require_manage(actor)
        return (await self.by_number(actor.guild_id, style_id)).style

    async def trial(self, actor: Actor, style_id: int, requester: Requester, shown_micros: Micros) -> PictureRequest:
        """What *Try it* asks for: the style's own images, else the sample of the package, and the sample's words.

        Raises:
            NotAllowed, NoSuchStyle: see `owned`.
        """
        style = await self.owned(actor, style_id)
        own = () if style.images else (RequestedReference(1, SampleImage()),)
        choices = Choices(style=style.name)
        return PictureRequest(requester, TRY_COMMAND, SAMPLE_PROMPT, own, MAX, choices, shown_micros=shown_micros)

    async def _numbered(self, guild_id: int, style_id: int | None) -> Style | None:
        if style_id is None:
            return None
        return next((each for each in await self.styles(guild_id) if each.style_id == style_id), None)

    async def _made(self, actor: Actor, recipe: Recipe, before: Style) -> Style:
        name, template, faults = "", "", Faults()
        with faults.noted():
            name = clean_name(recipe.name)
        with faults.noted():
            template = clean_template(recipe.template)
        kept = [each for each in before.references if each.place in recipe.keeping]
        with faults.noted():
            _refuse_many(len(kept) + len(recipe.images))
            self._references.look(recipe.images)
        faults.tell()
        taken = await self._references.take(recipe.images, member_id=actor.member_id)
        references = with_roles_set(numbered((*kept, *taken)), [role or None for role in recipe.roles])
        style = replace(before, name=name, template=template, references=references, images=len(references))
        _check_settings(style)
        return style


def in_sight(each: StyleSample, place: Place) -> StyleSample:
    """A style with its sample, as far as that may be seen in a place."""
    return each if each.job is not None and place.shows(each.job.marks) else replace(each, job=None)


def _refuse_many(images: int) -> None:
    if images > MOST_STYLE_REFERENCES:
        raise BadStyle(texts.styles.MANY_IMAGES, count=images, most=MOST_STYLE_REFERENCES)


def _check_settings(style: Style) -> None:
    for name, value in style.parameters.items():
        parameter = next((each for each in PARAMETERS if each.name == name), None)
        if parameter is not None:
            parameter.check(value)
    if style.model_id is None:
        return
    model = find_model(style.model_id)
    if model.max_references < max(1, style.images):
        raise BadRequest(texts.styles.MODEL_TAKES_FEWER, model=model.label, images=style.images)

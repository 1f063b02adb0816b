"""Styles: a server's named recipes for pictures, owned by its moderators, and what a request becomes with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot import texts
from bot.domain.errors import BadPrompt, BadRequest, clip_filename
from bot.domain.jobs import Job
from bot.domain.models import MAX_PROMPT_CHARS, MAX_REFERENCES
from bot.domain.parameters import ParameterValue
from bot.domain.references import Reference
from bot.domain.rules import fold
from bot.domain.visible import visible

PLACEHOLDER = "{prompt}"
NO_STYLE = "none"
"""What a member writes to have none, also where the channel has one."""

MAX_NAME_CHARS = 60
MAX_TEMPLATE_CHARS = 1500
MOST_STYLES = 24
"""So that a select holds all of a server's, and *none*."""

MOST_STYLE_REFERENCES = 4


class NoSuchStyle(BadRequest):
    """A name that is no style of the server (any more)."""

    def __init__(self, name: str) -> None:
        super().__init__(texts.styles.NO_SUCH_STYLE, name=name[:MAX_NAME_CHARS] or texts.requests.NOTHING)


class BadStyle(BadRequest):
    """A style that cannot be kept as it was typed."""


class StyleIncomplete(BadRequest):
    """A style of which a reference is not kept any more."""

    def __init__(self, name: str) -> None:
        super().__init__(texts.styles.IMAGES_ERASED, name=name)


class StyleImageGone(BadRequest):
    """One of a style's images whose file is lost, or that is a result which was hidden or deleted since."""

    def __init__(self, filename: str) -> None:
        super().__init__(texts.styles.IMAGE_GONE, filename=clip_filename(filename))


class TooManyWithStyle(BadRequest):
    """More images than five, the style's included."""

    def __init__(self, name: str, *, own: int, of_style: int) -> None:
        super().__init__(
            texts.styles.TOO_MANY_IMAGES,
            name=name,
            count=of_style,
            own=own,
            most=MAX_REFERENCES,
            left=MAX_REFERENCES - of_style,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A recipe. `references` are those that are kept, numbered from 1; `images` counts those that it was given.

    `template` holds `{prompt}`, where the member's words go; `model_id` and `parameters` yield to what members choose.
    """

    style_id: int
    guild_id: int
    name: str
    template: str
    references: tuple[Reference, ...] = ()
    images: int = 0
    model_id: str | None = None
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict[str, ParameterValue])

    @property
    def is_whole(self) -> bool:
        """Whether all of its references are kept."""
        return len(self.references) >= self.images

    def applied(self, prompt: str) -> str:
        """The template with a member's words in it.

        Raises:
            BadPrompt: it is longer than a prompt may be.
        """
        filled = self.around(prompt)
        if len(filled) > MAX_PROMPT_CHARS:
            raise BadPrompt(texts.styles.LONG_PROMPT, name=self.name, characters=len(filled), most=MAX_PROMPT_CHARS)
        return filled

    def around(self, prompt: str) -> str:
        """The template with words in it, however long that is: what is shown before it is sent."""
        return self.template.replace(PLACEHOLDER, prompt)

    def check_room(self, own: int) -> None:
        """Refuse where its references and a member's own are too many, or some are lost.

        Raises:
            StyleIncomplete: some are not kept any more.
            TooManyWithStyle: they are more than five.
        """
        if not self.is_whole:
            raise StyleIncomplete(self.name)
        if self.images and own + self.images > MAX_REFERENCES:
            raise TooManyWithStyle(self.name, own=own, of_style=self.images)


@dataclass(frozen=True, slots=True)
class StyleSample:
    """A style, and the newest picture that *Try it* made of it; None where there is none to be seen."""

    style: Style
    job: Job | None


def clean_name(typed: str) -> str:
    """A style's name on one line.

    Raises:
        BadStyle: there is none, it is too long, or it is the word for no style.
    """
    name = " ".join(visible(typed.replace("\n", " ")).split())
    if not name:
        raise BadStyle(texts.styles.NO_NAME)
    if len(name) > MAX_NAME_CHARS:
        raise BadStyle(texts.styles.LONG_NAME, characters=len(name), most=MAX_NAME_CHARS)
    if fold(name) == NO_STYLE:
        raise BadStyle(texts.styles.NONE_IS_NO_NAME)
    return name


def clean_template(typed: str) -> str:
    """A template as it is kept.

    Raises:
        BadStyle: it does not hold `{prompt}` exactly once, or is too long.
    """
    template = visible(typed.replace("\r\n", "\n").replace("\t", " "), keep="\n").strip()
    if template.count(PLACEHOLDER) != 1:
        words = texts.styles.TWO_PLACEHOLDERS if PLACEHOLDER in template else texts.styles.NO_PLACEHOLDER
        raise BadStyle(words, placeholder=PLACEHOLDER)
    if len(template) > MAX_TEMPLATE_CHARS:
        raise BadStyle(texts.styles.LONG_TEMPLATE, characters=len(template), most=MAX_TEMPLATE_CHARS)
    return template


def brought_by(style: Style | None, *, behind: int) -> tuple[Reference, ...]:
    """A style's references as they stand behind so many of a member's own."""
    if style is None:
        return ()
    return tuple(replace(each, place=behind + each.place, of_style=True) for each in style.references)


def named(styles: Iterable[Style], name: str) -> Style | None:
    """The style of that name, however it is written."""
    wanted = fold(name)
    return next((style for style in styles if fold(style.name) == wanted), None)


def of_style(references: Sequence[Reference]) -> tuple[int, ...]:
    """The places of those that a style brought."""
    return tuple(reference.place for reference in references if reference.of_style)


def own_of(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """Those that a member gave; they come first, so that their places stay."""
    return tuple(reference for reference in references if not reference.of_style)

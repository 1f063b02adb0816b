"""Styles: a server's named recipes for pictures, owned by its moderators, and what a request becomes with one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.errors import BadPrompt, BadRequest, clip_filename
from bot.domain.jobs import Job, Reference
from bot.domain.models import MAX_PROMPT_CHARS, MAX_REFERENCES
from bot.domain.parameters import ParameterValue
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

    title = "There is no such style here"
    advice = "/styles shows those that there are. Send it without the style, or with another one."

    def __init__(self, name: str) -> None:
        super().__init__(f"This server has no style called {_shown(name)}.")


class BadStyle(BadRequest):
    """A style that cannot be kept as it was typed."""

    title = "I can't keep that style yet"


class StyleIncomplete(BadRequest):
    """A style of which a reference is not kept any more."""

    title = "That style is not whole any more"
    advice = "A moderator can give it others with /manage styles edit. Leave the style out, or choose another one."

    def __init__(self, name: str) -> None:
        super().__init__(f"Images of the style {_shown(name)} were deleted with the data of whoever gave them.")


class StyleImageGone(BadRequest):
    """One of a style's images whose file is lost, or that is a result which was hidden or deleted since."""

    title = StyleIncomplete.title
    advice = StyleIncomplete.advice

    def __init__(self, filename: str) -> None:
        super().__init__(f"One of its images, {clip_filename(filename)}, is kept or shown no more.")


class TooManyWithStyle(BadRequest):
    """More images than five, the style's included."""

    def __init__(self, name: str, *, own: int, of_style: int) -> None:
        left = MAX_REFERENCES - of_style
        brings = "one image" if of_style == 1 else f"{of_style} images"
        super().__init__(
            f"The style {_shown(name)} brings {brings} and you gave {own}; {MAX_REFERENCES} together is the most.",
            advice=f"Give at most {left} of your own, or leave the style out (style: {NO_STYLE}).",
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
            raise BadPrompt(
                f"With the style {_shown(self.name)} the prompt has {len(filled):,} characters.",
                advice=f"{MAX_PROMPT_CHARS:,} is the most: shorten yours, or leave the style out (style: {NO_STYLE}).",
            )
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
        raise BadStyle("A style needs a name.", advice="Give it one or two words, such as Ink.")
    if len(name) > MAX_NAME_CHARS:
        raise BadStyle(
            f"The name has {len(name)} characters; {MAX_NAME_CHARS} is the most.", advice="Choose a shorter one."
        )
    if fold(name) == NO_STYLE:
        raise BadStyle(f"\u201c{NO_STYLE}\u201d means no style at all.", advice="Choose another name.")
    return name


def clean_template(typed: str) -> str:
    """A template as it is kept.

    Raises:
        BadStyle: it does not hold `{prompt}` exactly once, or is too long.
    """
    template = visible(typed.replace("\r\n", "\n").replace("\t", " "), keep="\n").strip()
    if template.count(PLACEHOLDER) != 1:
        how_often = "does not hold" if PLACEHOLDER not in template else "holds more than one"
        raise BadStyle(
            f"The template {how_often} {PLACEHOLDER}.",
            advice=f"Write {PLACEHOLDER} once, where the member's words go: "
            f"\u201cAn ink drawing of {PLACEHOLDER}, on rough paper.\u201d",
        )
    if len(template) > MAX_TEMPLATE_CHARS:
        raise BadStyle(
            f"The template has {len(template):,} characters; {MAX_TEMPLATE_CHARS:,} is the most.",
            advice="Shorten it: the member's words need room as well.",
        )
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


def _shown(name: str) -> str:
    return f"\u201c{name[:MAX_NAME_CHARS] or 'nothing'}\u201d"

"""The examples that `/guide` shows: how many images each is written for, and what is chosen with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.domain.choices import NOTHING_CHOSEN, Choices
from bot.domain.parameters import ASPECT


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt to try: `references` is how many images it is written for."""

    title: str
    prompt: str
    references: int
    choices: Choices = NOTHING_CHOSEN


EXAMPLES = (
    Example(texts.examples.TOY_STYLE, texts.examples.TOY_STYLE_PROMPT, 1),
    Example(texts.examples.NEW_BACKGROUND, texts.examples.NEW_BACKGROUND_PROMPT, 1),
    Example(texts.examples.TIDY_UP, texts.examples.TIDY_UP_PROMPT, 1),
    Example(
        texts.examples.THREE_IMAGES, texts.examples.THREE_IMAGES_PROMPT, 3, Choices(parameters={ASPECT.name: "16:9"})
    ),
    Example(texts.examples.TWO_ANGLES, texts.examples.TWO_ANGLES_PROMPT, 2),
    Example(texts.examples.LIGHT_AND_PLACE, texts.examples.LIGHT_AND_PLACE_PROMPT, 5),
)

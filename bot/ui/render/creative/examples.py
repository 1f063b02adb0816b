"""The example prompts of the two FLUX Kontext Max pages of the provider, as `/guide` shows them."""

from __future__ import annotations

from dataclasses import dataclass

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
    Example(
        "Toy style",
        "Keep the person\u2019s face, pose, and clothing unchanged. Convert the entire image to a high-quality toy "
        "style with realistic plastic texture, soft studio lighting, and clean highlights. Keep the background "
        "composition consistent.",
        1,
    ),
    Example(
        "New background",
        "Keep the subject identity and expression unchanged. Replace the background with a clean pastel studio "
        "backdrop. Match lighting direction and shadow softness.",
        1,
    ),
    Example(
        "Tidy up",
        "Remove background clutter and keep the main subject sharp. Apply a gentle cinematic color grade without "
        "changing composition.",
        1,
    ),
    Example(
        "A person, an outfit, a style",
        "Use image 1 for the face identity, image 2 for outfit, image 3 for illustration style. Create a 16:9 "
        "cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field.",
        3,
        Choices(parameters={ASPECT.name: "16:9"}),
    ),
    Example(
        "One person, two angles",
        "Use images 1\u20132 to keep the same person identity from different angles. Generate a clean studio portrait "
        "with softbox lighting, neutral background, natural skin texture.",
        2,
    ),
    Example(
        "Light and place",
        "Use image 4 for lighting mood (sunset) and image 5 for environment. Keep the subject identity from image 1 "
        "and maintain consistent color palette.",
        5,
    ),
)

"""The example prompts of the two FLUX Kontext Max pages of the provider, each with its title."""

from __future__ import annotations

TOY_STYLE = "Toy style"
TOY_STYLE_PROMPT = (
    "Keep the person\u2019s face, pose, and clothing unchanged. Convert the entire image to a high-quality toy "
    "style with realistic plastic texture, soft studio lighting, and clean highlights. Keep the background "
    "composition consistent."
)
NEW_BACKGROUND = "New background"
NEW_BACKGROUND_PROMPT = (
    "Keep the subject identity and expression unchanged. Replace the background with a clean pastel studio "
    "backdrop. Match lighting direction and shadow softness."
)
TIDY_UP = "Tidy up"
TIDY_UP_PROMPT = (
    "Remove background clutter and keep the main subject sharp. Apply a gentle cinematic color grade without "
    "changing composition."
)
THREE_IMAGES = "A person, an outfit, a style"
THREE_IMAGES_PROMPT = (
    "Use image 1 for the face identity, image 2 for outfit, image 3 for illustration style. Create a 16:9 "
    "cinematic medium shot in a rainy city street at night, neon reflections, shallow depth of field."
)
TWO_ANGLES = "One person, two angles"
TWO_ANGLES_PROMPT = (
    "Use images 1\u20132 to keep the same person identity from different angles. Generate a clean studio "
    "portrait with softbox lighting, neutral background, natural skin texture."
)
LIGHT_AND_PLACE = "Light and place"
LIGHT_AND_PLACE_PROMPT = (
    "Use image 4 for lighting mood (sunset) and image 5 for environment. Keep the subject identity from image "
    "1 and maintain consistent color palette."
)

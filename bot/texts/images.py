"""What is said about images that members give."""

from __future__ import annotations

NO_IMAGES_TITLE = "There is no image in that message"
NO_IMAGES = (
    "I can use PNG, JPEG, WebP and GIF files of a message or of one that it forwards, and images in embeds that lie at "
    "Discord; links to other places and videos do not count."
)

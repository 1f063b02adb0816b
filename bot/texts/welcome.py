"""What a server reads when the bot joins it."""

from __future__ import annotations

WELCOME = "Thanks for adding me"
WELCOME_ABOUT = (
    "I make pictures from your images and words. Each picture costs real money, so a moderator decides how much."
)
WELCOME_STEPS = (
    "**1** `/manage limit server` and `/manage limit everyone`: what may be spent, and by each member",
    "**2** `/manage channels allow`: where pictures may be made, if not everywhere",
    "**3** `/manage settings`: time zone, log channel, and which permissions I am missing where",
)
WELCOME_MISSING = "Here I am missing: {permissions}."
WELCOME_SAMPLE = (
    "No image at hand? Try it with a picture of a fox. Like every picture it is paid from the limit of whoever presses."
)
TRY_WITH_A_SAMPLE = "Try with a sample"
WELCOME_SMALL = "members begin with /guide \u00b7 what I keep about people: /privacy"

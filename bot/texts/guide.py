"""What newcomers read: the greeting of a server, and the guide."""

from __future__ import annotations

GUIDE = "How to ask for a picture"
GUIDE_EDIT = "**One image: /edit**\nKeep [what must stay]. Change [what to edit]. Ensure [constraints]. Match \
[lighting, shadows, perspective]."
GUIDE_COMPOSE = "**Several images: /compose**\nUse image 1 for [identity]. Use image 2 for [outfit]. Use image 3 for \
[style]. Generate [shot]. Keep [constraints]. Roles write the first part for you."
GUIDE_STORYBOARD = (
    "**A story: /storyboard**\nTwo to six shots, one a line; say in each who is in it. Each becomes a picture \
of the same images, and all come in one message."
)
GUIDE_TIPS = (
    "**What helps**\n"
    "\u2022 One change at a time, then go on from the result.\n"
    "\u2022 Too strong? Lower the guidance and say more clearly what must stay.\n"
    "\u2022 Comparing words? Keep the seed the same.\n"
    "\u2022 Name things (\u201cthe red coat\u201d), and say which reference wins where two disagree.\n"
    "\u2022 Choose the aspect ratio on purpose, so that nothing is cropped.\n"
    "\u2022 /styles shows this server\u2019s recipes; the style option uses one."
)
GUIDE_TRY = "**Try it** opens the form with the words filled in; nothing is spent before you press Run."
EXAMPLE = "**{title}**\n> {prompt}"

# Welcome -------------------------------------------------------------------------------------------------------------

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

"""What is said about styles."""

from __future__ import annotations

from bot.texts.templates import Counted

OPTION = "A style of this server; /styles shows them"
NO_STYLE_OPTION = "none \u00b7 without the style of this channel"

# In messages about a job ----------------------------------------------------------------------------------------------

WITH_STYLE = "style {name}"
WITH_IMAGES = Counted("style {name} (references {places})", one="style {name} (reference {places})")
OF_STYLE = "from the style"
WITHOUT = "No style"
REMOVED_SINCE = "The style {name} was removed since; this is without it."

# A style by itself ----------------------------------------------------------------------------------------------------

STYLE = "Style {name}"
ADDED, CHANGED, REMOVED = "Style added", "Style changed", "Style removed"
REMOVED_WHY = "{name} can be used no more. What was made with it goes on naming it."
HOW_TO_USE = "Members choose it with `style` in /edit and /compose, or in a confirmation; their own images come first."
TRY_WHY = "Try it makes the sample that /styles shows; whoever presses pays."
NOT_TRIED = "There is no sample of it yet."
INCOMPLETE = "**Images of it are gone** with the data of whoever gave them. Give it others before it is used again."
TRY, WORDS, SETTINGS, USE = "Try it", "Words and images", "Settings", "Use it"

# The list -------------------------------------------------------------------------------------------------------------

STYLES = "Styles of this server"
NO_STYLES = "There are none yet. Moderators add them with /manage styles add."
LINE = "**{n} {name}**"
IMAGES = Counted("{count} images", one="one image", none="")
NO_SAMPLE = "no sample yet"
OF_THIS_CHANNEL = "used in this channel unless you choose"
CHOOSE = "Look at one"

# Forms ----------------------------------------------------------------------------------------------------------------

FORM_ADD, FORM_EDIT, FORM_SETTINGS = "Add a style", "Change this style", "Settings of this style"
NAME, NAME_HELP = "Name", "What members choose it by, up to 60 characters"
TEMPLATE, TEMPLATE_HELP = "Template", "{prompt} stands where the member's words go"
TEMPLATE_HINT = "An ink drawing of {prompt}, on rough paper, with soft light from the left."
IMAGES_FIELD, IMAGES_HELP = "Images that go with it", "Up to four; they follow behind the member's own"
MORE_IMAGES, MORE_IMAGES_HELP = "Further images", "They come behind those that stay; four together is the most"
ROLES, ROLES_HELP = "What each image is for, one a line", "Such as lighting or style; an empty line is none"
KEEP, KEEP_HELP = "Images that stay", "Those that you take off are forgotten"
CHANNEL_FIELD, CHANNEL_HINT = "Style unless members choose", "Its name; empty: none"
BY_NUMBER = "Whatever the command or channel has"

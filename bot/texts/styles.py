"""What is said about styles."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run
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
REMOVED_WHY = "{name} can no longer be used. Pictures made with it still name it."
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
TEMPLATE, TEMPLATE_HELP = "Template", "Write {prompt} where the member's words go"
TEMPLATE_HINT = "An ink drawing of {prompt}, on rough paper, with soft light from the left."
IMAGES_FIELD, IMAGES_HELP = "Images that go with it", "Up to four; they follow behind the member's own"
MORE_IMAGES, MORE_IMAGES_HELP = "Further images", "They come behind those that stay; four together is the most"
ROLES, ROLES_HELP = "What each image is for, one a line", "Such as lighting or style; an empty line is none"
KEEP, KEEP_HELP = "Images that stay", "Those that you take off are forgotten"
CHANNEL_FIELD, CHANNEL_HINT = "Style unless members choose", "Its name; empty: none"
BY_NUMBER = "Whatever the command or channel has"

# Refusals -------------------------------------------------------------------------------------------------------------

_incomplete = partial(
    cannot_run,
    title="That style is incomplete",
    advice="A moderator can give it other images with /manage styles edit. Leave the style out, or choose another one.",
)
_WRITE_PLACEHOLDER = (
    "Write {placeholder} once, where the member's words go: "
    "\u201cAn ink drawing of {placeholder}, on rough paper.\u201d"
)
_not_kept = partial(cannot_run, title="I can't keep that style yet")
NO_SUCH_STYLE = cannot_run(
    "This server has no style called \u201c{name}\u201d.",
    title="There is no such style here",
    advice="/styles shows those that there are. Send it without the style, or with another one.",
)
IMAGES_ERASED = _incomplete("Images of the style \u201c{name}\u201d were deleted with the data of whoever gave them.")
IMAGE_GONE = _incomplete("One of its images, {filename}, was deleted or hidden.")
TOO_MANY_IMAGES = cannot_run(
    Counted(
        "The style \u201c{name}\u201d brings {count} images and you gave {own}; {most} together is the most.",
        one="The style \u201c{name}\u201d brings one image and you gave {own}; {most} together is the most.",
    ),
    advice="Give at most {left} yourself, or leave the style out (style: none).",
)
LONG_PROMPT = cannot_run(
    "With the style \u201c{name}\u201d the prompt has {characters:,} characters.",
    advice="{most:,} is the most: shorten yours, or leave the style out (style: none).",
)
NO_NAME = _not_kept("A style needs a name.", advice="Give it one or two words, such as Ink.")
LONG_NAME = _not_kept("The name has {characters} characters; {most} is the most.", advice="Choose a shorter one.")
NONE_IS_NO_NAME = _not_kept("\u201cnone\u201d means no style at all.", advice="Choose another name.")
NO_PLACEHOLDER = _not_kept("The template does not hold {placeholder}.", advice=_WRITE_PLACEHOLDER)
TWO_PLACEHOLDERS = _not_kept("The template holds more than one {placeholder}.", advice=_WRITE_PLACEHOLDER)
LONG_TEMPLATE = _not_kept(
    "The template has {characters:,} characters; {most:,} is the most.",
    advice="Shorten it: the member's words need room as well.",
)
MANY_IMAGES = _not_kept(
    "That makes {count} images; a style has at most {most}.",
    advice="One place stays for the member's own image: leave some out.",
)
MODEL_TAKES_FEWER = cannot_run(
    "{model} takes too few images for this style: it has {images}.",
    advice="Choose another model, or give the style fewer images.",
)
NAME_TAKEN = _not_kept(
    "There is a style called \u201c{name}\u201d already.",
    advice="Choose another name, or change that one with /manage styles edit.",
)
MOST_REACHED = _not_kept(
    "This server has {most} styles, and that is the most.", advice="Remove one first with /manage styles remove."
)

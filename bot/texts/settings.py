"""What the panel of a server's settings and its forms say."""

from __future__ import annotations

from bot.texts.kinds import cannot_run
from bot.texts.templates import Counted

SETTINGS = "Settings of this server"
PAUSED = "**Paused**: {reason}"
SETTING = "**{name}** {value}"
FOR_MEMBERS, ABOUT_UNSAFE = "__What members can do__", "__Unsafe pictures__"
FOR_MODERATORS, ABOUT_PLACES = "__Where moderators read and decide__", "__Time and channels__"
IS_DEFAULT = "default"
DEFAULT_IS = "default: {default}"
ZONE, ZONE_DEFAULT = "Time zone", "UTC"
MODELS, PICK_MODELS = "Models", "Which models members can use"
LOG_CHANNEL = "Log channel"
DESK_CHANNEL = "Moderators' channel"
SHOWCASE_CHANNEL = "Showcase"
CONFIRMATION = "Ask before spending"
NSFW = "Show unsafe pictures"
UNMARKED = "Pictures without a safety mark"
UNMARKED_IS_SHOWN, UNMARKED_IS_UNSAFE = "are shown", "count as unsafe; the server pays for each that is withheld"
AT_ONCE = "Running jobs per member"
APPROVAL, APPROVAL_ALL, APPROVAL_OVER = "A moderator approves", "every request", "what is over a member\u2019s limit"
DESK_ROLES = "Roles at the moderators' desk"
CHANNELS = "Channels with rules"
WORDS = "Blocked words"
NONE, NO_CAP, NEVER_ASKS = "none", "no limit", "never"
ABOVE = "above {amount}"
NSFW_RULES = {
    "adult_channels": "in age-restricted channels only",
    "never": "never",
    "held": "after a moderator has looked",
}
NUMBER_BELOW = "Number {place} below"
GAPS = "**What I am missing**"
GAP = "{channels}: {permissions}"
GAPS_MORE = "and in {count} more groups of channels"
NO_GAPS = "I have every permission I need in the channels that I can see."
UNSEEN = Counted("{count} channels are hidden from me.", one="One channel is hidden from me.")
CHANGE_ZONE, CHANGE_CONFIRMATION, CHANGE_AT_ONCE = "Time zone", "Ask before spending", "Running jobs"
APPROVE_ALL, APPROVE_OVER = "Approve every request", "Approve over limits only"
NSFW_HELD_NOWHERE = "until a moderators' channel is chosen, never"
NSFW_OPTION = "Unsafe pictures: {rule}"
UNMARKED_UNSAFE, UNMARKED_SHOWN = "Unmarked counts as unsafe", "Show unmarked pictures"
PICK_LOG = "Log channel"
PICK_DESK = "Moderators' channel"
PICK_SHOWCASE = "Showcase for shared pictures"
PICK_ROLES = "Roles at the moderators' desk"
PICK_CHANNEL = "Defaults of a channel"
ZONE_FORM, ZONE_FIELD, ZONE_HINT = "Time zone", "Days, weeks and months begin in", "UTC, Europe/Paris, America/New_York"
CONFIRM_FORM, CONFIRM_FIELD, CONFIRM_HINT = (
    "Ask before spending",
    "Ask when a request costs more than",
    "$0.30, or none",
)
AT_ONCE_FORM, AT_ONCE_FIELD, AT_ONCE_HINT = "Running jobs", "At most so many running for each member", "3, or none"
CHANNEL_FORM = "Defaults of this channel"
MODEL_FIELD, MODEL_HINT = "Model where a request names none", "wavespeed-ai/flux-kontext-max, or empty"
SHAPE_FIELD, SHAPE_HINT = "Aspect ratio where a request names none", "16:9, or empty"
NSFW_FIELD, NSFW_HINT = "Unsafe pictures here", "never, adult, held, or empty for the server's rule"

# Refusals -------------------------------------------------------------------------------------------------------------

UNKNOWN_ZONE = cannot_run(
    "There is no time zone called {name}.",
    title="I don't know that time zone",
    advice="Use a name like Europe/Paris, America/New_York or UTC.",
)
EVERYBODYS_ROLE = cannot_run("Everybody has that role.", advice="Choose roles that only moderators have.")
TOO_MANY_ROLES = cannot_run("That is more than {most} roles.", advice="Choose fewer.")
NO_WHOLE_NUMBER = cannot_run(
    "That is no whole number from 1 to {most}.", advice="Write a number such as 3, or none for no limit."
)
NO_SUCH_RULE = cannot_run("There is no rule called {typed}.", advice="Write never, adult or held, or nothing.")

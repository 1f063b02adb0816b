"""What moderators read after they set a limit."""

from __future__ import annotations

from bot.texts.kinds import cannot_run

LIMIT_SET = "Limit set"
LIMIT_REMOVED = "Limit removed"
LIMIT_FOR = {
    "member": "<@{subject_id}>",
    "default": "Each member",
    "role": "Each member with <@&{subject_id}>",
    "channel": "<#{subject_id}>, everyone together",
    "server": "This server, everyone together",
    "bot": "This bot, all servers together",
}
LIMIT_IS_NOW = "{who}: **{amount}** {per}."
LIMIT_IS_NONE = "{who}: **no limit** {per}."
LIMIT_IS_THE_NEXT = "{who}: **no limit set** {per}. What applies now:"
LIMIT_STOPS = "That stops all new spending there."
LIMIT_REACHED = "That much is spent or held already: nothing more from this limit until it renews {when}."
LIMIT_REACHED_EVER = "That much is spent or held already: nothing more from this limit until it is raised."
LIMIT_WAS = "was {amount}"
LIMIT_WAS_NONE = "was none"
RUNNING_UNTOUCHED = "pictures that are already running are not touched"

# Refusals -------------------------------------------------------------------------------------------------------------

EVERYBODYS_ROLE = cannot_run(
    "Everybody has that role.", advice="/manage limit everyone sets what each member may spend."
)

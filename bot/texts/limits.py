"""What is said about limits, credit beyond them, and what is told when a limit comes near."""

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

# Grants --------------------------------------------------------------------------------------------------------------

GRANT_GIVEN = "Grant given"
TO_MEMBER = "<@{target_id}> can spend **{amount}** beyond their limit."
TO_MEMBER_UNTIL = "<@{target_id}> can spend **{amount}** beyond their limit, until {when}."
TO_CHANNEL = "<#{target_id}> has **{amount}** that pays for pictures made there."
TO_CHANNEL_UNTIL = "<#{target_id}> has **{amount}** that pays for pictures made there, until {when}."
POOLS_STILL_HOLD = "the server's and the bot's limits still hold"

# Refusals -------------------------------------------------------------------------------------------------------------

ONE_TARGET = cannot_run("A grant goes to one member or to one channel.", advice="Fill in user or channel, not both.")
OF_NOTHING = cannot_run("A grant of nothing would change nothing.", advice="Give an amount such as 2 or $2.50.")
EXPIRED = cannot_run("That grant would have expired already.", advice="Give a time in the future.")
NEEDS_REASON = cannot_run("A grant needs a reason.", advice="Say in a few words what it is for.")
UNREADABLE_TIME = cannot_run(
    "You wrote: {typed}.",
    title="I can't read that time",
    advice="Write a span like 12h, 7d or 2w, or a last day like 2026-12-31.",
)

# Notices -------------------------------------------------------------------------------------------------------------

NOTICE = "{whose}: {percent} % is spent, {spent} of {limit} {per}."
NOTICE_OF_MEMBER = "Your limit"
NOTICE_OF_CHANNEL = "The limit of <#{channel_id}>"
NOTICE_OF_SERVER = "This server's limit"
NOTICE_MORE = "It renews {when}."

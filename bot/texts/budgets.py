"""What is said about budgets: what is left, what was spent, and that a request costs more than is left."""

from __future__ import annotations

from bot.texts.templates import Counted, Refusal

# Periods --------------------------------------------------------------------------------------------------------------

IN_PERIOD = {
    "day": "today",
    "week": "this week",
    "month": "this month",
    "total": "in total",
}
PER = {
    "day": "a day",
    "week": "a week",
    "month": "a month",
    "total": "in total",
}

# Refusals and errors --------------------------------------------------------------------------------------------------

OVER_LIMIT = Refusal("This costs more than is left.", title="Over your budget")
OVER_BUDGET = {
    "member": "Over your budget {period}",
    "channel": "Over this channel's budget {period}",
    "server": "Over this server's budget {period}",
    "bot": "Over this bot's budget {period}",
    "grant": "Over this grant",
}
COSTS = {
    "member": Counted(
        "This costs **{total}** ({count} \u00d7 {price}), and you have **{left}** left.",
        one="This costs **{total}**, and you have **{left}** left.",
    ),
    "channel": Counted(
        "This costs **{total}** ({count} \u00d7 {price}), and this channel has **{left}** left for everyone together.",
        one="This costs **{total}**, and this channel has **{left}** left for everyone together.",
    ),
    "server": Counted(
        "This costs **{total}** ({count} \u00d7 {price}), and this server has **{left}** left for everyone together.",
        one="This costs **{total}**, and this server has **{left}** left for everyone together.",
    ),
    "bot": Counted(
        "This costs **{total}** ({count} \u00d7 {price}), and this bot has **{left}** left for all its servers "
        "together.",
        one="This costs **{total}**, and this bot has **{left}** left for all its servers together.",
    ),
    "grant": Counted(
        "This costs **{total}** ({count} \u00d7 {price}), and this grant has **{left}** left.",
        one="This costs **{total}**, and this grant has **{left}** left.",
    ),
}
WHOSE_LIMIT = {
    "member": "**Your own limit**",
    "channel": "**This channel's limit**",
    "server": "**This server's limit**",
    "bot": "**This bot's limit**",
    "grant": "**A grant's limit**",
}
FEWER_FIT = Counted("That is enough for {count} pictures.", one="That is enough for one picture.")
MORE_COMES = {
    "member": "Your budget renews {when}.",
    "channel": "It renews {when}.",
    "server": "It renews {when}.",
    "bot": "It renews {when}.",
    "grant": "It renews {when}.",
}
MORE_NEVER = "This limit does not renew; a moderator can raise it."
STOPPED = "The limit is zero, so nothing can be spent until a moderator raises it."
STOPPED_BY_OPERATOR = "The limit is zero, so nothing can be spent until whoever runs the bot raises it."

# Budget ---------------------------------------------------------------------------------------------------------------

YOUR_BUDGET = "Your budget"
BUDGET_OF = "Budget of <@{member_id}>"
BUDGET_LINE = "{period}: limit {limit} \u00b7 spent {spent} \u00b7 held {held} \u00b7 left {left}"
NO_LIMIT = "none"
UNLIMITED = "no limit"
NOTHING_LIMITS = "No limit applies here."
BEGINS_AGAIN = "renews {when}"
SCOPES = {
    "member": "Each member",
    "channel": "This channel, everyone together",
    "server": "This server, everyone together",
    "bot": "This bot, all servers together",
    "grant": "Grant",
}
GRANTS = "**Grants**"
GRANT_LINE, GRANT_FOR_CHANNEL = "`{left}` of {amount}", "`{left}` of {amount} for this channel"
RUNNING = "**Running**"
LATELY = "**Lately**"
MORE_LINES = "-# and {count} more"
ENTRY_KINDS = {
    "refund": "refunded",
    "adjust": "corrected",
    "grant": "grant",
}
CAME_BACK_WHY, CAME_BACK_ONLY = "{amount} came back: {why}", "{amount} came back"
GRANT_FROM = "grant from <@{member_id}>"
UNTIL = "until {when}"

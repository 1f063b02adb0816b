"""What the list of moderators' actions says."""

from __future__ import annotations

from bot.texts import settings

AUDIT = "What moderators did"
AUDIT_OF = "What concerns <@{member_id}>"
NO_ACTS = "Nothing is on record."
NO_MORE_ACTS = "There is nothing older on record."
ACTS = {
    "limit.day": "Limit a day",
    "limit.week": "Limit a week",
    "limit.month": "Limit a month",
    "limit.total": "Limit in total",
    "grant": "Grant",
    "models": "Models offered",
    "freeze": "Frozen",
    "unfreeze": "Unfrozen",
    "refund": "Refund",
    "block": "Blocked",
    "unblock": "Unblocked",
    "pause": "Paused",
    "resume": "Resumed",
    "zone": settings.ZONE,
    "log_channel": settings.LOG_CHANNEL,
    "desk_channel": settings.DESK_CHANNEL,
    "showcase_channel": settings.SHOWCASE_CHANNEL,
    "share": "Picture put into the showcase",
    "unshare": "Picture taken out of the showcase",
    "confirm_above_micros": settings.CONFIRMATION,
    "nsfw": settings.NSFW,
    "unmarked_is_unsafe": settings.UNMARKED,
    "jobs_at_once": settings.AT_ONCE,
    "approval": settings.APPROVAL,
    "desk_role": "Role at the moderators' desk",
    "approve": "Approved",
    "decline": "Declined",
    "report.hide": "Reported picture hidden",
    "report.show": "Reported picture shown again",
    "report.delete": "Reported picture deleted",
    "report.block": "Blocked after a report",
    "report.dismiss": "Report dismissed",
    "review.show": "Unsafe picture shown",
    "review.keep_back": "Unsafe picture kept back",
    "words": "Blocked word",
    "style": "Style",
    "channel_rule": "Rule of a channel",
    "cancel": "Job cancelled",
    "release": "Unknown picture released",
    "adopt": "Unknown picture adopted",
    "deliver": "Result delivered again",
}
ACT = "**{act}**"
CHANGED = "{before} \u2192 {after}"
GIVEN = "{amount} given"
GIVEN_BACK = "{amount} given back"
NAMED, NOT_NAMED_ANY_MORE = "named", "taken off"
WORD_ON, WORD_OFF = "\u201c{word}\u201d added", "\u201c{word}\u201d taken off"
EACH_MEMBER, THIS_SERVER, THIS_BOT = "each member", "this server", "the bot"
SOMEBODY = "a member who had their data deleted"
NOT_NAMED = "the operator, or somebody who had their data deleted"
ROLE_GONE, CHANNEL_GONE = "deleted role {id}", "deleted channel {id}"
PAGE = "page {number}, {count} a page"
OPEN_AUDIT = "Audit"

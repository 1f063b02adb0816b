"""What messages say to moderators at their desk, together; a refusal's words stand with its error."""

from __future__ import annotations

from bot.domain.marks import NsfwRule
from bot.domain.reports import Measure
from bot.domain.rules import ChannelAccess
from bot.domain.spending import By
from bot.services.moderation.reporting import Reach

# Settings -------------------------------------------------------------------------------------------------------------

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
CHANNELS = "Channels with rules of their own"
WORDS = "Blocked words"
NONE, NO_CAP, NEVER_ASKS = "none", "no limit", "never"
ABOVE = "above {amount}"
NSFW_RULES = {
    NsfwRule.ADULT_CHANNELS: "in age-restricted channels only",
    NsfwRule.NEVER: "never",
    NsfwRule.HELD: "after a moderator has looked",
}
NUMBER_BELOW = "Number {place} below"
GAPS = "**What I am missing**"
GAP = "{channels}: {permissions}"
GAPS_MORE = "and in {count} more groups of channels"
NO_GAPS = "I have every permission I need in the channels that I can see."
UNSEEN = {1: "One channel is hidden from me."}
UNSEEN_MANY = "{count} channels are hidden from me."

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

# Done -----------------------------------------------------------------------------------------------------------------

PAUSED_TITLE = "Paused"
PAUSED_NOW = "Nobody here can start a new picture until `/manage resume`. What is running finishes."
PAUSED_ALREADY = "This server was paused already; the earlier reason stays."
RESUMED_TITLE = "Resumed"
RESUMED = "New pictures can be made again."
NOT_PAUSED = "This server was not paused."
REASON = "> {reason}"
ACCESS_TITLE = {
    ChannelAccess.ALLOW: "Channel allowed",
    ChannelAccess.DENY: "Channel denied",
    None: "Channel cleared",
}
ACCESS = {
    ChannelAccess.ALLOW: "Pictures may be made in <#{channel_id}>, and only in channels that are allowed.",
    ChannelAccess.DENY: "No new pictures in <#{channel_id}> and its threads.",
    None: "<#{channel_id}> has no rule of its own any more.",
}
UNCHANGED = "Nothing changed."
CHANNELS_TITLE = "Channels with rules"
NO_CHANNELS = "No channel has a rule: pictures may be made wherever I can post."
CHANNELS_ALLOWED = "Only the allowed channels are open, with their threads."
CHANNELS_DENIED = "All others are open."
CHANNEL_UNSEEN = "channel {id}, deleted or archived:"
FORGET_UNSEEN = "Clear deleted or archived"
UNSAFE_SHOWN = "unsafe pictures {rule}"
ACCESS_WORDS = {ChannelAccess.ALLOW: "allowed", ChannelAccess.DENY: "denied"}
WORDS_TITLE = "Blocked words"
NO_WORDS = "The list is empty."
WORD_ADDED, WORD_REMOVED = "Word added", "Word removed"
WORD_IS_ON = "Prompts and roles with \u201c{word}\u201d are refused, and cost nothing."
WORD_WAS_ON = "\u201c{word}\u201d was on the list already."
WORD_IS_OFF = "\u201c{word}\u201d may be used again."
WORD_WAS_OFF = "\u201c{word}\u201d was not on the list."
HOW_WORDS_COMPARE = "compared as whole words, whatever their case, width or invisible characters"
BLOCKED_TITLE, UNBLOCKED_TITLE = "Blocked", "Unblocked"
BLOCKED = "<@{member_id}> can use nothing but /privacy in this server. What they have running finishes."
BLOCKED_ALREADY = "<@{member_id}> was blocked already; the earlier reason stays."
UNBLOCKED = "<@{member_id}> can use me again."
NOT_BLOCKED = "<@{member_id}> was not blocked."
ON_RECORD = "on record under /manage audit"
MORE = "and {count} more"

# Report ---------------------------------------------------------------------------------------------------------------

REPORT = "Spending by {by}, {period}"
BY = {By.DAY: "day", By.MEMBER: "member", By.ROLE: "role", By.CHANNEL: "channel", By.MODEL: "model", By.STYLE: "style"}
REPORT_TOTAL = "**{spent}** spent for {pictures} \u00b7 {held} held"
NOTHING_SPENT = "Nothing was spent or held."
WITHOUT = {
    By.DAY: "no day",
    By.MEMBER: "the server's own account",
    By.ROLE: "no role",
    By.CHANNEL: "no channel",
    By.MODEL: "no model",
    By.STYLE: "no style",
}
OTHERS = "{count} others"
AND_HELD = " \u00b7 {amount} held"
DAYS = "{first} to {last}"
FROM_LEDGER = "matches the ledger"
HIGHEST_ROLE = "a member counts for their highest role"

# Overview -------------------------------------------------------------------------------------------------------------

OVERVIEW = "This server, {period}"
IS_PAUSED = "**Paused.** Nobody can start a new picture until `/manage resume`."
UNLIMITED_LINE = "{period}: limit none \u00b7 spent {spent} \u00b7 held {held}"
PICTURES, PICTURES_MANY = {1: "1 picture"}, "{count} pictures"
MEMBERS, MEMBERS_MANY = {1: "1 member"}, "{count} members"
FAILED_OF, FAILED_RATE = "{failed} of {ended} failed", "{rate} % failed"
TOP_MEMBERS, TOP_CHANNELS = "**Members**", "**Channels**"
NOW = "**Now** {what}"
NOTHING_RUNS = "nothing is running"
OPEN_HOLDS = "**Open holds** {count}, {amount} in all"
UNDECIDED = "**Waiting for you** {count} unknown: `/manage jobs resolve`"
LATE_JOBS = "**Late** {count} past the deadline"
FAILED_THIS_WEEK = "**Failed in seven days** {what}"
PROVIDER = "**Provider** {balance} left"
BALANCE_UNKNOWN = "an unknown amount"
TIER = "{in_flight} of {concurrent} at once \u00b7 {per_minute} a minute"
ONLY_YOU = "only you see this, as the operator"
AS_OF = "as of {when}"
OPEN_REPORT, OPEN_JOBS, OPEN_SETTINGS, REFRESH = "Report", "Jobs", "Settings", "Refresh"
PAUSE, RESUME = "Pause", "Resume"
OPEN_REPORTED = "Reported pictures"
EARLIER_ACTS = "{count} earlier ones stand under /manage audit"
REPORTED = "**Reported** {count} waiting for a decision"
PAUSE_FORM, PAUSE_FIELD, PAUSE_HINT = "Pause this server", "Why; members read it", "exam week, back on Monday"

# Reported pictures ----------------------------------------------------------------------------------------------------

REPORTED_PICTURE = "A picture was reported"
REPORT_LINE = "[Message]({link}) in <#{channel_id}>, reported by {who}{job}"
REPORT_JOB = ", job {job_id}"
REPORTED_PICTURES = "Reported pictures"
NO_REPORTED_PICTURES = "No picture waits for a decision."
DECIDE = {
    Measure.HIDE: "Hide",
    Measure.SHOW: "Show again",
    Measure.DELETE: "Delete",
    Measure.BLOCK: "Block",
    Measure.DISMISS: "Dismiss",
}
DECIDED = {
    Measure.HIDE: "Hidden",
    Measure.SHOW: "Shown again",
    Measure.DELETE: "Deleted",
    Measure.BLOCK: "The requester was blocked",
    Measure.DISMISS: "Dismissed: nothing was done",
}
DECIDED_LINE = "**{what}** by {who}, {when}"
A_MODERATOR = "a moderator"
REACHED = {
    Reach.ALL: "",
    Reach.GONE: "A message with this picture was gone already, or is out of my reach.",
    Reach.LATER: "Discord does not take it just now: I go on trying.",
}
HIDDEN = "A moderator has hidden this picture."
BLOCK_FORM, BLOCK_FIELD, BLOCK_HINT = "Block the requester", "Why; they read it", "unwanted pictures"

# Jobs -----------------------------------------------------------------------------------------------------------------

RELEASED_TITLE = "Released"
RELEASED = "**{amount}** is back with the member. If the provider made the picture after all, nobody here pays for it."
ADOPTED_TITLE = "Adopted"
ADOPTED = "The provider's picture is taken as this one: it is brought and paid when it is done."
BROUGHT_TITLE = "Delivering it again"
BROUGHT = "The result comes to <#{channel_id}>: its message is renewed, or posted anew where it is gone."
RELEASE_CHOICE = "release: give the money back"
ADOPT_CHOICE = "adopt {provider_id} \u00b7 {status} at the provider"

# First day ------------------------------------------------------------------------------------------------------------

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

# Freezes and refunds --------------------------------------------------------------------------------------------------

FROZEN_TITLE, UNFROZEN_TITLE = "Frozen", "Unfrozen"
FROZEN = "<@{member_id}> can't spend anything in this server until `/manage unfreeze`, and reads why."
FROZEN_ALREADY = "<@{member_id}> was frozen already; the earlier reason stays."
FINISHES = {0: "They have nothing running.", 1: "Their running job finishes and is charged as shown."}
FINISHES_MANY = "Their {count} running jobs finish and are charged as shown."
UNFROZEN = "<@{member_id}> can spend again, as far as the limits go. What was spent before still counts."
NOT_FROZEN = "<@{member_id}> was not frozen."
REFUNDED_TITLE = "Refunded"
REFUNDED = "**{amount}** of **{paid}** is back with {who}, in the day, week and month that it was spent in."
REFUND_LAPSED = "{amount} of it belongs to a grant that has ended and can't be spent: /manage grant gives new credit."
THE_MEMBER = "whoever asked for it"
PICTURES_STAY = "the pictures stay"

# Audit ----------------------------------------------------------------------------------------------------------------

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
    "zone": ZONE,
    "log_channel": LOG_CHANNEL,
    "desk_channel": DESK_CHANNEL,
    "showcase_channel": SHOWCASE_CHANNEL,
    "share": "Picture put into the showcase",
    "unshare": "Picture taken out of the showcase",
    "confirm_above_micros": CONFIRMATION,
    "nsfw": NSFW,
    "unmarked_is_unsafe": UNMARKED,
    "jobs_at_once": AT_ONCE,
    "approval": APPROVAL,
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
NEWER, OLDER = "Newer", "Older"
OPEN_AUDIT = "Audit"

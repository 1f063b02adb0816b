"""What messages say to members, together, to be weighed together; a refusal's words stand with its error."""

from __future__ import annotations

from bot.domain.budget import LimitKind, ScopeKind
from bot.domain.jobs import PredictionState, Stage
from bot.domain.periods import Period
from bot.domain.predictions import FailureReason

# Status ---------------------------------------------------------------------------------------------------------------

STAGES = {
    Stage.WAITING: "In the queue",
    Stage.SENDING: "Sending",
    Stage.PAINTING: "Painting",
    Stage.CHECKING: "Checking with the provider",
    Stage.REVIEW: "Waiting for a moderator",
    Stage.FAILED: "No picture this time",
    Stage.CANCELLED: "Cancelled",
}
LATE = "Taking longer than usual"
WITH_MODERATOR = "Waiting for a moderator"

NEXT = "**You are next**"
PLACE = "Place **{place}**"
STARTS_IN = "starts in about {wait}"
AHEAD = {2: "One picture is ahead of yours."}
AHEAD_OF_MANY = "{count} pictures are ahead of yours."
WAITS_FOR_ITS_TURN = "It starts when its turn comes."
ON_ITS_WAY = "Your images and words are on their way to the provider."
STARTED = "started {when}"
USUALLY = "usually about {seconds} s"
IS_LATE = "The provider has not finished yet. I keep looking, and the picture comes to this channel when it is there."
LATE_MONEY = "{amount} is held, not spent, and comes back to you if there is no picture."
CONNECTION_DROPPED = "The connection dropped while sending, so I am making sure that nothing is paid twice."
HELD_NOT_SPENT = "{amount} is held, not spent."
NEXT_LOOK = "Next look {when}."
LEFT_TO_MODERATOR = "I could not find out whether the provider got this, so a moderator of this server decides."
HELD_UNTIL_DECIDED = "{amount} stays held until then; nothing is paid twice."

READY = {1: "1 of {count} pictures is ready."}
READY_MANY = "{ready} of {count} pictures are ready."
HELD = "{amount} held"
SPENT = "{amount} spent"
GIVEN_BACK = "{amount} given back"

DONE_IN = "Done in {duration}"
PARTLY_IN = "{ready} of {count} pictures in {duration}"
SEE_PICTURE = "[see the picture]({link})"
SEE_PICTURES = "[see the pictures]({link})"
BEING_POSTED = "posting it now"
KEPT = "kept for you: /jobs show {job_id}"
CANCELLED_MONEY = "Nothing was sent. **{amount} is back** in your budget."
MONEY_IS_BACK = "**{amount} is back** in your budget."
CAME_BACK = "{amount} came back: {why}."
NOTHING_SPENT = "Nothing was spent."

# Images that are slow to come -----------------------------------------------------------------------------------------

FETCHING = "Fetching your images"
FETCHED_SO_FAR = "{name}: {so_far}"
FETCHING_SLOWLY = "Discord hands them over slowly; I wait up to 90 s while they move"
NOTHING_SPENT_YET = "nothing is spent yet"

# Why there is no picture: what happened, what to do, and the same in a few words --------------------------------------

FAILED_BECAUSE = {
    FailureReason.MODERATED: "The provider's safety check refused this.",
    FailureReason.BAD_INPUT: "The provider could not use these images or settings.",
    FailureReason.REFERENCE_LOST: "The provider could not read one of your images.",
    FailureReason.REFERENCE_REFUSED: "The provider's storage does not take one of your images.",
    FailureReason.OUT_OF_CREDIT: "This bot's account at the provider is empty.",
    FailureReason.NOT_SOLD: "The provider does not offer this model at the moment.",
    FailureReason.NOT_AUTHORISED: "The provider does not let this bot in at the moment.",
    FailureReason.PROVIDER: "Something went wrong at the provider.",
    FailureReason.NO_PICTURE: "The provider finished, but without a picture that can be shown.",
    FailureReason.WAIT_ENDED: "The provider took too long, and a moderator ended the wait.",
    FailureReason.EXPIRED: "The provider no longer has this picture.",
    FailureReason.NEVER_STARTED: "The provider never got this request: the connection dropped on the way.",
}
FAILED_ADVICE = {
    FailureReason.MODERATED: "Change the prompt or the images and try again.",
    FailureReason.BAD_INPUT: "Try other images or settings.",
    FailureReason.REFERENCE_LOST: "Send the command again, with that image attached once more.",
    FailureReason.REFERENCE_REFUSED: "Save that image anew, or choose another one, and send the command again.",
    FailureReason.OUT_OF_CREDIT: "Whoever runs the bot has to top it up; please try again later.",
    FailureReason.NOT_SOLD: "Choose another model, or try again later.",
    FailureReason.NOT_AUTHORISED: "Only whoever runs the bot can mend that; please try again later.",
    FailureReason.PROVIDER: "Try again in a minute.",
    FailureReason.NO_PICTURE: "Try again, perhaps in other words.",
    FailureReason.WAIT_ENDED: "Send the command again; should this picture come, I bring it.",
    FailureReason.EXPIRED: "Send the command again.",
    FailureReason.NEVER_STARTED: "Send the command again.",
}
FAILED_BRIEFLY = {
    FailureReason.MODERATED: "refused by the safety check",
    FailureReason.BAD_INPUT: "images or settings not accepted",
    FailureReason.REFERENCE_LOST: "an image could not be read",
    FailureReason.REFERENCE_REFUSED: "an image was not taken",
    FailureReason.OUT_OF_CREDIT: "the bot's account is empty",
    FailureReason.NOT_SOLD: "the model can't be had now",
    FailureReason.NOT_AUTHORISED: "the provider did not let the bot in",
    FailureReason.PROVIDER: "something went wrong at the provider",
    FailureReason.NO_PICTURE: "no picture came of it",
    FailureReason.WAIT_ENDED: "ended by a moderator",
    FailureReason.EXPIRED: "the provider no longer has it",
    FailureReason.NEVER_STARTED: "the provider never got it",
}
CANCELLED_BRIEFLY = "cancelled before it was sent"

# Result ---------------------------------------------------------------------------------------------------------------

HERE_IS_ONE = "<@{member_id}> here is your picture."
HERE_ARE_ALL = "<@{member_id}> here are your {count} pictures."
HERE_ARE_SOME = "<@{member_id}> here {are} {ready} of your {count} pictures."
HERE_FOR_NOBODY = "Here is what was asked for."
TOO_LARGE = "Picture {n} is too large for this server. [Open it here](<{url}>) until {when}."
TOO_LARGE_TO_LINK = "Picture {n} is too large for this server, and its address is too long to show."
STILL_COMING = {1: "One more is still being made and will be added here."}
STILL_COMING_MANY = "{count} more are still being made and will be added here."
PARTLY = "{ready} of {count} pictures"
PICTURES = "{count} pictures"
MARK = "job {job_id}"

# Periods --------------------------------------------------------------------------------------------------------------

IN_PERIOD = {
    Period.DAY: "today",
    Period.WEEK: "this week",
    Period.MONTH: "this month",
    Period.TOTAL: "in total",
}
PER = {
    Period.DAY: "a day",
    Period.WEEK: "a week",
    Period.MONTH: "a month",
    Period.TOTAL: "in total",
}

# Refusals and errors --------------------------------------------------------------------------------------------------

OVER_BUDGET = {
    ScopeKind.MEMBER: "Over your budget {period}",
    ScopeKind.CHANNEL: "Over this channel's budget {period}",
    ScopeKind.SERVER: "Over this server's budget {period}",
    ScopeKind.BOT: "Over this bot's budget {period}",
    ScopeKind.GRANT: "Over this grant",
}
COSTS = "This costs **{total}**"
PRICE_TIMES_COUNT = " ({count} \u00d7 {price})"
ROOM_LEFT = {
    ScopeKind.MEMBER: ", and you have **{left}** left.",
    ScopeKind.CHANNEL: ", and this channel has **{left}** left for everyone together.",
    ScopeKind.SERVER: ", and this server has **{left}** left for everyone together.",
    ScopeKind.BOT: ", and this bot has **{left}** left for all its servers together.",
    ScopeKind.GRANT: ", and this grant has **{left}** left.",
}
WHOSE_LIMIT = {
    ScopeKind.MEMBER: "**Your own limit**",
    ScopeKind.CHANNEL: "**This channel's limit**",
    ScopeKind.SERVER: "**This server's limit**",
    ScopeKind.BOT: "**This bot's limit**",
    ScopeKind.GRANT: "**A grant's limit**",
}
FEWER_FIT = {1: "That is enough for one picture."}
FEWER_FIT_MANY = "That is enough for {count} pictures."
MORE_COMES = {
    ScopeKind.MEMBER: "Your budget renews {when}.",
    ScopeKind.CHANNEL: "It renews {when}.",
    ScopeKind.SERVER: "It renews {when}.",
    ScopeKind.BOT: "It renews {when}.",
    ScopeKind.GRANT: "It renews {when}.",
}
MORE_NEVER = "This limit does not renew; a moderator can raise it."
STOPPED = "The limit is zero, so nothing can be spent until a moderator raises it."
STOPPED_BY_OPERATOR = "The limit is zero, so nothing can be spent until whoever runs the bot raises it."
ONE_OF_SEVERAL = "\u2022 {}"
OPEN_AGAIN, LEFT_EMPTY = "Open the form again", "*left empty*"
FILES_AGAIN = "What you typed is in it; attach your images once more, for Discord does not let me put them back."
UNEXPECTED_TITLE = "Something broke on my side"
UNEXPECTED = "That was not your doing. If it happens again, tell a moderator this code: `{reference}`."
UNEXPECTED_MONEY = "If you started a job, it goes on, and its money is safe: /jobs list shows it."

# Budget ---------------------------------------------------------------------------------------------------------------

YOUR_BUDGET = "Your budget"
BUDGET_OF = "Budget of <@{member_id}>"
BUDGET_LINE = "{period}: limit {limit} \u00b7 spent {spent} \u00b7 held {held} \u00b7 left {left}"
NO_LIMIT = "none"
UNLIMITED = "no limit"
NOTHING_LIMITS = "No limit applies here."
BEGINS_AGAIN = "renews {when}"
SCOPES = {
    ScopeKind.MEMBER: "Each member",
    ScopeKind.CHANNEL: "This channel, everyone together",
    ScopeKind.SERVER: "This server, everyone together",
    ScopeKind.BOT: "This bot, all servers together",
    ScopeKind.GRANT: "Grant",
}
GRANTS = "**Grants**"
GRANT_LINE = "`{left}` of {amount}{where}{until}{reason}"
GRANT_FOR_CHANNEL = " for this channel"
GRANT_UNTIL = ", until {when}"
RUNNING = "**Running**"
LATELY = "**Lately**"
MORE_LINES = "-# and {count} more"
ENTRY_KINDS = {
    "refund": "refunded",
    "adjust": "corrected",
    "grant": "grant",
}
PICTURES_PAID = {0: "no picture", 1: "1 picture"}
CAME_BACK_WHY, CAME_BACK_ONLY = "{amount} came back: {why}", "{amount} came back"
GRANT_FROM = "grant from <@{member_id}>"
UNTIL = "until {when}"

# Moderators' answers --------------------------------------------------------------------------------------------------

LIMIT_SET = "Limit set"
LIMIT_REMOVED = "Limit removed"
LIMIT_FOR = {
    LimitKind.MEMBER: "<@{subject_id}>",
    LimitKind.DEFAULT: "Each member",
    LimitKind.ROLE: "Each member with <@&{subject_id}>",
    LimitKind.CHANNEL: "<#{subject_id}>, everyone together",
    LimitKind.SERVER: "This server, everyone together",
    LimitKind.BOT: "This bot, all servers together",
}
NOTICE = "{whose}: {percent} % is spent, {spent} of {limit} {per}."
NOTICE_OF_MEMBER = "Your limit"
NOTICE_OF_CHANNEL = "The limit of <#{channel_id}>"
NOTICE_OF_SERVER = "This server's limit"
NOTICE_MORE = "It renews {when}."
LIMIT_IS_NOW = "{who}: **{amount}** {per}."
LIMIT_IS_NONE = "{who}: **no limit** {per}."
LIMIT_IS_THE_NEXT = "{who}: **no limit of their own** {per}. What holds for them now:"
LIMIT_STOPS = "That stops all new spending there."
LIMIT_REACHED = "That much is spent or held already: nothing more from this limit until it renews {when}."
LIMIT_REACHED_EVER = "That much is spent or held already: nothing more from this limit until it is raised."
LIMIT_WAS = "was {amount}"
LIMIT_WAS_NONE = "was none"
RUNNING_UNTOUCHED = "pictures that are already running are not touched"
GRANT_GIVEN = "Grant given"
GRANT_TO_MEMBER = "<@{target_id}> can spend **{amount}** beyond their limit{until}."
GRANT_TO_CHANNEL = "<#{target_id}> has **{amount}** that pays for pictures made there{until}."
POOLS_STILL_HOLD = "the server's and the bot's limits still hold"

STOPPED_TITLE = "Cancelled"
STOPPED_ALL = "Nothing was sent."
STOPPED_SOME = {1: "One of {count} pictures was stopped."}
STOPPED_SOME_MANY = "{stopped} of {count} pictures were stopped."
OTHERS_GO_ON = "The others were already sent; they are delivered and paid."

# Jobs -----------------------------------------------------------------------------------------------------------------

YOUR_JOBS = "Your jobs"
JOBS_OF_SERVER = "Jobs in this server"
NO_JOBS = "There is nothing here yet. /edit or /compose makes the first picture."
JOB = "Job {job_id}"
STATES = {
    Stage.WAITING: "in the queue",
    Stage.SENDING: "sending",
    Stage.PAINTING: "painting",
    Stage.CHECKING: "checking",
    Stage.REVIEW: "waiting for a moderator",
    Stage.DONE: "done",
    Stage.PARTLY: "partly done",
    Stage.FAILED: "no picture",
    Stage.CANCELLED: "cancelled",
}
PREDICTION_STATES = {
    PredictionState.QUEUED: "in the queue",
    PredictionState.SUBMITTING: "sending",
    PredictionState.UNKNOWN: "checking with the provider",
    PredictionState.PROCESSING: "painting",
    PredictionState.REVIEW: "waiting for a moderator",
}
PICTURE_READY = "Picture {n}: ready"
PICTURE_GONE = "Picture {n}: {state}"
HIDDEN_STATE, DELETED_STATE = "hidden by a moderator", "deleted"
HIDDEN_HERE = "A moderator hid this. If you think it should be seen, ask them: they can show it again or refund it."
DELETED_HERE = "Whoever asked for this deleted it."
PICTURE_OPEN = "Picture {n}: {state}"
PICTURE_MISSING = "Picture {n}: {why}"
ASKED = "asked {when} by <@{member_id}>"
ASKED_BY_NOBODY = "asked {when}"
MADE_FROM = "from job {job_id}"
MADE_FROM_LINK = "[from job {job_id}]({link})"
SEEDS = "seeds {first} to {last}"
STRIP_ALT = "The references in their order: {names}."
NO_PROMPT = "The prompt was deleted."
OPEN = "[open]({link})"

# Buttons --------------------------------------------------------------------------------------------------------------

CANCEL = "Cancel"
EDIT, AGAIN, CHANGE, USE = "Edit this", "Again", "Change", "Use as reference"
DETAILS, DELETE, TRY_AGAIN, SHARE = "Details", "Delete", "Try again", "Share"
ASK_A_MODERATOR = "Ask a moderator"
PRICED = "{label} \u00b7 {price}"

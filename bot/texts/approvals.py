"""What is said where a moderator approves requests."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run
from bot.texts.templates import Refusal

APPROVE, DECLINE = "Approve", "Decline"
ASKED_TITLES = {
    None: "Approve this picture?",
    "approved": "Approved",
    "declined": "Declined",
}
WHO_ASKS = "<@{member_id}> asks in <#{channel_id}> {when}"
WHAT_APPROVING_DOES = "**{total}** \u00b7 approving runs exactly this request, even if it is over their own limit"
HANDED_ON, HANDED_ON_WHY = (
    "The moderators have it",
    "If one agrees, your picture is made here. If not, you are told why.",
)
NOT_SPENT = "Nothing was spent."
APPROVED_BY = "{by} approved it: job {job_id}"
DECLINED_BY = "{by} declined it: {reason}"
SOMEBODY = "Somebody"
DECLINED_TITLE = "Declined"
DECLINED_WHERE = "The moderators declined what you asked for in <#{channel_id}>."
DECLINED_WHY = "**Why** {reason}"
TOLD = "Whoever asked was told in a direct message."
NOT_TOLD = "Whoever asked takes no direct messages from me, so please tell them."
APPROVED_BEGINS = "A moderator approved this picture: it starts now."
NOT_STARTED = "**Not started** {problem}"
APPROVE_ANYWAY = "Approve anyway"
GONE_WHY = "Approving makes the picture in the channel all the same, and {total} is spent on their account."
FORM_DECLINE, WHY, WHY_HELP = "Decline this request", "Why", "Whoever asked reads this"

# Refusals -------------------------------------------------------------------------------------------------------------

NEEDED = Refusal(
    "In this server each picture is approved by a moderator.",
    title="A moderator has to approve this",
    advice="Ask, and it runs if they agree.",
)
_no_desk = partial(Refusal, title="I can't reach the moderators")
NO_DESK = _no_desk(
    "This server has no moderators\u2019 channel yet.",
    advice="A moderator can choose one with /manage settings, under Moderators\u2019 channel.",
)
DESK_CLOSED = _no_desk(
    "I can\u2019t post in the moderators\u2019 channel.",
    advice="A moderator can let me in, or choose another one with /manage settings.",
)
ALREADY_ASKED = Refusal("The moderators have this request.", title="You asked already", advice="You will be told.")
TOO_MANY = Refusal(
    "The moderators have {most} requests of yours that they have not decided about yet.",
    title="Your requests are waiting",
    advice="Please wait until one of them is decided, and press the button again.",
)
MEMBER_LEFT = Refusal("The member who asked for this picture has left the server.", title="Whoever asked has left")
GONE = Refusal(
    "It waited for more than seven days, or its images are no longer kept.",
    title="That request is gone",
    advice="Whoever asked can send it again.",
)
CHANNEL_GONE = Refusal(
    "The channel was deleted, or I have no access to it.",
    title="I can't post where this was asked",
    advice="Decline it, or give me access to that channel and approve it again.",
)
ALREADY_DECIDED = Refusal("Another moderator was faster.", title="That was decided already")
NEEDS_REASON = cannot_run("A decline needs a reason.", advice="Say in a few words why; whoever asked reads it.")
_not_started = partial(Refusal, title="This could not be started")
BLOCKED = _not_started(
    "The moderators have blocked whoever asked: {reason}",
    advice="/manage unblock lets them back in; then approve it again, or decline it.",
)
FROZEN = _not_started(
    "The moderators have frozen the budget of whoever asked.",
    advice="/manage unfreeze lets them spend; then approve it again, or decline it.",
)
FROZEN_BECAUSE = _not_started(
    "The moderators have frozen the budget of whoever asked: {reason}",
    advice="/manage unfreeze lets them spend; then approve it again, or decline it.",
)
PAUSED = _not_started(
    "Easel is paused in this server.", advice="/manage resume lets pictures start; then approve it again."
)
PAUSED_BECAUSE = _not_started(
    "Easel is paused in this server: {reason}", advice="/manage resume lets pictures start; then approve it again."
)
AT_ONCE = _not_started(
    "Whoever asked has as many jobs running as this server allows.", advice="Approve it in a minute."
)
BLOCKED_WORD = _not_started(
    "The request contains \u201c{word}\u201d, which is a blocked word here.",
    advice="Decline it, or take the word off with /manage words remove.",
)

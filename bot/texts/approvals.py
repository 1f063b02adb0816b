"""What is said where a moderator approves requests."""

from __future__ import annotations

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

"""What is said about reported pictures."""

from __future__ import annotations

# Delete and report ----------------------------------------------------------------------------------------------------

REPORTED, REPORTED_WHY = (
    "Thank you for the report",
    "The moderators of this server can see it now. Nobody else was told.",
)

# Reported pictures ----------------------------------------------------------------------------------------------------

REPORTED_PICTURE = "A picture was reported"
REPORT_LINE = "[Message]({link}) in <#{channel_id}>, reported by {who}{job}"
REPORT_JOB = ", job {job_id}"
REPORTED_PICTURES = "Reported pictures"
NO_REPORTED_PICTURES = "No picture waits for a decision."
DECIDE = {
    "hide": "Hide",
    "show": "Show again",
    "delete": "Delete",
    "block": "Block",
    "dismiss": "Dismiss",
}
DECIDED = {
    "hide": "Hidden",
    "show": "Shown again",
    "delete": "Deleted",
    "block": "The requester was blocked",
    "dismiss": "Dismissed: nothing was done",
}
DECIDED_LINE = "**{what}** by {who}, {when}"
A_MODERATOR = "a moderator"
REACHED = {
    "all": "",
    "gone": "A message with this picture was gone already, or is out of my reach.",
    "later": "Discord does not take it just now: I go on trying.",
}
HIDDEN = "A moderator has hidden this picture."
BLOCK_FORM, BLOCK_FIELD, BLOCK_HINT = "Block the requester", "Why; they read it", "unwanted pictures"

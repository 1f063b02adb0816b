"""What is said about reported pictures."""

from __future__ import annotations

from bot.texts.kinds import about_no_money, cannot_run

# Delete and report ----------------------------------------------------------------------------------------------------

REPORTED, REPORTED_WHY = (
    "Thank you for the report",
    "The moderators of this server can see it now. Nobody else was told.",
)

# Reported pictures ----------------------------------------------------------------------------------------------------

REPORTED_PICTURE = "A picture was reported"
REPORT_LINE = "[Message]({link}) in <#{channel_id}>, reported by {who}"
REPORT_LINE_OF_JOB = "[Message]({link}) in <#{channel_id}>, reported by {who}, job {job_id}"
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
    "later": "Discord does not accept it right now; I keep trying.",
}
HIDDEN = "A moderator has hidden this picture."
BLOCK_FORM, BLOCK_FIELD, BLOCK_HINT = "Block the requester", "Why; they read it", "unwanted pictures"

# Refusals -------------------------------------------------------------------------------------------------------------

ALREADY_REPORTED = about_no_money("The moderators have it.", title="You reported that already")
BY_ANOTHER = about_no_money(
    "The moderators have a report about this message, and one is enough.", title="That was reported already"
)
TOO_MANY = about_no_money(
    "The moderators have {most} reports of yours that they have not decided about yet.",
    title="Your reports are waiting",
    advice="If it cannot wait, please write to one of them.",
)
NO_SUCH_REPORT = about_no_money(
    "I don't know that report in this server.",
    title="There is no such report",
    advice="/manage overview leads to the open ones.",
)
DECIDED_ALREADY = about_no_money(
    "Another moderator decided about this report before you.",
    title="That was decided already",
    advice="/manage audit says how.",
)
NOT_KEPT = about_no_money(
    "It was deleted here meanwhile, by its age or on request.",
    title="The picture is no longer kept",
    advice="It stays hidden.",
)
REQUESTER_ERASED = cannot_run("Whoever asked for that picture had their data deleted.", advice="Hide or delete it.")
OWN_BLOCK = cannot_run("You can't block yourself.", advice="Hide or delete the picture.")

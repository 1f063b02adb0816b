"""What lists of jobs and the answers to /jobs say."""

from __future__ import annotations

from bot.texts.kinds import about_no_money
from bot.texts.templates import Counted, Refusal

# Moderators' answers --------------------------------------------------------------------------------------------------

STOPPED_TITLE = "Cancelled"
STOPPED_ALL = "Nothing was sent."
STOPPED_SOME = Counted("{count} of {total} pictures were stopped.", one="One of {total} pictures was stopped.")
OTHERS_GO_ON = "The others were already sent; they are delivered and paid."

# Jobs -----------------------------------------------------------------------------------------------------------------

YOUR_JOBS = "Your jobs"
JOBS_OF_SERVER = "Jobs in this server"
NO_JOBS = "There is nothing here yet. /edit or /compose makes the first picture."
JOB = "Job {job_id}"
STATES = {
    "waiting": "in the queue",
    "sending": "sending",
    "painting": "painting",
    "checking": "checking",
    "review": "waiting for a moderator",
    "done": "done",
    "partly": "partly done",
    "failed": "no picture",
    "cancelled": "cancelled",
}
PREDICTION_STATES = {
    "queued": "in the queue",
    "submitting": "sending",
    "unknown": "checking with the provider",
    "processing": "painting",
    "review": "waiting for a moderator",
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

# Refusals -------------------------------------------------------------------------------------------------------------

NO_SUCH_JOB = about_no_money(
    "There is no job {job_id} in this server.",
    title="I don't know that job",
    advice="Pick one from the list that appears while you type, or look at /jobs list.",
)
TOO_LATE = Refusal(
    "Everything in this job was already sent or has ended.",
    title="It is too late to cancel",
    money="The price stays as shown on the job.",
)

"""What moderators read after they decided about a job."""

from __future__ import annotations

from bot.texts.kinds import about_no_money, cannot_run
from bot.texts.templates import Refusal

RELEASED_TITLE = "Released"
RELEASED = "**{amount}** is back with the member. If the provider made the picture after all, nobody here pays for it."
ADOPTED_TITLE = "Adopted"
ADOPTED = "The provider's picture is taken as this one: it is delivered and paid when it is done."
BROUGHT_TITLE = "Delivering it again"
BROUGHT = "The result is delivered to <#{channel_id}>: its message is updated, or posted again if it is gone."
RELEASE_CHOICE = "release: give the money back"
ADOPT_CHOICE = "adopt {provider_id} \u00b7 {status} at the provider"

# Refusals -------------------------------------------------------------------------------------------------------------

NOTHING_TO_DECIDE = about_no_money(
    "No picture of job {job_id} waits for a moderator.",
    title="There is nothing to decide",
    advice="/manage jobs list shows them.",
)
DECIDED_ALREADY = Refusal(
    "Another moderator decided about job {job_id} just before you.",
    title="That was decided already",
    advice="/manage audit says who and how.",
    money="Nothing more was spent or given back.",
)
STILL_RUNNING = cannot_run("That job is still running.", advice="Its result is posted by itself.")
NOT_KEPT = cannot_run("That job has no picture that is kept.", advice="/jobs show says what became of it.")
STILL_AT_PROVIDER = cannot_run(
    "The provider has this picture and has not finished it.", advice="Release it, or wait for it."
)
NO_DECISION = cannot_run("That is no decision.", advice="Choose one of those that the option suggests.")
NO_CANDIDATE = cannot_run("The provider has nothing that could be this picture.", advice="Release it instead.")
SEVERAL_CANDIDATES = cannot_run("{count} predictions could be this picture.", advice="Choose one of them by its id.")

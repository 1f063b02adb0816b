"""What the confirmation says, before a request runs."""

from __future__ import annotations

from bot.texts.templates import Refusal

READY = "Ready to run?"
NOT_READY = "Almost ready"
ORDERING = "References"
NO_WORDS = "No prompt yet: write one with Prompt, or build it with Template."
LEFT = "**{total}** \u00b7 you have {left} left {period}"
NO_LIMIT = "**{total}** \u00b7 you have no limit here"
NEEDS_IMAGE = "There is no image left: begin again with /studio."
CHANGED_BELOW = "This was changed; the new version is further down."
CHANGED_SINCE = "This has changed since; check what it costs now."
RUNNING = "This runs now: you see it in the channel."

# Refusals -------------------------------------------------------------------------------------------------------------

NOT_KEPT = Refusal(
    "I keep what was not run for one day, and this is older.",
    title="That was not kept",
    advice="Please begin again with /studio, or send the command once more.",
)
ALREADY_RUN = Refusal(
    "It is job {job_id}.",
    title="That is already running",
    advice="/jobs show {job_id} brings it here.",
    money="Nothing more was spent.",
)

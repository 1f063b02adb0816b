"""What is said around a refusal, and when something fails on our side."""

from __future__ import annotations

from bot.texts.kinds import not_now
from bot.texts.templates import Refusal

ONE_OF_SEVERAL = "\u2022 {said}"
OPEN_AGAIN, LEFT_EMPTY = "Open the form again", "*left empty*"
FILES_AGAIN = "What you typed is in it; attach your images again, because Discord does not let me put them back."
UNEXPECTED_TITLE = "Something broke on my side"
UNEXPECTED = "That was not your doing. If it happens again, tell a moderator this code: `{reference}`."
UNEXPECTED_MONEY = "If you started a job, it continues, and its money is safe: /jobs list shows it."

# Books ---------------------------------------------------------------------------------------------------------------

DISK_FULL = not_now("My disk is full, so I can't keep account of new jobs.", advice="Please tell the operator.")
DISK_NEARLY_FULL = not_now(
    "My disk is nearly full.", advice="Please tell the operator; jobs that are already running will finish."
)
READ_ONLY = not_now(
    "My database is read-only at the moment, so I can't keep account of new jobs.", advice="Please tell the operator."
)
BUSY = not_now("I can't write to my books at the moment.", advice="Please try again in a minute.")
OUTCOME_UNKNOWN = not_now(
    "My database stopped answering just as I was writing this down, so I don't know whether it was kept.",
    advice="Please look at /jobs list in a minute before you send it again.",
    money="Money was set aside only if the job was kept.",
)
LOST_LEAD = not_now("I am being restarted.", advice="Please send it again in a minute.")
DRAINING = not_now("I am being restarted.", advice="Please send the command again in a minute.")
NO_LIST = not_now("The provider's list is out of reach.", advice="Please try again in a minute.")
CANNOT_POST = Refusal(
    "I am missing {missing} here.",
    title="I can't post pictures in this channel",
    advice="Ask a moderator to allow that for my role in this channel, or use another channel.",
)
FOR_OPERATORS = Refusal("{sentence}", advice="{advice}", money="")

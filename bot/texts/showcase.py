"""What is said about pictures in a server's showcase."""

from __future__ import annotations

from bot.texts.kinds import cannot_run
from bot.texts.templates import Refusal

SHARED, SHARED_LATER = "In the showcase", "It will be there in a moment."
SHARED_THERE = "It is in <#{channel_id}> now: [see it]({link}). Nothing was spent."
SHOWN_BY, WHERE_IT_WAS_MADE = "by <@{member_id}>", "[where it was made]({link})"
TAKE_BACK, TAKEN_BACK = "Take back", "Taken back"
TAKEN_BACK_WHY = "The picture is no longer in the showcase. Its result stays where it is."

# Refusals -------------------------------------------------------------------------------------------------------------

NO_SHOWCASE = cannot_run(
    "The moderators have chosen no channel for it.",
    title="This server has no showcase",
    advice="They can choose one in /manage settings.",
)
MARKED = cannot_run(
    "The provider marked this picture, and the showcase does not show such pictures.", title="Not in the showcase"
)
CLOSED = Refusal(
    "The channel is gone, or I have no access to it.",
    title="I can't post in the showcase",
    advice="Ask a moderator to look at /manage settings: it names what I may not do there.",
)
NO_SUCH_SHARE = cannot_run(
    "It was taken back, or it was deleted with its picture.", title="That is no longer in the showcase"
)

"""What is said about pictures that the provider marks as unsafe."""

from __future__ import annotations

from bot.texts.kinds import about_no_money
from bot.texts.templates import Counted

# What members read about pictures that are not shown ------------------------------------------------------------------

HERE, THERE = "here", "there"
WITHHELD = {
    "marked": "The provider marked it as unsafe, so it is not shown {where}.",
    "unmarked": "The provider sent no safety mark with it, and this server shows only what is marked as safe.",
    "kept_back": "The provider marked it as unsafe, and a moderator kept it back.",
    "undecided": "The provider marked it as unsafe, and no moderator decided within seven days.",
    "no_desk": "The provider marked it as unsafe, and the moderators of this server could not be asked.",
}
WITHHELD_ADVICE = {
    "marked": "Change the prompt or the images and try again.",
    "unmarked": "Choose another model, or ask a moderator: /manage settings can show such pictures.",
    "kept_back": "Change the prompt or the images and try again.",
    "undecided": "Try again, and tell a moderator that you are waiting.",
    "no_desk": "A moderator can choose a channel for that, in which I can post, with /manage settings.",
}
WITHHELD_BRIEFLY = {
    "marked": "marked as unsafe by the provider",
    "unmarked": "without a safety mark of the provider",
    "kept_back": "kept back by a moderator",
    "undecided": "no moderator decided",
    "no_desk": "no moderator could be asked",
}
WITHHELD_SHORT = "not shown, for safety"
WITHHELD_TITLE = "Withheld"
WITHHELD_OF = Counted(
    "This is about {count} pictures that you asked for in {channel}.",
    one="This is about a picture that you asked for in {channel}.",
)
WITHHELD_COST = "That cost you nothing: **{amount} is back** in your budget."

# What members read about pictures that wait for a moderator -----------------------------------------------------------

IN_REVIEW = {
    "marked": "The provider marked it as unsafe. A moderator of this server decides whether it is shown.",
    "unmarked": "It came without a safety mark. A moderator of this server decides whether it is shown.",
}
HELD_UNTIL_REVIEWED = "{amount} is held, not spent; if nobody decides, it comes back {when}."
SOME_IN_REVIEW = Counted("{count} pictures wait for a moderator.", one="One picture waits for a moderator.")

# What moderators read about them --------------------------------------------------------------------------------------

REVIEW = "A picture waits for a moderator"
REVIEW_DECIDED = "A picture waited for a moderator"
REVIEW_OF = "{who} asked for it in <#{channel_id}>."
REVIEW_BECAUSE = {
    "marked": "The provider marked it as unsafe.",
    "unmarked": "It came without a safety mark, and this server counts that as unsafe.",
}
REVIEW_MONEY = (
    "{amount} is held. Shown, it is paid and goes to that channel; kept back, the money goes back, and this server "
    "carries what the provider bills. If nobody decides, it is kept back {when}."
)
SHOW_IT, KEEP_IT_BACK = "Show it", "Keep it back"
REVIEWED = {
    "shown": "**Shown** by {who} {when}.",
    "kept_back": "**Kept back** by {who} {when}; its member has the money back.",
    "undecided": "**Kept back** {when}: nobody had decided within seven days.",
    "no_desk": "**Kept back** {when}: no moderator could be asked.",
}
DECIDED_BEFORE = "That was decided already"

# Refusals -------------------------------------------------------------------------------------------------------------

NO_SUCH_REVIEW = about_no_money(
    "I know of no picture in this server that waits here for a moderator.", title="There is no such picture"
)
REVIEW_DECIDED_ALREADY = about_no_money(
    "Another moderator decided about this picture before you.", title="That was decided already"
)

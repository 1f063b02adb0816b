"""Every sentence about pictures that the provider marks as unsafe: withheld, waiting for a moderator, decided."""

from __future__ import annotations

from bot.domain.marks import WithheldBecause
from bot.domain.reviews import ReviewVerdict

# What members read about pictures that are not shown ------------------------------------------------------------------

HERE, THERE = "here", "there"
WITHHELD = {
    WithheldBecause.MARKED: "The provider marked it as unsafe, so it is not shown {where}.",
    WithheldBecause.UNMARKED: "The provider sent no safety mark with it, and this server shows only what is marked "
    "as safe.",
    WithheldBecause.KEPT_BACK: "The provider marked it as unsafe, and a moderator kept it back.",
    WithheldBecause.UNDECIDED: "The provider marked it as unsafe, and no moderator decided within seven days.",
    WithheldBecause.NO_DESK: "The provider marked it as unsafe, and the moderators of this server could not be asked.",
}
WITHHELD_ADVICE = {
    WithheldBecause.MARKED: "Change the prompt or the images and try again.",
    WithheldBecause.UNMARKED: "Choose another model, or ask a moderator: /manage settings can show such pictures.",
    WithheldBecause.KEPT_BACK: "Change the prompt or the images and try again.",
    WithheldBecause.UNDECIDED: "Try again, and tell a moderator that you wait.",
    WithheldBecause.NO_DESK: "With /manage settings a moderator can choose a channel for that in which I can post.",
}
WITHHELD_BRIEFLY = {
    WithheldBecause.MARKED: "marked as unsafe by the provider",
    WithheldBecause.UNMARKED: "without a safety mark of the provider",
    WithheldBecause.KEPT_BACK: "kept back by a moderator",
    WithheldBecause.UNDECIDED: "no moderator decided",
    WithheldBecause.NO_DESK: "no moderator could be asked",
}
WITHHELD_SHORT = "not shown, for safety"
WITHHELD_TITLE = "Withheld"
WITHHELD_OF = {1: "This is about a picture that you asked for in {channel}."}
WITHHELD_OF_MANY = "This is about {count} pictures that you asked for in {channel}."
WITHHELD_COST = "That cost you nothing: **{amount} is back** in your budget."

# What members read about pictures that wait for a moderator -----------------------------------------------------------

IN_REVIEW = {
    WithheldBecause.MARKED: "The provider marked it as unsafe. A moderator of this server decides whether it is shown.",
    WithheldBecause.UNMARKED: "It came without a safety mark. A moderator of this server decides whether it is shown.",
}
HELD_UNTIL_REVIEWED = "{amount} is held, not spent; if nobody decides, it comes back {when}."
ONE_IN_REVIEW = {1: "One picture waits for a moderator."}
MANY_IN_REVIEW = "{count} pictures wait for a moderator."

# What moderators read about them --------------------------------------------------------------------------------------

REVIEW = "A picture waits for a moderator"
REVIEW_DECIDED = "A picture waited for a moderator"
REVIEW_OF = "{who} asked for it in <#{channel_id}>."
REVIEW_BECAUSE = {
    WithheldBecause.MARKED: "The provider marked it as unsafe.",
    WithheldBecause.UNMARKED: "It came without a safety mark, and this server counts that as unsafe.",
}
REVIEW_MONEY = (
    "{amount} is held. Shown, it is paid and goes to that channel; kept back, the money goes back, and this server "
    "carries what the provider bills. If nobody decides, it is kept back {when}."
)
SHOW_IT, KEEP_IT_BACK = "Show it", "Keep it back"
REVIEWED = {
    ReviewVerdict.SHOWN: "**Shown** by {who} {when}.",
    ReviewVerdict.KEPT_BACK: "**Kept back** by {who} {when}; its member has the money back.",
    ReviewVerdict.UNDECIDED: "**Kept back** {when}: nobody had decided within seven days.",
    ReviewVerdict.NO_DESK: "**Kept back** {when}: no moderator could be asked.",
}
DECIDED_BEFORE = "That was decided already"

"""What moderators read after a freeze or a refund."""

from __future__ import annotations

from bot.texts.templates import Counted

FROZEN_TITLE, UNFROZEN_TITLE = "Frozen", "Unfrozen"
FROZEN = "<@{member_id}> can't spend anything in this server until `/manage unfreeze`, and reads why."
FROZEN_ALREADY = "<@{member_id}> was frozen already; the earlier reason stays."
FINISHES = Counted(
    "Their {count} running jobs finish and are charged as shown.",
    one="Their running job finishes and is charged as shown.",
    none="They have nothing running.",
)
UNFROZEN = "<@{member_id}> can spend again, as far as the limits go. What was spent before still counts."
NOT_FROZEN = "<@{member_id}> was not frozen."
REFUNDED_TITLE = "Refunded"
REFUNDED = "**{amount}** of **{paid}** is back with {who}, in the day, week and month that it was spent in."
REFUND_LAPSED = "{amount} of it belongs to a grant that has ended and can't be spent: /manage grant gives new credit."
THE_MEMBER = "whoever asked for it"
PICTURES_STAY = "the pictures stay"

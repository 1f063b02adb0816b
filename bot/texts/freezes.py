"""What moderators read after a freeze or a refund."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run, no_new_pictures
from bot.texts.templates import Counted, Refusal

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

# Refusals -------------------------------------------------------------------------------------------------------------

NEEDS_REASON = cannot_run("A freeze needs a reason.", advice="Say in a few words why; the member reads it.")
MEMBER = no_new_pictures("The moderators have frozen your budget.", advice="Please talk to them.")
MEMBER_BECAUSE = no_new_pictures("The moderators have frozen your budget: {reason}", advice="Please talk to them.")
ACCOUNTS = no_new_pictures("My accounts don't add up, so I take no new jobs.", advice="The operator has to look at it.")
BOT = no_new_pictures("Easel is paused by its operator.", advice="Please try again later.")
BOT_BECAUSE = no_new_pictures("Easel is paused by its operator: {reason}", advice="Please try again later.")
SERVER = no_new_pictures("Easel is paused in this server.")
SERVER_BECAUSE = no_new_pictures("Easel is paused in this server: {reason}")

REFUND_NEEDS_REASON = cannot_run("A refund needs a reason.", advice="Say in a few words why; it is kept on record.")
_nothing_to_refund = partial(Refusal, title="There is nothing to refund", money="Nothing was changed.")
REFUNDED_BEFORE = _nothing_to_refund("Everything paid for job {job_id} was given back already.")
NOBODY_PAID = _nothing_to_refund("Nobody paid for job {job_id}: it brought no picture.")
NOT_PAID_YET = _nothing_to_refund(
    "No picture of job {job_id} is finished and paid yet.",
    advice="/manage jobs cancel stops what was not sent; a picture can be refunded once it is paid.",
)

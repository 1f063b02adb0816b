"""What moderators read after they gave a grant."""

from __future__ import annotations

from bot.texts.kinds import cannot_run

GRANT_GIVEN = "Grant given"
TO_MEMBER = "<@{target_id}> can spend **{amount}** beyond their limit."
TO_MEMBER_UNTIL = "<@{target_id}> can spend **{amount}** beyond their limit, until {when}."
TO_CHANNEL = "<#{target_id}> has **{amount}** that pays for pictures made there."
TO_CHANNEL_UNTIL = "<#{target_id}> has **{amount}** that pays for pictures made there, until {when}."
POOLS_STILL_HOLD = "the server's and the bot's limits still hold"

# Refusals -------------------------------------------------------------------------------------------------------------

ONE_TARGET = cannot_run("A grant goes to one member or to one channel.", advice="Fill in user or channel, not both.")
OF_NOTHING = cannot_run("A grant of nothing would change nothing.", advice="Give an amount such as 2 or $2.50.")
EXPIRED = cannot_run("That grant would have expired already.", advice="Give a time in the future.")
NEEDS_REASON = cannot_run("A grant needs a reason.", advice="Say in a few words what it is for.")
UNREADABLE_TIME = cannot_run(
    "You wrote: {typed}.",
    title="I can't read that time",
    advice="Write a span like 12h, 7d or 2w, or a last day like 2026-12-31.",
)

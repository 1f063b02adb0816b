"""What moderators read after they gave a grant."""

from __future__ import annotations

GRANT_GIVEN = "Grant given"
GRANT_TO_MEMBER = "<@{target_id}> can spend **{amount}** beyond their limit{until}."
GRANT_TO_CHANNEL = "<#{target_id}> has **{amount}** that pays for pictures made there{until}."
POOLS_STILL_HOLD = "the server's and the bot's limits still hold"

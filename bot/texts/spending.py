"""What the report on spending says."""

from __future__ import annotations

REPORT = "Spending by {by}, {period}"
BY = {"day": "day", "member": "member", "role": "role", "channel": "channel", "model": "model", "style": "style"}
REPORT_TOTAL = "**{spent}** spent for {pictures} \u00b7 {held} held"
NOTHING_SPENT = "Nothing was spent or held."
WITHOUT = {
    "day": "no day",
    "member": "the server's own account",
    "role": "no role",
    "channel": "no channel",
    "model": "no model",
    "style": "no style",
}
OTHERS = "{count} others"
AND_HELD = " \u00b7 {amount} held"
DAYS = "{first} to {last}"
FROM_LEDGER = "matches the ledger"
HIGHEST_ROLE = "a member counts for their highest role"

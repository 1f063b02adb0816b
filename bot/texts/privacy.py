"""What /privacy says: the export, the question before an erasure, and what follows."""

from __future__ import annotations

from bot.texts.templates import Counted

EXPORT = "Everything that I keep about you"
EXPORT_ABOUT = "Your requests, what they cost, where the pictures are, and what moderators decided about you."
EXPORT_FILE = "from all servers \u00b7 only you can see this"
ASK = "Delete what I keep about you?"
ASK_WHAT = "I delete your prompts, references, names and pictures, and ask the provider to delete its copies."
ASK_WAIT = "What you have running ends first. Amounts stay in the books under a number that names nobody."
ASK_POSTED = "The pictures that I posted for you can stay where they are, or be deleted as well."
NO_WAY_BACK = "this cannot be undone"
KEEP_POSTED, DELETE_POSTED = "Delete, keep posted pictures", "Delete with posted pictures"
ASKED = "It is being deleted"
SOON = "That takes about a minute."
AFTER = Counted(
    "{count} requests of yours are still running; it begins when they have ended.",
    one="One request of yours is still running; it begins when that has ended.",
)

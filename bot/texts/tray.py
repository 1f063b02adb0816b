"""What the tray of collected references says."""

from __future__ import annotations

from bot.texts.kinds import cannot_run
from bot.texts.templates import Counted

TRAY = "Your references here"
TRAY_EMPTY = "Nothing is here yet."
TRAY_HOW = "Add some with /references add, with **Use as reference** under a picture, or with **Add to references** \
in the menu of any message (Apps)."
TRAY_USE = "/compose without images uses them in this order, and empties this tray."
ADDED = Counted("{count} images were added.", one="One image was added.", none="Nothing new was added.")
KNOWN = Counted("{count} were here already.", one="One was here already.")
LEFT_OUT = Counted("{count} were left out: five is the most.", one="One was left out: five is the most.")
CLEARED = Counted("{count} images were taken out.", one="One image was taken out.", none="It was already empty.")
NOT_TAKEN = Counted("{count} files are no images and were left out.", one="One file is no image and was left out.")
CHOOSE_PLACE = "Which reference?"
PLACE_OPTION = "{place} \u00b7 {name}"
HOW_TO_ORDER = "Choose a reference, then say where it goes; Roles says what each is for."

# Refusals -------------------------------------------------------------------------------------------------------------

NO_SUCH_PLACE = cannot_run(
    "There is no reference {place}.",
    title="That reference is not there",
    advice="/references show shows what is there now.",
)
FULL = cannot_run("There are five references already, and no model takes more.", advice="Remove one first.")
TOO_MANY_COLLECTED = cannot_run(
    "I keep at most {most} images for you in your trays and waiting requests together.",
    title="You have many images waiting",
    advice="Press Run on a request of yours, or empty a tray with /references clear; waiting requests are dropped "
    "after a day.",
)
NOTHING_TO_SPEND = cannot_run(
    "A limit of $0.00 applies to you here, so I keep no images for a picture.",
    title="There is nothing to spend",
    advice="/budget shows the limits; a moderator can raise them.",
)

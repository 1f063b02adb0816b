"""What is said about storyboards and their shots."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run

SHOTS = "storyboard of {count} shots"
SHOT_MISSING = "{shot}\n-# \u21b3 no picture: {why}"
SHOT_OPEN = "{shot}\n-# \u21b3 {state}"
TRY_SHOT = "Try shot {n}"

# The form and the confirmation ----------------------------------------------------------------------------------------

FORM_STORYBOARD, FORM_SHOTS = "Make a storyboard", "The shots"
SHOTS_LABEL, SHOTS_HELP = "Shots", "Two to six, one a line, up to 500 characters each; each is paid"
SHOTS_OF = "Shots"
READY = "Ready to run this storyboard?"
WHICH = "Which shot?"
WHICH_ALT = "The shots that have a picture, with their numbers."

# Refusals -------------------------------------------------------------------------------------------------------------

_no_storyboard = partial(
    cannot_run,
    title="I can't make a storyboard of that",
    advice="Write 2 to 6 shots, one a line, each of at most 500 characters.",
)
NO_SHOT = _no_storyboard("There is no shot in it: every line is blank.")
ONE_SHOT = _no_storyboard(
    "There is one shot in it.",
    advice="Write 2 to 6 shots, one a line, each of at most 500 characters. For one picture there is /compose.",
)
MANY_SHOTS = _no_storyboard("There are {count} shots in it.")
LONG_SHOT = _no_storyboard("Shot {shot} has {characters:,} characters.")
NEEDS_NO_TRY = cannot_run(
    "Its picture is there, or is still being made.",
    title="That shot needs no other try",
    advice="Edit this goes on from one that is there.",
)
CAPTION = "Shot {n} of {count}: {prompt}"
CAPTION_ALONE = "Shot {n} of {count}"
SHEET_ALT = "All {count} shots on one page."
SHEET_NOT_MADE, SHEET_NOT_KEPT = "No picture", "Its picture is no longer kept"

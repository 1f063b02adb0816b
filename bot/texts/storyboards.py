"""What is said about storyboards and their shots."""

from __future__ import annotations

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

"""What a status message says while a job is under way, and why one failed."""

from __future__ import annotations

from bot.texts.templates import Counted

# Status ---------------------------------------------------------------------------------------------------------------

STAGES = {
    "waiting": "In the queue",
    "sending": "Sending",
    "painting": "Painting",
    "checking": "Checking with the provider",
    "review": "Waiting for a moderator",
    "failed": "No picture this time",
    "cancelled": "Cancelled",
}
LATE = "Taking longer than usual"
WITH_MODERATOR = "Waiting for a moderator"
NEXT = "**You are next**"
PLACE = "Place **{place}**"
STARTS_IN = "starts in about {wait}"
AHEAD = Counted("{count} pictures are ahead of yours.", one="One picture is ahead of yours.")
WAITS_FOR_ITS_TURN = "It starts when its turn comes."
ON_ITS_WAY = "Your images and words are on their way to the provider."
STARTED = "started {when}"
SO_FAR = "{duration} so far"
SECONDS, MINUTES, MINUTES_AND_SECONDS = "{seconds} s", "{minutes} min", "{minutes} min {seconds} s"
NOT_RUN = "This was not run."
USUALLY = "usually about {seconds} s"
IS_LATE = "The provider has not finished yet. I keep checking, and post the picture in this channel when it is ready."
LATE_MONEY = "{amount} is held, not spent, and comes back to you if there is no picture."
CONNECTION_DROPPED = "The connection dropped while sending, so I am making sure that nothing is paid twice."
HELD_NOT_SPENT = "{amount} is held, not spent."
NEXT_LOOK = "Next look {when}."
LEFT_TO_MODERATOR = "I could not find out whether the provider got this, so a moderator of this server decides."
HELD_UNTIL_DECIDED = "{amount} stays held until then; nothing is paid twice."
READY = Counted("{count} of {total} pictures are ready.", one="1 of {total} pictures is ready.")
HELD = "{amount} held"
SPENT = "{amount} spent"
GIVEN_BACK = "{amount} given back"
DONE_IN = "Done in {duration}"
PARTLY_IN = "{ready} of {count} pictures in {duration}"
SEE_PICTURE = "[see the picture]({link})"
SEE_PICTURES = "[see the pictures]({link})"
BEING_POSTED = "posting it now"
KEPT = "kept for you: /jobs show {job_id}"
CANCELLED_MONEY = "Nothing was sent. **{amount} is back** in your budget."
MONEY_IS_BACK = "**{amount} is back** in your budget."
CAME_BACK = "{amount} came back: {why}."
NOTHING_SPENT = "Nothing was spent."

# Images that are slow to come -----------------------------------------------------------------------------------------

FETCHING = "Fetching your images"
FETCHED, FETCHED_OF = "{name}: {arrived} MB", "{name}: {arrived} of {size} MB"
FETCHING_SLOWLY = "Discord sends them slowly; I wait up to 90 s while they arrive"
NOTHING_SPENT_YET = "nothing is spent yet"

# What holds a job up --------------------------------------------------------------------------------------------------

CHECKED_FIRST = "Several earlier requests for this model are being checked with the provider first."
NOT_ANSWERING = "The image provider isn't answering at the moment. Your job keeps its place; nothing is spent."
NOT_TAKEN = "Discord doesn't accept it right now, so I keep trying"

# Failures ------------------------------------------------------------------------------------------------------------

FAILED_BECAUSE = {
    "moderated": "The provider's safety check refused this.",
    "bad_input": "The provider could not use these images or settings.",
    "reference_lost": "The provider could not read one of your images.",
    "reference_refused": "The provider's storage does not take one of your images.",
    "out_of_credit": "This bot's account at the provider is empty.",
    "not_sold": "The provider does not offer this model at the moment.",
    "not_authorised": "The provider does not let this bot in at the moment.",
    "provider": "Something went wrong at the provider.",
    "no_picture": "The provider finished, but without a picture that can be shown.",
    "wait_ended": "The provider took too long, and a moderator ended the wait.",
    "expired": "The provider no longer has this picture.",
    "never_started": "The provider never got this request: the connection dropped on the way.",
}
FAILED_ADVICE = {
    "moderated": "Change the prompt or the images and try again.",
    "bad_input": "Try other images or settings.",
    "reference_lost": "Send the command again, with that image attached once more.",
    "reference_refused": "Save that image again, or choose another one, and send the command again.",
    "out_of_credit": "Whoever runs the bot has to top it up; please try again later.",
    "not_sold": "Choose another model, or try again later.",
    "not_authorised": "Only whoever runs the bot can fix that; please try again later.",
    "provider": "Try again in a minute.",
    "no_picture": "Try again, perhaps in other words.",
    "wait_ended": "Send the command again; if this picture still arrives, I post it.",
    "expired": "Send the command again.",
    "never_started": "Send the command again.",
}
FAILED_BRIEFLY = {
    "moderated": "refused by the safety check",
    "bad_input": "images or settings not accepted",
    "reference_lost": "an image could not be read",
    "reference_refused": "an image was not taken",
    "out_of_credit": "the bot's account is empty",
    "not_sold": "the model is not available now",
    "not_authorised": "the provider did not let the bot in",
    "provider": "something went wrong at the provider",
    "no_picture": "it brought no picture",
    "wait_ended": "ended by a moderator",
    "expired": "the provider no longer has it",
    "never_started": "the provider never got it",
}
CANCELLED_BRIEFLY = "cancelled before it was sent"

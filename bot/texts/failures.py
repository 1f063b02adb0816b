"""Why there is no picture: what happened, what to do, and the same in a few words."""

from __future__ import annotations

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

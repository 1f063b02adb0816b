"""What is said about a request that cannot be run as it stands."""

from __future__ import annotations

from bot.texts.kinds import cannot_run
from bot.texts.templates import Counted, Refusal

NOTHING = "nothing"
EMPTY_PROMPT = cannot_run(
    "The prompt is empty.", advice="Say in a sentence or two what to change or make, up to 2,000 characters."
)
LONG_PROMPT = cannot_run(
    "The prompt has {characters:,} characters.",
    advice="Say in a sentence or two what to change or make, up to 2,000 characters.",
)
PROMPT_TOO_LONG_FOR = cannot_run(
    "{model} reads {most:,} characters; yours are {characters:,} with the roles.",
    advice="Shorten it, or choose another model.",
)
PROMPT_DELETED = cannot_run("The prompt of this job was deleted.", advice="Write a new one with Change or /compose.")
NO_WHOLE_NUMBER = cannot_run("The {name} should be a whole number from {least} to {most}; you gave {given}.")
NO_NUMBER = cannot_run("The {name} should be a number from {least:g} to {most:g}; you gave {given}.")
ONE_OF = "{first} or {last}"
NO_CHOICE = cannot_run("The {name} should be {choices}; you gave {given}.")
NO_SIZE = cannot_run("The {name} should be WIDTH*HEIGHT, each from {least} to {most}; you gave {given}.")
NO_SUCH_SETTING = cannot_run("{model} has no setting {name}; you gave {given}.", advice="Leave it out.")
SEED_TOO_HIGH = cannot_run(
    "The {name} should be at most {most} where {count} pictures count up from it; you gave {given}."
)
UNKNOWN_MODEL = cannot_run(
    "I don't have a model called {model}.", advice="Choose one of the models that the model option suggests."
)
NOT_OFFERED = Refusal(
    "This server does not offer {model}.",
    title="That model is not offered here",
    advice="Choose one that the model option suggests; moderators choose them with /manage settings.",
)
NO_IMAGE = cannot_run("There is no image in your command.", advice="Attach one to the image option and send it again.")
TAKES_IMAGES = cannot_run(
    Counted(
        "{model} takes up to {count} images; you gave {given}.",
        one="{model} takes one image; you gave {given}.",
        none="{model} takes no image; you gave {given}.",
    ),
    advice="Choose another model, or give fewer images.",
)
TAKES_IMAGES_WITH_STYLE = cannot_run(
    Counted(
        "{model} takes up to {count} images; with those of the style there are {given}.",
        one="{model} takes one image; with those of the style there are {given}.",
        none="{model} takes no image; with those of the style there are {given}.",
    ),
    advice="Choose another model, or give fewer images.",
)
ROLE_WITHOUT_IMAGE = cannot_run(
    "There is a role for image {place}, but no image {place}.",
    advice="Attach it to image{place}, or leave role{place} out.",
)
NO_REFERENCES = cannot_run(
    "There is no image in your command, and your tray in this channel is empty.",
    advice="Attach one to image1, or collect some with /references add.",
)
OUTDATED = Refusal(
    "Your Discord still shows an older form of this command.",
    title="That command has changed",
    advice="Reload Discord, or wait a minute, and send it again.",
)
OUTDATED_FORM = Refusal(
    "Your Discord still shows an older form of this command. It is now {form}.",
    title="That command has changed",
    advice="Reload Discord, or wait a minute, and send it again.",
)
INTERRUPTED = Refusal(
    "Your command had not become a job yet.",
    title="I was restarted just then",
    advice="Please send the command again.",
)
PRESSED_TWICE = Refusal(
    "I am already working on it.",
    title="One click is enough",
    advice="Wait a moment and press again if you want another one.",
    money="Nothing more was spent.",
)
SEVERAL_FAULTS = cannot_run("Several things have to be changed first.")

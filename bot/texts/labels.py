"""What stands on buttons and in forms."""

from __future__ import annotations

FORM_EDIT, FORM_EDIT_N = "Edit this picture", "Edit picture {n}"
FORM_CHANGE, FORM_STUDIO = "Change and try again", "Make a picture"
FORM_PICKED, FORM_ROLES, FORM_TEMPLATE = "Edit this image", "What is each reference for?", "Build the prompt"
FORM_PROMPT = "What to change or make"
TEMPLATE_REPLACES = "These parts replace your present prompt; send it empty to keep that.\n{prompt}"
TEMPLATE_KEEPS = "Your prompt is made of these parts: change them, and it follows."
FORM_PARAMETERS, FORM_REPLACE = "Parameters", "Another image for place {place}"
PROMPT, PROMPT_HELP = "Prompt", "What to change or make, up to 2,000 characters"
KEEP_OTHERS = "Keep these references too"
KEEP_OTHERS_HELP = "The picture itself becomes reference 1"
WHICH_IMAGES, WHICH_IMAGES_HELP = "Which images", "In their order; one image is edited, several are composed"
IMAGES, IMAGES_HELP = "Images", "Up to five, in order. Leave empty to use your collected references"
ONE_IMAGE, MODEL, COUNT, COUNT_HELP = "Image", "Model", "How many pictures", "1 to 4; each is paid"
BY_NUMBER = "Chosen by the number of images"
AUTOMATIC = "Automatic"
ROLE_OF, ROLE_HELP = "{place} \u00b7 {name}", "For example: {role}"
KEEP, CHANGE_WHAT, ENSURE, MATCH, GENERATE = "Keep", "Change", "Ensure", "Match", "Generate"
KEEP_HELP, CHANGE_HELP = "What must stay as it is", "What to change, one thing at a time"
ENSURE_HELP, MATCH_HELP = "What must be true of the picture", "Lighting, shadows, perspective"
GENERATE_HELP, KEEP_ALL_HELP = "The shot, in a sentence", "What must hold, such as natural skin texture"

# Buttons -------------------------------------------------------------------------------------------------------------

CANCEL = "Cancel"
EDIT, AGAIN, CHANGE, USE = "Edit this", "Again", "Change", "Use as reference"
DETAILS, DELETE, TRY_AGAIN, SHARE = "Details", "Delete", "Try again", "Share"
ASK_A_MODERATOR = "Ask a moderator"
PRICED = "{label} \u00b7 {price}"

RUN, REFERENCES_OF, ROLES, TEMPLATE, PARAMETERS = "Run", "References", "Roles", "Template", "Parameters"
FIRST, EARLIER, LATER, REPLACE, DROP, BACK = "First", "Earlier", "Later", "Replace", "Remove", "Back"
COMPOSE, CLEAR, OLDER, NEWER, SHOW_HERE, TRY = "Compose", "Clear", "Older", "Newer", "Show here", "Try it"

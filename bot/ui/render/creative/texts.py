"""Every sentence of the creative desk, screen by screen, so that they can be weighed and translated together."""

from __future__ import annotations

from bot.domain.approvals import Verdict

# Buttons --------------------------------------------------------------------------------------------------------------

RUN, REFERENCES_OF, ROLES, TEMPLATE, PARAMETERS = "Run", "References", "Roles", "Template", "Parameters"
FIRST, EARLIER, LATER, REPLACE, DROP, BACK = "First", "Earlier", "Later", "Replace", "Remove", "Back"
COMPOSE, CLEAR, OLDER, NEWER, SHOW_HERE, TRY = "Compose", "Clear", "Older", "Newer", "Show here", "Try it"

# The tray -------------------------------------------------------------------------------------------------------------

TRAY = "Your references here"
TRAY_EMPTY = "Nothing is here yet."
TRAY_HOW = "Add some with /references add, with **Use as reference** under a picture, or with **Add to references** \
in the menu of any message (Apps)."
TRAY_USE = "/compose without images uses them in this order, and empties this tray."
ADDED = {0: "Nothing new was added.", 1: "One image was added."}
ADDED_MANY = "{count} images were added."
KNOWN = {1: "One was here already."}
KNOWN_MANY = "{count} were here already."
LEFT_OUT = {1: "One was left out: five is the most."}
LEFT_OUT_MANY = "{count} were left out: five is the most."
CLEARED = {0: "It was already empty.", 1: "One image was taken out."}
CLEARED_MANY = "{count} images were taken out."
NOT_TAKEN = {1: "One file is no image and was left out."}
NOT_TAKEN_MANY = "{count} files are no images and were left out."
CHOOSE_PLACE = "Which reference?"
PLACE_OPTION = "{place} \u00b7 {name}"
HOW_TO_ORDER = "Choose a reference, then say where it goes; Roles says what each is for."

# The confirmation -----------------------------------------------------------------------------------------------------

READY = "Ready to run?"
NOT_READY = "Almost ready"
ORDERING = "References"
NO_WORDS = "No prompt yet: write one with Prompt, or build it with Template."
LEFT = "**{total}** \u00b7 you have {left} left {period}"
NO_LIMIT = "**{total}** \u00b7 you have no limit here"
NEEDS_IMAGE = "There is no image any more: begin again with /studio."
CHANGED_BELOW = "This was changed; the new version is further down."
CHANGED_SINCE = "This has changed since; check what it costs now."
RUNNING = "This runs now: you see it in the channel."

# Asking a moderator ---------------------------------------------------------------------------------------------------

APPROVE, DECLINE = "Approve", "Decline"
ASKED_TITLES = {
    None: "Approve this picture?",
    Verdict.APPROVED: "Approved",
    Verdict.DECLINED: "Declined",
}
WHO_ASKS = "<@{member_id}> asks in <#{channel_id}> {when}"
WHAT_APPROVING_DOES = "**{total}** \u00b7 approving runs exactly this request, even if it is over their own limit"
HANDED_ON, HANDED_ON_WHY = (
    "The moderators have it",
    "If one agrees, your picture is made here. If not, you are told why.",
)
NOT_SPENT = "Nothing was spent."
APPROVED_BY = "{by} approved it: job {job_id}"
DECLINED_BY = "{by} declined it: {reason}"
SOMEBODY = "Somebody"
DECLINED_TITLE = "Declined"
DECLINED_WHERE = "The moderators declined what you asked for in <#{channel_id}>."
DECLINED_WHY = "**Why** {reason}"
TOLD = "Whoever asked was told in a direct message."
NOT_TOLD = "Whoever asked takes no direct messages from me, so please tell them."
APPROVED_BEGINS = "A moderator approved this picture: it starts now."
NOT_STARTED = "**Not started** {problem}"
APPROVE_ANYWAY = "Approve anyway"
GONE_WHY = "Approving makes the picture in the channel all the same, and {total} is spent on their account."
FORM_DECLINE, WHY, WHY_HELP = "Decline this request", "Why", "Whoever asked reads this"

# Forms ----------------------------------------------------------------------------------------------------------------

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

# Details --------------------------------------------------------------------------------------------------------------

SENT_PROMPT = "**Prompt as it was sent**"
REFERENCES, CAME_FROM = "**References**", "**Came from**"
STEP = "`{job_id}` {prompt}{link}"
STEPS_BETWEEN = {1: "\u2026 one more step \u2026"}
STEPS_BETWEEN_MANY = "\u2026 {count} more steps \u2026"
FIRST_STEP = "It began with {step}"
SEE_IT = " \u00b7 [see it]({link})"
SHARED, SHARED_LATER = "In the showcase", "It will be there in a moment."
SHARED_THERE = "It is in <#{channel_id}> now: [see it]({link}). Nothing was spent."
SHOWN_BY, WHERE_IT_WAS_MADE = "by <@{member_id}>", "[where it was made]({link})"
TAKE_BACK, TAKEN_BACK = "Take back", "Taken back"
TAKEN_BACK_WHY = "The picture is in the showcase no more. Its result stays where it is."
ORIGINAL, ORIGINAL_N = "Original", "Original {n}"
ORIGINAL_OF = "Picture {n} as it was made"
ORIGINAL_WHY = "What was posted is a smaller copy, since this server takes no larger file."
NOT_SHOWN_HERE = "Not in this channel"
NOT_SHOWN_HERE_WHY = "The provider marked this picture, and this channel does not show such pictures."
SEED_OF = "picture {n}: seed {seed}"
GO_BACK = "Go back to a step"
WHICH = "Which picture?"
WHICH_ALT = "The {count} pictures, numbered in their order."

# Gallery --------------------------------------------------------------------------------------------------------------

GALLERY, GALLERY_OF = "Pictures of this server", "Pictures by <@{member_id}>"
NO_PICTURES = "No pictures here yet. /edit or /compose makes the first."
GALLERY_LINE = "**{n}** `{job_id}` {prompt} \u00b7 {who}{when}"
GALLERY_BY = "<@{member_id}> \u00b7 "
MINE, EVERYBODYS = "Mine", "Everyone\u2019s"
ALL_MODELS, CHOOSE_MODEL, CHOOSE_PICTURE = "All models", "Which model", "Open a picture"
PAGE = "page {page}"
NO_LONGER_KEPT = "Its picture is no longer kept here, or is not shown in this channel."

# Delete and report ----------------------------------------------------------------------------------------------------

DELETE_ASKED = {0: "Delete this?", 1: "Delete this picture?"}
DELETE_ASKED_MANY = "Delete these {count} pictures?"
DELETE_ASKED_WHY = "They go for good, with their messages. The {amount} that it cost stays spent."
KEEP_IT, KEPT = "Keep", "Nothing was deleted."
DELETED, DELETED_WHY = "Deleted", "The picture and its messages are gone. What it cost stays spent."
REPORTED, REPORTED_WHY = (
    "Thank you for the report",
    "The moderators of this server can see it now. Nobody else was told.",
)
NO_IMAGES_TITLE = "There is no image in that message"
NO_IMAGES = (
    "I can use PNG, JPEG, WebP and GIF files of a message or of one that it forwards, and images in embeds that lie at "
    "Discord; links to other places and videos do not count."
)
ROLE_WITHOUT_IMAGE = "There is a role for image {place}, but no image {place}."
ROLE_WITHOUT_IMAGE_ADVICE = "Attach it to image{place}, or leave role{place} out."
NO_REFERENCES = "There is no image in your command, and your tray in this channel is empty."
NO_REFERENCES_ADVICE = "Attach one to image1, or collect some with /references add."

# Guide ----------------------------------------------------------------------------------------------------------------

GUIDE = "How to ask for a picture"
GUIDE_EDIT = "**One image: /edit**\nKeep [what must stay]. Change [what to edit]. Ensure [constraints]. Match \
[lighting, shadows, perspective]."
GUIDE_COMPOSE = "**Several images: /compose**\nUse image 1 for [identity]. Use image 2 for [outfit]. Use image 3 for \
[style]. Generate [shot]. Keep [constraints]. Roles write the first part for you."
GUIDE_STORYBOARD = (
    "**A story: /storyboard**\nTwo to six shots, one a line; say in each who is in it. Each becomes a picture \
of the same images, and all come in one message."
)
GUIDE_TIPS = (
    "**What helps**\n"
    "\u2022 One change at a time, then go on from the result.\n"
    "\u2022 Too strong? Lower the guidance and say more clearly what must stay.\n"
    "\u2022 Comparing words? Keep the seed the same.\n"
    "\u2022 Name things (\u201cthe red coat\u201d), and say which reference wins where two disagree.\n"
    "\u2022 Choose the aspect ratio on purpose, so that nothing is cropped.\n"
    "\u2022 /styles shows this server\u2019s recipes; the style option uses one."
)
GUIDE_TRY = "**Try it** opens the form with the words filled in; nothing is spent before you press Run."
EXAMPLE = "**{title}**\n> {prompt}"

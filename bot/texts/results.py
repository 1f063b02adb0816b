"""What is said about finished pictures: with them, under *Details*, and in the gallery."""

from __future__ import annotations

from bot.texts.kinds import cannot_run
from bot.texts.templates import Counted, Refusal

HERE_ARE_ALL = Counted("<@{member_id}> here are your {count} pictures.", one="<@{member_id}> here is your picture.")
HERE_ARE_SOME = Counted(
    "<@{member_id}> here are {count} of your {total} pictures.",
    one="<@{member_id}> here is 1 of your {total} pictures.",
)
HERE_FOR_NOBODY = "Here is what was asked for."
TOO_LARGE = "Picture {n} is too large for this server. [Open it here](<{url}>) until {when}."
TOO_LARGE_TO_LINK = "Picture {n} is too large for this server, and its address is too long to show."
STILL_COMING = Counted(
    "{count} more are still being made and will be added here.",
    one="One more is still being made and will be added here.",
)
PARTLY = "{ready} of {count} pictures"
PICTURES = Counted("{count} pictures", one="1 picture", none="no picture")
MARK = "job {job_id}"
ALT, ALT_ALONE = "Picture of job {job_id}: {prompt}", "Job {job_id}"
ALT_OF_SHOT = "{caption} (job {job_id})"

# Details -------------------------------------------------------------------------------------------------------------

# Details --------------------------------------------------------------------------------------------------------------

SENT_PROMPT = "**Prompt as it was sent**"
CAME_FROM = "**Came from**"
STEP = "`{job_id}` {prompt}{link}"
STEPS_BETWEEN = Counted("\u2026 {count} more steps \u2026", one="\u2026 one more step \u2026")
FIRST_STEP = "It began with {step}"
SEE_IT = " \u00b7 [see it]({link})"
ORIGINAL, ORIGINAL_N = "Original", "Original {n}"
ORIGINAL_OF = "Picture {n} as it was made"
ORIGINAL_WHY = "What was posted is a smaller copy, since this server takes no larger file."
SEED_OF = "picture {n}: seed {seed}"
GO_BACK = "Go back to a step"
WHICH = "Which picture?"
WHICH_ALT = "The {count} pictures, numbered in their order."

# Delete and report ----------------------------------------------------------------------------------------------------

DELETE_ASKED = Counted("Delete these {count} pictures?", one="Delete this picture?", none="Delete this?")
DELETE_ASKED_WHY = "The job's pictures and messages are deleted for good. The {amount} that it cost stays spent."
KEEP_IT, KEPT = "Keep", "Nothing was deleted."
DELETED, DELETED_WHY = "Deleted", "The picture and its messages are gone. What it cost stays spent."

# Refusals -------------------------------------------------------------------------------------------------------------

PICTURES_DELETED = Refusal(
    "Nobody can go on from it.", title="That picture was deleted", advice="/gallery shows what there is."
)
NO_PICTURE = cannot_run(
    "Words and pictures are deleted after their time.",
    title="I no longer keep this picture",
    advice="Edit this image or Add to references in the menu of its message, under Apps, still reach it.",
)
NOT_ENDED = cannot_run(
    "It can be deleted once it has ended.",
    title="That is still being made",
    advice="Cancel stops what was not sent yet.",
    money="Nothing changed.",
)
ORIGINAL_TOO_LARGE = cannot_run(
    "The provider has deleted its copy as well.",
    title="That original is too large for Discord",
    advice="Edit this and Use as reference still work from the original.",
)
COVERED_HERE = cannot_run(
    "The provider marked this picture, and this channel does not show such pictures.", title="Not in this channel"
)

# Gallery -------------------------------------------------------------------------------------------------------------

UNNAMED = "A picture"
GALLERY, GALLERY_OF = "Pictures of this server", "Pictures by <@{member_id}>"
NO_PICTURES = "No pictures here yet. /edit or /compose makes the first."
GALLERY_LINE = "**{n}** `{job_id}` {prompt} \u00b7 {who}{when}"
GALLERY_BY = "<@{member_id}> \u00b7 "
MINE, EVERYBODYS = "Mine", "Everyone\u2019s"
ALL_MODELS, CHOOSE_MODEL, CHOOSE_PICTURE = "All models", "Which model", "Open a picture"
PAGE = "page {page}"
NO_LONGER_KEPT = "Its picture is no longer kept here, or is not shown in this channel."

"""What the message with the pictures says."""

from __future__ import annotations

from bot.texts.templates import Counted

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

"""What a job's status message says while it runs and when it has ended."""

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

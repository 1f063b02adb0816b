"""What is said about pictures in a server's showcase."""

from __future__ import annotations

SHARED, SHARED_LATER = "In the showcase", "It will be there in a moment."
SHARED_THERE = "It is in <#{channel_id}> now: [see it]({link}). Nothing was spent."
SHOWN_BY, WHERE_IT_WAS_MADE = "by <@{member_id}>", "[where it was made]({link})"
TAKE_BACK, TAKEN_BACK = "Take back", "Taken back"
TAKEN_BACK_WHY = "The picture is in the showcase no more. Its result stays where it is."

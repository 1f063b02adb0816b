"""What is said when much of a limit is spent."""

from __future__ import annotations

NOTICE = "{whose}: {percent} % is spent, {spent} of {limit} {per}."
NOTICE_OF_MEMBER = "Your limit"
NOTICE_OF_CHANNEL = "The limit of <#{channel_id}>"
NOTICE_OF_SERVER = "This server's limit"
NOTICE_MORE = "It renews {when}."

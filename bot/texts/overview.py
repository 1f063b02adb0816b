"""What the moderators' overview says."""

from __future__ import annotations

from bot.texts.templates import Counted

OVERVIEW = "This server, {period}"
IS_PAUSED = "**Paused.** Nobody can start a new picture until `/manage resume`."
UNLIMITED_LINE = "{period}: limit none \u00b7 spent {spent} \u00b7 held {held}"
MEMBERS = Counted("{count} members", one="1 member")
FAILED_OF, FAILED_RATE = "{failed} of {ended} failed", "{rate} % failed"
TOP_MEMBERS, TOP_CHANNELS = "**Members**", "**Channels**"
NOW = "**Now** {what}"
NOTHING_RUNS = "nothing is running"
OPEN_HOLDS = "**Open holds** {count}, {amount} in all"
UNDECIDED = "**Waiting for you** {count} unknown: `/manage jobs resolve`"
LATE_JOBS = "**Late** {count} past the deadline"
FAILED_THIS_WEEK = "**Failed in seven days** {what}"
PROVIDER = "**Provider** {balance} left"
BALANCE_UNKNOWN = "an unknown amount"
TIER = "{in_flight} of {concurrent} at once \u00b7 {per_minute} a minute"
ONLY_YOU = "only you see this, as the operator"
AS_OF = "as of {when}"
OPEN_REPORT, OPEN_JOBS, OPEN_SETTINGS, REFRESH = "Report", "Jobs", "Settings", "Refresh"
PAUSE, RESUME = "Pause", "Resume"
OPEN_REPORTED = "Reported pictures"
EARLIER_ACTS = "{count} earlier ones stand under /manage audit"
REPORTED = "**Reported** {count} waiting for a decision"
PAUSE_FORM, PAUSE_FIELD, PAUSE_HINT = "Pause this server", "Why; members read it", "exam week, back on Monday"

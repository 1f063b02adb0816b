"""What moderators read about a server's rules: pause, channels, blocked words, blocked members."""

from __future__ import annotations

PAUSED_TITLE = "Paused"
PAUSED_NOW = "Nobody here can start a new picture until `/manage resume`. What is running finishes."
PAUSED_ALREADY = "This server was paused already; the earlier reason stays."
RESUMED_TITLE = "Resumed"
RESUMED = "New pictures can be made again."
NOT_PAUSED = "This server was not paused."
REASON = "> {reason}"
ACCESS_TITLE = {
    "allow": "Channel allowed",
    "deny": "Channel denied",
    None: "Channel cleared",
}
ACCESS = {
    "allow": "Pictures may be made in <#{channel_id}>, and only in channels that are allowed.",
    "deny": "No new pictures in <#{channel_id}> and its threads.",
    None: "<#{channel_id}> has no rule of its own any more.",
}
UNCHANGED = "Nothing changed."
CHANNELS_TITLE = "Channels with rules"
NO_CHANNELS = "No channel has a rule: pictures may be made wherever I can post."
CHANNELS_ALLOWED = "Only the allowed channels are open, with their threads."
CHANNELS_DENIED = "All others are open."
CHANNEL_UNSEEN = "channel {id}, deleted or archived:"
FORGET_UNSEEN = "Clear deleted or archived"
UNSAFE_SHOWN = "unsafe pictures {rule}"
ACCESS_WORDS = {"allow": "allowed", "deny": "denied"}
WORDS_TITLE = "Blocked words"
NO_WORDS = "The list is empty."
WORD_ADDED, WORD_REMOVED = "Word added", "Word removed"
WORD_IS_ON = "Prompts and roles with \u201c{word}\u201d are refused, and cost nothing."
WORD_WAS_ON = "\u201c{word}\u201d was on the list already."
WORD_IS_OFF = "\u201c{word}\u201d may be used again."
WORD_WAS_OFF = "\u201c{word}\u201d was not on the list."
HOW_WORDS_COMPARE = "compared as whole words, whatever their case, width or invisible characters"
BLOCKED_TITLE, UNBLOCKED_TITLE = "Blocked", "Unblocked"
BLOCKED = "<@{member_id}> can use nothing but /privacy in this server. What they have running finishes."
BLOCKED_ALREADY = "<@{member_id}> was blocked already; the earlier reason stays."
UNBLOCKED = "<@{member_id}> can use me again."
NOT_BLOCKED = "<@{member_id}> was not blocked."
ON_RECORD = "on record under /manage audit"
MORE = "and {count} more"

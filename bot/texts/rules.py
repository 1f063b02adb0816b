"""What moderators read about a server's rules: pause, channels, blocked words, blocked members."""

from __future__ import annotations

from functools import partial

from bot.texts.kinds import cannot_run
from bot.texts.templates import Counted, Refusal

PAUSED_TITLE = "Paused"
PAUSED_NOW = "Nobody here can start a new picture until `/manage resume`. Jobs that are already running will finish."
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
    None: "<#{channel_id}> no longer has a rule.",
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
BLOCKED = "<@{member_id}> can use nothing but /privacy in this server. Their running jobs will finish."
BLOCKED_ALREADY = "<@{member_id}> was blocked already; the earlier reason stays."
UNBLOCKED = "<@{member_id}> can use me again."
NOT_BLOCKED = "<@{member_id}> was not blocked."
ON_RECORD = "on record under /manage audit"
MORE = "and {count} more"

# Refusals -------------------------------------------------------------------------------------------------------------

BLOCKED_HERE = Refusal(
    "The moderators have blocked you here: {reason}",
    title="You can't use me in this server",
    advice="Please talk to the moderators. /privacy still works.",
)
CHANNEL_CLOSED = Refusal(
    "The moderators keep this channel free of pictures.",
    title="Not in this channel",
    advice="Please use another channel.",
)
_blocked_word = partial(
    cannot_run, title="That word is blocked in this server", advice="Say it in other words and send it again."
)
BLOCKED_WORD = _blocked_word("Your words contain \u201c{word}\u201d.")
BLOCKED_WORD_IN_SHOT = _blocked_word("Shot {shot} contains \u201c{word}\u201d.")
TOO_MANY_AT_ONCE = Refusal(
    Counted(
        "Each member can have {count} jobs running in this server.",
        one="Each member can have one job running in this server.",
    ),
    title="One thing at a time",
    advice="Please wait until one of yours is done.",
)
PAUSE_NEEDS_REASON = cannot_run("A pause needs a reason.", advice="Say in a few words why; members read it.")
BLOCK_NEEDS_REASON = cannot_run("A block needs a reason.", advice="Say in a few words why; the member reads it.")
OWN_BLOCK = cannot_run("You can't block yourself.", advice="Choose another member.")
WORD_LIST_FULL = cannot_run("The list is full: it holds {most} words.", advice="Remove one first.")
NO_WORD = cannot_run("There is no word in that.", advice="Write the word as members would.")
LONG_WORD = cannot_run("A word on the list has at most {most} characters.", advice="Write a shorter one.")

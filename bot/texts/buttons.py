"""The words on buttons."""

from __future__ import annotations

CANCEL = "Cancel"
EDIT, AGAIN, CHANGE, USE = "Edit this", "Again", "Change", "Use as reference"
DETAILS, DELETE, TRY_AGAIN, SHARE = "Details", "Delete", "Try again", "Share"
ASK_A_MODERATOR = "Ask a moderator"
PRICED = "{label} \u00b7 {price}"

RUN, REFERENCES_OF, ROLES, TEMPLATE, PARAMETERS = "Run", "References", "Roles", "Template", "Parameters"
FIRST, EARLIER, LATER, REPLACE, DROP, BACK = "First", "Earlier", "Later", "Replace", "Remove", "Back"
COMPOSE, CLEAR, OLDER, NEWER, SHOW_HERE, TRY = "Compose", "Clear", "Older", "Newer", "Show here", "Try it"

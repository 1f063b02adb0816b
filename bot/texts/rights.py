"""What is said to somebody who may not do something."""

from __future__ import annotations

from bot.texts.kinds import cannot_do
from bot.texts.templates import Refusal

IN_SERVERS_ONLY = Refusal(
    "Pictures, budgets and jobs belong to a server.",
    title="This works in servers only",
    advice="Use the command in a server channel.",
)
ONLY_MODERATORS = cannot_do("Only members with Manage Server can do that.", advice="Ask a moderator of this server.")
ONLY_DESK = cannot_do(
    "Only members with Manage Server, or with a role that this server named for it, can do that.",
    advice="Ask a moderator of this server.",
)
NOT_OWN = cannot_do("Somebody else decides about what you asked for.", advice="Ask another moderator.")
OWN_REQUEST = cannot_do("Only the member who wrote this request can go on with it.")
OWN_IMAGES = cannot_do("Only the member who picked these images can go on with them.")
OWN_TO_DELETE = cannot_do("Only the member who asked for this picture, or a moderator, can delete it.")
OWN_TO_CANCEL = cannot_do("Only the member who asked for this picture, or a moderator, can cancel it.")
OWN_TO_TAKE_BACK = cannot_do("Only the member who asked for this picture, or a moderator, can do that.")
OWN_TO_SEE = cannot_do("Only the member who asked for it, or a moderator, can look at that job.")
OTHERS_BUDGET = cannot_do("Only moderators can look at another member's budget.")
BOTS_LIMIT = cannot_do("Only the operator can limit what the whole bot spends.")

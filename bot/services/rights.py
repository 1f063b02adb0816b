"""Who may work the moderators' desk, from what Discord vouches for with each interaction."""

from __future__ import annotations

from bot.domain.errors import NotAllowed
from bot.domain.rules import ServerRules
from bot.services.presser import Presser


def require_manage(presser: Presser) -> None:
    """Let only moderators through.

    Raises:
        NotAllowed: without Manage Server.
    """
    if not presser.can_manage:
        raise NotAllowed("Only members with Manage Server can do that.", advice="Ask a moderator of this server.")


def require_desk(presser: Presser, rules: ServerRules) -> None:
    """Let only moderators press the buttons of requests and reports: Manage Server, or a role named by the server.

    A role that was deleted is nobody's any more, so it lets nobody in.

    Raises:
        NotAllowed: neither.
    """
    if not presser.can_manage and not set(rules.desk_role_ids).intersection(presser.role_ids):
        raise NotAllowed(
            "Only members with Manage Server, or with a role that this server named for it, can do that.",
            advice="Ask a moderator of this server.",
        )


def refuse_own(presser: Presser, member_id: int | None) -> None:
    """Let nobody decide about what is their own by a role alone: it would be a budget without end.

    Raises:
        NotAllowed: it is theirs, and they have no Manage Server.
    """
    if member_id == presser.member_id and not presser.can_manage:
        raise NotAllowed("Somebody else decides about what you asked for.", advice="Ask another moderator.")

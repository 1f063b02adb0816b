"""Discord's refusals, each by the name, status and code of its JSON error page."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wire.discord_fake.shapes import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that a request breaks: where in the body, Discord's word for it, and a sentence."""

    path: str
    code: str
    text: str


@dataclass(eq=False)
class ApiError(Exception):
    """A request is refused with this status and JSON code; `problems` make it a mistake of the bot's own making."""

    status: int
    code: int
    message: str
    problems: list[Problem] = field(default_factory=list[Problem])

    def body(self) -> Json:
        """Build the answer's JSON."""
        body: Json = {"message": self.message, "code": self.code}
        if self.problems:
            body["errors"] = _nest(self.problems)
        return body


def _nest(problems: list[Problem]) -> Json:
    tree: Json = {}
    for problem in problems:
        node = tree
        for step in problem.path.split("."):
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": problem.code, "message": problem.text})
    return tree


def invalid_form(*problems: Problem) -> ApiError:
    """50035: the body breaks a rule."""
    return ApiError(400, 50035, "Invalid Form Body", list(problems))


def entry_point_left_out() -> ApiError:
    """50240: a bulk update of an application with an Activity has to name the command that opens it."""
    return ApiError(400, 50240, "You cannot remove this app's Entry Point command in a bulk update operation.")


def empty_message() -> ApiError:
    """50006: nothing to show."""
    return ApiError(400, 50006, "Cannot send an empty message", [Problem("content", "EMPTY", "The message is empty")])


def too_large(text: str) -> ApiError:
    """40005: a file or the whole request is too big."""
    return ApiError(413, 40005, "Request entity too large", [Problem("attachments", "TOO_LARGE", text)])


def unauthorized() -> ApiError:
    """401: no or a wrong bot token."""
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    """404: no such route."""
    return ApiError(404, 0, "404: Not Found")


def unknown_channel() -> ApiError:
    """10003."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    """10004."""
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    """10007."""
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    """10008."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    """10013."""
    return ApiError(404, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    """10015: also a follow-up before the first response."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """10062: answered after 3 s, or never heard of."""
    return ApiError(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiError:
    """40060: a second first response."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> ApiError:
    """50001: the channel is not visible."""
    return ApiError(403, 50001, "Missing Access")


def not_own_message() -> ApiError:
    """50005: an edit of someone else's message."""
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def cannot_message_user() -> ApiError:
    """50007: the member's direct messages are closed."""
    return ApiError(403, 50007, "Cannot send messages to this user")


def not_a_text_channel() -> ApiError:
    """50008: a forum itself takes no messages."""
    return ApiError(400, 50008, "Cannot send messages in a non-text channel")


def missing_permissions() -> ApiError:
    """50013."""
    return ApiError(403, 50013, "Missing Permissions")


def invalid_webhook_token() -> ApiError:
    """50027: an interaction's token after its 15 minutes."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def thread_archived() -> ApiError:
    """50083."""
    return ApiError(400, 50083, "Thread is archived")

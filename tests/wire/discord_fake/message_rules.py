"""Discord's rules for whole messages that its OpenAPI description does not express."""

from __future__ import annotations

import re

from tests.wire.discord_fake.component_rules import ComponentType, check_components, walk
from tests.wire.discord_fake.errors import Problem, empty_message, invalid_form, too_large
from tests.wire.discord_fake.shapes import Json, items_of, part_of
from tests.wire.discord_fake.world import COMPONENTS_V2, Channel

_MAX_CONTENT = 2000
_MAX_EMBEDS = 10
_MAX_EMBED_TEXT = 6000
_MAX_ATTACHMENTS = 10
_MAX_NONCE = 25
_MAX_REQUEST = 25 * 1024 * 1024


def check_message(draft: Json, attachment_count: int) -> None:
    """Check the message as it would stand after the request.

    Args:
        draft: content, embeds, components, flags (and poll, sticker_ids, nonce where sent) after merging.
        attachment_count: files it would carry.

    Raises:
        ApiError: 50006 when there would be nothing to see, 50035 with every broken rule.
    """
    v2 = bool(draft.get("flags", 0) & COMPONENTS_V2)
    components: list[Json] = items_of(draft, "components")
    if not (_has_body(draft) or components or attachment_count):
        raise empty_message()
    problems = check_components(components, v2=v2) + _check_body(draft, attachment_count)
    if v2:
        problems += [
            Problem(name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", f"No {name} beside components v2")
            for name in ("content", "embeds", "poll", "sticker_ids")
            if draft.get(name)
        ]
        if not components:
            problems.append(Problem("components", "BASE_TYPE_REQUIRED", "Components v2 want components"))
    if problems:
        raise invalid_form(*problems)


def check_sizes(channel: Channel, sizes: list[int]) -> None:
    """Refuse a file above the channel's limit, or files that together exceed 25 MiB (or that limit, if larger)."""
    limit = channel.file_limit
    if any(size > limit for size in sizes):
        raise too_large(f"A file has {max(sizes)} bytes; {limit} are allowed here")
    if sum(sizes) > max(_MAX_REQUEST, limit):
        raise too_large(f"The request has {sum(sizes)} bytes of files")


def check_allowed_mentions(body: Json) -> None:
    """Refuse `parse` and a list of ids for the same kind at once, which Discord calls mutually exclusive."""
    allowed: Json = part_of(body, "allowed_mentions")
    problems = [
        Problem(
            f"allowed_mentions.{kind}", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse and ids exclude each other"
        )
        for kind in ("users", "roles")
        if kind in items_of(allowed, "parse") and allowed.get(kind)
    ]
    if problems:
        raise invalid_form(*problems)


def pings(texts: list[str], allowed: Json | None) -> frozenset[str]:
    """Tell whom a new message notifies: everyone it names, less what `allowed_mentions` withholds."""
    named = {match.group() for text in texts for match in re.finditer(r"<@&?\d+>|@everyone|@here", text)}
    if allowed is None:
        return frozenset(named)
    parse: list[str] = items_of(allowed, "parse")
    users = {f"<@{user}>" for user in items_of(allowed, "users")}
    roles = {f"<@&{role}>" for role in items_of(allowed, "roles")}
    return frozenset(
        each
        for each in named
        if each in users | roles
        or (each.startswith("@") and "everyone" in parse)
        or (each.startswith("<@&") and "roles" in parse)
        or (re.match(r"<@\d", each) and "users" in parse)
    )


def message_texts(draft: Json) -> list[str]:
    """List the texts in which a mention counts: the content and every text display."""
    displays = [each["content"] for _, each in walk(items_of(draft, "components")) if _is_text(each)]
    return [draft.get("content") or "", *displays]


def _is_text(component: Json) -> bool:
    return component.get("type") == ComponentType.TEXT_DISPLAY and bool(component.get("content"))


def _has_body(draft: Json) -> bool:
    return bool(draft.get("content") or draft.get("embeds") or draft.get("poll") or draft.get("sticker_ids"))


def _check_body(draft: Json, attachment_count: int) -> list[Problem]:
    problems: list[Problem] = []
    if len(draft.get("content") or "") > _MAX_CONTENT:
        problems.append(Problem("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length."))
    if attachment_count > _MAX_ATTACHMENTS:
        problems.append(Problem("attachments", "BASE_TYPE_MAX_LENGTH", f"{attachment_count} files; at most 10"))
    if len(str(draft.get("nonce") or "")) > _MAX_NONCE:
        problems.append(Problem("nonce", "BASE_TYPE_MAX_LENGTH", "A nonce has at most 25 characters"))
    embeds: list[Json] = items_of(draft, "embeds")
    if len(embeds) > _MAX_EMBEDS:
        problems.append(Problem("embeds", "BASE_TYPE_MAX_LENGTH", f"{len(embeds)} embeds; at most 10"))
    if sum(map(_embed_text, embeds)) > _MAX_EMBED_TEXT:
        problems.append(Problem("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embeds have at most 6000 characters together"))
    return problems


def _embed_text(embed: Json) -> int:
    parts = [embed.get("title"), embed.get("description"), part_of(embed, "footer").get("text")]
    parts.append(part_of(embed, "author").get("name"))
    for each in items_of(embed, "fields"):
        parts += [each.get("name"), each.get("value")]
    return sum(len(part or "") for part in parts)

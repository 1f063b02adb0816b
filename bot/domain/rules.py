"""The rules of one server, decided without I/O: where pictures are made, with which words, by whom, how many."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot import texts
from bot.domain.clock import Instant
from bot.domain.errors import BadRequest, EaselError
from bot.domain.image_models import ImageModel
from bot.domain.marks import NsfwRule, Place
from bot.domain.money import Micros

# Marks that join or vary letters without showing by themselves; format characters (category Cf) go anyway.
_INVISIBLE_MARKS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f]")


class ChannelAccess(StrEnum):
    """Whether pictures may be made in a channel."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What one channel, forum or thread has of its own; None is whatever the server has.

    `style` is the name of the style behind `style_id`, with which pictures are made there unless members choose.
    """

    channel_id: int
    access: ChannelAccess | None = None
    model_id: str | None = None
    aspect_ratio: str | None = None
    nsfw: NsfwRule | None = None
    style_id: int | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class ServerRules:
    """Everything that a server's moderators have set; an unset rule is its default.

    `jobs_at_once` is for each member, None is no cap. `approval`: every request of a member waits for a moderator.
    `unmarked_is_unsafe`: pictures that come without a mark of the provider count as unsafe.
    `models`: the ids of those that are offered, None is the default's.
    `desk_role_ids` are the roles whose holders may press the buttons of requests and reports, in their ids' order.
    """

    zone: str = "UTC"
    log_channel_id: int | None = None
    desk_channel_id: int | None = None
    showcase_channel_id: int | None = None
    confirm_above_micros: Micros | None = None
    nsfw: NsfwRule = NsfwRule.ADULT_CHANNELS
    unmarked_is_unsafe: bool = False
    jobs_at_once: int | None = None
    approval: bool = False
    desk_role_ids: tuple[int, ...] = ()
    paused_at: Instant | None = None
    paused_reason: str | None = None
    channels: tuple[ChannelRule, ...] = ()
    words: tuple[str, ...] = ()
    models: tuple[str, ...] | None = None

    def offers(self, model: ImageModel) -> bool:
        """Whether members may make pictures with a model here; those of the default until moderators choose."""
        return model.is_offered if self.models is None else model.id in self.models

    def rule_for(self, channel_id: int, parent_id: int) -> ChannelRule:
        """What holds in a channel or thread: each part is its own where set, else its parent's."""
        rules = {rule.channel_id: rule for rule in self.channels}
        own = rules.get(channel_id, ChannelRule(channel_id))
        above = rules.get(parent_id, own)
        styled = above if own.style_id is None else own
        return ChannelRule(
            channel_id,
            own.access or above.access,
            own.model_id or above.model_id,
            own.aspect_ratio or above.aspect_ratio,
            own.nsfw or above.nsfw,
            styled.style_id,
            styled.style,
        )

    def is_open(self, channel_id: int, parent_id: int) -> bool:
        """Whether pictures may be made there: never where denied; only where allowed once any channel is."""
        access = self.rule_for(channel_id, parent_id).access
        if access is None:
            return not any(rule.access is ChannelAccess.ALLOW for rule in self.channels)
        return access is ChannelAccess.ALLOW

    def place(self, channel_id: int, parent_id: int, *, is_age_restricted: bool) -> Place:
        """What that channel or thread does with unsafe pictures."""
        rule = self.rule_for(channel_id, parent_id).nsfw or self.nsfw
        return Place(rule, is_age_restricted, self.unmarked_is_unsafe)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule to be written: its column and both values as the audit tells them."""

    rule: str  #: a column of the servers' table
    value: int | str | None
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request is judged by: the server's rules, and how its member stands.

    `open_jobs` counts the member's jobs that are not closed; `blocked_because` is None for everybody but the blocked.
    """

    rules: ServerRules
    blocked_because: str | None
    open_jobs: int


class Blocked(EaselError):
    """A member who may use nothing but `/privacy` in this server."""

    def __init__(self, reason: str) -> None:
        super().__init__(texts.rules.BLOCKED_HERE, reason=reason)
        self.reason = reason


class ChannelClosed(EaselError):
    """A channel in which the moderators want no pictures."""

    def __init__(self, open_channel_ids: Iterable[int] = ()) -> None:
        super().__init__(texts.rules.CHANNEL_CLOSED)
        self.open_channel_ids = tuple(open_channel_ids)


class ForbiddenWord(BadRequest):
    """A prompt or role with a word from the server's list; the word itself is not repeated in public."""

    def __init__(self, word: str, *, shot: int | None = None) -> None:
        if shot is None:
            super().__init__(texts.rules.BLOCKED_WORD, word=word[:40])
        else:
            super().__init__(texts.rules.BLOCKED_WORD_IN_SHOT, word=word[:40], shot=shot)
        self.word = word


class TooManyAtOnce(EaselError):
    """A member who has as many jobs running as the server lets them have."""

    def __init__(self, cap: int) -> None:
        super().__init__(texts.rules.TOO_MANY_AT_ONCE, count=cap)


def fold(text: str) -> str:
    """Text as words are compared: NFKC and case folded, without invisible characters, its spaces single.

    The Turkish dotted and dotless i are one letter with the others: a capital does not say which of them it was.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = "".join(character for character in plain if unicodedata.category(character) != "Cf")
    one_i = _INVISIBLE_MARKS.sub("", seen).replace("\u0131", "i").replace("i\u0307", "i")
    # Marks may meet their letters only now that nothing invisible stands between them.
    return " ".join(unicodedata.normalize("NFKC", one_i).split())


def forbidden_word(words: Iterable[str], texts: Iterable[str]) -> str | None:
    """The first word of a list that stands in any of the texts as a word of its own; None if none does.

    The list is folded as the texts are: it may have been kept when folding knew less.
    Scripts without spaces (Chinese, Japanese, Thai) have no edges to look for: there any occurrence counts.
    """
    folded = [fold(text) for text in texts]
    return next((word for word in map(fold, words) if any(_stands_in(word, text) for text in folded)), None)


def _stands_in(word: str, text: str) -> bool:
    before = "" if _has_no_edges(word[:1]) else r"(?<!\w)"
    after = "" if _has_no_edges(word[-1:]) else r"(?!\w)"
    return word in text and re.search(f"{before}{re.escape(word)}{after}", text) is not None


def _has_no_edges(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo"

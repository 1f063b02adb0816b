"""The Protocol through which the rules of servers are kept, and what is read and written there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.clock import Instant
from bot.domain.rules import ChannelRule, ServerRules


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


class RuleStore(Protocol):
    """Rules of servers; each change is audited in its own transaction, and one that changes nothing is not."""

    async def rules(self, guild_id: int) -> ServerRules:
        """What is set; the defaults for a server that was never seen."""
        ...

    async def standing(self, guild_id: int, member_id: int) -> Standing:
        """The rules and the member's standing, in one read."""
        ...

    async def set_rule(self, guild_id: int, change: RuleChange, *, by_member_id: int, at: Instant) -> None:
        """Write one rule of a server."""
        ...

    async def set_desk_roles(self, guild_id: int, role_ids: tuple[int, ...], *, by_member_id: int, at: Instant) -> None:
        """Replace the roles whose holders work the desk; each that comes or goes is an act of its own."""
        ...

    async def set_channel_rule(self, guild_id: int, rule: ChannelRule, *, by_member_id: int, at: Instant) -> bool:
        """Replace all that one channel has of its own; False if that is what it had."""
        ...

    async def add_word(self, guild_id: int, word: str, *, by_member_id: int, at: Instant) -> bool:
        """Put a folded word on the list; False if it was there."""
        ...

    async def remove_word(self, guild_id: int, word: str, *, by_member_id: int, at: Instant) -> bool:
        """Take a folded word off the list; False if it was not there."""
        ...

    async def block(self, guild_id: int, member_id: int, *, reason: str, by_member_id: int, at: Instant) -> bool:
        """Let a member use nothing but `/privacy`; False if they were blocked already."""
        ...

    async def unblock(self, guild_id: int, member_id: int, *, by_member_id: int, at: Instant) -> bool:
        """Let a member back in; False if they were not blocked."""
        ...

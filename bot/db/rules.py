"""Rules of servers: settings, channels, words, blocks; read in one go before a request, each change audited."""

from __future__ import annotations

import json
from dataclasses import asdict

from bot.db.audit import AuditEntry, write_audit
from bot.db.blocks import Blocking, enter_block
from bot.db.connection import Connection, Row
from bot.db.database import reads, writes
from bot.db.servers import ServerStore
from bot.domain.clock import Instant
from bot.domain.marks import NsfwRule
from bot.domain.rules import ChannelAccess, ChannelRule, RuleChange, ServerRules, Standing, TooManyAtOnce

SERVER = """
SELECT zone, log_channel_id, desk_channel_id, showcase_channel_id, confirm_above_micros, nsfw, unmarked_is_unsafe,
       jobs_at_once, approval, paused_at, paused_reason, models
FROM servers WHERE guild_id = :guild_id
"""

CHANNELS = """
SELECT channel_id, access, channel_rules.model_id, aspect_ratio, nsfw, style_id, styles.name AS style
FROM channel_rules LEFT JOIN styles USING (style_id) WHERE channel_rules.guild_id = :guild_id ORDER BY channel_id
"""

DESK_ROLES = "SELECT role_id FROM desk_roles WHERE guild_id = :guild_id ORDER BY role_id"

NAME_ROLE = "INSERT INTO desk_roles (guild_id, role_id) VALUES (:guild_id, :role_id)"

UNNAME_ROLE = "DELETE FROM desk_roles WHERE guild_id = :guild_id AND role_id = :role_id"

WORDS = "SELECT word FROM words WHERE guild_id = :guild_id ORDER BY word"

# Why a member is blocked, if they are, and how many jobs they have running.
STANDING = """
SELECT (SELECT reason FROM blocks WHERE guild_id = :guild_id AND account_id = :account_id) AS blocked_because,
       (SELECT COUNT(*) FROM jobs
        WHERE closed_at IS NULL AND guild_id = :guild_id AND account_id = :account_id) AS open_jobs
"""

# The cap on a member's jobs at once, if they have reached it.
CROWDING = """
SELECT jobs_at_once FROM servers
WHERE guild_id = :guild_id AND jobs_at_once <= (
    SELECT COUNT(*) FROM jobs WHERE closed_at IS NULL AND guild_id = :guild_id AND account_id = :account_id
)
"""

# One column of a server, by the name of the rule.
SET = {
    "zone": "UPDATE servers SET zone = :value WHERE guild_id = :guild_id",
    "log_channel_id": "UPDATE servers SET log_channel_id = :value WHERE guild_id = :guild_id",
    "desk_channel_id": "UPDATE servers SET desk_channel_id = :value WHERE guild_id = :guild_id",
    "showcase_channel_id": "UPDATE servers SET showcase_channel_id = :value WHERE guild_id = :guild_id",
    "confirm_above_micros": "UPDATE servers SET confirm_above_micros = :value WHERE guild_id = :guild_id",
    "nsfw": "UPDATE servers SET nsfw = :value WHERE guild_id = :guild_id",
    "unmarked_is_unsafe": "UPDATE servers SET unmarked_is_unsafe = :value WHERE guild_id = :guild_id",
    "approval": "UPDATE servers SET approval = :value WHERE guild_id = :guild_id",
    "models": "UPDATE servers SET models = :value WHERE guild_id = :guild_id",
    "jobs_at_once": "UPDATE servers SET jobs_at_once = :value WHERE guild_id = :guild_id",
}

# All that a channel has of its own; a row that says nothing goes.
SET_CHANNEL = """
INSERT INTO channel_rules (guild_id, channel_id, access, model_id, aspect_ratio, nsfw, style_id)
VALUES (:guild_id, :channel_id, :access, :model_id, :aspect_ratio, :nsfw, :style_id)
ON CONFLICT (guild_id, channel_id) DO UPDATE SET access = excluded.access, model_id = excluded.model_id,
    aspect_ratio = excluded.aspect_ratio, nsfw = excluded.nsfw, style_id = excluded.style_id
"""

DROP_CHANNEL = "DELETE FROM channel_rules WHERE guild_id = :guild_id AND channel_id = :channel_id"

ADD_WORD = "INSERT INTO words (guild_id, word) VALUES (:guild_id, :word) ON CONFLICT (guild_id, word) DO NOTHING"

REMOVE_WORD = "DELETE FROM words WHERE guild_id = :guild_id AND word = :word"


class RuleStore(ServerStore):
    """Rules of servers; each change is audited in its own transaction, and one that changes nothing is not."""

    @reads
    def rules(self, connection: Connection, guild_id: int) -> ServerRules:
        """What is set; the defaults for a server that was never seen."""
        return rules_of(connection, guild_id)

    @reads
    def standing(self, connection: Connection, guild_id: int, member_id: int) -> Standing:
        """The rules and the member's standing, in one read."""
        account_id = self._accounts.find(connection, member_id) or 0
        row = connection.execute(STANDING, {"guild_id": guild_id, "account_id": account_id}).fetchone()
        return Standing(rules_of(connection, guild_id), row["blocked_because"], row["open_jobs"])

    @writes
    def set_rule(
        self, connection: Connection, guild_id: int, change: RuleChange, *, by_member_id: int, at: Instant
    ) -> None:
        """Write one rule of a server."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        connection.execute(SET[change.rule], {"guild_id": guild_id, "value": change.value})
        action = change.rule.removesuffix("_id")
        entry = AuditEntry(guild_id, actor_id, action, "server", guild_id, at, before=change.before, after=change.after)
        write_audit(connection, entry)

    @writes
    def set_desk_roles(
        self, connection: Connection, guild_id: int, role_ids: tuple[int, ...], *, by_member_id: int, at: Instant
    ) -> None:
        """Replace the roles whose holders work the desk; each that comes or goes is an act of its own."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        before, after = set(rules_of(connection, guild_id).desk_role_ids), set(role_ids)
        for role_id in sorted(before ^ after):
            is_new = role_id in after
            connection.execute(NAME_ROLE if is_new else UNNAME_ROLE, {"guild_id": guild_id, "role_id": role_id})
            said = ("none", "named") if is_new else ("named", "none")
            entry = AuditEntry(guild_id, actor_id, "desk_role", "role", role_id, at, before=said[0], after=said[1])
            write_audit(connection, entry)

    @writes
    def set_channel_rule(
        self, connection: Connection, guild_id: int, rule: ChannelRule, *, by_member_id: int, at: Instant
    ) -> bool:
        """Replace all that one channel has of its own; False if that is what it had."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        channel_id = rule.channel_id
        before = rules_of(connection, guild_id).rule_for(channel_id, channel_id)
        if before == rule:
            return False
        statement = DROP_CHANNEL if rule == ChannelRule(channel_id) else SET_CHANNEL
        connection.execute(statement, {**asdict(rule), "guild_id": guild_id})
        said = {"before": _said(before), "after": _said(rule)}
        write_audit(connection, AuditEntry(guild_id, actor_id, "channel_rule", "channel", channel_id, at, **said))
        return True

    @writes
    def add_word(self, connection: Connection, guild_id: int, word: str, *, by_member_id: int, at: Instant) -> bool:
        """Put a folded word on the list; False if it was there."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        if connection.execute(ADD_WORD, {"guild_id": guild_id, "word": word}).rowcount == 0:
            return False
        write_audit(connection, AuditEntry(guild_id, actor_id, "words", "server", guild_id, at, after=word))
        return True

    @writes
    def remove_word(self, connection: Connection, guild_id: int, word: str, *, by_member_id: int, at: Instant) -> bool:
        """Take a folded word off the list; False if it was not there."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        if connection.execute(REMOVE_WORD, {"guild_id": guild_id, "word": word}).rowcount == 0:
            return False
        write_audit(connection, AuditEntry(guild_id, actor_id, "words", "server", guild_id, at, before=word))
        return True

    @writes
    def block(
        self, connection: Connection, guild_id: int, member_id: int, *, reason: str, by_member_id: int, at: Instant
    ) -> bool:
        """Let a member use nothing but `/privacy`; False if they were blocked already."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        account_id = self._accounts.number(connection, member_id, at)
        return enter_block(connection, Blocking(guild_id, account_id, actor_id, at, reason))

    @writes
    def unblock(self, connection: Connection, guild_id: int, member_id: int, *, by_member_id: int, at: Instant) -> bool:
        """Let a member back in; False if they were not blocked."""
        actor_id = self._actor(connection, guild_id, by_member_id, at)
        account_id = self._accounts.number(connection, member_id, at)
        return enter_block(connection, Blocking(guild_id, account_id, actor_id, at, None))


def rules_of(connection: Connection, guild_id: int) -> ServerRules:
    """Everything that is set in a server; the defaults where nothing is."""
    where = {"guild_id": guild_id}
    row = connection.execute(SERVER, where).fetchone()
    if row is None:
        return ServerRules()
    settings = dict(row)
    return ServerRules(
        zone=settings["zone"],
        log_channel_id=settings["log_channel_id"],
        desk_channel_id=settings["desk_channel_id"],
        showcase_channel_id=settings["showcase_channel_id"],
        confirm_above_micros=settings["confirm_above_micros"],
        nsfw=NsfwRule(settings["nsfw"]),
        unmarked_is_unsafe=bool(settings["unmarked_is_unsafe"]),
        jobs_at_once=settings["jobs_at_once"],
        approval=bool(settings["approval"]),
        desk_role_ids=tuple(row["role_id"] for row in connection.execute(DESK_ROLES, where)),
        paused_at=settings["paused_at"],
        paused_reason=settings["paused_reason"],
        channels=tuple(_channel(rule) for rule in connection.execute(CHANNELS, where)),
        words=tuple(word["word"] for word in connection.execute(WORDS, where)),
        models=None if settings["models"] is None else tuple(json.loads(settings["models"])),
    )


def refuse_crowding(connection: Connection, guild_id: int, account_id: int) -> None:
    """Let nobody have more jobs running than the server lets each member have.

    Raises:
        TooManyAtOnce: says how many that is.
    """
    row = connection.execute(CROWDING, {"guild_id": guild_id, "account_id": account_id}).fetchone()
    if row is not None:
        raise TooManyAtOnce(row["jobs_at_once"])


def _channel(row: Row) -> ChannelRule:
    return ChannelRule(
        channel_id=row["channel_id"],
        access=None if row["access"] is None else ChannelAccess(row["access"]),
        model_id=row["model_id"],
        aspect_ratio=row["aspect_ratio"],
        nsfw=None if row["nsfw"] is None else NsfwRule(row["nsfw"]),
        style_id=row["style_id"],
        style=row["style"],
    )


def _said(rule: ChannelRule) -> str:
    parts = (rule.access, rule.model_id, rule.aspect_ratio, rule.nsfw, rule.style)
    return " ".join(part for part in parts if part) or "none"

"""The styles of servers with their references; each change is audited in its own transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from bot import texts
from bot.db.audit import AuditEntry, write_audit
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.images import keep_image
from bot.db.reading import read_jobs
from bot.db.servers import ServerStore
from bot.db.slots import columns, reference_of, write_slots
from bot.domain.clock import Instant
from bot.domain.drafts import numbered
from bot.domain.references import Reference
from bot.domain.rules import fold
from bot.domain.styles import MOST_STYLES, BadStyle, NoSuchStyle, Style, StyleSample, named

STYLES = """
SELECT style_id, guild_id, name, template, images, model_id, parameters FROM styles
WHERE guild_id = :guild_id AND removed_at IS NULL ORDER BY folded_name
"""

REFERENCES = f"""
SELECT style_id, {columns("styles.guild_id")}
FROM style_references JOIN images USING (sha256) JOIN styles USING (style_id)
WHERE guild_id = :guild_id AND removed_at IS NULL ORDER BY style_id, place
"""

ADD = """
INSERT INTO styles (guild_id, name, folded_name, template, model_id, parameters, images, added_at)
VALUES (:guild_id, :name, :folded, :template, :model_id, :parameters, :images, :at)
RETURNING style_id
"""

CHANGE = """
UPDATE styles SET name = :name, folded_name = :folded, template = :template, model_id = :model_id,
    parameters = :parameters, images = :images
WHERE style_id = :style_id
"""

# Who gave a reference that stays is not who edits the style.
GIVERS = "SELECT place, sha256, account_id FROM style_references WHERE style_id = :style_id"

DROP_REFERENCES = "DELETE FROM style_references WHERE style_id = :style_id"

LAY_REFERENCE = """
INSERT INTO style_references (style_id, place, role, filename, sha256, note, spoiler, account_id)
VALUES (:style_id, :place, :role, :filename, :sha256, :note, :spoiler, :account_id)
"""

REMOVE = "UPDATE styles SET removed_at = :at, template = '' WHERE style_id = :style_id"

# No channel has it any more; what has nothing else of its own is no rule.
DROP_RULES = """
DELETE FROM channel_rules WHERE style_id = :style_id
    AND access IS NULL AND model_id IS NULL AND aspect_ratio IS NULL AND nsfw IS NULL
"""
UNSET = "UPDATE channel_rules SET style_id = NULL WHERE style_id = :style_id"

# The newest picture of each style that *Try it* made and that can still be seen.
SAMPLES = """
SELECT style_id, (
    SELECT job_id FROM jobs
    WHERE jobs.style_id = styles.style_id AND command = :command AND closed_at IS NOT NULL
      AND taken_down_at IS NULL AND erased_at IS NULL
      AND EXISTS (SELECT 1 FROM predictions JOIN outputs USING (prediction_id)
                  WHERE predictions.job_id = jobs.job_id AND predictions.state = 'completed')
    ORDER BY created_at DESC, job_id DESC LIMIT 1) AS job_id
FROM styles WHERE guild_id = :guild_id AND removed_at IS NULL
"""

TRY_COMMAND = "styles"
"""What *Try it* is kept as, by which a style's sample is found."""


class StyleStore(ServerStore):
    """Styles of servers."""

    @reads
    def styles(self, connection: Connection, guild_id: int) -> tuple[Style, ...]:
        """A server's, by name."""
        return styles_of(connection, guild_id)

    @reads
    def samples(self, connection: Connection, guild_id: int) -> tuple[StyleSample, ...]:
        """A server's, by name, each with its sample."""
        found = {
            row["style_id"]: row["job_id"]
            for row in connection.execute(SAMPLES, {"guild_id": guild_id, "command": TRY_COMMAND})
        }
        jobs = {job.job_id: job for job in read_jobs(connection, [each for each in found.values() if each])}
        return tuple(
            StyleSample(style, jobs.get(found.get(style.style_id) or "")) for style in styles_of(connection, guild_id)
        )

    @writes
    def add(self, connection: Connection, style: Style, *, by_member_id: int, at: Instant) -> Style:
        """Keep a new style; the id of the one given counts for nothing.

        Raises:
            BadStyle: its name is taken, or the server has as many as it may have.
        """
        actor_id = self._actor(connection, style.guild_id, by_member_id, at)
        there = styles_of(connection, style.guild_id)
        _refuse_taken(there, style)
        if len(there) >= MOST_STYLES:
            raise BadStyle(texts.styles.MOST_REACHED, most=MOST_STYLES)
        style_id = connection.execute(ADD, {**_values(style), "at": at}).fetchall()[0]["style_id"]
        _write_references(connection, style_id, style.references, {}, actor_id, at)
        entry = AuditEntry(style.guild_id, actor_id, "style", "server", style.guild_id, at, after=style.name)
        write_audit(connection, entry)
        return _read(connection, style.guild_id, style_id)

    @writes
    def change(self, connection: Connection, style: Style, *, by_member_id: int, at: Instant) -> Style:
        """Replace all that a style is.

        Raises:
            NoSuchStyle: it was removed.
            BadStyle: its name is taken.
        """
        actor_id = self._actor(connection, style.guild_id, by_member_id, at)
        before = _read(connection, style.guild_id, style.style_id)
        _refuse_taken(styles_of(connection, style.guild_id), style)
        givers = {row["sha256"]: row["account_id"] for row in connection.execute(GIVERS, {"style_id": style.style_id})}
        connection.execute(CHANGE, {**_values(style), "style_id": style.style_id})
        connection.execute(DROP_REFERENCES, {"style_id": style.style_id})
        _write_references(connection, style.style_id, style.references, givers, actor_id, at)
        entry = AuditEntry(style.guild_id, actor_id, "style", "server", style.guild_id, at, before.name, style.name)
        write_audit(connection, entry)
        return _read(connection, style.guild_id, style.style_id)

    @writes
    def remove(self, connection: Connection, style: Style, *, by_member_id: int, at: Instant) -> None:
        """Take one away; its jobs go on naming it. One that was removed before is fine."""
        actor_id = self._actor(connection, style.guild_id, by_member_id, at)
        where = {"style_id": style.style_id, "at": at}
        connection.execute(REMOVE, where)
        connection.execute(DROP_REFERENCES, where)
        connection.execute(DROP_RULES, where)
        connection.execute(UNSET, where)
        write_audit(connection, AuditEntry(style.guild_id, actor_id, "style", "server", style.guild_id, at, style.name))


def styles_of(connection: Connection, guild_id: int) -> tuple[Style, ...]:
    """A server's styles with their references, by name."""
    where = {"guild_id": guild_id}
    references: defaultdict[int, list[Reference]] = defaultdict(list)
    for row in connection.execute(REFERENCES, where):
        references[row["style_id"]].append(reference_of(row))
    return tuple(
        Style(
            style_id=row["style_id"],
            guild_id=row["guild_id"],
            name=row["name"],
            template=row["template"],
            references=numbered(references[row["style_id"]]),
            images=row["images"],
            model_id=row["model_id"],
            parameters=json.loads(row["parameters"]),
        )
        for row in connection.execute(STYLES, where)
    )


def _read(connection: Connection, guild_id: int, style_id: int) -> Style:
    for style in styles_of(connection, guild_id):
        if style.style_id == style_id:
            return style
    raise NoSuchStyle("")


def _refuse_taken(there: Iterable[Style], style: Style) -> None:
    other = named(there, style.name)
    if other is not None and other.style_id != style.style_id:
        raise BadStyle(texts.styles.NAME_TAKEN, name=other.name)


def _values(style: Style) -> dict[str, Any]:
    return {
        "guild_id": style.guild_id,
        "name": style.name,
        "folded": fold(style.name),
        "template": style.template,
        "model_id": style.model_id,
        "parameters": json.dumps(dict(style.parameters)),
        "images": style.images,
    }


def _write_references(
    connection: Connection,
    style_id: int,
    references: tuple[Reference, ...],
    givers: dict[str, int],
    actor_id: int,
    at: Instant,
) -> None:
    for reference in references:
        keep_image(connection, reference.image, at)
        owner = {"style_id": style_id, "account_id": givers.get(reference.image.sha256, actor_id)}
        write_slots(connection, LAY_REFERENCE, owner, (reference,))

"""Drafts and picked files: requests that are not run yet, kept for a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from bot.db.accounts import MemberStore
from bot.db.collected import bounded
from bot.db.connection import Connection
from bot.db.database import reads, writes
from bot.db.slots import columns, read_slots, write_slots
from bot.db.styles import styles_of
from bot.domain.approvals import APPROVAL_LIFE
from bot.domain.choices import Choices
from bot.domain.clock import Instant
from bot.domain.drafts import DRAFT_LIFE, AlreadyRun, Draft, NoSuchDraft, Pick, PickedFile
from bot.domain.styles import named

_FACTS = "draft_id, guild_id, channel_id, command, prompt, choices, parent_job_id, uses_tray, created_at, price_micros"

# What a moderator was asked for waits longer.
_WAITING = "SELECT approval_id FROM approvals WHERE asked_at > :waiting"

DROP_OLD = f"DELETE FROM drafts WHERE created_at <= :dead AND draft_id NOT IN ({_WAITING})"

# A draft, new or changed; who claimed it stays.
SAVE = f"""
INSERT INTO drafts ({_FACTS}, account_id)
VALUES (:draft_id, :guild_id, :channel_id, :command, :prompt, :choices, :parent_job_id, :uses_tray, :created_at,
        :price_micros, :account_id)
ON CONFLICT (draft_id) DO UPDATE SET
    prompt = excluded.prompt, choices = excluded.choices,
    uses_tray = excluded.uses_tray, price_micros = excluded.price_micros
"""

READ = f"""
SELECT {_FACTS}, member_id
FROM drafts JOIN (SELECT account_id, member_id FROM accounts) AS accounts USING (account_id)
WHERE draft_id = :draft_id AND accounts.member_id IS NOT NULL
  AND (drafts.created_at > :dead OR draft_id IN ({_WAITING}))
"""

READ_REFERENCES = f"""
SELECT {columns("drafts.guild_id")}
FROM draft_references JOIN images USING (sha256) JOIN drafts USING (draft_id) WHERE draft_id = :draft_id ORDER BY place
"""

DROP_REFERENCES = "DELETE FROM draft_references WHERE draft_id = :draft_id"

LAY_REFERENCE = """
INSERT INTO draft_references (draft_id, place, role, filename, sha256, note, spoiler)
VALUES (:draft_id, :place, :role, :filename, :sha256, :note, :spoiler)
"""

# The job that an earlier click has made of a draft; no row where there is no such draft.
JOB_OF = """
SELECT jobs.job_id FROM drafts LEFT JOIN jobs ON jobs.interaction_id = drafts.claimed_by WHERE draft_id = :draft_id
"""

CLAIM = "UPDATE drafts SET claimed_by = :interaction_id WHERE draft_id = :draft_id"

DROP_OLD_PICKS = "DELETE FROM picks WHERE picked_at <= :dead"

SAVE_PICK = """
INSERT INTO picks (pick_id, guild_id, channel_id, account_id, files, picked_at)
VALUES (:pick_id, :guild_id, :channel_id, :account_id, :files, :picked_at)
"""

READ_PICK = """
SELECT picks.*, accounts.member_id FROM picks JOIN accounts USING (account_id)
WHERE pick_id = :pick_id AND picked_at > :dead AND accounts.member_id IS NOT NULL
"""


class DraftStore(MemberStore):
    """Requests that are not run yet."""

    @writes
    def save(self, connection: Connection, draft: Draft) -> None:
        """Keep a new draft, and drop those that are too old.

        Raises:
            TooManyCollected: the member has more images waiting than one may have; nothing is kept.
        """
        self._save(connection, draft)

    @reads
    def draft(self, connection: Connection, draft_id: str, at: Instant) -> Draft:
        """Read one.

        Raises:
            NoSuchDraft: there is none, or it is too old.
        """
        return _draft(connection, draft_id, at)

    @writes
    def change(self, connection: Connection, draft_id: str, change: Callable[[Draft], Draft], at: Instant) -> Draft:
        """Replace a draft by what `change` makes of it, in one transaction; returns that.

        Raises:
            NoSuchDraft: there is none, or it is too old.
            TooManyCollected: see `save`; nothing changed.
            EaselError: what `change` raised; nothing changed.
        """
        draft = change(_draft(connection, draft_id, at))
        self._write(connection, draft, at)
        return draft

    @writes
    def claim(self, connection: Connection, draft_id: str, interaction_id: int) -> None:
        """Let this interaction be the one that runs the draft, unless an earlier one has made a job of it.

        Raises:
            AlreadyRun: it has.
            NoSuchDraft: there is none.
        """
        row = connection.execute(JOB_OF, {"draft_id": draft_id}).fetchone()
        if row is None:
            raise NoSuchDraft
        if row["job_id"] is not None:
            raise AlreadyRun(row["job_id"])
        connection.execute(CLAIM, {"draft_id": draft_id, "interaction_id": interaction_id})

    def _save(self, connection: Connection, draft: Draft) -> None:
        connection.execute(DROP_OLD, _ages(draft.created_at))
        self._write(connection, draft, draft.created_at)

    def _write(self, connection: Connection, draft: Draft, at: Instant) -> None:
        account_id = self._accounts.number(connection, draft.member_id, draft.created_at)
        facts = {name: value for name, value in asdict(draft).items() if name not in {"references", "style"}}
        facts |= {"choices": json.dumps(asdict(draft.choices)), "uses_tray": int(draft.uses_tray)}
        with bounded(connection, account_id, at):
            connection.execute(SAVE, {**facts, "account_id": account_id})
            connection.execute(DROP_REFERENCES, {"draft_id": draft.draft_id})
            write_slots(connection, LAY_REFERENCE, {"draft_id": draft.draft_id}, draft.references)


class PickStore(MemberStore):
    """What was picked by a menu and not sent yet."""

    @writes
    def save(self, connection: Connection, pick: Pick) -> None:
        """Keep a pick, and drop those that are too old."""
        self._save(connection, pick)

    @reads
    def pick(self, connection: Connection, pick_id: str, at: Instant) -> Pick:
        """Read one.

        Raises:
            NoSuchDraft: there is none, or it is too old.
        """
        row = connection.execute(READ_PICK, {"pick_id": pick_id, "dead": at - DRAFT_LIFE}).fetchone()
        if row is None:
            raise NoSuchDraft
        return Pick(
            pick_id=row["pick_id"],
            guild_id=row["guild_id"],
            channel_id=row["channel_id"],
            member_id=row["member_id"],
            files=tuple(PickedFile(**file) for file in json.loads(row["files"])),
            picked_at=row["picked_at"],
        )

    def _save(self, connection: Connection, pick: Pick) -> None:
        connection.execute(DROP_OLD_PICKS, {"dead": pick.picked_at - DRAFT_LIFE})
        values: dict[str, Any] = {
            **asdict(pick),
            "account_id": self._accounts.number(connection, pick.member_id, pick.picked_at),
            "files": json.dumps([asdict(file) for file in pick.files]),
        }
        connection.execute(SAVE_PICK, values)


def _ages(at: Instant) -> dict[str, Instant]:
    return {"dead": at - DRAFT_LIFE, "waiting": at - APPROVAL_LIFE}


def _draft(connection: Connection, draft_id: str, at: Instant) -> Draft:
    row = connection.execute(READ, {"draft_id": draft_id, **_ages(at)}).fetchone()
    if row is None:
        raise NoSuchDraft
    references = read_slots(connection.execute(READ_REFERENCES, {"draft_id": draft_id}))
    chosen = Choices(**json.loads(row["choices"]))
    facts: dict[str, Any] = {**dict(row), "choices": chosen, "uses_tray": bool(row["uses_tray"])}
    style = named(styles_of(connection, row["guild_id"]), chosen.style) if chosen.style else None
    return Draft(**facts, references=references, style=style)

"""What a disk, a tool or a bug might do to sound accounts, for each invariant that has to see it."""

from __future__ import annotations

from collections.abc import Mapping

DAMAGE: Mapping[str, str] = {
    "I1": "UPDATE balances SET held_micros = held_micros + 1 WHERE scope = 'bot' AND period = 'day'",
    "I2": "UPDATE balances SET spent_micros = spent_micros + 1 WHERE scope = 'member' AND period = 'week'",
    "I3": "UPDATE admission_limits SET limit_micros = after_micros - 1",
    "I4": "DROP INDEX ledger_one_end; INSERT INTO ledger SELECT 99, 'void', hold_id, prediction_id, guild_id,"
    " account_id, amount_micros, CAST(NULL AS BIGINT), '', 0 FROM ledger WHERE kind = 'capture' LIMIT 1",
    "I5": "DROP TRIGGER ledger_keeps_its_entries; UPDATE ledger SET amount_micros = 80001 WHERE kind = 'capture'",
    "I6": "UPDATE predictions SET state = 'failed', ended_at = 1 WHERE state = 'queued'",
    "I7": "UPDATE predictions SET provider_id = CAST(prediction_id AS TEXT) WHERE state = 'queued'",
    "I8": "UPDATE jobs SET result_channel_id = 1, result_message_id = 2",
    "I9, another day": "DROP TRIGGER postings_keep_their_sums; UPDATE postings SET day = '2027-01-16'"
    " WHERE scope = 'channel' AND spent_micros > 0",
    "I9, less in one scope": "DROP TRIGGER postings_keep_their_sums;"
    " UPDATE postings SET spent_micros = spent_micros - 1 WHERE scope = 'member' AND spent_micros > 0;"
    " UPDATE balances SET spent_micros = spent_micros - 2 WHERE scope = 'member'",
    "I10, a guard": "DROP TRIGGER audit_loses_nothing",
    "I10, an entry": "DROP TRIGGER ledger_loses_nothing; DELETE FROM ledger WHERE entry_id = 1",
    "I11": "DELETE FROM balances WHERE scope = 'channel' AND period = 'total'",
    "I13": "DROP TABLE prices; CREATE TABLE prices (model_id TEXT PRIMARY KEY, price_micros REAL)",
}
"""Statements by the name of the invariant that they break, in accounts with two jobs of one picture each paid."""

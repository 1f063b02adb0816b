-- Every page that an admission touches is written and synced before it is answered. No query looks for entries by their
-- time alone, and only servers are ever added up by their days.
DROP INDEX ledger_by_time;
DROP INDEX postings_by_scope;
CREATE INDEX postings_of_servers ON postings (guild_id, day) WHERE scope = 'server';

-- SQLite cannot tell that a capture is one of the ends that ledger_one_end is about, and would read the whole ledger to
-- find one. A hold is in neither of these.
CREATE INDEX ledger_by_hold ON ledger (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX ledger_adjustments ON ledger (prediction_id) WHERE kind = 'adjust';

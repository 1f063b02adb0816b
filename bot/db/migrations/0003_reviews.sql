-- A picture may wait for a moderator who decides whether it is shown. SQLite cannot change what a column may hold, so the
-- state is made anew.

DROP INDEX predictions_open;
ALTER TABLE predictions ADD COLUMN stage TEXT NOT NULL DEFAULT 'queued' CHECK (stage IN
    ('queued', 'submitting', 'unknown', 'processing', 'review', 'completed', 'failed', 'withheld', 'cancelled'));
UPDATE predictions SET stage = state;
ALTER TABLE predictions DROP COLUMN state;
ALTER TABLE predictions RENAME COLUMN stage TO state;
CREATE INDEX predictions_open ON predictions (state) WHERE ended_at IS NULL;

-- Pictures that were put before the moderators: one row each, decided once.
CREATE TABLE reviews (
    prediction_id INTEGER PRIMARY KEY REFERENCES predictions (prediction_id),
    guild_id INTEGER NOT NULL,
    because TEXT NOT NULL CHECK (because IN ('marked', 'unmarked')),
    asked_at INTEGER NOT NULL,
    channel_id INTEGER, -- where moderators see it
    message_id INTEGER,
    verdict TEXT CHECK (verdict IN ('shown', 'kept_back', 'undecided', 'no_desk')),
    decided_at INTEGER,
    decided_by INTEGER REFERENCES accounts (account_id), -- NULL: nobody did in time, or nobody could be asked
    told_at INTEGER -- when Discord showed what was decided
) STRICT;
CREATE INDEX reviews_open ON reviews (asked_at) WHERE verdict IS NULL;
CREATE INDEX reviews_untold ON reviews (decided_at) WHERE verdict IS NOT NULL AND told_at IS NULL;

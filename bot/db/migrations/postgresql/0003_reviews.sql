DROP INDEX predictions_open;
ALTER TABLE predictions ADD COLUMN stage TEXT NOT NULL DEFAULT 'queued' CHECK (stage IN
    ('queued', 'submitting', 'unknown', 'processing', 'review', 'completed', 'failed', 'withheld', 'cancelled'));
UPDATE predictions SET stage = state;
ALTER TABLE predictions DROP COLUMN state;
ALTER TABLE predictions RENAME COLUMN stage TO state;
CREATE INDEX predictions_open ON predictions (state) WHERE ended_at IS NULL;

CREATE TABLE reviews (
    prediction_id BIGINT PRIMARY KEY REFERENCES predictions (prediction_id),
    guild_id BIGINT NOT NULL,
    because TEXT NOT NULL CHECK (because IN ('marked', 'unmarked')),
    asked_at BIGINT NOT NULL,
    channel_id BIGINT,
    message_id BIGINT,
    verdict TEXT CHECK (verdict IN ('shown', 'kept_back', 'undecided', 'no_desk')),
    decided_at BIGINT,
    decided_by BIGINT REFERENCES accounts (account_id),
    told_at BIGINT
);
CREATE INDEX reviews_open ON reviews (asked_at) WHERE verdict IS NULL;
CREATE INDEX reviews_untold ON reviews (decided_at) WHERE verdict IS NOT NULL AND told_at IS NULL;

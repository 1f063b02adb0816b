-- Each picture of a storyboard has words of its own, and a job has up to six pictures. SQLite cannot change what a column
-- may hold, so the table is made anew.

CREATE TABLE predictions_anew (
    prediction_id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    n INTEGER NOT NULL CHECK (n BETWEEN 1 AND 6),
    seed INTEGER,
    provider_id TEXT UNIQUE,
    reason TEXT,
    submitted_at INTEGER, -- its last POST
    completed_at INTEGER, -- when the provider was seen to have finished
    ended_at INTEGER,
    looks INTEGER NOT NULL DEFAULT 0, -- how often an unknown one was looked for without finding any candidate
    next_look_at INTEGER,
    review_at INTEGER, -- left to a moderator
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
        ('queued', 'submitting', 'unknown', 'processing', 'review', 'completed', 'failed', 'withheld', 'cancelled')),
    account_id INTEGER REFERENCES accounts (account_id),
    model_id TEXT,
    UNIQUE (job_id, n)
) STRICT;
INSERT INTO predictions_anew (prediction_id, job_id, n, seed, provider_id, reason, submitted_at, completed_at, ended_at,
                              looks, next_look_at, review_at, state, account_id, model_id)
SELECT prediction_id, job_id, n, seed, provider_id, reason, submitted_at, completed_at, ended_at,
       looks, next_look_at, review_at, state, account_id, model_id
FROM predictions;
DROP TABLE predictions;
ALTER TABLE predictions_anew RENAME TO predictions;
CREATE INDEX predictions_done ON predictions (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX predictions_open ON predictions (state) WHERE ended_at IS NULL;
CREATE INDEX predictions_waiting ON predictions (account_id, model_id, prediction_id)
    WHERE state = 'queued' AND ended_at IS NULL;

ALTER TABLE predictions ADD COLUMN shot TEXT; -- as it was typed; NULL: no storyboard; '': deleted
ALTER TABLE predictions ADD COLUMN sent_shot TEXT; -- as the provider gets it

-- Pictures that were shared to a server's showcase: one row each time, kept after they were taken back.

ALTER TABLE servers ADD COLUMN showcase_channel_id INTEGER;

CREATE TABLE shares (
    share_id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    prediction_id INTEGER NOT NULL REFERENCES predictions (prediction_id),
    place INTEGER NOT NULL, -- which of the prediction's outputs
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL, -- the showcase when it was shared
    shared_by INTEGER NOT NULL REFERENCES accounts (account_id),
    shared_at INTEGER NOT NULL,
    posting_at INTEGER NOT NULL, -- committed before each try to post
    message_id INTEGER,
    taken_back_at INTEGER,
    given_up_at INTEGER -- it could not be posted, or nobody can tell whether it was
) STRICT;
CREATE UNIQUE INDEX shares_once ON shares (prediction_id, place) WHERE taken_back_at IS NULL;
CREATE INDEX shares_by_job ON shares (job_id);
CREATE INDEX shares_unposted ON shares (posting_at) WHERE message_id IS NULL AND given_up_at IS NULL;

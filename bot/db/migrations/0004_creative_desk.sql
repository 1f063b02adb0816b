-- The creative desk: references that members collect, requests that are not run yet, reports.
-- An image that is no longer kept leaves trays and drafts by itself.

CREATE TABLE tray (
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    place INTEGER NOT NULL CHECK (place BETWEEN 1 AND 5),
    role TEXT,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES images (sha256) ON DELETE CASCADE,
    note TEXT,
    PRIMARY KEY (guild_id, channel_id, account_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX tray_by_image ON tray (sha256);

CREATE TABLE drafts (
    draft_id TEXT PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    command TEXT NOT NULL,
    prompt TEXT NOT NULL,
    model_id TEXT,
    aspect_ratio TEXT,
    guidance_scale REAL,
    seed INTEGER,
    count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 4),
    parent_job_id TEXT REFERENCES jobs (job_id),
    uses_tray INTEGER NOT NULL CHECK (uses_tray IN (0, 1)),
    claimed_by INTEGER, -- the interaction that runs it; a job of that interaction is this draft's
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_by_age ON drafts (created_at);

CREATE TABLE draft_references (
    draft_id TEXT NOT NULL REFERENCES drafts (draft_id) ON DELETE CASCADE,
    place INTEGER NOT NULL CHECK (place BETWEEN 1 AND 5),
    role TEXT,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES images (sha256) ON DELETE CASCADE,
    note TEXT,
    PRIMARY KEY (draft_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_references_by_image ON draft_references (sha256);

-- Files of a message that were picked by its menu, until the form with the prompt comes back; a day at most.
CREATE TABLE picks (
    pick_id TEXT PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    files TEXT NOT NULL, -- a JSON list
    picked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    report_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    job_id TEXT REFERENCES jobs (job_id),
    reporter_id INTEGER NOT NULL REFERENCES accounts (account_id),
    reported_at INTEGER NOT NULL,
    handled_at INTEGER,
    handled_by INTEGER REFERENCES accounts (account_id),
    UNIQUE (message_id, reporter_id)
) STRICT;
CREATE INDEX reports_open ON reports (guild_id, report_id) WHERE handled_at IS NULL;

-- When somebody deleted a job's pictures, and who.
ALTER TABLE jobs ADD COLUMN taken_down_at INTEGER;
ALTER TABLE jobs ADD COLUMN taken_down_by INTEGER REFERENCES accounts (account_id);
CREATE INDEX jobs_by_result ON jobs (result_message_id) WHERE result_message_id IS NOT NULL;
CREATE INDEX jobs_by_parent ON jobs (parent_job_id) WHERE parent_job_id IS NOT NULL;

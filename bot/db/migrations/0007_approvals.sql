-- Asking a moderator: one request each, decided once.

-- 1: every request of a member waits for a moderator.
ALTER TABLE servers ADD COLUMN approval INTEGER NOT NULL DEFAULT 0 CHECK (approval IN (0, 1));

CREATE TABLE approvals (
    approval_id TEXT PRIMARY KEY REFERENCES drafts (draft_id) ON DELETE CASCADE, -- a copy that nobody can change
    source_id TEXT NOT NULL UNIQUE, -- the draft under whose refusal somebody asked
    guild_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    purse_channel_id INTEGER NOT NULL,
    role_ids TEXT NOT NULL, -- a JSON list: the member's roles when they asked
    images INTEGER NOT NULL, -- how many references it was asked with
    channel_id INTEGER, -- where moderators see it
    message_id INTEGER,
    asked_at INTEGER NOT NULL,
    verdict TEXT CHECK (verdict IN ('approved', 'declined')),
    decided_by INTEGER REFERENCES accounts (account_id),
    decided_at INTEGER,
    job_id TEXT REFERENCES jobs (job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by_account ON approvals (account_id);

-- The tables of the first release. Instants are milliseconds since 1970 UTC (`*_at`), money is whole micro-dollars
-- (`*_micros`), days are ISO dates in the zone that counted them. STRICT keeps every column to its type.

-- One row a person, across servers. A member's Discord id goes when they ask for it; the keyed hash stays, so that one
-- who returns finds the same account, and the ledger keeps its meaning without knowing whom it is about.
CREATE TABLE accounts (
    account_id INTEGER PRIMARY KEY,
    member_id INTEGER UNIQUE,
    member_key TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

-- One row a server, made when it is first seen, with the operator's defaults copied at that moment.
CREATE TABLE servers (
    guild_id INTEGER PRIMARY KEY,
    zone TEXT NOT NULL DEFAULT 'UTC',
    confirm_above_micros INTEGER CHECK (confirm_above_micros >= 0),
    approval INTEGER NOT NULL DEFAULT 0 CHECK (approval IN (0, 1)), -- 1: every request of a member waits for a moderator
    jobs_at_once INTEGER CHECK (jobs_at_once > 0), -- of one member
    nsfw TEXT NOT NULL DEFAULT 'adult_channels' CHECK (nsfw IN ('adult_channels', 'never')),
    desk_channel_id INTEGER, -- where moderators are asked
    log_channel_id INTEGER, -- where they are told what moderators did
    logged_audit_id INTEGER, -- up to which act they were told
    paused_at INTEGER,
    paused_reason TEXT,
    seen_at INTEGER NOT NULL
) STRICT;

-- Roles whose holders may press the buttons of requests and reports, beside members with Manage Server.
CREATE TABLE desk_roles (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    role_id INTEGER NOT NULL,
    PRIMARY KEY (guild_id, role_id)
) STRICT, WITHOUT ROWID;

-- What a channel, forum or thread has of its own; NULL is whatever the server has.
CREATE TABLE channel_rules (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    channel_id INTEGER NOT NULL,
    access TEXT CHECK (access IN ('allow', 'deny')),
    model_id TEXT,
    aspect_ratio TEXT,
    nsfw TEXT CHECK (nsfw IN ('adult_channels', 'never')),
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;

-- Words that a server keeps out of prompts, folded as they are compared.
CREATE TABLE words (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    word TEXT NOT NULL,
    PRIMARY KEY (guild_id, word)
) STRICT, WITHOUT ROWID;

-- A member who may not spend in a server (running jobs finish).
CREATE TABLE freezes (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    reason TEXT NOT NULL,
    frozen_by INTEGER NOT NULL REFERENCES accounts (account_id),
    frozen_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, account_id)
) STRICT;

-- Members who may use nothing but /privacy in a server.
CREATE TABLE blocks (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    reason TEXT NOT NULL,
    blocked_by INTEGER NOT NULL REFERENCES accounts (account_id),
    blocked_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, account_id)
) STRICT, WITHOUT ROWID;

-- What may be spent. No row is no limit, 0 is nothing at all. `guild_id` and `subject_id` are 0 for the bot,
-- `subject_id` is 0 for a server's default and the server itself.
CREATE TABLE limits (
    guild_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('member', 'default', 'role', 'channel', 'server', 'bot')),
    subject_id INTEGER NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month', 'total')),
    amount_micros INTEGER NOT NULL CHECK (amount_micros >= 0),
    set_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, kind, subject_id, period)
) STRICT, WITHOUT ROWID;

-- Credit beyond a limit, for a member (account) or for what is made in a channel.
CREATE TABLE grants (
    grant_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    kind TEXT NOT NULL CHECK (kind IN ('member', 'channel')),
    subject_id INTEGER NOT NULL,
    amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
    reason TEXT NOT NULL,
    expires_at INTEGER,
    granted_by INTEGER NOT NULL REFERENCES accounts (account_id),
    granted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_by_subject ON grants (guild_id, kind, subject_id);

-- The sum of the postings of one scope in one period; the period is part of the key, so nothing is ever reset.
CREATE TABLE balances (
    scope TEXT NOT NULL CHECK (scope IN ('member', 'channel', 'server', 'bot', 'grant')),
    guild_id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month', 'total')),
    period_key TEXT NOT NULL,
    held_micros INTEGER NOT NULL CHECK (held_micros >= 0),
    spent_micros INTEGER NOT NULL CHECK (spent_micros >= 0),
    PRIMARY KEY (scope, guild_id, subject_id, period, period_key)
) STRICT, WITHOUT ROWID;

-- Images by content; the bytes lie as files under DATA_DIR.
CREATE TABLE images (
    sha256 TEXT PRIMARY KEY,
    content_type TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    size INTEGER NOT NULL,
    stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the provider already has an image, until shortly before it deletes it.
CREATE TABLE uploads (
    sha256 TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    job_id TEXT PRIMARY KEY,
    interaction_id INTEGER NOT NULL UNIQUE,
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    channel_id INTEGER NOT NULL,
    purse_channel_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    role_id INTEGER, -- the member's highest role then, so that what each role spent adds up to what was spent
    command TEXT NOT NULL,
    prompt TEXT NOT NULL,
    sent_prompt TEXT NOT NULL,
    model_id TEXT NOT NULL,
    parameters TEXT NOT NULL, -- a JSON object
    price_micros INTEGER NOT NULL CHECK (price_micros >= 0),
    parent_job_id TEXT REFERENCES jobs (job_id),
    status_channel_id INTEGER,
    status_message_id INTEGER,
    result_channel_id INTEGER,
    result_message_id INTEGER,
    created_at INTEGER NOT NULL,
    posting_at INTEGER, -- committed before the result message is sent
    late_told_at INTEGER, -- the deadline passed and the member was told
    closed_at INTEGER,
    taken_down_at INTEGER, -- somebody deleted its pictures
    taken_down_by INTEGER REFERENCES accounts (account_id),
    erased_at INTEGER -- its prompt and its pictures were deleted with somebody's data, or by age
) STRICT;
CREATE INDEX jobs_open ON jobs (created_at) WHERE closed_at IS NULL;
CREATE INDEX jobs_by_member ON jobs (account_id, guild_id, created_at);
CREATE INDEX jobs_by_server ON jobs (guild_id, created_at);
CREATE INDEX jobs_by_result ON jobs (result_message_id) WHERE result_message_id IS NOT NULL;
CREATE INDEX jobs_not_erased ON jobs (created_at) WHERE closed_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX jobs_by_parent ON jobs (parent_job_id) WHERE parent_job_id IS NOT NULL;

CREATE TABLE job_references (
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    place INTEGER NOT NULL CHECK (place BETWEEN 1 AND 5),
    role TEXT,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES images (sha256),
    note TEXT,
    PRIMARY KEY (job_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_references_by_image ON job_references (sha256);

CREATE TABLE predictions (
    prediction_id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    n INTEGER NOT NULL CHECK (n BETWEEN 1 AND 4),
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'submitting', 'unknown', 'processing', 'completed', 'failed', 'withheld', 'cancelled')),
    seed INTEGER,
    provider_id TEXT UNIQUE,
    reason TEXT,
    submitted_at INTEGER, -- its last POST
    completed_at INTEGER, -- when the provider was seen to have finished
    ended_at INTEGER,
    looks INTEGER NOT NULL DEFAULT 0, -- how often an unknown one was looked for without finding any candidate
    next_look_at INTEGER,
    review_at INTEGER, -- left to a moderator
    UNIQUE (job_id, n)
) STRICT;
CREATE INDEX predictions_open ON predictions (state) WHERE ended_at IS NULL;
CREATE INDEX predictions_done ON predictions (completed_at) WHERE completed_at IS NOT NULL;

-- One row a POST that could create a paid task: committed before it leaves.
CREATE TABLE attempts (
    attempt_id INTEGER PRIMARY KEY,
    prediction_id INTEGER NOT NULL REFERENCES predictions (prediction_id),
    boot_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    answered_at INTEGER,
    outcome TEXT CHECK (outcome IN ('accepted', 'returned', 'refused', 'lost'))
) STRICT;
CREATE INDEX attempts_by_prediction ON attempts (prediction_id);
CREATE INDEX attempts_by_time ON attempts (sent_at);

-- What the provider's list showed for a submit whose answer was lost, when it was left to a moderator: until they have
-- decided, none of these is given to another prediction.
CREATE TABLE candidates (
    prediction_id INTEGER NOT NULL REFERENCES predictions (prediction_id),
    provider_id TEXT NOT NULL,
    PRIMARY KEY (prediction_id, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX candidates_by_provider ON candidates (provider_id);

CREATE TABLE outputs (
    prediction_id INTEGER NOT NULL REFERENCES predictions (prediction_id),
    place INTEGER NOT NULL,
    sha256 TEXT NOT NULL REFERENCES images (sha256),
    flagged INTEGER CHECK (flagged IN (0, 1)), -- NULL: the provider gave no mark
    PRIMARY KEY (prediction_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX outputs_by_image ON outputs (sha256);

-- Everything that ever happened to money. Never updated, never deleted.
-- hold: set aside at admission, one for each prediction; capture: spent; void: given back; expire: given back because
-- the provider no longer knows; refund: captured money given back later; adjust: what the provider billed and no
-- member carries, on the server's own account (negative: the provider gave it back).
CREATE TABLE ledger (
    entry_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('hold', 'capture', 'void', 'expire', 'refund', 'adjust')),
    hold_id INTEGER REFERENCES ledger (entry_id),
    prediction_id INTEGER REFERENCES predictions (prediction_id),
    guild_id INTEGER NOT NULL,
    account_id INTEGER REFERENCES accounts (account_id),
    amount_micros INTEGER NOT NULL,
    actor_id INTEGER REFERENCES accounts (account_id),
    reason TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    CHECK (kind = 'adjust' OR amount_micros >= 0),
    CHECK ((kind IN ('hold', 'adjust')) = (hold_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX ledger_one_hold ON ledger (prediction_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX ledger_one_end ON ledger (hold_id) WHERE kind IN ('capture', 'void', 'expire');
CREATE UNIQUE INDEX ledger_one_refund ON ledger (hold_id) WHERE kind = 'refund';
CREATE INDEX ledger_by_account ON ledger (account_id, guild_id, entry_id);
-- SQLite cannot tell that a capture is one of the ends that ledger_one_end is about, and would read the whole ledger to
-- find one. A hold is in neither of these.
CREATE INDEX ledger_by_hold ON ledger (hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX ledger_adjustments ON ledger (prediction_id) WHERE kind = 'adjust';

-- What an entry means in each scope that counts it. `day` is the admission's, so all entries of one hold stay in its
-- periods. A hold's postings raise `held`; an end's lower it by the hold and raise `spent` by the capture.
CREATE TABLE postings (
    entry_id INTEGER NOT NULL REFERENCES ledger (entry_id),
    scope TEXT NOT NULL CHECK (scope IN ('member', 'channel', 'server', 'bot', 'grant')),
    guild_id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    held_micros INTEGER NOT NULL, -- change
    spent_micros INTEGER NOT NULL, -- change
    PRIMARY KEY (entry_id, scope, guild_id, subject_id)
) STRICT, WITHOUT ROWID;
-- Every page that an admission touches is written and synced before it is answered, so this index stays small: only
-- servers are ever added up by their days.
CREATE INDEX postings_of_servers ON postings (guild_id, day) WHERE scope = 'server';

-- What each limit that applied to an admission was, and what stood against it at that moment: the proof that no job was
-- ever admitted beyond one.
CREATE TABLE admission_limits (
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    scope TEXT NOT NULL CHECK (scope IN ('member', 'channel', 'server', 'bot', 'grant')),
    guild_id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('day', 'week', 'month', 'total')),
    limit_micros INTEGER NOT NULL,
    asked_micros INTEGER NOT NULL,
    after_micros INTEGER NOT NULL, -- spent and held, with this job
    CHECK (after_micros <= limit_micros),
    PRIMARY KEY (job_id, scope, guild_id, subject_id, period)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_keeps_its_entries BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_loses_nothing BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER postings_keep_their_sums BEFORE UPDATE ON postings
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER postings_lose_nothing BEFORE DELETE ON postings
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- Who changed what, from what to what, and why; never a prompt.
CREATE TABLE audit (
    audit_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    actor_id INTEGER REFERENCES accounts (account_id),
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    job_id TEXT,
    before TEXT,
    after TEXT,
    reason TEXT,
    done_at INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_server ON audit (guild_id, audit_id);
CREATE INDEX audit_of_log_channels ON audit (guild_id, audit_id) WHERE action = 'log_channel';
CREATE INDEX audit_by_subject ON audit (guild_id, subject_kind, subject_id, audit_id);
CREATE TRIGGER audit_keeps_its_rows BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

-- References that members collect. An image that is no longer kept leaves trays and drafts by itself.
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

-- Requests that are not run yet.
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
    price_micros INTEGER NOT NULL CHECK (price_micros >= 0), -- of one picture, as its messages show it
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

-- Pictures that members reported; what moderators decided about each, step by step, and where they read about it.
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
    measure TEXT CHECK (measure IN ('hide', 'show', 'delete', 'block', 'dismiss')),
    steps INTEGER NOT NULL DEFAULT 0, -- how many decisions there were
    carried_steps INTEGER NOT NULL DEFAULT 0, -- how many of them Discord shows
    desk_channel_id INTEGER,
    desk_message_id INTEGER,
    UNIQUE (message_id, reporter_id)
) STRICT;
CREATE INDEX reports_open ON reports (guild_id, report_id) WHERE handled_at IS NULL;
CREATE INDEX reports_unfinished ON reports (handled_at) WHERE carried_steps < steps;

-- Requests put before a moderator: one each, decided once.
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
    job_id TEXT REFERENCES jobs (job_id),
    reason TEXT, -- why it was declined
    told_at INTEGER -- when Discord showed what was decided
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by_account ON approvals (account_id);

-- 80 % and 100 % are told once per scope and period.
CREATE TABLE notices (
    scope TEXT NOT NULL,
    guild_id INTEGER NOT NULL,
    subject_id INTEGER NOT NULL,
    period TEXT NOT NULL,
    period_key TEXT NOT NULL,
    percent INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (scope, guild_id, subject_id, period, period_key, percent)
) STRICT, WITHOUT ROWID;

-- A command that was acknowledged: answered as a job, or at the next start. The token is kept for at most 15 minutes.
CREATE TABLE interactions (
    interaction_id INTEGER PRIMARY KEY,
    token TEXT NOT NULL,
    guild_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    job_id TEXT REFERENCES jobs (job_id),
    received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX interactions_by_job ON interactions (job_id);

-- Members whose data is to go as soon as their last job has ended. `with_messages`: also what was posted for them.
CREATE TABLE erasures (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (account_id),
    with_messages INTEGER NOT NULL CHECK (with_messages IN (0, 1)),
    asked_at INTEGER NOT NULL
) STRICT;

-- What still has to be deleted elsewhere after it is gone here: at the provider, or as a message in Discord.
CREATE TABLE deletions (
    deletion_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('prediction', 'message')),
    provider_id TEXT,
    channel_id INTEGER,
    message_id INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL
) STRICT;
CREATE INDEX deletions_due ON deletions (due_at);

-- The last known price of each model; a newer quote replaces it.
CREATE TABLE prices (
    model_id TEXT PRIMARY KEY,
    price_micros INTEGER NOT NULL CHECK (price_micros >= 0),
    quoted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Small facts about this installation: the account key, what was synced to Discord, a freeze on doubt, identifies.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    set_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

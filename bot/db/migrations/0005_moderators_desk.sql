-- The moderator's desk: rules of servers and channels, words, blocks, whose highest role spent what, and what is to go.

-- Where the desk works, and what it has set.
ALTER TABLE servers ADD COLUMN desk_channel_id INTEGER;
ALTER TABLE servers ADD COLUMN nsfw TEXT NOT NULL DEFAULT 'adult_channels' CHECK (nsfw IN ('adult_channels', 'never'));
ALTER TABLE servers ADD COLUMN jobs_at_once INTEGER CHECK (jobs_at_once > 0);

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

-- Members who may use nothing but /privacy in a server.
CREATE TABLE blocks (
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    account_id INTEGER NOT NULL REFERENCES accounts (account_id),
    reason TEXT NOT NULL,
    blocked_by INTEGER NOT NULL REFERENCES accounts (account_id),
    blocked_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, account_id)
) STRICT, WITHOUT ROWID;

-- The highest role of the member at that moment, so that what each role spent adds up to what was spent.
ALTER TABLE jobs ADD COLUMN role_id INTEGER;

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

-- The prompt and the pictures of this job were deleted.
ALTER TABLE jobs ADD COLUMN erased_at INTEGER;

-- A server's styles; a removed one keeps its row and name, by which its jobs are read, and loses everything else.

CREATE TABLE styles (
    style_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL REFERENCES servers (guild_id),
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    template TEXT NOT NULL,
    model_id TEXT,
    parameters TEXT NOT NULL, -- a JSON object
    images INTEGER NOT NULL CHECK (images BETWEEN 0 AND 4), -- how many references it was given, whatever is left of them
    added_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX styles_by_name ON styles (guild_id, folded_name) WHERE removed_at IS NULL;

CREATE TABLE style_references (
    style_id INTEGER NOT NULL REFERENCES styles (style_id),
    place INTEGER NOT NULL CHECK (place BETWEEN 1 AND 4),
    role TEXT,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES images (sha256),
    note TEXT,
    spoiler INTEGER NOT NULL CHECK (spoiler IN (0, 1)),
    account_id INTEGER NOT NULL REFERENCES accounts (account_id), -- who gave it
    PRIMARY KEY (style_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX style_references_by_image ON style_references (sha256);
CREATE INDEX style_references_by_giver ON style_references (account_id);

ALTER TABLE jobs ADD COLUMN style_id INTEGER REFERENCES styles (style_id);
CREATE INDEX jobs_by_style ON jobs (style_id, created_at) WHERE style_id IS NOT NULL;

ALTER TABLE job_references ADD COLUMN of_style INTEGER NOT NULL DEFAULT 0 CHECK (of_style IN (0, 1));

ALTER TABLE channel_rules ADD COLUMN style_id INTEGER REFERENCES styles (style_id);

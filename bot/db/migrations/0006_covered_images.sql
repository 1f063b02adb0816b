-- A mark of the provider belongs to the picture, wherever it is used again; a spoiler to the reference that a member gave.

ALTER TABLE images ADD COLUMN marked INTEGER NOT NULL DEFAULT 0 CHECK (marked IN (0, 1));
UPDATE images SET marked = 1 WHERE sha256 IN (SELECT sha256 FROM outputs WHERE flagged = 1);

ALTER TABLE job_references ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE draft_references ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE tray ADD COLUMN spoiler INTEGER NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));

ALTER TABLE images ADD COLUMN marked BIGINT NOT NULL DEFAULT 0 CHECK (marked IN (0, 1));
UPDATE images SET marked = 1 WHERE sha256 IN (SELECT sha256 FROM outputs WHERE flagged = 1);

ALTER TABLE job_references ADD COLUMN spoiler BIGINT NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE draft_references ADD COLUMN spoiler BIGINT NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));
ALTER TABLE tray ADD COLUMN spoiler BIGINT NOT NULL DEFAULT 0 CHECK (spoiler IN (0, 1));

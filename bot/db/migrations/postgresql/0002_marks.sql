ALTER TABLE servers ADD COLUMN unsafe TEXT NOT NULL DEFAULT 'adult_channels'
    CHECK (unsafe IN ('adult_channels', 'never', 'held'));
UPDATE servers SET unsafe = nsfw;
ALTER TABLE servers DROP COLUMN nsfw;
ALTER TABLE servers RENAME COLUMN unsafe TO nsfw;

ALTER TABLE servers ADD COLUMN unmarked_is_unsafe BIGINT NOT NULL DEFAULT 0 CHECK (unmarked_is_unsafe IN (0, 1));

ALTER TABLE channel_rules ADD COLUMN unsafe TEXT CHECK (unsafe IN ('adult_channels', 'never', 'held'));
UPDATE channel_rules SET unsafe = nsfw;
ALTER TABLE channel_rules DROP COLUMN nsfw;
ALTER TABLE channel_rules RENAME COLUMN unsafe TO nsfw;

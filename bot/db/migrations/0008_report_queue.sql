-- What moderators decide about a reported picture, step by step, and where they read about it.
ALTER TABLE reports ADD COLUMN measure TEXT CHECK (measure IN ('hide', 'show', 'delete', 'block', 'dismiss'));
ALTER TABLE reports ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN desk_channel_id INTEGER;
ALTER TABLE reports ADD COLUMN desk_message_id INTEGER;

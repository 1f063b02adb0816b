ALTER TABLE attempts ADD COLUMN began_after BIGINT;
ALTER TABLE attempts ADD COLUMN began_before BIGINT;

CREATE INDEX attempts_unanswered ON attempts (sent_at) WHERE outcome IS NULL OR outcome = 'lost';

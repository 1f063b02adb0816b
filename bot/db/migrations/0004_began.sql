-- When each POST began by the provider's clock, between these two; NULL where that clock was not known yet.
ALTER TABLE attempts ADD COLUMN began_after INTEGER;
ALTER TABLE attempts ADD COLUMN began_before INTEGER;
-- The few whose answer may still come or was lost, among all that ever were.
CREATE INDEX attempts_unanswered ON attempts (sent_at) WHERE outcome IS NULL OR outcome = 'lost';

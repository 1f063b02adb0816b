ALTER TABLE predictions DROP CONSTRAINT predictions_n_check;
ALTER TABLE predictions ADD CONSTRAINT predictions_n_check CHECK (n BETWEEN 1 AND 6);

ALTER TABLE predictions ADD COLUMN shot TEXT;
ALTER TABLE predictions ADD COLUMN sent_shot TEXT;

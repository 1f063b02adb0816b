-- Whose turn it is, how busy the provider is and how many wait is found without reading everything that waits.

ALTER TABLE predictions ADD COLUMN account_id BIGINT REFERENCES accounts (account_id);
ALTER TABLE predictions ADD COLUMN model_id TEXT;
UPDATE predictions SET
    account_id = (SELECT account_id FROM jobs WHERE jobs.job_id = predictions.job_id),
    model_id = (SELECT model_id FROM jobs WHERE jobs.job_id = predictions.job_id);
CREATE INDEX predictions_waiting ON predictions (account_id, model_id, prediction_id)
    WHERE state = 'queued' AND ended_at IS NULL;

ALTER TABLE attempts ADD COLUMN account_id BIGINT REFERENCES accounts (account_id);
UPDATE attempts SET account_id =
    (SELECT account_id FROM predictions WHERE predictions.prediction_id = attempts.prediction_id);
-- A POST that came back unaccepted served nobody.
CREATE INDEX attempts_that_served ON attempts (account_id, sent_at) WHERE outcome IS NULL OR outcome <> 'returned';

CREATE INDEX jobs_late ON jobs (job_id) WHERE late_told_at IS NOT NULL AND closed_at IS NULL;

-- One row for each member and model of which something waits: what of it is sent first, and when the member was served.
CREATE TABLE turns (
    account_id BIGINT NOT NULL REFERENCES accounts (account_id),
    model_id TEXT NOT NULL,
    served_at BIGINT NOT NULL, -- 0: an hour ago or never
    first_id BIGINT NOT NULL REFERENCES predictions (prediction_id),
    PRIMARY KEY (account_id, model_id)
);
CREATE INDEX turns_in_order ON turns (served_at, first_id, model_id);
INSERT INTO turns (account_id, model_id, served_at, first_id)
SELECT account_id, model_id,
       COALESCE((SELECT MAX(sent_at) FROM attempts
                 WHERE attempts.account_id = predictions.account_id AND (outcome IS NULL OR outcome <> 'returned')
                   AND sent_at > (SELECT MAX(sent_at) FROM attempts) - 3600000), 0),
       MIN(prediction_id)
FROM predictions WHERE state = 'queued' AND ended_at IS NULL GROUP BY account_id, model_id;

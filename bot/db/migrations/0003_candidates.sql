-- What the provider's list showed for a submit whose answer was lost, when it was left to a moderator: until they have
-- decided, none of these is given to another prediction.
CREATE TABLE candidates (
    prediction_id INTEGER NOT NULL REFERENCES predictions (prediction_id),
    provider_id TEXT NOT NULL,
    PRIMARY KEY (prediction_id, provider_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX candidates_by_provider ON candidates (provider_id);

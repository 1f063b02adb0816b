CREATE TABLE kept_results (
    job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
    kept_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL
);
CREATE INDEX kept_results_due ON kept_results (next_try_at);

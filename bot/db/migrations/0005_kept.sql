-- Results that could not be brought: one row each, tried again ever more rarely until they are brought or erased.
CREATE TABLE kept_results (
    job_id TEXT PRIMARY KEY REFERENCES jobs (job_id),
    kept_at INTEGER NOT NULL,
    tries INTEGER NOT NULL, -- since it was kept
    next_try_at INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_results_due ON kept_results (next_try_at);

-- By which a process finds out whether a write of its own was kept, where the answer to its COMMIT was lost.
CREATE TABLE last_writes (
    writer TEXT PRIMARY KEY, -- made up by each connection that writes
    number BIGINT NOT NULL,
    kept_at TIMESTAMPTZ NOT NULL
);

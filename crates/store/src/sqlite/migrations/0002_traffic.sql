-- Numbers of attempts by the time in which they ended. The sums for applications and organizations
-- are kept beside those of endpoints.
CREATE TABLE traffic (
    kind      INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 2), -- organization, application, endpoint
    id        BLOB    NOT NULL,
    step_ms   INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,          -- when the step began
    delivered INTEGER NOT NULL,
    failed    INTEGER NOT NULL,
    durations BLOB    NOT NULL,          -- pairs of numbers: buckets passed over, count
    PRIMARY KEY (kind, id, step_ms, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX traffic_age ON traffic (step_ms, at_ms);

-- Of all time, for each endpoint to which anything was sent, while it is there.
CREATE TABLE traffic_total (
    endpoint_id         BLOB    NOT NULL PRIMARY KEY,
    organization_id     BLOB    NOT NULL,
    application_id      BLOB    NOT NULL,
    delivered           INTEGER NOT NULL,
    failed              INTEGER NOT NULL,
    latest_at_ms        INTEGER NOT NULL, -- of success and failure
    success_at_ms       INTEGER,
    failure_at_ms       INTEGER,
    failure_message_id  BLOB,
    failure_status      INTEGER,
    failure_text        TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX traffic_total_organization ON traffic_total (organization_id, latest_at_ms);
CREATE INDEX traffic_total_application ON traffic_total (application_id, latest_at_ms);
CREATE INDEX traffic_total_organization_failure ON traffic_total (organization_id, failure_at_ms)
    WHERE failure_at_ms IS NOT NULL;
CREATE INDEX traffic_total_application_failure ON traffic_total (application_id, failure_at_ms)
    WHERE failure_at_ms IS NOT NULL;

-- Endpoints and applications that were deleted and may still have numbers.
CREATE TABLE traffic_gone (
    kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
    id   BLOB    NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

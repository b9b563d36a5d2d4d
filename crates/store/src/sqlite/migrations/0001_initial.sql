-- Ids are 20-byte KSUIDs, times are milliseconds since the Unix epoch, lists and maps are JSON.

CREATE TABLE application (
    id              BLOB    NOT NULL PRIMARY KEY,
    organization_id BLOB    NOT NULL,
    uid             TEXT,
    name            TEXT    NOT NULL,
    throttle_rate   INTEGER,
    operational     INTEGER NOT NULL CHECK (operational IN (0, 1)),
    metadata        TEXT    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    deleted_at_ms   INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX application_operational ON application (organization_id)
    WHERE operational = 1 AND deleted_at_ms IS NULL;
CREATE UNIQUE INDEX application_uid ON application (organization_id, uid)
    WHERE uid IS NOT NULL AND deleted_at_ms IS NULL;
CREATE INDEX application_list ON application (organization_id, id)
    WHERE deleted_at_ms IS NULL AND operational = 0;

-- Tells, as the other indexes of its kind, what may be forgotten by now.
CREATE INDEX application_deleted ON application (deleted_at_ms)
    WHERE deleted_at_ms IS NOT NULL;

CREATE TABLE endpoint (
    id               BLOB    NOT NULL PRIMARY KEY,
    organization_id  BLOB    NOT NULL,
    application_id   BLOB    NOT NULL REFERENCES application (id),
    uid              TEXT,
    name             TEXT    NOT NULL,
    url              TEXT    NOT NULL,
    description      TEXT    NOT NULL,
    throttle_rate    INTEGER,
    disabled         INTEGER NOT NULL CHECK (disabled IN (0, 1)),
    event_types      TEXT,               -- NULL wants all
    channels         TEXT,               -- NULL listens to all
    metadata         TEXT    NOT NULL,
    headers          TEXT    NOT NULL,
    secret           TEXT    NOT NULL,
    old_secrets      TEXT    NOT NULL,
    filter           TEXT,               -- NULL wants all
    request          TEXT,               -- NULL is a POST of the payload
    transformation   TEXT,               -- NULL while there is none
    retry            TEXT,               -- NULL is as the server does
    ordered          INTEGER NOT NULL CHECK (ordered IN (0, 1)),
    -- Credentials and secret values, encrypted: a version byte and 8 bytes that name the key, a
    -- nonce of 12 bytes, the ciphertext. NULL while there are none, and after deletion.
    sealed           BLOB,
    failing_since_ms INTEGER,
    created_at_ms    INTEGER NOT NULL,
    updated_at_ms    INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    deleted_at_ms    INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX endpoint_uid ON endpoint (application_id, uid)
    WHERE uid IS NOT NULL AND deleted_at_ms IS NULL;
CREATE INDEX endpoint_list ON endpoint (application_id, id)
    WHERE deleted_at_ms IS NULL;
-- The deleted ones too: without it, deleting an application reads every endpoint there is to see
-- that none refers to it.
CREATE INDEX endpoint_application ON endpoint (application_id);
-- Tells at every start whether something is sealed with another key.
CREATE INDEX endpoint_sealed ON endpoint (substr(sealed, 1, 9))
    WHERE sealed IS NOT NULL;
CREATE INDEX endpoint_deleted ON endpoint (deleted_at_ms)
    WHERE deleted_at_ms IS NOT NULL;

CREATE TABLE event_type (
    organization_id BLOB    NOT NULL,
    name            TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    archived        INTEGER NOT NULL CHECK (archived IN (0, 1)),
    deprecated      INTEGER NOT NULL CHECK (deprecated IN (0, 1)),
    schemas         TEXT,
    group_name      TEXT,
    feature_flags   TEXT,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (organization_id, name)
) STRICT, WITHOUT ROWID;

-- Keyed by application, so that accepting appends to the right of each application's own range.
CREATE TABLE message (
    application_id        BLOB    NOT NULL,
    id                    BLOB    NOT NULL,
    event_type            TEXT    NOT NULL,
    event_id              TEXT,
    channels              TEXT,           -- NULL when there are none
    tags                  TEXT,           -- NULL when there are none
    payload               BLOB,           -- NULL once it has expired or was expunged
    raw                   BLOB,           -- sent in place of the payload; mostly NULL
    endpoint_id           BLOB,           -- the only one that it is for; mostly NULL
    raw_headers           TEXT,           -- a JSON list of names and values; NULL where raw is
    deliver_at_ms         INTEGER,
    payload_expires_at_ms INTEGER,        -- NULL when it is kept as long as the message
    created_at_ms         INTEGER NOT NULL,
    received              TEXT,           -- the request at a bin that it was; mostly NULL
    PRIMARY KEY (application_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX message_event_id ON message (application_id, event_id)
    WHERE event_id IS NOT NULL;
-- Most payloads are kept as long as their message and are not in here.
CREATE INDEX message_payload_expiry ON message (payload_expires_at_ms)
    WHERE payload_expires_at_ms IS NOT NULL;

CREATE TABLE delivery (
    message_id   BLOB    NOT NULL,
    endpoint_id  BLOB    NOT NULL,
    -- Spelled as a range: for a longer IN list SQLite builds a temporary table on every write.
    status       INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4 AND status <> 3),
    owner        INTEGER NOT NULL,        -- the node that has it in memory; 0 is nobody
    tries        INTEGER NOT NULL,
    trigger_type INTEGER NOT NULL CHECK (trigger_type IN (0, 1)),
    due_at_ms    INTEGER NOT NULL,
    retry_at_ms  INTEGER,                 -- of ordered endpoints, whose due_at_ms is their place
    PRIMARY KEY (message_id, endpoint_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_endpoint ON delivery (endpoint_id, message_id);
-- Serves waiting, claim and adopt; holds only what is still to be done.
CREATE INDEX delivery_pending ON delivery (owner, endpoint_id, due_at_ms, message_id)
    WHERE status = 1;

CREATE TABLE attempt (
    endpoint_id     BLOB    NOT NULL,
    id              BLOB    NOT NULL,
    message_id      BLOB    NOT NULL,
    created_at_ms   INTEGER NOT NULL,
    url             TEXT    NOT NULL,
    -- A range again, as above.
    status          INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4 AND status % 2 = 0),
    response_status INTEGER NOT NULL,
    response_body   BLOB    NOT NULL,
    duration_ms     INTEGER NOT NULL,
    trigger_type    INTEGER NOT NULL CHECK (trigger_type IN (0, 1)),
    cause           TEXT,
    error           TEXT    NOT NULL,
    test            INTEGER NOT NULL CHECK (test IN (0, 1)),
    PRIMARY KEY (endpoint_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_message ON attempt (message_id, id);

CREATE TABLE node (
    id              INTEGER NOT NULL PRIMARY KEY,
    heartbeat_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE task (
    id              BLOB    NOT NULL PRIMARY KEY,
    organization_id BLOB    NOT NULL,
    kind            TEXT    NOT NULL,
    input           TEXT    NOT NULL,     -- a JSON object, by kind
    status          TEXT    NOT NULL,
    done_count      INTEGER NOT NULL,
    cursor          BLOB,
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX task_list ON task (organization_id, id);
CREATE INDEX task_running ON task (id) WHERE status = 'running';
CREATE INDEX task_ended ON task (updated_at_ms) WHERE status <> 'running';

CREATE TABLE credential (
    id              BLOB    NOT NULL PRIMARY KEY,
    organization_id BLOB    NOT NULL,
    application_id  BLOB,                 -- NULL reaches the whole organization
    bin_id          BLOB,                 -- the only thing that it reaches; mostly NULL
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    hash            BLOB    NOT NULL,
    capabilities    INTEGER NOT NULL,     -- bits
    session         TEXT,
    made_from       BLOB,                 -- the API key that it ends with; mostly NULL
    created_at_ms   INTEGER NOT NULL,
    expires_at_ms   INTEGER               -- NULL is never
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX credential_hash ON credential (hash);
CREATE INDEX credential_list ON credential (organization_id, kind, id);
-- Ends those of one application, of which the most may have ended long ago.
CREATE INDEX credential_application ON credential (application_id, expires_at_ms)
    WHERE application_id IS NOT NULL;
CREATE INDEX credential_bin ON credential (bin_id, expires_at_ms)
    WHERE bin_id IS NOT NULL;
CREATE INDEX credential_ended ON credential (expires_at_ms)
    WHERE expires_at_ms IS NOT NULL;

-- Answers to requests that may come again. Nearly all are automatic, and those are only ever read
-- from the right: keeping one costs no more than a place at the end of the table.
CREATE TABLE answer (
    place          INTEGER NOT NULL PRIMARY KEY,
    scope          BLOB    NOT NULL,
    body           BLOB    NOT NULL,
    automatic      INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    -- Either these two, for an accepted message,
    application_id BLOB,
    message_id     BLOB,
    -- or these: a status and a body, sealed as an endpoint's credentials are.
    status         INTEGER,
    sealed         BLOB,
    created_at_ms  INTEGER NOT NULL
) STRICT;

CREATE INDEX answer_scope ON answer (scope) WHERE automatic = 0;

-- Up to where a consumer has read an application's messages.
CREATE TABLE consumer (
    application_id BLOB    NOT NULL,
    sink           TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    message_id     BLOB    NOT NULL,
    updated_at_ms  INTEGER NOT NULL,
    PRIMARY KEY (application_id, sink, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX consumer_idle ON consumer (updated_at_ms);

CREATE TABLE bin (
    id                    BLOB    NOT NULL PRIMARY KEY,
    organization_id       BLOB    NOT NULL,
    token                 TEXT    NOT NULL,
    name                  TEXT    NOT NULL,
    definition            TEXT    NOT NULL,
    sealed                BLOB,           -- what verifies senders, as an endpoint's credentials
    public                INTEGER NOT NULL CHECK (public IN (0, 1)),
    expires_at_ms         INTEGER NOT NULL,
    expires_after_seconds INTEGER NOT NULL, -- that of the definition, for moving the former
    created_at_ms         INTEGER NOT NULL,
    updated_at_ms         INTEGER NOT NULL,
    version               INTEGER NOT NULL,
    deleted_at_ms         INTEGER,
    forget_at_ms          INTEGER           -- of a deleted one: when to look for what it still has
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX bin_token ON bin (token)
    WHERE deleted_at_ms IS NULL;
CREATE INDEX bin_list ON bin (organization_id, id)
    WHERE deleted_at_ms IS NULL;
CREATE INDEX bin_public ON bin (public)
    WHERE public = 1 AND deleted_at_ms IS NULL;
CREATE INDEX bin_expiry ON bin (expires_at_ms)
    WHERE deleted_at_ms IS NULL;
CREATE INDEX bin_sealed ON bin (substr(sealed, 1, 9))
    WHERE sealed IS NOT NULL;
CREATE INDEX bin_deleted ON bin (forget_at_ms)
    WHERE forget_at_ms IS NOT NULL;

-- Without another index: keeping a capture appends to the right of its bin's own range and nothing
-- else. What may be large comes last, so that usage is counted and lists are narrowed without it.
CREATE TABLE capture (
    bin_id             BLOB    NOT NULL,
    id                 BLOB    NOT NULL,
    received_at_ms     INTEGER NOT NULL,
    kept_bytes         INTEGER NOT NULL,
    body_bytes         INTEGER NOT NULL,
    http_10            INTEGER NOT NULL CHECK (http_10 IN (0, 1)),
    verified           INTEGER CHECK (verified IN (0, 1)), -- NULL where nothing is verified
    duplicate_of       BLOB,
    message_id         BLOB,
    response_status    INTEGER,           -- NULL while a listener is waited for
    method             TEXT    NOT NULL,
    peer               TEXT,              -- address and port
    event_type         TEXT    NOT NULL,
    verification_error TEXT,              -- NULL unless verified is 0
    target             BLOB    NOT NULL,
    headers            BLOB    NOT NULL,
    body               BLOB,
    PRIMARY KEY (bin_id, id)
) STRICT, WITHOUT ROWID;

-- What the latest first captures are known by again.
CREATE TABLE capture_key (
    bin_id         BLOB    NOT NULL,
    digest         BLOB    NOT NULL,
    capture_id     BLOB    NOT NULL,
    received_at_ms INTEGER NOT NULL,
    until_ms       INTEGER NOT NULL,    -- forgotten then
    PRIMARY KEY (bin_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX capture_key_age ON capture_key (until_ms);

-- One row, written to find out whether the store can write.
CREATE TABLE ping (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at_ms INTEGER NOT NULL
) STRICT;

-- Messages lie in the order in which they were accepted, and their ids in an index beside them. In a
-- table that is itself such an index, a page has room for six messages of usual size, on every level:
-- each sixth one rewrote several neighbouring pages, and the way down grew by a page with each
-- sixfold of what is kept.

CREATE TABLE message_by_row (
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
) STRICT;

INSERT INTO message_by_row
    (application_id, id, event_type, event_id, channels, tags, payload, raw, endpoint_id,
     raw_headers, deliver_at_ms, payload_expires_at_ms, created_at_ms, received)
    SELECT
     application_id, id, event_type, event_id, channels, tags, payload, raw, endpoint_id,
     raw_headers, deliver_at_ms, payload_expires_at_ms, created_at_ms, received
    FROM message;

DROP TABLE message;
ALTER TABLE message_by_row RENAME TO message;

CREATE UNIQUE INDEX message_event_id ON message (application_id, event_id)
    WHERE event_id IS NOT NULL;
-- Most payloads are kept as long as their message and are not in here.
CREATE INDEX message_payload_expiry ON message (payload_expires_at_ms)
    WHERE payload_expires_at_ms IS NOT NULL;

-- Most deliveries are on their way in memory when they are stored, and end before anybody looks for
-- them in the index of what is pending: such a one is *fresh* and not in there. Where fresh ones can
-- be is known by the floor: only above it.

ALTER TABLE delivery ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0
    -- What nobody has in memory is found by the index or not at all.
    CHECK (fresh = 0 OR fresh = 1 AND (owner <> 0 OR status <> 1));

DROP INDEX delivery_pending;
-- Serves waiting, claim and adopt; holds only what is still to be done and not fresh.
CREATE INDEX delivery_pending ON delivery (owner, endpoint_id, due_at_ms, message_id)
    WHERE status = 1 AND fresh = 0;

CREATE TABLE fresh_floor (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    message_id BLOB    NOT NULL           -- messages with fresh deliveries have greater ids
) STRICT;

INSERT INTO fresh_floor (id, message_id) VALUES (1, zeroblob(20));

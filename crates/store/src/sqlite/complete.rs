//! Recording how attempts ended, and giving deliveries back.
//!
//! Everything here is guarded by ownership: a node that was only slow finds that the delivery is
//! no longer its own, and changes nothing.

use hookwire_types::*;
use rusqlite::{Connection, params};

use super::append;
use super::insert::{Insert, Values};
use super::session::Session;

pub(super) const END_DELIVERY: &str = "UPDATE delivery SET status = ?1, owner = 0, tries = ?2
    WHERE message_id = ?3 AND endpoint_id = ?4 AND owner = ?5 AND status = 1";

/// From the first retry on it is the schedule that asks.
pub(super) const RETRY_DELIVERY: &str = "UPDATE delivery
    SET due_at_ms = ?1, owner = 0, tries = ?2, trigger_type = 0, retry_at_ms = NULL,
        fresh = 0
    WHERE message_id = ?3 AND endpoint_id = ?4 AND owner = ?5 AND status = 1";

/// What an endpoint's deliveries are claimed by, when they became due, is left as it is: after a
/// restart this one comes first again.
pub(super) const RETRY_IN_ORDER: &str =
    "UPDATE delivery SET tries = ?1, trigger_type = 0, retry_at_ms = ?5
    WHERE message_id = ?2 AND endpoint_id = ?3 AND owner = ?4 AND status = 1";

pub(super) static INSERT_ATTEMPT: Insert = Insert::new(
    "attempt
    (endpoint_id, id, message_id, created_at_ms, url, status, response_status, response_body,
     duration_ms, trigger_type, cause, error, test)",
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
);

pub(super) const RELEASE_DELIVERY: &str = "UPDATE delivery SET owner = 0, fresh = 0
    WHERE message_id = ?1 AND endpoint_id = ?2 AND owner = ?3 AND status = 1";

/// See [`crate::Store::complete`].
pub(super) fn complete(
    session: &Session<'_>,
    node: NodeId,
    batch: &[Outcome],
) -> rusqlite::Result<Vec<bool>> {
    let mut end = session.end_delivery()?;
    let mut attempts = Vec::with_capacity(batch.len());
    let mut answers = Vec::with_capacity(batch.len());
    for outcome in batch {
        let key = outcome.key;
        let (message, endpoint) = (key.message.as_bytes(), key.endpoint.as_bytes());
        let mut end_as = |status: DeliveryStatus| {
            end.execute(params![
                status.number(),
                outcome.tries,
                message,
                endpoint,
                node.0
            ])
        };
        let changed = match outcome.verdict {
            Verdict::Delivered => end_as(DeliveryStatus::Success)?,
            Verdict::Failed => end_as(DeliveryStatus::Fail)?,
            Verdict::Canceled => end_as(DeliveryStatus::Canceled)?,
            Verdict::Retry { at } => session.prepare_cached(RETRY_DELIVERY)?.execute(params![
                at.unix_ms(),
                outcome.tries,
                message,
                endpoint,
                node.0
            ])?,
            Verdict::RetryInOrder { at } => {
                session.prepare_cached(RETRY_IN_ORDER)?.execute(params![
                    outcome.tries,
                    message,
                    endpoint,
                    node.0,
                    at.unix_ms()
                ])?
            }
        };
        let owned = changed == 1;
        if owned {
            if let Some(attempt) = &outcome.attempt {
                attempts.push((key, attempt));
            }
            if let Some(health) = outcome.health {
                note_health(session, key.endpoint, health)?;
            }
            for announcement in &outcome.announcements {
                append::announce(session, announcement)?;
            }
        }
        answers.push(owned);
    }
    INSERT_ATTEMPT.all(session, &attempts, put_attempt)?;
    Ok(answers)
}

/// See [`crate::Store::release`].
pub(super) fn release(
    connection: &Connection,
    node: NodeId,
    batch: &[DeliveryKey],
) -> rusqlite::Result<()> {
    let mut release = connection.prepare_cached(RELEASE_DELIVERY)?;
    for key in batch {
        release.execute(params![
            key.message.as_bytes(),
            key.endpoint.as_bytes(),
            node.0
        ])?;
    }
    Ok(())
}

fn put_attempt(
    (key, attempt): &(DeliveryKey, &Attempt),
    values: &mut Values<'_, '_>,
) -> rusqlite::Result<()> {
    values.put(key.endpoint.as_bytes())?;
    values.put(attempt.id.as_bytes())?;
    values.put(key.message.as_bytes())?;
    values.put(attempt.created_at.unix_ms())?;
    values.put(&*attempt.url)?;
    values.put(attempt.status.number())?;
    values.put(attempt.response_status)?;
    values.put(&*attempt.response_body)?;
    values.put(attempt.duration_ms)?;
    values.put(attempt.trigger.number())?;
    values.put_if(attempt.cause.map(Cause::name))?;
    values.put(&*attempt.error)?;
    values.put(attempt.test)
}

/// Only disabling counts as a change of the endpoint: an update made from what it was before must
/// not undo it unseen. The other two come and go and concern no update.
fn note_health(
    connection: &Connection,
    endpoint: EndpointId,
    health: EndpointHealth,
) -> rusqlite::Result<()> {
    let id = endpoint.as_bytes();
    match health {
        EndpointHealth::FailingSince(since) => connection
            .prepare_cached(
                "UPDATE endpoint SET failing_since_ms = ?2
                 WHERE id = ?1 AND failing_since_ms IS NULL",
            )?
            .execute(params![id, since.unix_ms()])?,
        EndpointHealth::Recovered => connection
            .prepare_cached(
                "UPDATE endpoint SET failing_since_ms = NULL
                 WHERE id = ?1 AND failing_since_ms IS NOT NULL",
            )?
            .execute(params![id])?,
        EndpointHealth::Disabled => connection
            .prepare_cached(
                "UPDATE endpoint SET disabled = 1, version = version + 1
                 WHERE id = ?1 AND disabled = 0 AND deleted_at_ms IS NULL",
            )?
            .execute(params![id])?,
    };
    Ok(())
}

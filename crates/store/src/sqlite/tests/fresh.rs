//! Deliveries that were on their way in memory when they were stored: not indexed, never lost.

use std::sync::Arc;

use hookwire_types::*;
use rusqlite::Connection;

use super::Place;
use super::files::after_power_loss;
use crate::conformance::World;
use crate::conformance::world::{NODE, OTHER_NODE, keys};
use crate::sqlite::fresh;
use crate::{Accepted, NewDelivery};

/// What is in the index, what is pending and fresh above the floor, and what is so elsewhere.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    indexed: i64,
    fresh: i64,
    lost: i64,
}

fn found(place: &Place) -> Found {
    let database = Connection::open(place.path()).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get(0)).unwrap();
    let floor = "(SELECT message_id FROM fresh_floor)";
    Found {
        indexed: count(
            "SELECT count(*) FROM delivery INDEXED BY delivery_pending
             WHERE status = 1 AND fresh = 0",
        ),
        fresh: count(&format!("SELECT count(*) FROM ({})", fresh::PENDING)),
        lost: count(&format!(
            "SELECT count(*) FROM delivery
             WHERE status = 1 AND fresh = 1 AND (message_id <= {floor} OR owner = 0)"
        )),
    }
}

/// Appends a message with so many deliveries.
async fn append(world: &World, message: &Message, count: i64, owner: Option<NodeId>) {
    let deliveries = (0..count).map(|_| NewDelivery {
        endpoint: world.id(),
        owner,
        trigger: Trigger::Scheduled,
        due_at: message.created_at,
    });
    let accepted = Accepted {
        deliveries: deliveries.collect(),
        ..world.accepted(message, &[], None)
    };
    world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
}

async fn adopt_all(world: &World) -> u64 {
    let stale_before = Timestamp::from_unix_ms(i64::MAX);
    let adopted = world.store.adopt(OTHER_NODE, stale_before, world.now());
    adopted.await.unwrap()
}

#[tokio::test]
async fn what_ends_at_once_never_is_in_the_index() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let delivered = world.delivery(&endpoint, Some(NODE)).await;
    let failed = world.delivery(&endpoint, Some(NODE)).await;
    let expected = |indexed, fresh| Found {
        indexed,
        fresh,
        lost: 0,
    };
    assert_eq!(found(&place), expected(0, 2));
    assert!(world.complete(delivered, Verdict::Delivered).await);
    assert_eq!(found(&place), expected(0, 1));

    let retry = Verdict::Retry { at: world.now() };
    assert!(world.complete(failed, retry).await);
    assert_eq!(found(&place), expected(1, 0));
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [failed]);

    let released = world.delivery(&endpoint, Some(NODE)).await;
    world.store.release(NODE, vec![released]).await.unwrap();
    let waiting = world.delivery(&endpoint, None).await;
    assert_eq!(found(&place), expected(3, 0));
    assert_eq!(
        keys(&world.claim(endpoint.id, 10).await),
        [released, waiting]
    );
}

#[tokio::test]
async fn what_ended_while_fresh_is_claimed_when_it_is_sent_again() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(NODE)).await;
    assert!(world.complete(key, Verdict::Failed).await);
    world.store.requeue(world.now(), vec![key]).await.unwrap();
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), [key]);
}

#[tokio::test]
async fn a_crash_loses_none_and_none_is_found_twice() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let mut pending = Vec::new();
    for step in 0..40 {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        match step % 4 {
            0 => assert!(world.complete(key, Verdict::Delivered).await),
            // As when the claimer looks for lost ones while others are in flight.
            1 if step % 3 == 0 => {
                let stale_before = Timestamp::from_unix_ms(0);
                world.store.heartbeat(NODE, world.now()).await.unwrap();
                let adopted = world.store.adopt(OTHER_NODE, stale_before, world.now());
                assert_eq!(adopted.await.unwrap(), 0);
                pending.push(key);
            }
            _ => pending.push(key),
        }
        let (_copy, store) = after_power_loss(&place);
        let copied = World::new(Arc::new(store));
        assert_eq!(adopt_all(&copied).await, pending.len() as u64, "{step}");
        assert_eq!(adopt_all(&copied).await, 0);
        assert_eq!(keys(&copied.claim(endpoint.id, 100).await), pending);
        assert_eq!(keys(&copied.claim(endpoint.id, 100).await), []);
    }
}

#[tokio::test]
async fn an_id_below_the_floor_is_indexed_at_once() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    // Made before the other, stored after it, as by two requests or after a clock was set back.
    let early = world.new_message(application.id);
    let late = world.new_message(application.id);
    append(&world, &late, 1, Some(NODE)).await;
    world.store.heartbeat(NODE, world.now()).await.unwrap();
    let stale_before = Timestamp::from_unix_ms(0);
    let adopted = world.store.adopt(OTHER_NODE, stale_before, world.now());
    assert_eq!(adopted.await.unwrap(), 0);
    append(&world, &early, 2, Some(NODE)).await;
    append(&world, &world.new_message(application.id), 4, Some(NODE)).await;
    let expected = Found {
        indexed: 3,
        fresh: 4,
        lost: 0,
    };
    assert_eq!(found(&place), expected);
    assert_eq!(adopt_all(&world).await, 7);
}

#[tokio::test]
async fn there_is_never_much_above_the_floor() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    let mut stored = 0;
    for count in [1, 3_000, 1_000, 100, 9_000, 1, 5_000, 1, 1, 20_000, 1] {
        let owner = (count != 100).then_some(NODE);
        append(&world, &world.new_message(application.id), count, owner).await;
        stored += count;
        let found = found(&place);
        assert_eq!((found.indexed + found.fresh, found.lost), (stored, 0));
        // Two steps, and what the last transaction brought.
        assert!(found.fresh < 2 * 4_096 + count, "{found:?}");
    }
    assert!(found(&place).indexed > 30_000);
    assert_eq!(adopt_all(&world).await, stored.unsigned_abs() - 100);
    assert_eq!(found(&place).fresh, 0);
}

#[tokio::test]
async fn a_database_from_before_there_were_any_goes_on() {
    let place = Place::new();
    let database = place.made_with(2);
    let insert = "INSERT INTO delivery
        (message_id, endpoint_id, status, owner, tries, trigger_type, due_at_ms)
        VALUES (?1, zeroblob(20), ?2, ?3, 0, 0, 0)";
    for (n, (status, owner)) in [(1, 0), (1, 7), (0, 0)].into_iter().enumerate() {
        let id = [n as u8; 20];
        database
            .execute(insert, rusqlite::params![id, status, owner])
            .unwrap();
    }
    drop(database);
    let world = World::new(Arc::new(place.open()));
    let expected = Found {
        indexed: 2,
        fresh: 0,
        lost: 0,
    };
    assert_eq!(found(&place), expected);
    assert_eq!(adopt_all(&world).await, 1);
}

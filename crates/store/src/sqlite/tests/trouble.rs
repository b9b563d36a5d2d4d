//! A store that cannot write says so, loses nothing, and writes again as soon as it can.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hookwire_types::*;
use rusqlite::{Connection, params};

use super::Place;
use crate::StoreError;
use crate::conformance::World;
use crate::sqlite::{Options, SqliteStore};

async fn append(world: &World, endpoint: &Endpoint) -> Result<DeliveryKey, StoreError> {
    let payload = Some(bytes::Bytes::from(vec![b'x'; 100_000]));
    let message = Message {
        payload,
        ..world.new_message(endpoint.application)
    };
    let accepted = world.accepted(&message, &[endpoint.id], None);
    world.store.append(vec![accepted]).await?[0].unwrap();
    Ok(DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    })
}

fn assert_unavailable<T: std::fmt::Debug>(outcome: Result<T, StoreError>, word: &str) {
    match outcome {
        Err(StoreError::Unavailable(text)) => assert!(text.contains(word), "{text}"),
        other => panic!("expected it to be unavailable, got {other:?}"),
    }
}

#[tokio::test]
async fn a_locked_database_is_unavailable_until_it_is_unlocked() {
    let place = Place::new();
    let busy_timeout = Duration::from_millis(50);
    let options = Options {
        busy_timeout,
        ..Options::default()
    };
    let store = SqliteStore::open(&place.path(), options).unwrap();
    let world = World::new(Arc::new(store));
    let endpoint = world.endpoint(&world.application().await).await;

    let holder = Connection::open(place.path()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    assert_unavailable(append(&world, &endpoint).await, "another program");
    assert!(begun.elapsed() >= busy_timeout);
    assert_unavailable(world.store.ping().await, "another program");
    // Reading goes on.
    assert!(world.stored_endpoint(&endpoint).await.is_some());
    holder.execute_batch("ROLLBACK").unwrap();

    let key = append(&world, &endpoint).await.unwrap();
    assert!(world.stored(key).await.is_some());
    world.store.ping().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_unavailable_until_there_is_room() {
    let place = Place::new();
    let options = Options {
        pages_max: Some(100),
        ..Options::default()
    };
    let store = Arc::new(SqliteStore::open(&place.path(), options).unwrap());
    let world = World::new(store.clone());
    let endpoint = world.endpoint(&world.application().await).await;
    let mut kept = Vec::new();
    let failure = loop {
        match append(&world, &endpoint).await {
            Ok(key) => kept.push(key),
            Err(error) => break error,
        }
        assert!(kept.len() < 20, "the limit has no effect");
    };
    assert_unavailable::<()>(Err(failure), "full");
    // Everybody who shares the transaction is told the same.
    let (one, two) = tokio::join!(append(&world, &endpoint), append(&world, &endpoint));
    assert_unavailable(one, "full");
    assert_unavailable(two, "full");
    assert_eq!(stored(&world, &endpoint).await, kept);

    let enlarge = |connection: &Connection| {
        connection.query_row("PRAGMA max_page_count = 10000", [], |row| {
            row.get::<_, i64>(0)
        })
    };
    store.writer.run(1, move |it| enlarge(it)).await.unwrap();
    kept.push(append(&world, &endpoint).await.unwrap());
    assert_eq!(stored(&world, &endpoint).await, kept);
}

#[tokio::test]
async fn a_call_that_cannot_be_stored_fails_alone() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let first = world.new_message(endpoint.application);
    world.accept(&first, &[endpoint.id], None).await.unwrap();

    // The same id again is a fault of its caller, not a repeated event id.
    let (again, beside) = tokio::join!(
        world.store.append(vec![world.accepted(&first, &[], None)]),
        append(&world, &endpoint)
    );
    assert!(matches!(again, Err(StoreError::Corrupt(_))));
    assert!(world.stored(beside.unwrap()).await.is_some());
    append(&world, &endpoint).await.unwrap();
}

#[tokio::test]
async fn a_row_that_was_tampered_with_is_named_and_harms_no_other_read() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let other = Connection::open(place.path()).unwrap();
    let spoil = "UPDATE endpoint SET metadata = 'not json' WHERE id = ?1";
    other
        .execute(spoil, params![endpoint.id.as_bytes()])
        .unwrap();
    let page = Page::first(1, Order::Ascending);
    let outcome = world.store.endpoints(endpoint.application, page).await;
    assert!(matches!(outcome, Err(StoreError::Corrupt(_))));
    assert!(
        world
            .store
            .application_of(endpoint.id)
            .await
            .unwrap()
            .is_some()
    );
}

async fn stored(world: &World, endpoint: &Endpoint) -> Vec<DeliveryKey> {
    let page = Page::first(100, Order::Ascending);
    let filter = Default::default();
    let found = world
        .store
        .deliveries_of_endpoint(endpoint.id, filter, page)
        .await
        .unwrap();
    found.iter().map(|it| it.key).collect()
}

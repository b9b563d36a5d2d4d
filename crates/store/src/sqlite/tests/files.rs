//! What is on the disk: after closing, after the loss of power, under a second process.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hookwire_types::*;
use rusqlite::Connection;

use super::Place;
use crate::conformance::World;
use crate::sqlite::{Options, SqliteStore};
use crate::{Payloads, StoreError};

const NODE: NodeId = NodeId(7);

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn refusal(place: &Place) -> StoreError {
    SqliteStore::open(&place.path(), Options::default()).unwrap_err()
}

/// Opens what would be on the disk if the power went now.
pub(super) fn after_power_loss(place: &Place) -> (Place, SqliteStore) {
    let copy = Place::new();
    fs::create_dir(copy.path().parent().unwrap()).unwrap();
    for suffix in ["", "-wal"] {
        fs::copy(beside(&place.path(), suffix), beside(&copy.path(), suffix)).unwrap();
    }
    let store = copy.open();
    (copy, store)
}

#[tokio::test]
async fn reopening_keeps_everything() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let done = world.delivery(&endpoint, Some(NODE)).await;
    assert!(world.complete(done, Verdict::Delivered).await);
    let pending = world.delivery(&endpoint, None).await;
    let before = [world.stored(done).await, world.stored(pending).await];
    let attempts = world.attempts(done.message).await;
    drop(world);
    assert!(
        !beside(&place.path(), "-wal").exists(),
        "the log was not folded in"
    );

    let world = World::new(Arc::new(place.open()));
    assert_eq!(
        [world.stored(done).await, world.stored(pending).await],
        before
    );
    assert_eq!(world.attempts(done.message).await, attempts);
    assert_eq!(
        world.stored_endpoint(&endpoint).await.as_ref(),
        Some(&endpoint)
    );
    assert_eq!(
        world.store.application_of(endpoint.id).await.unwrap(),
        Some(application)
    );
}

#[tokio::test]
async fn what_was_answered_survives_the_loss_of_power_at_any_time() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let mut acknowledged = Vec::new();
    for step in 0..12 {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        if step % 2 == 0 {
            assert!(world.complete(key, Verdict::Failed).await);
        }
        acknowledged.push((
            key,
            world.stored(key).await,
            world.attempts(key.message).await,
        ));

        let (_copy, store) = after_power_loss(&place);
        let copied = World::new(Arc::new(store));
        for (key, delivery, attempts) in &acknowledged {
            assert_eq!(copied.stored(*key).await, *delivery);
            assert_eq!(copied.attempts(key.message).await, *attempts);
            let found = copied
                .store
                .message(
                    endpoint.application,
                    &Reference::Id(key.message),
                    Payloads::Omitted,
                )
                .await
                .unwrap();
            assert!(found.is_some());
        }
    }
}

#[tokio::test]
async fn a_half_written_commit_is_as_if_it_had_not_been() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let whole = world.delivery(&endpoint, None).await;
    let whole_bytes = fs::metadata(beside(&place.path(), "-wal")).unwrap().len();
    let torn = world.delivery(&endpoint, None).await;

    let copy = Place::new();
    fs::create_dir(copy.path().parent().unwrap()).unwrap();
    fs::copy(place.path(), copy.path()).unwrap();
    let mut log = fs::read(beside(&place.path(), "-wal")).unwrap();
    assert!(log.len() as u64 > whole_bytes + 100);
    log.truncate(whole_bytes as usize + 100);
    fs::write(beside(&copy.path(), "-wal"), log).unwrap();

    let copied = World::new(Arc::new(copy.open()));
    assert!(copied.stored(whole).await.is_some());
    assert_eq!(copied.stored(torn).await, None);
}

#[test]
fn files_are_for_their_owner_alone() {
    let place = Place::new();
    let store = place.open();
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let file = beside(&place.path(), suffix);
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    drop(store);
}

#[test]
fn a_second_process_is_refused() {
    let place = Place::new();
    let store = place.open();
    let refusal = refusal(&place);
    assert!(matches!(&refusal, StoreError::InUse(path) if path.ends_with("hookwire.db")));
    drop(store);
    place.open();
}

#[test]
fn a_newer_schema_is_refused() {
    let place = Place::new();
    drop(place.open());
    let connection = Connection::open(place.path()).unwrap();
    connection
        .execute(
            "INSERT INTO schema_migration VALUES (5, 'later', '', 0)",
            [],
        )
        .unwrap();
    drop(connection);
    assert!(matches!(
        refusal(&place),
        StoreError::NewerSchema { found: 5, known: 4 }
    ));
}

#[test]
fn a_changed_migration_is_refused() {
    let place = Place::new();
    drop(place.open());
    let connection = Connection::open(place.path()).unwrap();
    connection
        .execute("UPDATE schema_migration SET checksum = 'other'", [])
        .unwrap();
    drop(connection);
    assert!(matches!(refusal(&place), StoreError::Corrupt(_)));
}

#[test]
fn what_is_no_database_is_refused() {
    let place = Place::new();
    fs::create_dir(place.path().parent().unwrap()).unwrap();
    fs::write(
        place.path(),
        "a letter to a friend, long enough to be looked at".repeat(20),
    )
    .unwrap();
    assert!(matches!(refusal(&place), StoreError::Corrupt(_)));

    let blocked = Place::new();
    fs::write(
        blocked.path().parent().unwrap(),
        "a file in the directory's place",
    )
    .unwrap();
    assert!(matches!(refusal(&blocked), StoreError::Unavailable(_)));
}

#[tokio::test]
async fn the_log_does_not_grow_without_end() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let payload = bytes::Bytes::from(vec![b'x'; 1 << 20]);
    let log = beside(&place.path(), "-wal");
    let mut longest_bytes = 0;
    // 160 MiB in all: five times what a log is started over at if that is quick, and more than
    // what it is emptied at whatever it takes.
    for _ in 0..160 {
        let payload = Some(payload.clone());
        let message = Message {
            payload,
            ..world.new_message(endpoint.application)
        };
        world.accept(&message, &[endpoint.id], None).await.unwrap();
        longest_bytes = longest_bytes.max(fs::metadata(&log).unwrap().len());
    }
    assert!(longest_bytes < 150 << 20, "{longest_bytes} bytes");
    assert!(fs::metadata(place.path()).unwrap().len() > 100 << 20);
}

#[tokio::test]
async fn closing_stores_what_is_still_queued() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    let message = world.new_message(endpoint.application);
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    {
        let append = world
            .store
            .append(vec![world.accepted(&message, &[endpoint.id], None)]);
        tokio::pin!(append);
        tokio::select! {
            biased;
            answer = &mut append => assert_eq!(answer.unwrap(), [Ok(())]),
            () = std::future::ready(()) => {}
        }
    }
    drop(world);
    let world = World::new(Arc::new(place.open()));
    assert!(world.stored(key).await.is_some());
}

#[tokio::test]
async fn what_a_new_schema_wrote_anew_is_copied_before_the_first_commit() {
    let place = Place::new();
    let database = place.made_with(3);
    let insert = "INSERT INTO message (application_id, id, event_type, payload, created_at_ms)
                  VALUES (zeroblob(20), zeroblob(20), 'a', zeroblob(1000000), 0)";
    database.execute(insert, []).unwrap();
    drop(database);
    let _store = place.open();
    let log = fs::metadata(beside(&place.path(), "-wal")).unwrap();
    assert!(log.len() < 100_000, "{} bytes are left", log.len());
    assert!(fs::metadata(place.path()).unwrap().len() > 1_000_000);
}

//! Credentials in the file: unreadable there, bound to their row and their key.

use std::fs;
use std::sync::Arc;

use hookwire_types::*;
use rusqlite::Connection;

use super::{Place, sealer};
use crate::conformance::World;
use crate::sqlite::{Options, SqliteStore};
use crate::{Change, KEY_BYTES, Sealer, StoreError};

/// What must not be found anywhere; long enough not to be there by chance.
const PASSWORD: &str = "correct-horse-battery-staple";
const VALUE: &str = "a-value-that-templates-may-use";
const NAMES: [&str; 2] = ["who-asks-for-what", "name-of-a-value"];

async fn endpoint_with_secrets(world: &World) -> Endpoint {
    let endpoint = Endpoint {
        credentials: Some(Credentials::Basic {
            username: NAMES[0].to_owned(),
            password: SecretText::new(PASSWORD),
        }),
        secrets: Secrets::from([(NAMES[1].to_owned(), SecretText::new(VALUE))]),
        ..world.new_endpoint(&world.application().await)
    };
    world
        .change(Change::CreateEndpoint(endpoint.clone()))
        .await
        .unwrap();
    endpoint
}

/// Every byte that is on the disk for this database.
fn bytes_on_disk(place: &Place) -> Vec<u8> {
    let directory = place.path().parent().unwrap().to_owned();
    let mut bytes = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

fn assert_absent(bytes: &[u8]) {
    for text in [PASSWORD, VALUE, NAMES[0], NAMES[1]] {
        let found = bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!found, "{text} is on the disk");
    }
}

fn open_with(place: &Place, sealer: Option<Sealer>) -> Result<SqliteStore, StoreError> {
    let options = Options {
        sealer,
        ..Options::default()
    };
    SqliteStore::open(&place.path(), options)
}

#[tokio::test]
async fn nothing_of_it_is_on_the_disk() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = endpoint_with_secrets(&world).await;
    let open = bytes_on_disk(&place);
    assert!(
        open.windows(endpoint.url.len())
            .any(|part| part == endpoint.url.as_bytes()),
        "the log is looked at"
    );
    assert_absent(&open);
    drop(world);
    assert_absent(&bytes_on_disk(&place));
}

#[tokio::test]
async fn another_key_is_refused_before_anything_is_done() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = endpoint_with_secrets(&world).await;
    drop(world);

    for other in [[0; KEY_BYTES], [0xff; KEY_BYTES]] {
        let error = open_with(&place, Some(Sealer::new(&other).unwrap())).unwrap_err();
        assert!(matches!(error, StoreError::OtherKey), "{error:?}");
    }
    let error = open_with(&place, None).unwrap_err();
    assert!(matches!(error, StoreError::OtherKey), "{error:?}");

    let world = World::new(Arc::new(place.open()));
    assert_eq!(world.stored_endpoint(&endpoint).await, Some(endpoint));
}

#[tokio::test]
async fn a_database_without_credentials_takes_any_key() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let endpoint = world.endpoint(&world.application().await).await;
    drop(world);
    let other = Sealer::new(&[1; KEY_BYTES]).unwrap();
    drop(open_with(&place, Some(other)).unwrap());
    let world = World::new(Arc::new(open_with(&place, None).unwrap()));
    assert_eq!(
        world.stored_endpoint(&endpoint).await.as_ref(),
        Some(&endpoint)
    );

    // There is nothing to seal them with: they are refused, not kept in the open.
    let with_secret = Endpoint {
        secrets: Secrets::from([("a".to_owned(), SecretText::new(VALUE))]),
        version: 2,
        ..endpoint
    };
    let refused = world.change(Change::UpdateEndpoint(with_secret)).await;
    assert!(matches!(refused, Err(StoreError::NoKey)));
}

#[tokio::test]
async fn what_was_copied_to_another_row_or_damaged_does_not_open() {
    let tampered = [
        // Another endpoint's credentials.
        "UPDATE endpoint SET sealed = (SELECT sealed FROM endpoint WHERE sealed IS NOT NULL)",
        "UPDATE endpoint SET sealed = substr(sealed, 1, length(sealed) - 1)",
    ];
    for sql in tampered {
        let place = Place::new();
        let world = World::new(Arc::new(place.open()));
        let endpoint = endpoint_with_secrets(&world).await;
        let victim = world.endpoint(&world.application().await).await;
        let changed = Connection::open(place.path()).unwrap().execute(sql, []);
        assert_eq!(changed.unwrap(), 2);
        let read = if sql.contains("SELECT") {
            &victim
        } else {
            &endpoint
        };
        let page = Page::first(10, Order::Ascending);
        let answer = world.store.endpoints(read.application, page).await;
        let Err(StoreError::Corrupt(text)) = answer else {
            panic!("{answer:?}");
        };
        assert!(text.contains("damaged"), "{text}");
        assert!(!text.contains(PASSWORD), "{text}");
    }
}

#[tokio::test]
async fn a_deleted_endpoint_keeps_no_credentials() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let one = endpoint_with_secrets(&world).await;
    let two = endpoint_with_secrets(&world).await;
    for change in [
        Change::DeleteEndpoint(one.application, one.id),
        Change::DeleteApplication(two.organization, two.application),
    ] {
        world.change(change).await.unwrap();
    }
    let left: i64 = Connection::open(place.path())
        .unwrap()
        .query_row("SELECT count(sealed) FROM endpoint", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn the_key_is_not_shown() {
    let options = Options {
        sealer: Some(sealer()),
        ..Options::default()
    };
    assert!(format!("{options:?}").contains("Some([sealer])"));
}

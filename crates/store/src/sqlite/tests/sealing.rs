//! Credentials and answers in the file: unreadable there, bound to their row and their key.

use std::fs;
use std::sync::Arc;

use hookwire_types::*;
use rusqlite::Connection;

use super::{Place, sealer};
use crate::conformance::World;
use crate::sqlite::{Options, SqliteStore};
use crate::{Accepted, AnswerPlace, Change, KEY_BYTES, Sealer, StoreError};

/// What must not be found anywhere; long enough not to be there by chance.
pub(super) const PASSWORD: &str = "correct-horse-battery-staple";
pub(super) const VALUE: &str = "a-value-that-templates-may-use";
pub(super) const NAMES: [&str; 2] = ["who-asks-for-what", "name-of-a-value"];

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
pub(super) fn bytes_on_disk(place: &Place) -> Vec<u8> {
    let directory = place.path().parent().unwrap().to_owned();
    let mut bytes = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

pub(super) fn assert_absent(bytes: &[u8]) {
    for text in [PASSWORD, VALUE, NAMES[0], NAMES[1]] {
        let found = bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes());
        assert!(!found, "{text} is on the disk");
    }
}

pub(super) fn open_with(place: &Place, sealer: Option<Sealer>) -> Result<SqliteStore, StoreError> {
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

/// An answer that says a password, and where it is.
async fn keep_answer(world: &World) -> (KeptAnswer, AnswerPlace) {
    let answer = KeptAnswer {
        scope: AnswerScope([1; 16]),
        body: BodyDigest([2; 16]),
        automatic: false,
        answer: Answer::Response {
            status: 200,
            body: format!("{{\"key\": \"{PASSWORD}\"}}").into(),
        },
        created_at: world.now(),
    };
    let place = world.store.keep_answer(answer.clone()).await.unwrap();
    (answer, place)
}

#[tokio::test]
async fn answers_are_unreadable_on_the_disk() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let (kept, _) = keep_answer(&world).await;
    // One that comes with its message is no other.
    let message = world.new_message(world.application().await.id);
    let accepted = Accepted {
        answer: Some(kept.clone()),
        ..world.accepted(&message, &[], None)
    };
    world.store.append(vec![accepted]).await.unwrap()[0].unwrap();
    let open = bytes_on_disk(&place);
    let scope = kept.scope.0;
    assert!(
        open.windows(scope.len()).any(|part| part == scope),
        "the log is looked at"
    );
    assert_absent(&open);
    assert_eq!(
        world.store.answer(kept.scope).await.unwrap().as_ref(),
        Some(&kept)
    );
    drop(world);
    assert_absent(&bytes_on_disk(&place));
}

#[tokio::test]
async fn with_another_key_answers_are_none() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let (kept, at) = keep_answer(&world).await;
    drop(world);
    let other = Sealer::new(&[1; KEY_BYTES]).unwrap();
    for sealer in [Some(other), None] {
        let world = World::new(Arc::new(open_with(&place, sealer).unwrap()));
        let found = world.store.answer_at(at, kept.scope).await.unwrap();
        assert_eq!(found, None);
        assert_eq!(world.store.answer(kept.scope).await.unwrap(), None);
    }
    let world = World::new(Arc::new(place.open()));
    let found = world.store.answer_at(at, kept.scope).await.unwrap();
    assert_eq!(found, Some(kept));
}

#[tokio::test]
async fn without_a_key_only_answers_that_say_nothing_are_kept() {
    let place = Place::new();
    let world = World::new(Arc::new(open_with(&place, None).unwrap()));
    let message = world.new_message(world.application().await.id);
    let with = |answer: Answer| KeptAnswer {
        scope: AnswerScope([1; 16]),
        body: BodyDigest([2; 16]),
        automatic: false,
        answer,
        created_at: message.created_at,
    };
    let response = with(Answer::Response {
        status: 200,
        body: VALUE.into(),
    });
    let refused = world.store.keep_answer(response.clone()).await;
    assert!(matches!(refused, Err(StoreError::NoKey)));
    let accepted = |answer: KeptAnswer| Accepted {
        answer: Some(answer),
        ..world.accepted(&message, &[], None)
    };
    let refused = world.store.append(vec![accepted(response)]).await;
    assert!(matches!(refused, Err(StoreError::NoKey)));

    let kept = with(Answer::Message(message.application, message.id));
    world
        .store
        .append(vec![accepted(kept.clone())])
        .await
        .unwrap()[0]
        .unwrap();
    let found = world.store.answer(kept.scope).await.unwrap();
    assert_eq!(found, Some(kept));
}

#[test]
fn the_key_is_not_shown() {
    let options = Options {
        sealer: Some(sealer()),
        ..Options::default()
    };
    assert!(format!("{options:?}").contains("Some([sealer])"));
}

/// A payload takes pages of its own, and small ones share theirs with others.
#[tokio::test]
async fn what_was_expunged_is_not_on_the_disk() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let application = world.application().await;
    let mut ids = Vec::new();
    for repeats in [1, 2_000] {
        let message = Message {
            payload: Some(format!("{{\"p\": \"{}\"}}", PASSWORD.repeat(repeats)).into()),
            raw: Some(RawBody {
                body: VALUE.repeat(repeats).into(),
                headers: vec![(NAMES[0].to_owned(), NAMES[1].to_owned())],
            }),
            ..world.new_message(application.id)
        };
        world.accept(&message, &[], None).await.unwrap();
        ids.push(message.id);
    }
    let expunged = world.store.expunge(application.id, ids).await.unwrap();
    assert_eq!(expunged, [true, true]);
    // Closing folds the log into the database.
    drop(world);
    assert_absent(&bytes_on_disk(&place));
}

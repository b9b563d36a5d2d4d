//! What verifies a bin's senders, in the file: unreadable there, bound to its row and its key.

use std::sync::Arc;

use hookwire_types::*;
use rusqlite::Connection;

use super::Place;
use super::sealing::{NAMES, PASSWORD, VALUE, assert_absent, bytes_on_disk, open_with};
use crate::conformance::World;
use crate::conformance::bins::{bin, create, new_bin, stored};
use crate::{Change, KEY_BYTES, Sealer, StoreError};

fn secrets() -> BinSecrets {
    BinSecrets {
        keys: [PASSWORD, NAMES[0]].map(SecretText::new).into(),
        handshake_token: Some(SecretText::new(VALUE)),
    }
}

async fn bin_with_secrets(world: &World) -> Bin {
    let bin = Bin {
        secrets: secrets(),
        ..new_bin(world)
    };
    create(world, &bin).await;
    bin
}

#[tokio::test]
async fn nothing_of_it_is_on_the_disk() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let bin = bin_with_secrets(&world).await;
    let open = bytes_on_disk(&place);
    let token = bin.token.as_bytes();
    assert!(
        open.windows(token.len()).any(|part| part == token),
        "the log is looked at"
    );
    assert_absent(&open);
    drop(world);
    assert_absent(&bytes_on_disk(&place));
}

#[tokio::test]
async fn another_key_is_refused_at_the_start() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    let kept = bin_with_secrets(&world).await;
    drop(world);
    let keys = [[0; KEY_BYTES], [0xff; KEY_BYTES]];
    let sealers = keys.map(|key| Some(Sealer::new(&key).unwrap()));
    for sealer in sealers.into_iter().chain([None]) {
        let error = open_with(&place, sealer).unwrap_err();
        assert!(matches!(error, StoreError::OtherKey), "{error:?}");
    }
    let world = World::new(Arc::new(place.open()));
    assert_eq!(stored(&world, &kept).await.as_ref(), Some(&kept));

    // A deleted one keeps nothing that a key is needed for.
    let delete = Change::DeleteBin(kept.organization, kept.id);
    world.change(delete).await.unwrap();
    drop(world);
    drop(open_with(&place, None).unwrap());
}

#[tokio::test]
async fn without_a_key_no_secrets_are_kept() {
    let place = Place::new();
    let world = World::new(Arc::new(open_with(&place, None).unwrap()));
    let bare = bin(&world).await;
    let with_secrets = Bin {
        secrets: secrets(),
        version: 2,
        ..bare.clone()
    };
    for change in [
        Change::UpdateBin(with_secrets),
        Change::CreateBin(Bin {
            secrets: secrets(),
            ..new_bin(&world)
        }),
    ] {
        let refused = world.change(change).await;
        assert!(matches!(refused, Err(StoreError::NoKey)));
    }
    assert_eq!(stored(&world, &bare).await, Some(bare));
}

#[tokio::test]
async fn what_was_copied_to_another_row_does_not_open() {
    let place = Place::new();
    let world = World::new(Arc::new(place.open()));
    bin_with_secrets(&world).await;
    let victim = bin(&world).await;
    let copy = "UPDATE bin SET sealed = (SELECT sealed FROM bin WHERE sealed IS NOT NULL)";
    let changed = Connection::open(place.path()).unwrap().execute(copy, []);
    assert_eq!(changed.unwrap(), 2);
    let answer = world.store.bin(victim.organization, victim.id).await;
    let Err(StoreError::Corrupt(text)) = answer else {
        panic!("{answer:?}");
    };
    assert!(text.contains("damaged"), "{text}");
    assert!(!text.contains(PASSWORD), "{text}");
}

//! Bins that nobody uses go, and with them what they received.

use hookwire_types::*;

use super::World;
use super::bins::{bin, create, new_bin, new_bin_credential, stored};
use super::capturing::{keep, new_capture, plain, stored as stored_capture, with_body};
use super::credentials::{create as create_credential, find as find_credential};
use super::forgetting::{LATER, forget};
use crate::{Change, Forget, NewCapture, SeenKey};

const HOUR_MS: i64 = 3_600_000;

/// A bin that expires an hour after its last use, and first of all at a moment.
async fn expiring(world: &World, expires_at: Timestamp) -> Bin {
    let mut bin = new_bin(world);
    bin.definition.expires_after_seconds = 3_600;
    bin.expires_at = expires_at;
    create(world, &bin).await;
    bin
}

async fn delete(world: &World, bin: &Bin) {
    let delete = Change::DeleteBin(bin.organization, bin.id);
    world.change(delete).await.unwrap();
}

pub(crate) async fn unused_ones_go_when_their_time_is_over(world: World) {
    let at = world.now().plus_ms(10 * HOUR_MS);
    let mut bins = Vec::new();
    for expires_at in [at.plus_ms(-1), at, at.plus_ms(1)] {
        bins.push(expiring(&world, expires_at).await);
    }
    let own = new_bin_credential(&world, bins[0].id, CredentialKind::Bin);
    create_credential(&world, &own).await;
    for limit in [1, 10] {
        forget(&world, Forget::Bins(at), limit).await;
        assert_eq!(stored(&world, &bins[0]).await, None);
        assert_eq!(stored(&world, &bins[1]).await, None);
        assert_eq!(stored(&world, &bins[2]).await.as_ref(), Some(&bins[2]));
    }
    let ended = find_credential(&world, &own).await.unwrap();
    assert!(ended.expires_at.is_some());
}

pub(crate) async fn used_ones_get_more_time(world: World) {
    let start = world.now();
    let captured = expiring(&world, start).await;
    let changed = expiring(&world, start).await;
    let mut last_use = new_capture(&world, captured.id);
    last_use.received_at = start.plus_ms(2 * HOUR_MS);
    last_use.id = world.id_at(last_use.received_at);
    keep(
        &world,
        &[new_capture(&world, captured.id), last_use.clone()],
    )
    .await;

    // Both were used less than an hour before; then only one was.
    let moved = |bin: &Bin, last_use: Timestamp| Bin {
        expires_at: last_use.plus_ms(HOUR_MS),
        ..bin.clone()
    };
    let early = start.plus_ms(HOUR_MS / 2);
    assert_eq!(forget(&world, Forget::Bins(early), 10).await, 0);
    let expected = moved(&captured, last_use.received_at);
    assert_eq!(stored(&world, &captured).await, Some(expected.clone()));
    let of_changed = moved(&changed, changed.updated_at);
    assert_eq!(stored(&world, &changed).await, Some(of_changed));

    let before = expected.expires_at.plus_ms(-1);
    assert_eq!(forget(&world, Forget::Bins(before), 10).await, 1);
    assert_eq!(stored(&world, &captured).await, Some(expected.clone()));
    assert_eq!(stored(&world, &changed).await, None);
    // Its captures go with it, in the same walk.
    let gone = forget(&world, Forget::Bins(expected.expires_at), 10).await;
    assert_eq!(gone, 1 + 2);
    assert_eq!(stored(&world, &captured).await, None);
    assert_eq!(stored_capture(&world, &last_use).await, None);
}

pub(crate) async fn a_change_after_the_last_capture_counts(world: World) {
    let start = world.now();
    let bin = expiring(&world, start).await;
    keep(&world, &[new_capture(&world, bin.id)]).await;
    let changed = Bin {
        updated_at: start.plus_ms(5 * HOUR_MS),
        version: 2,
        ..bin
    };
    world
        .change(Change::UpdateBin(changed.clone()))
        .await
        .unwrap();
    forget(&world, Forget::Bins(start.plus_ms(5 * HOUR_MS)), 10).await;
    let expected = Bin {
        expires_at: start.plus_ms(6 * HOUR_MS),
        ..changed
    };
    assert_eq!(stored(&world, &expected).await, Some(expected));
}

pub(crate) async fn what_deleted_ones_had_goes_in_steps(world: World) {
    let (gone, other, kept) = (bin(&world).await, bin(&world).await, bin(&world).await);
    let mut all = Vec::new();
    for bin in [&gone, &other, &kept] {
        for _ in 0..5 {
            let capture = new_capture(&world, bin.id);
            let seen = Some(SeenKey {
                digest: [all.len() as u8; 16],
                since: capture.received_at,
            });
            let new = NewCapture {
                seen,
                ..plain(&capture)
            };
            world.store.capture(vec![new]).await.unwrap();
            all.push(capture);
        }
    }
    delete(&world, &gone).await;
    delete(&world, &other).await;
    // Until then nothing is found through the bin, but nothing is gone either.
    assert_eq!(stored_capture(&world, &all[0]).await, Some(all[0].clone()));
    assert_eq!(forget(&world, Forget::Bins(world.now()), 3).await, 10);
    for (index, capture) in all.iter().enumerate() {
        let is_there = stored_capture(&world, capture).await.is_some();
        assert_eq!(is_there, index >= 10, "{index}");
    }
    assert_eq!(stored(&world, &kept).await, Some(kept));
}

/// Nothing else can be made under its id while its row is there.
async fn has_row(world: &World, bin: &Bin) -> bool {
    let again = Bin {
        token: format!("other-{}", world.id::<BinId>()),
        ..bin.clone()
    };
    let created = world.change(Change::CreateBin(again)).await;
    created.is_err()
}

pub(crate) async fn what_comes_late_is_forgotten_too(world: World) {
    let bin = bin(&world).await;
    keep(&world, &[new_capture(&world, bin.id)]).await;
    delete(&world, &bin).await;
    let now: Timestamp = std::time::SystemTime::now().into();
    assert_eq!(forget(&world, Forget::Bins(now), 10).await, 1);
    assert!(has_row(&world, &bin).await);
    let late = with_body(new_capture(&world, bin.id), vec![b'x'; 20 << 20]);
    keep(&world, &[late.clone(), new_capture(&world, bin.id)]).await;
    assert_eq!(forget(&world, Forget::Bins(now), 10).await, 2);
    assert_eq!(stored_capture(&world, &late).await, None);
    // The row is the last to go.
    assert_eq!(forget(&world, Forget::Bins(LATER), 1).await, 1);
    assert!(!has_row(&world, &bin).await);
}

pub(crate) async fn keys_go_when_no_window_reaches_them(world: World) {
    let bin = world.id();
    let since = Timestamp::from_unix_ms(0);
    let seen = async |byte: u8| {
        let capture = new_capture(&world, bin);
        let seen = Some(SeenKey {
            digest: [byte; 16],
            since,
        });
        let new = NewCapture {
            seen,
            ..plain(&capture)
        };
        let kept = world.store.capture(vec![new]).await.unwrap();
        (capture.received_at, kept[0].duplicate_of.is_some())
    };
    let (first_at, _) = seen(1).await;
    let (second_at, _) = seen(2).await;
    let days_8_ms = 8 * 24 * HOUR_MS;
    let week_later = Forget::Bins(second_at.plus_ms(7 * 24 * HOUR_MS));
    assert_eq!(forget(&world, week_later, 1).await, 0);
    assert!(seen(1).await.1);
    // The older one's time is over, the other's is not yet.
    assert!(first_at < second_at);
    forget(&world, Forget::Bins(second_at.plus_ms(days_8_ms)), 1).await;
    assert!(!seen(1).await.1);
    assert!(seen(2).await.1);
}

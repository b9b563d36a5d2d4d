//! Bins that nobody uses go, and with them what they received.

use hookwire_types::*;

use super::World;
use super::bins::{bin, create, new_bin, new_bin_credential, stored};
use super::capturing::{keep, new_capture, plain, stored as stored_capture, with_body};
use super::credentials::{create as create_credential, find as find_credential};
use super::forgetting::{LATER, forget};
use crate::{BinUsage, Change, Forget, NewCapture, SeenKey};

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
                until: LATER,
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
    // Whether it has anything is not looked at until nothing can be on its way any more.
    assert_eq!(forget(&world, Forget::Bins(now), 10).await, 0);
    assert!(stored_capture(&world, &late).await.is_some());
    let hour_later = now.plus_ms(HOUR_MS + 60_000);
    assert_eq!(forget(&world, Forget::Bins(hour_later), 1).await, 2 + 1);
    assert_eq!(stored_capture(&world, &late).await, None);
    assert!(!has_row(&world, &bin).await);
}

pub(crate) async fn clearing_is_a_use(world: World) {
    let start = world.now();
    let [cleared, one_gone, untouched] = [
        expiring(&world, start).await,
        expiring(&world, start).await,
        expiring(&world, start).await,
    ];
    let early = Timestamp::from_unix_ms(0);
    let mut captures = Vec::new();
    for bin in [&cleared, &one_gone, &untouched] {
        let capture = Capture {
            received_at: early,
            ..new_capture(&world, bin.id)
        };
        keep(&world, std::slice::from_ref(&capture)).await;
        captures.push(capture);
    }
    let before: Timestamp = std::time::SystemTime::now().into();
    let (store, last) = (&world.store, captures[2].id);
    store.clear_bin(cleared.id, last, 10).await.unwrap();
    let one = store.delete_capture(one_gone.id, captures[1].id);
    one.await.unwrap();
    // What deletes nothing is no use.
    let least = CaptureId(Ksuid::MIN);
    store.clear_bin(untouched.id, least, 10).await.unwrap();
    let other = store.delete_capture(untouched.id, captures[1].id);
    other.await.unwrap();
    let after: Timestamp = std::time::SystemTime::now().into();
    let mut ends = Vec::new();
    for bin in [&cleared, &one_gone] {
        let found = stored(&world, bin).await.unwrap();
        let expires_at = found.expires_at;
        assert!(expires_at >= before.plus_ms(HOUR_MS), "{expires_at:?}");
        assert!(expires_at <= after.plus_ms(HOUR_MS), "{expires_at:?}");
        let bin = bin.clone();
        assert_eq!(found, Bin { expires_at, ..bin });
        ends.push(expires_at);
    }
    ends.sort();
    // The third one goes.
    let early = Forget::Bins(ends[0].plus_ms(-1));
    assert_eq!(forget(&world, early, 10).await, 1 + 1);
    assert!(stored(&world, &cleared).await.is_some());
    assert!(stored(&world, &one_gone).await.is_some());
    assert_eq!(forget(&world, Forget::Bins(ends[1]), 10).await, 2);
}

pub(crate) async fn trimming_forgets_no_use(world: World) {
    let start = world.now();
    let bin = expiring(&world, start).await;
    let mut captures = [(); 3].map(|()| new_capture(&world, bin.id));
    for (hours, capture) in captures.iter_mut().enumerate() {
        capture.received_at = start.plus_ms(HOUR_MS * (5 + hours as i64));
    }
    keep(&world, &captures).await;
    let trim = async |captures| {
        let excess = BinUsage { captures, bytes: 0 };
        world.store.trim_bin(bin.id, excess, 10).await.unwrap();
        stored(&world, &bin).await.unwrap().expires_at
    };
    // As long as the latest is there, it tells.
    assert_eq!(trim(2).await, bin.expires_at);
    let expires_at = captures[2].received_at.plus_ms(HOUR_MS);
    assert_eq!(trim(1).await, expires_at);
    let before = Forget::Bins(expires_at.plus_ms(-1));
    assert_eq!(forget(&world, before, 10).await, 0);
    assert_eq!(forget(&world, Forget::Bins(expires_at), 10).await, 1);

    // It is never set back.
    let long = expiring(&world, LATER).await;
    keep(&world, &[new_capture(&world, long.id)]).await;
    let excess = BinUsage {
        captures: 1,
        bytes: 0,
    };
    world.store.trim_bin(long.id, excess, 10).await.unwrap();
    assert_eq!(stored(&world, &long).await, Some(long));
}

pub(crate) async fn keys_go_when_no_window_reaches_them(world: World) {
    let bin = world.id();
    let since = Timestamp::from_unix_ms(0);
    let seen = async |byte: u8, until: Timestamp| {
        let seen = Some(SeenKey {
            digest: [byte; 16],
            since,
            until,
        });
        let new = NewCapture {
            seen,
            ..plain(&new_capture(&world, bin))
        };
        let kept = world.store.capture(vec![new]).await.unwrap();
        kept[0].duplicate_of.is_some()
    };
    let until = world.now();
    assert!(!seen(1, until).await);
    assert!(!seen(2, until.plus_ms(1)).await);
    // What it would have been for a later one does not count.
    assert!(seen(2, until.plus_ms(-1)).await);
    assert_eq!(forget(&world, Forget::Bins(until), 1).await, 0);
    assert!(seen(1, until).await);
    // One's time is over, the other's is not yet.
    assert_eq!(forget(&world, Forget::Bins(until.plus_ms(1)), 1).await, 1);
    assert!(!seen(1, LATER).await);
    assert!(seen(2, LATER).await);
    assert_eq!(forget(&world, Forget::Bins(until.plus_ms(2)), 1).await, 1);
    assert!(seen(1, LATER).await);
    assert!(!seen(2, LATER).await);
}

//! How much a bin has, and deleting what is too much.

use hookwire_types::*;

use super::World;
use super::capturing::{keep, new_capture, stored, with_body};
use crate::BinUsage;

/// Captures that take up 1,000 bytes each.
async fn fill(world: &World, bin: BinId, count: usize) -> Vec<Capture> {
    let make = |_| {
        let mut capture = with_body(new_capture(world, bin), "");
        let rest = 1_000 - capture.kept_bytes() as usize;
        capture = with_body(capture, vec![b'x'; rest]);
        assert_eq!(capture.kept_bytes(), 1_000);
        capture
    };
    let captures: Vec<Capture> = (0..count).map(make).collect();
    keep(world, &captures).await;
    captures
}

const fn usage(captures: u64) -> BinUsage {
    let bytes = 1_000 * captures;
    BinUsage { captures, bytes }
}

async fn assert_left(world: &World, captures: &[Capture], left: std::ops::Range<usize>) {
    for (index, capture) in captures.iter().enumerate() {
        let is_there = stored(world, capture).await.is_some();
        assert_eq!(is_there, left.contains(&index), "{index}");
    }
    let found = world.store.bin_usage(captures[0].bin).await.unwrap();
    assert_eq!(found, usage(left.len() as u64));
}

pub(crate) async fn usage_is_counted(world: World) {
    let bin = world.id();
    assert_eq!(world.store.bin_usage(bin).await.unwrap(), usage(0));
    fill(&world, bin, 3).await;
    fill(&world, world.id(), 2).await;
    assert_eq!(world.store.bin_usage(bin).await.unwrap(), usage(3));
}

pub(crate) async fn the_oldest_go(world: World) {
    let bin = world.id();
    let captures = fill(&world, bin, 9).await;
    let beside = fill(&world, world.id(), 1).await;
    // What is too much, the limit, and what goes.
    let steps = [
        ((0, 0), 10, 0),
        ((1, 0), 10, 1),
        ((0, 1), 10, 1),
        ((1, 1_001), 10, 2),
        ((2, 1), 10, 2),
        ((2, 2_000), 1, 1),
        ((1, 0), 0, 0),
        ((9, 9), 10, 2),
        ((1, 1), 10, 0),
    ];
    let mut gone = 0;
    for ((captures_over, bytes_over), limit, expected) in steps {
        let excess = BinUsage {
            captures: captures_over,
            bytes: bytes_over,
        };
        let deleted = world.store.trim_bin(bin, excess, limit).await.unwrap();
        assert_eq!(deleted, usage(expected), "{excess:?}");
        gone += expected as usize;
        assert_left(&world, &captures, gone..9).await;
    }
    assert_left(&world, &beside, 0..1).await;
}

pub(crate) async fn a_large_excess_goes_in_one_call(world: World) {
    let bin = world.id();
    let mut captures = Vec::new();
    for _ in 0..4 {
        let capture = with_body(new_capture(&world, bin), vec![b'x'; 10 << 20]);
        keep(&world, std::slice::from_ref(&capture)).await;
        captures.push(capture);
    }
    let excess = BinUsage {
        captures: 0,
        bytes: 25 << 20,
    };
    let deleted = world.store.trim_bin(bin, excess, 100).await.unwrap();
    assert_eq!(deleted.captures, 3);
    assert_eq!(
        deleted.bytes,
        captures[..3].iter().map(Capture::kept_bytes).sum::<u64>()
    );
    assert!(stored(&world, &captures[3]).await.is_some());
}

pub(crate) async fn one_is_deleted(world: World) {
    let bin = world.id();
    let captures = fill(&world, bin, 2).await;
    let delete = async |bin, id| world.store.delete_capture(bin, id).await.unwrap();
    assert_eq!(delete(world.id(), captures[0].id).await, usage(0));
    assert_eq!(delete(bin, captures[0].id).await, usage(1));
    assert_eq!(delete(bin, captures[0].id).await, usage(0));
    assert_left(&world, &captures, 1..2).await;
}

pub(crate) async fn all_up_to_one_go(world: World) {
    let bin = world.id();
    let captures = fill(&world, bin, 9).await;
    let beside = fill(&world, world.id(), 1).await;
    let clear = async |up_to: CaptureId, limit| {
        let cleared = world.store.clear_bin(bin, up_to, limit).await;
        cleared.unwrap()
    };
    assert_eq!(clear(captures[0].id, 10).await, usage(1));
    // It need not be there itself, and what came later stays.
    assert_eq!(clear(captures[0].id, 10).await, usage(0));
    assert_eq!(clear(captures[5].id, 2).await, usage(2));
    assert_left(&world, &captures, 3..9).await;
    // What others delete meanwhile is not made up for.
    world
        .store
        .delete_capture(bin, captures[5].id)
        .await
        .unwrap();
    assert_eq!(clear(captures[5].id, 10).await, usage(2));
    assert_eq!(clear(captures[5].id, 10).await, usage(0));
    assert_left(&world, &captures, 6..9).await;
    assert_eq!(clear(beside[0].id, 10).await, usage(3));
    assert_left(&world, &beside, 0..1).await;
}

/// Both find the same captures, and only one of them deletes each.
pub(crate) async fn clearing_ends_when_nothing_is_left(world: World) {
    let bin = world.id();
    let captures = fill(&world, bin, 300).await;
    let last = captures[299].id;
    let clear = async || {
        let mut count = 0;
        loop {
            let gone = world.store.clear_bin(bin, last, 10).await.unwrap();
            count += gone.captures;
            if gone.captures == 0 {
                let left = world.store.bin_usage(bin).await.unwrap();
                assert_eq!(left, usage(0));
                return count;
            }
        }
    };
    let trim = async || {
        let mut count = 0;
        for _ in 0..15 {
            let gone = world.store.trim_bin(bin, usage(10), 10).await.unwrap();
            count += gone.captures;
        }
        count
    };
    let (a, b, trimmed) = tokio::join!(clear(), clear(), trim());
    assert_eq!(a + b + trimmed, 300);
}

pub(crate) async fn large_ones_are_cleared_in_steps(world: World) {
    let bin = world.id();
    let mut last = None;
    for _ in 0..4 {
        let capture = with_body(new_capture(&world, bin), vec![b'x'; 10 << 20]);
        keep(&world, std::slice::from_ref(&capture)).await;
        last = Some(capture.id);
    }
    for expected in [2, 2, 0] {
        let gone = world
            .store
            .clear_bin(bin, last.unwrap(), 100)
            .await
            .unwrap();
        assert_eq!(gone.captures, expected);
    }
}

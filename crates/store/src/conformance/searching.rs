//! Captures with a text in them, or few of many, found in steps of bounded cost.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::captures::{ids, list};
use super::capturing::{keep, new_capture, plain, with_body};
use super::world::ALL;
use crate::{CaptureFilter, Captures, NewCapture, Payloads, SeenKey};

fn with_text(text: &str) -> CaptureFilter {
    CaptureFilter {
        text: Some(text.to_owned()),
        ..CaptureFilter::default()
    }
}

pub(crate) async fn are_found_by_a_text(world: World) {
    let bin = world.id();
    let mut all: Vec<Capture> = (0..4).map(|_| new_capture(&world, bin)).collect();
    all[0].target = Bytes::from_static(b"/Orders/\xff?q=1");
    all[1].headers = HeaderLines::new("X-Order-ID: 17\r\nAccept: */*\r\n");
    all[2] = with_body(all[2].clone(), &b"\0\xc3\x28 my oRDEr"[..]);
    all[3] = with_body(all[3].clone(), "\u{dc}ber");
    keep(&world, &all).await;
    let cases = [
        ("order", vec![0, 1, 2]),
        ("ORDER", vec![0, 1, 2]),
        ("order-id: 17\r\naccept", vec![1]),
        ("orders/", vec![0]),
        ("my order", vec![2]),
        ("\u{dc}BER", vec![3]),
        // Only ASCII has its capitals set aside.
        ("\u{fc}ber", vec![]),
        ("17{}", vec![]),
        ("", vec![0, 1, 2, 3]),
    ];
    for (text, expected) in cases {
        let expected: Vec<CaptureId> = expected.into_iter().map(|index| all[index].id).collect();
        for bodies in [Payloads::Omitted, ALL] {
            let page = Page::first(10, Order::Ascending);
            let found = list(&world, bin, with_text(text), page, bodies).await;
            assert_eq!(ids(&found), expected, "{text}");
            assert_eq!(found.looked_up_to, None);
            for capture in &found.list {
                assert_eq!(capture.body.is_some(), bodies != Payloads::Omitted);
            }
        }
    }
}

pub(crate) async fn a_text_is_found_page_by_page(world: World) {
    let bin = world.id();
    let mut all: Vec<Capture> = (0..9).map(|_| new_capture(&world, bin)).collect();
    for (index, capture) in all.iter_mut().enumerate() {
        let word = ["yes", "no"][index % 2];
        *capture = with_body(capture.clone(), word);
    }
    keep(&world, &all).await;
    let cases = [
        (Order::Ascending, None, vec![0, 2]),
        (Order::Ascending, Some((Side::After, 2)), vec![4, 6]),
        (Order::Ascending, Some((Side::Before, 8)), vec![4, 6]),
        (Order::Ascending, Some((Side::Before, 1)), vec![0]),
        (Order::Descending, Some((Side::After, 4)), vec![2, 0]),
        (Order::Descending, Some((Side::Before, 3)), vec![6, 4]),
    ];
    for (order, cursor, expected) in cases {
        let page = Page {
            limit: 2,
            order,
            cursor: cursor.map(|(side, index): (_, usize)| (side, all[index].id)),
        };
        let found = list(&world, bin, with_text("YES"), page.clone(), ALL).await;
        let expected: Vec<CaptureId> = expected.into_iter().map(|index| all[index].id).collect();
        assert_eq!(ids(&found), expected, "{page:?}");
        assert_eq!(found.looked_up_to, None, "{page:?}");
    }
    let page = Page::first(0, Order::Ascending);
    let found = list(&world, bin, with_text("yes"), page, ALL).await;
    assert_eq!(found, Captures::default());
}

/// Goes on from where a search ended until it has all. Returns how many reads it took.
async fn search_all(
    world: &World,
    bin: BinId,
    filter: CaptureFilter,
    order: Order,
) -> (Vec<CaptureId>, usize) {
    let mut page = Page::first(10, order);
    let mut all = Vec::new();
    for reads in 1..100 {
        let found = list(world, bin, filter.clone(), page.clone(), Payloads::Omitted).await;
        all.extend(ids(&found));
        let Some(place) = found.looked_up_to else {
            return (all, reads);
        };
        page.cursor = Some((Side::After, place));
    }
    panic!("it has no end");
}

pub(crate) async fn a_search_is_bounded_in_captures(world: World) {
    let bin = world.id();
    let mut all: Vec<Capture> = (0..4_100).map(|_| new_capture(&world, bin)).collect();
    let last = all.len() - 1;
    for index in [0, 2_500, last] {
        all[index] = with_body(all[index].clone(), "needle");
    }
    keep(&world, &all).await;
    let needles = [0, 2_500, last].map(|index| all[index].id);
    let (found, reads) = search_all(&world, bin, with_text("needle"), Order::Ascending).await;
    assert_eq!(found, needles);
    assert!(reads > 1);
    let (mut found, _) = search_all(&world, bin, with_text("needle"), Order::Descending).await;
    found.reverse();
    assert_eq!(found, needles);

    // Before a cursor the nearest ones are looked at, so the search ended at the far end.
    let page = Page {
        limit: 10,
        order: Order::Ascending,
        cursor: Some((Side::Before, all[last].id)),
    };
    let found = list(&world, bin, with_text("needle"), page, ALL).await;
    assert_eq!(ids(&found), [all[2_500].id]);
    assert!(found.looked_up_to < Some(all[2_500].id));
    assert!(found.looked_up_to > Some(all[0].id));
}

pub(crate) async fn what_nothing_meets_is_bounded_too(world: World) {
    let bin = world.id();
    let mut all: Vec<Capture> = (0..4_100).map(|_| new_capture(&world, bin)).collect();
    let last = all.len() - 1;
    let since = world.now();
    for index in [0, last] {
        all[index].method = "PUT".to_owned();
        all[index].verification = CaptureVerification::Valid;
    }
    keep(&world, &all[..last]).await;
    let mut kept = Vec::new();
    for capture in [&new_capture(&world, bin), &all[last]] {
        let seen = Some(SeenKey {
            digest: [1; 16],
            since,
            until: since.plus_ms(1_000),
        });
        let new = NewCapture {
            seen,
            ..plain(capture)
        };
        kept.extend(world.store.capture(vec![new]).await.unwrap());
    }
    assert!(kept[1].duplicate_of.is_some());

    let none = CaptureFilter::default;
    let ends = vec![all[0].id, all[last].id];
    let cases = [
        (
            CaptureFilter {
                method: Some("PUT".to_owned()),
                ..none()
            },
            ends.clone(),
        ),
        (
            CaptureFilter {
                verified: Some(true),
                ..none()
            },
            ends.clone(),
        ),
        (
            CaptureFilter {
                verified: Some(false),
                ..none()
            },
            vec![],
        ),
        (
            CaptureFilter {
                duplicate: Some(true),
                ..none()
            },
            vec![all[last].id],
        ),
        // Those that are no question of the text count as well.
        (
            CaptureFilter {
                method: Some("PUT".to_owned()),
                ..with_text("example")
            },
            ends,
        ),
    ];
    for (filter, expected) in cases {
        for order in [Order::Ascending, Order::Descending] {
            let (mut found, reads) = search_all(&world, bin, filter.clone(), order).await;
            if order == Order::Descending {
                found.reverse();
            }
            assert_eq!((found, reads), (expected.clone(), 3), "{filter:?}");
        }
    }
}

pub(crate) async fn a_search_is_bounded_in_bytes(world: World) {
    let bin = world.id();
    let body = Bytes::from(vec![b'x'; 12 << 20]);
    for _ in 0..4 {
        keep(&world, &[with_body(new_capture(&world, bin), body.clone())]).await;
    }
    let needle = with_body(new_capture(&world, bin), "needle");
    keep(&world, std::slice::from_ref(&needle)).await;
    let (found, reads) = search_all(&world, bin, with_text("needle"), Order::Ascending).await;
    assert_eq!((found, reads), (vec![needle.id], 2));
}

//! Lists of captures: narrowed, and bounded by their bodies.

use hookwire_types::*;

use super::World;
use super::capturing::{keep, new_capture, with_body};
use super::world::ALL;
use crate::{CaptureFilter, Captures, NewCapture, Payloads, SeenKey};

/// Their ids, in the list's order.
pub(crate) fn ids(captures: &Captures) -> Vec<CaptureId> {
    captures.list.iter().map(|it| it.id).collect()
}

pub(crate) async fn list(
    world: &World,
    bin: BinId,
    filter: CaptureFilter,
    page: Page<CaptureId>,
    bodies: Payloads,
) -> Captures {
    world
        .store
        .captures(bin, filter, page, bodies)
        .await
        .unwrap()
}

pub(crate) async fn are_narrowed(world: World) {
    let bin = world.id();
    let since = world.now();
    let seen = Some(SeenKey {
        digest: [1; 16],
        since,
        until: since.plus_ms(1_000),
    });
    let mut all: Vec<Capture> = (0..5).map(|_| new_capture(&world, bin)).collect();
    all[1].method = "GET".to_owned();
    all[2].verification = CaptureVerification::Valid;
    all[3].verification = CaptureVerification::Invalid("no".to_owned());
    keep(&world, &all[..3]).await;
    for capture in &all[3..] {
        let new = NewCapture {
            seen,
            ..super::capturing::plain(capture)
        };
        world.store.capture(vec![new]).await.unwrap();
    }
    all[4].duplicate_of = Some(all[3].id);
    keep(&world, &[new_capture(&world, world.id())]).await;

    let none = CaptureFilter::default;
    let cases = [
        (none(), vec![0, 1, 2, 3, 4]),
        (
            CaptureFilter {
                method: Some("GET".to_owned()),
                ..none()
            },
            vec![1],
        ),
        (
            CaptureFilter {
                method: Some("get".to_owned()),
                ..none()
            },
            vec![],
        ),
        (
            CaptureFilter {
                duplicate: Some(true),
                ..none()
            },
            vec![4],
        ),
        (
            CaptureFilter {
                duplicate: Some(false),
                ..none()
            },
            vec![0, 1, 2, 3],
        ),
        (
            CaptureFilter {
                verified: Some(true),
                ..none()
            },
            vec![2],
        ),
        (
            CaptureFilter {
                verified: Some(false),
                ..none()
            },
            vec![3],
        ),
        (
            CaptureFilter {
                before: Some(all[2].received_at),
                ..none()
            },
            vec![0, 1],
        ),
        (
            CaptureFilter {
                after: Some(all[2].received_at),
                ..none()
            },
            vec![3, 4],
        ),
        (
            CaptureFilter {
                below: Some(all[3].id),
                ..none()
            },
            vec![0, 1, 2],
        ),
        (
            CaptureFilter {
                below: Some(all[1].id),
                before: Some(all[3].received_at),
                ..none()
            },
            vec![0],
        ),
        (
            CaptureFilter {
                text: Some("EXAMPLE".to_owned()),
                method: Some("POST".to_owned()),
                duplicate: Some(false),
                below: Some(all[4].id),
                ..none()
            },
            vec![0, 2, 3],
        ),
    ];
    for (filter, expected) in cases {
        let expected: Vec<Capture> = expected
            .into_iter()
            .map(|index| all[index].clone())
            .collect();
        for order in [Order::Ascending, Order::Descending] {
            let found = list(&world, bin, filter.clone(), Page::first(10, order), ALL).await;
            let mut in_order = expected.clone();
            if order == Order::Descending {
                in_order.reverse();
            }
            assert_eq!(found.list, in_order, "{filter:?}");
            assert_eq!(found.looked_up_to, None);
        }
    }
}

pub(crate) async fn bodies_are_read_only_when_they_are_wanted(world: World) {
    let bin = world.id();
    let all: Vec<Capture> = (0..3)
        .map(|_| with_body(new_capture(&world, bin), vec![b'x'; 50_000]))
        .collect();
    keep(&world, &all).await;
    let page = || Page::first(10, Order::Ascending);
    let found = list(
        &world,
        bin,
        CaptureFilter::default(),
        page(),
        Payloads::Omitted,
    )
    .await;
    let bare: Vec<Capture> = all
        .iter()
        .map(|it| Capture {
            body: None,
            ..it.clone()
        })
        .collect();
    assert_eq!((found.list, found.looked_up_to), (bare, None));

    let head = all[0].target.len() + all[0].headers.as_bytes().len();
    let one = head + 50_000;
    let cases = [
        (1, 1, true),
        (50_001, 1, true),
        (one, 1, true),
        (one + 1, 2, true),
        (2 * one + 1, 3, false),
        (4 * one, 3, false),
    ];
    for text in [None, Some("x".to_owned())] {
        for (bytes_max, expected, ends_early) in cases {
            let filter = CaptureFilter {
                text: text.clone(),
                ..CaptureFilter::default()
            };
            let bodies = Payloads::UpTo(bytes_max);
            let found = list(&world, bin, filter, page(), bodies).await;
            assert_eq!(found.list, all[..expected], "{bytes_max}");
            let last = ends_early.then(|| all[expected - 1].id);
            assert_eq!(found.looked_up_to, last, "{bytes_max}");
        }
    }
    // A page that is full has not ended early, however large it is.
    let page = Page::first(1, Order::Ascending);
    let found = list(
        &world,
        bin,
        CaptureFilter::default(),
        page,
        Payloads::UpTo(1),
    )
    .await;
    assert_eq!((found.list.len(), found.looked_up_to), (1, None));
}

pub(crate) async fn of_other_bins_are_not_found(world: World) {
    let (ours, theirs) = (world.id(), world.id());
    let capture = new_capture(&world, ours);
    keep(&world, std::slice::from_ref(&capture)).await;
    let found = world.store.one_capture(theirs, capture.id).await;
    assert_eq!(found.unwrap(), None);
    let page = Page::first(10, Order::Ascending);
    let found = list(&world, theirs, CaptureFilter::default(), page, ALL).await;
    assert_eq!(found, Captures::default());
}

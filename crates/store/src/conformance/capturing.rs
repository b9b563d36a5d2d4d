//! Captures, kept to the byte; what came before; and what becomes a message.

use std::sync::Arc;

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE};
use crate::{Accepted, Hold, KeptCapture, NewCapture, SeenKey};

/// A small request.
pub(crate) fn new_capture(world: &World, bin: BinId) -> Capture {
    let received_at = world.now();
    Capture {
        id: world.id_at(received_at),
        bin,
        received_at,
        method: "POST".to_owned(),
        target: Bytes::from_static(b"/a?b=c"),
        headers: HeaderLines::new("Host: example.com\r\n"),
        body: Some(Bytes::from_static(b"{}")),
        body_bytes: 2,
        is_http_10: false,
        peer: Some("192.0.2.1:443".parse().unwrap()),
        event_type: "bin.request".to_owned(),
        verification: CaptureVerification::Unchecked,
        duplicate_of: None,
        message: None,
        response_status: Some(200),
    }
}

/// With a body of this many bytes.
pub(crate) fn with_body(capture: Capture, body: impl Into<Bytes>) -> Capture {
    let body = body.into();
    Capture {
        body_bytes: body.len() as u64,
        body: Some(body),
        ..capture
    }
}

pub(crate) fn plain(capture: &Capture) -> NewCapture {
    NewCapture {
        capture: Arc::new(capture.clone()),
        seen: None,
        forward: None,
        hold: Hold::default(),
    }
}

/// Keeps captures that are nothing but themselves.
pub(crate) async fn keep(world: &World, captures: &[Capture]) {
    let batch = captures.iter().map(plain).collect();
    let kept = world.store.capture(batch).await.unwrap();
    assert_eq!(
        kept,
        vec![KeptCapture { duplicate_of: None }; captures.len()]
    );
}

pub(crate) async fn stored(world: &World, capture: &Capture) -> Option<Capture> {
    let found = world.store.one_capture(capture.bin, capture.id).await;
    found.unwrap()
}

pub(crate) async fn come_back_as_they_were(world: World) {
    let bin = world.id();
    let any_bytes: Vec<u8> = (0..=255).collect();
    let strange = Capture {
        method: "PROPFIND".to_owned(),
        target: Bytes::from_static(b"/../%00\0\xff?<script>'\xc3"),
        headers: HeaderLines::new(&b"x-B: \xff\xfe\r\nX-a:1\r\nx-b: two\r\nnul: \0\r\n"[..]),
        is_http_10: true,
        peer: Some("[2001:db8::1%3]:65535".parse().unwrap()),
        event_type: "payment.\u{442}".to_owned(),
        verification: CaptureVerification::Invalid("the signature is another".to_owned()),
        response_status: None,
        ..with_body(new_capture(&world, bin), any_bytes)
    };
    let bare = Capture {
        target: Bytes::new(),
        headers: HeaderLines::default(),
        peer: None,
        verification: CaptureVerification::Valid,
        ..with_body(new_capture(&world, bin), "")
    };
    let without_body = Capture {
        body: None,
        body_bytes: 0,
        ..new_capture(&world, bin)
    };
    let random: Vec<u8> = (0..1_048_576u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let large = with_body(new_capture(&world, bin), random);
    let all = [strange, bare, without_body, large];
    keep(&world, &all).await;
    for capture in &all {
        assert_eq!(stored(&world, capture).await.as_ref(), Some(capture));
    }
    let page = Page::first(10, Order::Ascending);
    let found = world.store.captures(bin, Default::default(), page, ALL);
    let found = found.await.unwrap();
    assert_eq!(found.list, all);
    assert_eq!(found.looked_up_to, None);
}

pub(crate) async fn answers_are_noted(world: World) {
    let bin = world.id();
    let waiting = Capture {
        response_status: None,
        ..with_body(new_capture(&world, bin), vec![7; 100_000])
    };
    let beside = new_capture(&world, bin);
    keep(&world, &[waiting.clone(), beside.clone()]).await;
    let note = async |bin, id, status| {
        let noted = world.store.note_response(bin, id, status).await;
        noted.unwrap();
    };
    note(bin, waiting.id, 599).await;
    // Nothing is there to be noted at.
    note(world.id(), beside.id, 500).await;
    note(bin, world.id(), 500).await;
    let answered = Capture {
        response_status: Some(599),
        ..waiting
    };
    assert_eq!(stored(&world, &answered).await, Some(answered));
    assert_eq!(stored(&world, &beside).await, Some(beside));
}

/// A capture that is known by one byte, with a window that begins then.
fn known(capture: &Capture, byte: u8, since: Timestamp) -> NewCapture {
    NewCapture {
        seen: Some(SeenKey {
            digest: [byte; 16],
            since,
            until: capture.received_at.plus_ms(1_000),
        }),
        ..plain(capture)
    }
}

pub(crate) async fn what_came_before_is_told(world: World) {
    let bin = world.id();
    let since = world.now();
    let captures: Vec<Capture> = (0..6).map(|_| new_capture(&world, bin)).collect();
    let [a, again, b, plainly, across, other] = &captures[..] else {
        unreachable!();
    };
    // Within a batch,
    let batch = vec![
        known(a, 1, since),
        known(again, 1, since),
        known(b, 2, since),
        plain(plainly),
    ];
    let kept = world.store.capture(batch).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|it| it.duplicate_of).collect();
    assert_eq!(kept, [None, Some(a.id), None, None]);
    // across batches,
    let batch = vec![known(across, 1, since), known(other, 3, since)];
    let kept = world.store.capture(batch).await.unwrap();
    let kept: Vec<_> = kept.into_iter().map(|it| it.duplicate_of).collect();
    assert_eq!(kept, [Some(a.id), None]);
    for (capture, first) in captures
        .iter()
        .zip([None, Some(a.id), None, None, Some(a.id), None])
    {
        let found = stored(&world, capture).await.unwrap();
        assert_eq!(found.duplicate_of, first);
    }
    // and not at another bin.
    let elsewhere = new_capture(&world, world.id());
    let kept = world.store.capture(vec![known(&elsewhere, 1, since)]).await;
    assert_eq!(kept.unwrap(), [KeptCapture { duplicate_of: None }]);
}

pub(crate) async fn what_came_before_the_window_does_not_count(world: World) {
    let bin = world.id();
    let first = new_capture(&world, bin);
    let since = first.received_at;
    let duplicate_of = async |capture: &Capture, since| {
        let batch = vec![known(capture, 1, since)];
        let kept = world.store.capture(batch).await.unwrap();
        kept[0].duplicate_of
    };
    assert_eq!(duplicate_of(&first, since).await, None);
    let within = new_capture(&world, bin);
    assert_eq!(duplicate_of(&within, since).await, Some(first.id));
    // A duplicate does not open the window again.
    let second = new_capture(&world, bin);
    assert_eq!(duplicate_of(&second, since.plus_ms(1)).await, None);
    let third = new_capture(&world, bin);
    assert_eq!(duplicate_of(&third, since).await, Some(second.id));
    // Nor does it count less when it was deleted.
    world.store.delete_capture(bin, second.id).await.unwrap();
    let fourth = new_capture(&world, bin);
    assert_eq!(duplicate_of(&fourth, since).await, Some(second.id));
}

/// A message that a capture becomes, for one endpoint.
fn forward(world: &World, capture: &Capture, to: &Endpoint) -> Accepted {
    let received = Received {
        bin: capture.bin,
        capture: capture.id,
        method: capture.method.clone(),
        path: "/a".to_owned(),
        query: "b=\u{fffd}".to_owned(),
        headers: vec![("X-A".to_owned(), "\"1\"".to_owned())],
    };
    let message = Message {
        received: Some(Box::new(received)),
        ..world.new_message(to.application)
    };
    world.accepted(&message, &[to.id], Some(NODE))
}

pub(crate) async fn become_messages_unless_they_are_duplicates(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let bin = world.id();
    let since = world.now();
    let [first, again] = [(); 2].map(|()| new_capture(&world, bin));
    let messages = [&first, &again].map(|it| forward(&world, it, &endpoint));
    let with = |capture: &Capture, index: usize| NewCapture {
        forward: Some(messages[index].clone()),
        ..known(capture, 1, since)
    };
    let batch = vec![with(&first, 0), with(&again, 1)];
    let kept = world.store.capture(batch).await.unwrap();
    assert_eq!(kept[0].duplicate_of, None);
    assert_eq!(kept[1].duplicate_of, Some(first.id));

    let found = world.store.messages_by_id(
        endpoint.application,
        messages.iter().map(|it| it.message.id).collect(),
        ALL,
    );
    let message = &*messages[0].message;
    assert_eq!(&found.await.unwrap().list[..], &[message.clone()][..]);
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    assert!(world.complete(key, Verdict::Delivered).await);
    let of_again = DeliveryKey {
        message: messages[1].message.id,
        ..key
    };
    assert_eq!(world.stored(of_again).await, None);
    let found = stored(&world, &first).await.unwrap();
    assert_eq!(found.message, Some(message.id));
    assert_eq!(stored(&world, &again).await.unwrap().message, None);
}

pub(crate) async fn what_they_received_goes_with_the_payload(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let capture = new_capture(&world, world.id());
    let accepted = forward(&world, &capture, &endpoint);
    let forwarded = NewCapture {
        forward: Some(accepted.clone()),
        ..plain(&capture)
    };
    world.store.capture(vec![forwarded]).await.unwrap();
    let by_id = Reference::Id(accepted.message.id);
    let found = async |payloads| {
        let found = world.store.message(endpoint.application, &by_id, payloads);
        found.await.unwrap().unwrap()
    };
    assert_eq!(found(ALL).await, *accepted.message);
    assert_eq!(found(crate::Payloads::Omitted).await.received, None);
    let ids = vec![accepted.message.id];
    world
        .store
        .expunge(endpoint.application, ids)
        .await
        .unwrap();
    assert_eq!(found(ALL).await.received, None);
}

pub(crate) async fn a_message_that_was_there_is_not_kept_again(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let bin = world.id();
    let [first, again] = [(); 2].map(|()| new_capture(&world, bin));
    let with_event_id = |capture: &Capture| {
        let mut accepted = forward(&world, capture, &endpoint);
        let message = Message {
            event_id: Some("order-1".to_owned()),
            ..(*accepted.message).clone()
        };
        accepted.message = Arc::new(message);
        NewCapture {
            forward: Some(accepted),
            ..plain(capture)
        }
    };
    let batch = vec![with_event_id(&first), with_event_id(&again)];
    world.store.capture(batch).await.unwrap();
    assert!(stored(&world, &first).await.unwrap().message.is_some());
    assert_eq!(stored(&world, &again).await, Some(again));
}

pub(crate) async fn what_is_held_is_let_go_once_it_is_certain(world: World) {
    let capture = new_capture(&world, world.id());
    let held = Arc::new(());
    let new = NewCapture {
        hold: Hold::on(Arc::clone(&held)),
        ..plain(&capture)
    };
    world.store.capture(vec![new]).await.unwrap();
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(world.store.capture(Vec::new()).await.unwrap(), []);
}

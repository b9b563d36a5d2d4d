//! Messages by what became of them.

use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE};
use crate::{DeliveryCounts, FoundMessages, MessageFilter, Payloads};

/// Messages with these ends of their deliveries, each at an endpoint of its own.
async fn messages(world: &World, ends: &[&[Option<Verdict>]]) -> (ApplicationId, Vec<MessageId>) {
    let application = world.application().await;
    let mut endpoints = Vec::new();
    for _ in 0..ends.iter().map(|ends| ends.len()).max().unwrap_or(0) {
        endpoints.push(world.endpoint(&application).await.id);
    }
    let mut ids = Vec::new();
    for ends in ends {
        let message = world.new_message(application.id);
        let endpoints = &endpoints[..ends.len()];
        world.accept(&message, endpoints, Some(NODE)).await.unwrap();
        for (endpoint, verdict) in endpoints.iter().zip(*ends) {
            let key = DeliveryKey {
                message: message.id,
                endpoint: *endpoint,
            };
            if let Some(verdict) = verdict {
                assert!(world.complete(key, *verdict).await);
            }
        }
        ids.push(message.id);
    }
    (application.id, ids)
}

async fn find(
    world: &World,
    application: ApplicationId,
    status: DeliveryStatus,
    page: Page<MessageId>,
    payloads: Payloads,
) -> FoundMessages {
    let filter = MessageFilter::default();
    let found = world
        .store
        .messages_in(application, vec![status], filter, page, payloads);
    found.await.unwrap()
}

fn ids(found: &FoundMessages) -> Vec<MessageId> {
    found.list.iter().map(|message| message.id).collect()
}

pub(crate) async fn deliveries_are_counted_by_message(world: World) {
    use Verdict::*;
    let now = world.now();
    let ends: [&[_]; 3] = [
        &[Some(Delivered), Some(Delivered), Some(Failed), None],
        &[],
        &[Some(Canceled), Some(Retry { at: now })],
    ];
    let (_, ids) = messages(&world, &ends).await;
    let unknown: MessageId = world.id();
    let asked = vec![ids[2], unknown, ids[0], ids[1], ids[2]];
    let counted = world.store.delivery_counts(asked).await.unwrap();
    let counts = |success, pending, fail, canceled| DeliveryCounts {
        success,
        pending,
        fail,
        canceled,
    };
    let nothing = counts(0, 0, 0, 0);
    let last = counts(0, 1, 0, 1);
    assert_eq!(counted, [last, nothing, counts(2, 1, 1, 0), nothing, last]);
    assert!(
        world
            .store
            .delivery_counts(vec![])
            .await
            .unwrap()
            .is_empty()
    );
}

pub(crate) async fn messages_are_found_by_a_state(world: World) {
    use DeliveryStatus as Status;
    use Verdict::*;
    let ends: [&[_]; 5] = [
        &[Some(Delivered), Some(Failed)],
        &[Some(Delivered)],
        &[],
        &[None, Some(Failed)],
        &[Some(Canceled)],
    ];
    let (application, all) = messages(&world, &ends).await;
    let first = |order| Page::first(10, order);
    for (status, wanted) in [
        (Status::Success, vec![0, 1]),
        (Status::Fail, vec![0, 3]),
        (Status::Pending, vec![3]),
        (Status::Canceled, vec![4]),
    ] {
        let mut wanted: Vec<_> = wanted.into_iter().map(|index: usize| all[index]).collect();
        let found = find(&world, application, status, first(Order::Ascending), ALL).await;
        assert_eq!(ids(&found), wanted, "{status:?}");
        assert_eq!(found.looked_up_to, None);
        wanted.reverse();
        let found = find(&world, application, status, first(Order::Descending), ALL).await;
        assert_eq!(ids(&found), wanted, "{status:?}");
    }
    let either = vec![Status::Pending, Status::Canceled];
    let found = world.store.messages_in(
        application,
        either,
        MessageFilter::default(),
        first(Order::Ascending),
        ALL,
    );
    assert_eq!(ids(&found.await.unwrap()), [all[3], all[4]]);
    let stranger = world.application().await.id;
    let page = first(Order::Ascending);
    let found = find(&world, stranger, Status::Fail, page, ALL).await;
    assert_eq!(found, FoundMessages::default());
}

pub(crate) async fn other_filters_hold_as_well(world: World) {
    let (application, all) = messages(&world, &[&[None], &[None], &[None]]).await;
    let other = Message {
        event_type: "payment.failed".to_owned(),
        tags: vec!["t".to_owned()],
        ..world.new_message(application)
    };
    let endpoint: EndpointId = world.id();
    world.accept(&other, &[endpoint], None).await.unwrap();
    let find = async |filter: MessageFilter| {
        let page = Page::first(10, Order::Ascending);
        let pending = vec![DeliveryStatus::Pending];
        let store = &world.store;
        let found = store.messages_in(application, pending, filter, page, ALL);
        ids(&found.await.unwrap())
    };
    let types = MessageFilter {
        event_types: Some(vec!["payment.failed".to_owned()]),
        ..MessageFilter::default()
    };
    assert_eq!(find(types).await, [other.id]);
    let tag = MessageFilter {
        tag: Some("t".to_owned()),
        ..MessageFilter::default()
    };
    assert_eq!(find(tag).await, [other.id]);
    let none = MessageFilter {
        tag: Some("u".to_owned()),
        ..MessageFilter::default()
    };
    assert!(find(none).await.is_empty());
    let earlier = MessageFilter {
        before: Some(other.created_at),
        ..MessageFilter::default()
    };
    assert_eq!(find(earlier).await, all);
}

pub(crate) async fn a_state_is_found_page_by_page(world: World) {
    let ends: Vec<&[Option<Verdict>]> = (0..20)
        .map(|number| match number % 3 {
            0 => &[Some(Verdict::Failed)][..],
            _ => &[Some(Verdict::Delivered)][..],
        })
        .collect();
    let (application, all) = messages(&world, &ends).await;
    let mut wanted: Vec<_> = all.into_iter().step_by(3).collect();
    for order in [Order::Ascending, Order::Descending] {
        let mut cursor = None;
        let mut seen = Vec::new();
        loop {
            let page = Page {
                limit: 3,
                order,
                cursor: cursor.map(|id| (Side::After, id)),
            };
            // Payloads end a page early too: nothing is lost by it.
            let payloads = Payloads::UpTo(1);
            let found = find(&world, application, DeliveryStatus::Fail, page, payloads).await;
            assert!(found.list.len() <= 1);
            assert!(found.list.iter().all(|message| message.payload.is_some()));
            seen.extend(ids(&found));
            cursor = found.looked_up_to;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, wanted, "{order:?}");
        let before = Page {
            limit: 2,
            order,
            cursor: Some((Side::Before, wanted[4])),
        };
        let fail = DeliveryStatus::Fail;
        let found = find(&world, application, fail, before, Payloads::Omitted).await;
        assert_eq!(ids(&found), wanted[2..4]);
        assert!(found.list.iter().all(|message| message.payload.is_none()));
        wanted.reverse();
    }
}

pub(crate) async fn a_state_that_is_rare_is_looked_for_in_steps(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await.id;
    let mut batch = Vec::new();
    let mut first = None;
    for number in 0..9_000 {
        let message = world.new_message(application.id);
        let endpoints = if number == 0 { &[endpoint][..] } else { &[] };
        first.get_or_insert(message.id);
        batch.push(world.accepted(&message, endpoints, None));
    }
    world.store.append(batch).await.unwrap();
    let (mut cursor, mut steps, mut seen) = (None, 0, Vec::new());
    loop {
        let page = Page {
            limit: 10,
            order: Order::Descending,
            cursor: cursor.map(|id| (Side::After, id)),
        };
        let pending = DeliveryStatus::Pending;
        let found = find(&world, application.id, pending, page, Payloads::Omitted).await;
        steps += 1;
        seen.extend(ids(&found));
        // Each step goes on where the last one ended.
        assert!(cursor.is_none() || found.looked_up_to < cursor);
        match found.looked_up_to {
            Some(place) => cursor = Some(place),
            None => break,
        }
    }
    assert_eq!(seen, first.into_iter().collect::<Vec<_>>());
    assert!((2..=100).contains(&steps), "{steps}");
}

//! Lists narrowed by what the caller asks for.

use hookwire_types::*;

use super::World;
use super::world::{ALL, NODE, texts};
use crate::{AttemptFilter, DeliveryFilter, MessageFilter};

/// Five messages that differ in what filters look at.
fn various(world: &World, application: ApplicationId) -> Vec<Message> {
    let make = |event_type: &str, channels: &[&str], tags: &[&str]| Message {
        event_type: event_type.to_owned(),
        channels: texts(channels),
        tags: texts(tags),
        ..world.new_message(application)
    };
    vec![
        make("paid", &[], &[]),
        make("paid", &["eu", "us"], &["first"]),
        make("refunded", &["eu"], &["first", "vip"]),
        make("refunded", &["e"], &["vip"]),
        make("domain", &["\"eu\""], &["%"]),
    ]
}

/// Filters, and which of the five they keep.
fn cases(messages: &[Message]) -> Vec<(MessageFilter, Vec<usize>)> {
    let none = MessageFilter::default;
    let at = |index: usize| Some(messages[index].created_at);
    let types = |names: &[&str]| Some(texts(names));
    let text = |text: &str| Some(text.to_owned());
    vec![
        (none(), vec![0, 1, 2, 3, 4]),
        (
            MessageFilter {
                event_types: types(&["paid"]),
                ..none()
            },
            vec![0, 1],
        ),
        (
            MessageFilter {
                event_types: types(&["paid", "domain"]),
                ..none()
            },
            vec![0, 1, 4],
        ),
        (
            MessageFilter {
                event_types: types(&["PAID", "pai"]),
                ..none()
            },
            vec![],
        ),
        (
            MessageFilter {
                channel: text("eu"),
                ..none()
            },
            vec![1, 2],
        ),
        (
            MessageFilter {
                channel: text("\"eu\""),
                ..none()
            },
            vec![4],
        ),
        (
            MessageFilter {
                tag: text("vip"),
                ..none()
            },
            vec![2, 3],
        ),
        (
            MessageFilter {
                tag: text("%"),
                ..none()
            },
            vec![4],
        ),
        (
            MessageFilter {
                tag: text("first"),
                channel: text("us"),
                ..none()
            },
            vec![1],
        ),
        (
            MessageFilter {
                event_types: types(&["refunded"]),
                tag: text("first"),
                ..none()
            },
            vec![2],
        ),
        (
            MessageFilter {
                before: at(2),
                ..none()
            },
            vec![0, 1],
        ),
        (
            MessageFilter {
                after: at(2),
                ..none()
            },
            vec![3, 4],
        ),
        (
            MessageFilter {
                after: at(0),
                before: at(4),
                tag: text("vip"),
                ..none()
            },
            vec![2, 3],
        ),
        (
            MessageFilter {
                after: at(4),
                ..none()
            },
            vec![],
        ),
    ]
}

/// The messages, made so that id and moment agree.
async fn accepted(world: &World, endpoint: &Endpoint, owner: Option<NodeId>) -> Vec<Message> {
    let mut messages = various(world, endpoint.application);
    for message in &mut messages {
        message.id = world.id_at(message.created_at);
        world.accept(message, &[endpoint.id], owner).await.unwrap();
    }
    messages
}

fn chosen(messages: &[Message], indexes: &[usize]) -> Vec<MessageId> {
    indexes.iter().map(|index| messages[*index].id).collect()
}

pub(crate) async fn messages(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let messages = accepted(&world, &endpoint, None).await;
    for (filter, expected) in cases(&messages) {
        let page = Page::first(10, Order::Ascending);
        let shown = format!("{filter:?}");
        let found = world
            .store
            .messages(endpoint.application, filter, page, ALL)
            .await
            .unwrap();
        let found: Vec<_> = found.list.iter().map(|it| it.id).collect();
        assert_eq!(found, chosen(&messages, &expected), "{shown}");
    }
    // A page is counted after filtering.
    let filter = MessageFilter {
        tag: Some("vip".to_owned()),
        ..Default::default()
    };
    let page = Page::first(1, Order::Descending);
    let found = world
        .store
        .messages(endpoint.application, filter, page, ALL)
        .await
        .unwrap();
    assert_eq!(found.list, [messages[3].clone()]);
}

pub(crate) async fn deliveries(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let messages = accepted(&world, &endpoint, Some(NODE)).await;
    let list = async |filter: DeliveryFilter| {
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .deliveries_of_endpoint(endpoint.id, filter, page)
            .await
            .unwrap();
        found.iter().map(|it| it.key.message).collect::<Vec<_>>()
    };
    for (message, expected) in cases(&messages) {
        let shown = format!("{message:?}");
        let found = list(DeliveryFilter {
            message,
            ..Default::default()
        })
        .await;
        assert_eq!(found, chosen(&messages, &expected), "{shown}");
    }
    let verdicts = [Verdict::Delivered, Verdict::Failed, Verdict::Canceled];
    for (message, verdict) in messages.iter().zip(verdicts) {
        let key = DeliveryKey {
            message: message.id,
            endpoint: endpoint.id,
        };
        assert!(world.complete(key, verdict).await);
    }
    use DeliveryStatus::*;
    let by_status = [
        (vec![Pending], vec![3, 4]),
        (vec![Success], vec![0]),
        (vec![Fail, Canceled], vec![1, 2]),
        (vec![Success, Pending, Fail, Canceled], vec![0, 1, 2, 3, 4]),
    ];
    for (statuses, expected) in by_status {
        let filter = DeliveryFilter {
            statuses,
            ..Default::default()
        };
        assert_eq!(list(filter).await, chosen(&messages, &expected));
    }
    let message = MessageFilter {
        tag: Some("first".to_owned()),
        ..Default::default()
    };
    let filter = DeliveryFilter {
        statuses: vec![Fail],
        message,
        ..Default::default()
    };
    assert_eq!(list(filter).await, chosen(&messages, &[1]));
}

pub(crate) async fn attempts(world: World) {
    let application = world.application().await;
    let (one, two) = (
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    );
    let messages = accepted(&world, &one, Some(NODE)).await;
    let codes = [0, 200, 299, 300, 404];
    let mut made = Vec::new();
    for (message, code) in messages.iter().zip(codes) {
        made.push(
            record(
                &world,
                DeliveryKey {
                    message: message.id,
                    endpoint: one.id,
                },
                code,
            )
            .await,
        );
    }
    let list = async |filter: AttemptFilter| {
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .attempts_of_endpoint(one.id, filter, page)
            .await
            .unwrap();
        found.iter().map(|it| it.id).collect::<Vec<_>>()
    };
    let chosen = |indexes: &[usize]| -> Vec<_> { indexes.iter().map(|it| made[*it].id).collect() };
    for (message, expected) in cases(&messages) {
        // Of an attempt it is its own moment that counts, tested below.
        if message.before.is_none() && message.after.is_none() {
            let found = list(AttemptFilter {
                message,
                ..Default::default()
            })
            .await;
            assert_eq!(found, chosen(&expected));
        }
    }
    let classes = [
        (0, vec![0]),
        (200, vec![1, 2]),
        (300, vec![3]),
        (400, vec![4]),
        (500, vec![]),
    ];
    for (class, expected) in classes {
        let filter = AttemptFilter {
            status_code_class: Some(class),
            ..Default::default()
        };
        assert_eq!(list(filter).await, chosen(&expected));
    }
    for (status, expected) in [
        (AttemptStatus::Success, vec![1, 2]),
        (AttemptStatus::Fail, vec![0, 3, 4]),
    ] {
        let filter = AttemptFilter {
            status: Some(status),
            ..Default::default()
        };
        assert_eq!(list(filter).await, chosen(&expected));
    }
    let (before, after) = (Some(made[3].created_at), Some(made[0].created_at));
    let message = MessageFilter {
        before,
        after,
        ..Default::default()
    };
    assert_eq!(
        list(AttemptFilter {
            message,
            ..Default::default()
        })
        .await,
        chosen(&[1, 2])
    );

    let elsewhere = DeliveryKey {
        message: messages[0].id,
        endpoint: two.id,
    };
    world
        .store
        .requeue(world.now(), vec![elsewhere])
        .await
        .unwrap();
    assert_eq!(world.claim(two.id, 1).await.deliveries.len(), 1);
    let other = record(&world, elsewhere, 500).await;
    for (endpoint, expected) in [(one.id, made[0].id), (two.id, other.id)] {
        let filter = AttemptFilter {
            endpoint: Some(endpoint),
            ..Default::default()
        };
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .attempts_of_message(messages[0].id, filter, page)
            .await
            .unwrap();
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [expected]);
    }
}

async fn record(world: &World, key: DeliveryKey, code: u16) -> Attempt {
    let mut outcome = world.outcome(key, Verdict::Failed, None);
    let attempt = outcome.attempt.as_mut().unwrap();
    attempt.response_status = code;
    attempt.id = world.id_at(attempt.created_at);
    if !(200..300).contains(&code) {
        attempt.status = AttemptStatus::Fail;
    }
    let attempt = attempt.clone();
    assert_eq!(
        world.store.complete(NODE, vec![outcome]).await.unwrap(),
        [true]
    );
    attempt
}

pub(crate) async fn times_exclude_their_own_moment(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let messages = accepted(&world, &endpoint, None).await;
    let at = messages[2].created_at;
    let found = async |after: Timestamp, before: Timestamp| {
        let filter = MessageFilter {
            after: Some(after),
            before: Some(before),
            ..Default::default()
        };
        let page = Page::first(10, Order::Descending);
        world
            .store
            .messages(endpoint.application, filter, page, ALL)
            .await
            .unwrap()
            .list
            .len()
    };
    assert_eq!(found(at.plus_ms(-1), at.plus_ms(1)).await, 1);
    assert_eq!(found(at, at.plus_ms(1)).await, 0);
    assert_eq!(found(at.plus_ms(-1), at).await, 0);
    assert_eq!(found(at.plus_ms(1), at.plus_ms(-1)).await, 0);

    // A cursor inside and outside the range.
    let range = MessageFilter {
        after: Some(messages[0].created_at),
        before: Some(messages[4].created_at),
        ..Default::default()
    };
    for (cursor, expected) in [(0, vec![1, 2, 3]), (1, vec![2, 3]), (4, vec![])] {
        let cursor = Some((Side::After, messages[cursor].id));
        let page = Page {
            limit: 10,
            order: Order::Ascending,
            cursor,
        };
        let found = world
            .store
            .messages(endpoint.application, range.clone(), page, ALL)
            .await
            .unwrap();
        let found: Vec<_> = found.list.iter().map(|it| it.id).collect();
        assert_eq!(found, chosen(&messages, &expected));
    }
}

//! What is kept too long goes, in steps, and nothing else with it.

use bytes::Bytes;
use hookwire_types::*;

use super::World;
use super::catalogue::new_task;
use super::credentials::{create, find, new_credential};
use super::world::{ALL, NODE, conflict, keys};
use crate::{Change, Conflict, Consumer, Forget};

/// Later than anything that a store notes by itself.
pub(crate) const LATER: Timestamp = Timestamp::from_unix_ms(4_000_000_000_000);

/// Forgets step by step, each of at most `limit` things, until nothing is left. Returns how many
/// went.
pub(crate) async fn forget(world: &World, what: Forget, limit: usize) -> u64 {
    let mut count = 0;
    let mut next = Some(what);
    for _ in 0..100 {
        let Some(what) = next else {
            return count;
        };
        let step = world.store.forget(what, limit).await.unwrap();
        assert!(step.count <= limit as u64, "{step:?}");
        count += step.count;
        next = step.next;
    }
    panic!("it has no end: {next:?}");
}

async fn forget_messages(world: &World, before: Timestamp, limit: usize) -> u64 {
    let after = None;
    forget(world, Forget::Messages { before, after }, limit).await
}

async fn is_there(world: &World, message: &Message) -> bool {
    let by_id = Reference::Id(message.id);
    let found = world.store.message(message.application, &by_id, ALL).await;
    found.unwrap().is_some()
}

/// A message whose id says when it was accepted, with a delivery that failed once.
async fn failed(world: &World, endpoint: &Endpoint) -> Message {
    let mut message = world.new_message(endpoint.application);
    message.id = world.id_at(message.created_at);
    world
        .accept(&message, &[endpoint.id], Some(NODE))
        .await
        .unwrap();
    assert!(
        world
            .complete(key(&message, endpoint), Verdict::Failed)
            .await
    );
    message
}

fn key(message: &Message, endpoint: &Endpoint) -> DeliveryKey {
    DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    }
}

pub(crate) async fn messages_go_with_what_hangs_on_them(world: World) {
    let mut endpoints = Vec::new();
    for _ in 0..3 {
        endpoints.push(world.endpoint(&world.application().await).await);
        // Applications without messages are passed over.
        world.application().await;
    }
    let mut old = Vec::new();
    for endpoint in [0, 0, 2, 0, 1, 2, 0] {
        old.push((failed(&world, &endpoints[endpoint]).await, endpoint));
    }
    let before = world.now();
    let mut young = Vec::new();
    for endpoint in [0, 1, 2] {
        young.push((failed(&world, &endpoints[endpoint]).await, endpoint));
    }
    // Accepted at that very moment.
    let mut edge = world.new_message(endpoints[0].application);
    edge.id = world.id_at(before);
    world.accept(&edge, &[], None).await.unwrap();

    assert_eq!(forget_messages(&world, before, 2).await, old.len() as u64);
    for (message, endpoint) in old {
        assert!(!is_there(&world, &message).await);
        let key = key(&message, &endpoints[endpoint]);
        assert_eq!(world.stored(key).await, None);
        assert_eq!(world.attempts(message.id).await, []);
    }
    for (message, endpoint) in &young {
        assert!(is_there(&world, message).await);
        let key = key(message, &endpoints[*endpoint]);
        assert!(world.stored(key).await.is_some());
        assert_eq!(world.attempts(message.id).await.len(), 1);
    }
    assert!(is_there(&world, &edge).await);
    assert_eq!(forget_messages(&world, before, 2).await, 0);
}

pub(crate) async fn steps_go_on_where_the_last_one_ended(world: World) {
    let mut messages = Vec::new();
    for _ in 0..3 {
        let application = world.application().await;
        for _ in 0..3 {
            let message = world.new_message(application.id);
            world.accept(&message, &[], None).await.unwrap();
            messages.push(message);
        }
    }
    let before = world.now();
    for limit in [1, 2, 3, 4, 100] {
        let count = forget_messages(&world, before, limit).await;
        assert_eq!(count, messages.len() as u64, "{limit} at a time");
        for message in &messages {
            assert!(!is_there(&world, message).await);
            world.accept(message, &[], None).await.unwrap();
        }
    }
}

pub(crate) async fn pending_deliveries_go_with_their_message(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let owned = world.delivery(&endpoint, Some(NODE)).await;
    let waiting = world.due_in(&endpoint, &[0, 9_000_000]).await;
    assert_eq!(forget_messages(&world, world.now(), 10).await, 3);
    for key in [&waiting[..], &[owned]].concat() {
        assert_eq!(world.stored(key).await, None);
    }
    assert!(!world.complete(owned, Verdict::Delivered).await);
    assert_eq!(keys(&world.claim(endpoint.id, 10).await), []);
    assert_eq!(world.store.waiting(None, 10).await.unwrap(), []);
}

pub(crate) async fn event_ids_are_free_again(world: World) {
    let application = world.application().await;
    let with_event_id = || Message {
        event_id: Some("order-1".to_owned()),
        ..world.new_message(application.id)
    };
    let first = with_event_id();
    world.accept(&first, &[], None).await.unwrap();
    forget_messages(&world, world.now(), 10).await;
    assert_eq!(world.accept(&with_event_id(), &[], None).await, Ok(()));
}

pub(crate) async fn payloads_go_when_their_time_is_over(world: World) {
    let application = world.application().await;
    let at = world.now().plus_ms(1_000_000);
    let expiring = |payload_expires_at: Option<Timestamp>| Message {
        payload_expires_at,
        raw: Some(RawBody {
            body: Bytes::from_static(b"raw"),
            headers: Vec::new(),
        }),
        ..world.new_message(application.id)
    };
    let over = [-5, -1, 0].map(|ms| expiring(Some(at.plus_ms(ms))));
    let kept = [Some(at.plus_ms(1)), None].map(expiring);
    // It has nothing to forget, and must not be looked at for ever.
    let bare = Message {
        payload: None,
        raw: None,
        ..expiring(Some(at))
    };
    for message in over.iter().chain(&kept).chain([&bare]) {
        world.accept(message, &[], None).await.unwrap();
    }
    for limit in [1, 2] {
        forget(&world, Forget::Payloads(at), limit).await;
    }
    let by_id = async |message: &Message| {
        let by_id = Reference::Id(message.id);
        let found = world.store.message(application.id, &by_id, ALL).await;
        found.unwrap().unwrap()
    };
    for message in over.iter().chain([&bare]) {
        let left = Message {
            payload: None,
            raw: None,
            payload_expires_at: None,
            ..message.clone()
        };
        assert_eq!(by_id(message).await, left);
    }
    for message in &kept {
        assert_eq!(by_id(message).await, *message);
    }
    let again = world.store.forget(Forget::Payloads(at), 10).await.unwrap();
    assert_eq!((again.count, again.next), (0, None));
}

pub(crate) async fn answers_go_by_their_moment(world: World) {
    let moments: Vec<_> = (0..7).map(|_| world.now()).collect();
    let mut kept = Vec::new();
    // Two were kept late, behind younger ones.
    for n in [0, 2, 1, 3, 6, 4, 5] {
        let answer = KeptAnswer {
            scope: AnswerScope([n as u8; 16]),
            body: BodyDigest([0; 16]),
            automatic: n % 2 == 0,
            answer: Answer::Message(world.id(), world.id()),
            created_at: moments[n],
        };
        let place = world.store.keep_answer(answer).await.unwrap();
        kept.push((n, place));
    }
    assert_eq!(forget(&world, Forget::Answers(moments[5]), 3).await, 5);
    for (n, place) in kept {
        let scope = AnswerScope([n as u8; 16]);
        let found = world.store.answer_at(place, scope).await.unwrap();
        assert_eq!(found.is_some(), n >= 5, "{n}");
    }
    assert_eq!(forget(&world, Forget::Answers(LATER), 100).await, 2);
}

pub(crate) async fn tasks_and_credentials_go_once_they_ended(world: World) {
    let mut tasks = Vec::new();
    use TaskStatus::*;
    for status in [Finished, Failed, Running, Finished] {
        let task = Task {
            status,
            ..new_task(&world)
        };
        let create = Change::CreateTask(task.clone());
        world.change(create).await.unwrap();
        tasks.push(task);
    }
    // The last one moved at that very moment.
    let before = tasks[3].updated_at;
    let mut credentials = Vec::new();
    for expires_at in [Some(before.plus_ms(-1)), Some(before), None] {
        let credential = Credential {
            expires_at,
            ..new_credential(&world)
        };
        create(&world, &credential).await;
        credentials.push(credential);
    }

    assert_eq!(forget(&world, Forget::Ended(before), 1).await, 3);
    for (task, stays) in tasks.iter().zip([false, false, true, true]) {
        let found = world.store.task(world.organization, task.id).await;
        assert_eq!(found.unwrap().is_some(), stays, "{task:?}");
    }
    for (credential, stays) in credentials.iter().zip([false, true, true]) {
        let found = find(&world, credential).await;
        assert_eq!(found.is_some(), stays, "{credential:?}");
    }
    assert_eq!(forget(&world, Forget::Ended(LATER), 100).await, 2);
    assert_eq!(world.store.running_tasks().await.unwrap(), tasks[2..3]);
    assert!(find(&world, &credentials[2]).await.is_some());
}

/// A deleted thing shows nowhere, but nothing else can be made under its id while it is kept.
async fn is_kept(world: &World, endpoint: &Endpoint) -> bool {
    let again = world.change(Change::CreateEndpoint(endpoint.clone())).await;
    match again {
        Ok(()) => false,
        refused => {
            assert_eq!(conflict(refused), Conflict::Version);
            true
        }
    }
}

pub(crate) async fn endpoints_stay_while_a_delivery_names_them(world: World) {
    let application = world.application().await;
    let living = world.endpoint(&application).await;
    let unused = world.endpoint(&application).await;
    let used = world.endpoint(&application).await;
    let message = failed(&world, &used).await;
    for endpoint in [&unused, &used] {
        let delete = Change::DeleteEndpoint(application.id, endpoint.id);
        world.change(delete).await.unwrap();
    }
    // Deleted, but not before that moment.
    let early = forget(&world, Forget::Ended(message.created_at), 10).await;
    assert_eq!(early, 0);
    assert_eq!(forget(&world, Forget::Ended(LATER), 1).await, 1);
    assert!(!is_kept(&world, &unused).await);
    assert!(is_kept(&world, &used).await);
    assert_eq!(world.stored_endpoint(&living).await.as_ref(), Some(&living));

    assert_eq!(forget_messages(&world, world.now(), 10).await, 1);
    assert_eq!(forget(&world, Forget::Ended(LATER), 1).await, 1);
    assert!(!is_kept(&world, &used).await);
}

pub(crate) async fn applications_go_last(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let message = world.new_message(application.id);
    world.accept(&message, &[], None).await.unwrap();
    let living = world.application().await;
    let delete = Change::DeleteApplication(application.organization, application.id);
    world.change(delete).await.unwrap();
    let create = Change::CreateApplication(application.clone());

    // The message keeps the application, nothing keeps the endpoint.
    assert_eq!(forget(&world, Forget::Ended(LATER), 10).await, 1);
    let refused = world.change(create.clone()).await;
    assert_eq!(conflict(refused), Conflict::Version);
    // In its place an application that nothing names, to go in the order that is right for them.
    let other = world.application().await;
    world.endpoint(&other).await;
    let delete = Change::DeleteApplication(other.organization, other.id);
    world.change(delete).await.unwrap();
    assert_eq!(forget(&world, Forget::Ended(LATER), 1).await, 2);

    assert_eq!(forget_messages(&world, world.now(), 10).await, 1);
    assert_eq!(forget(&world, Forget::Ended(LATER), 10).await, 1);
    world.change(create).await.unwrap();
    world
        .change(Change::CreateEndpoint(endpoint))
        .await
        .unwrap();
    let by_id = Reference::Id(living.id);
    let found = world.store.application(living.organization, &by_id).await;
    assert_eq!(found.unwrap(), Some(living));
}

pub(crate) async fn a_consumers_place_goes_when_it_says_nothing(world: World) {
    let application = world.application().await;
    let mut messages = Vec::new();
    for _ in 0..2 {
        let message = world.new_message(application.id);
        world.accept(&message, &[], None).await.unwrap();
        messages.push(message);
    }
    let before_all = world.id_at(application.created_at);
    let places = [before_all, messages[0].id, messages[1].id];
    let consumer = |n: usize| Consumer {
        application: application.id,
        sink: "orders".to_owned(),
        name: format!("reader-{n}"),
    };
    for (n, place) in places.into_iter().enumerate() {
        let set = world.store.set_consumer_place(consumer(n), place);
        set.await.unwrap();
    }
    let left = async || {
        let mut left = Vec::new();
        for (n, place) in places.into_iter().enumerate() {
            let found = world.store.consumer_place(&consumer(n)).await.unwrap();
            assert!(found.is_none() || found == Some(place));
            left.extend(found.map(|_| n));
        }
        left
    };
    // They have been reading since.
    let long_ago = Forget::Ended(Timestamp::from_unix_ms(0));
    assert_eq!(forget(&world, long_ago, 10).await, 0);
    assert_eq!(left().await, [0, 1, 2]);
    assert_eq!(forget(&world, Forget::Ended(LATER), 10).await, 1);
    assert_eq!(left().await, [1, 2]);
    // The first message is still there, and neither of them is to see it again.
    assert_eq!(forget(&world, Forget::Ended(LATER), 10).await, 0);
    assert_eq!(forget_messages(&world, world.now(), 10).await, 2);
    assert_eq!(forget(&world, Forget::Ended(LATER), 1).await, 2);
    assert_eq!(left().await, [0; 0]);
}

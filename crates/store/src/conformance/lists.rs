//! Every list, page by page in both orders and directions, while it grows; and nothing of others.

use std::collections::BTreeSet;
use std::fmt::Debug;

use hookwire_types::*;

use super::World;
use super::bins::bin;
use super::capturing::{keep, new_capture};
use super::catalogue::{new_event_type, new_task};
use super::credentials::{create, new_credential};
use super::world::{ALL, NODE};
use crate::{Change, Messages, StoreError};

/// Walks a list of what `add` made: forwards, and back again, in both orders, with something new
/// added between the pages. What was there at the start must be seen once each, in order.
async fn walk<K: Ord + Clone + Debug, T>(
    add: impl AsyncFn() -> K,
    list: impl AsyncFn(Page<K>) -> Result<Vec<T>, StoreError>,
    key: impl Fn(&T) -> K,
) {
    let mut there = BTreeSet::new();
    for _ in 0..7 {
        there.insert(add().await);
    }
    for order in [Order::Ascending, Order::Descending] {
        let at_start = there.clone();
        let mut expected: Vec<K> = at_start.iter().cloned().collect();
        if order == Order::Descending {
            expected.reverse();
        }
        let mut seen = Vec::new();
        let mut page = Page::first(3, order);
        loop {
            let items: Vec<K> = list(page.clone()).await.unwrap().iter().map(&key).collect();
            assert!(items.len() <= 3);
            let Some(last) = items.last() else {
                break;
            };
            page.cursor = Some((Side::After, last.clone()));
            seen.extend(items);
            // What is added while walking may be seen or not.
            if there.len() < 20 {
                there.insert(add().await);
            }
        }
        seen.retain(|key| at_start.contains(key));
        assert_eq!(seen, expected);

        let mut back: Vec<K> = Vec::new();
        page.cursor = expected.last().map(|last| (Side::Before, last.clone()));
        loop {
            let items: Vec<K> = list(page.clone()).await.unwrap().iter().map(&key).collect();
            assert!(items.len() <= 3);
            let Some(first) = items.first() else {
                break;
            };
            page.cursor = Some((Side::Before, first.clone()));
            back.splice(0..0, items);
        }
        back.retain(|key| at_start.contains(key));
        assert_eq!(back, expected[..expected.len() - 1]);
    }
    assert_eq!(
        list(Page::first(0, Order::Ascending)).await.unwrap().len(),
        0
    );
}

pub(crate) async fn applications(world: World) {
    walk(
        async || world.application().await.id,
        async |page| world.store.applications(world.organization, page).await,
        |it| it.id,
    )
    .await;
}

pub(crate) async fn endpoints(world: World) {
    let application = world.application().await;
    walk(
        async || world.endpoint(&application).await.id,
        async |page| world.store.endpoints(application.id, page).await,
        |it| it.id,
    )
    .await;
}

pub(crate) async fn event_types(world: World) {
    let add = async || {
        // The last digits go round fastest, so that names do not come in their own order.
        let name = format!("type_{}", world.now().unix_ms() * 7919 % 10_007);
        world
            .change(Change::CreateEventType(new_event_type(&world, &name)))
            .await
            .unwrap();
        name
    };
    let list = async |page| {
        world
            .store
            .event_types(world.organization, true, page)
            .await
    };
    walk(add, list, |it| it.name.clone()).await;
}

pub(crate) async fn tasks(world: World) {
    let add = async || {
        let task = new_task(&world);
        world
            .change(Change::CreateTask(task.clone()))
            .await
            .unwrap();
        task.id
    };
    walk(
        add,
        async |page| world.store.tasks(world.organization, page).await,
        |it| it.id,
    )
    .await;
}

pub(crate) async fn credentials(world: World) {
    let add = async || {
        let credential = new_credential(&world);
        create(&world, &credential).await;
        credential.id
    };
    let kind = CredentialKind::ApiKey;
    let list = async |page| {
        world
            .store
            .credentials(world.organization, kind, page)
            .await
    };
    walk(add, list, |it| it.id).await;
}

pub(crate) async fn bins(world: World) {
    walk(
        async || bin(&world).await.id,
        async |page| world.store.bins(world.organization, page).await,
        |it| it.id,
    )
    .await;
}

pub(crate) async fn captures(world: World) {
    let bin = world.id();
    let add = async || {
        let capture = new_capture(&world, bin);
        keep(&world, std::slice::from_ref(&capture)).await;
        capture.id
    };
    let list = async |page| {
        world
            .store
            .captures(bin, Default::default(), page, ALL)
            .await
            .map(|found| found.list)
    };
    walk(add, list, |it| it.id).await;
}

pub(crate) async fn messages(world: World) {
    let application = world.application().await;
    let add = async || {
        let message = world.new_message(application.id);
        world.accept(&message, &[], None).await.unwrap();
        message.id
    };
    let list = async |page| {
        world
            .store
            .messages(application.id, Default::default(), page, ALL)
            .await
            .map(|found| found.list)
    };
    walk(add, list, |it| it.id).await;
}

pub(crate) async fn deliveries_of_a_message(world: World) {
    let application = world.application().await;
    let message = world.new_message(application.id);
    world.accept(&message, &[], None).await.unwrap();
    let add = async || {
        let key = DeliveryKey {
            message: message.id,
            endpoint: world.id(),
        };
        world.store.requeue(world.now(), vec![key]).await.unwrap();
        key.endpoint
    };
    let list = async |page| world.store.deliveries_of_message(message.id, page).await;
    walk(add, list, |it| it.key.endpoint).await;
}

pub(crate) async fn deliveries_of_an_endpoint(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let list = async |page| {
        world
            .store
            .deliveries_of_endpoint(endpoint.id, Default::default(), page)
            .await
    };
    walk(
        async || world.delivery(&endpoint, None).await.message,
        list,
        |it| it.key.message,
    )
    .await;
}

/// One more attempt of a delivery that [`NODE`] owns.
async fn add_attempt(world: &World, key: DeliveryKey) -> AttemptId {
    let outcome = world.outcome(key, Verdict::Failed, None);
    let id = outcome.attempt.as_ref().unwrap().id;
    assert_eq!(
        world.store.complete(NODE, vec![outcome]).await.unwrap(),
        [true]
    );
    world.store.requeue(world.now(), vec![key]).await.unwrap();
    assert_eq!(world.claim(key.endpoint, 1).await.deliveries.len(), 1);
    id
}

pub(crate) async fn attempts_of_a_message(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(NODE)).await;
    let list = async |page| {
        world
            .store
            .attempts_of_message(key.message, Default::default(), page)
            .await
    };
    walk(async || add_attempt(&world, key).await, list, |it| it.id).await;
}

pub(crate) async fn attempts_of_an_endpoint(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let key = world.delivery(&endpoint, Some(NODE)).await;
    let list = async |page| {
        world
            .store
            .attempts_of_endpoint(endpoint.id, Default::default(), page)
            .await
    };
    walk(async || add_attempt(&world, key).await, list, |it| it.id).await;
}

pub(crate) async fn tenants_are_apart(world: World) {
    let (ours, theirs) = (world.application().await, world.application().await);
    let stranger = OrganizationId(world.id());
    let by_id = Reference::Id(ours.id);
    assert_eq!(
        world.store.application(stranger, &by_id).await.unwrap(),
        None
    );
    let page = Page::first(10, Order::Ascending);
    assert_eq!(world.store.applications(stranger, page).await.unwrap(), []);
    world.endpoint(&ours).await;
    let page = Page::first(10, Order::Ascending);
    assert_eq!(world.store.endpoints(theirs.id, page).await.unwrap(), []);

    let event_id = Some("order-1".to_owned());
    let message = Message {
        event_id,
        ..world.new_message(ours.id)
    };
    world.accept(&message, &[], None).await.unwrap();
    for reference in [
        Reference::Id(message.id),
        Reference::Uid("order-1".to_owned()),
    ] {
        assert_eq!(
            world
                .store
                .message(theirs.id, &reference, ALL)
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(
        world
            .store
            .messages_by_id(theirs.id, vec![message.id], ALL)
            .await
            .unwrap(),
        Messages::default()
    );
    let page = Page::first(10, Order::Ascending);
    assert_eq!(
        world
            .store
            .messages(theirs.id, Default::default(), page, ALL)
            .await
            .unwrap(),
        Messages::default()
    );

    let task = new_task(&world);
    world
        .change(Change::CreateTask(task.clone()))
        .await
        .unwrap();
    assert_eq!(world.store.task(stranger, task.id).await.unwrap(), None);
    let page = Page::first(10, Order::Ascending);
    assert_eq!(world.store.tasks(stranger, page).await.unwrap(), []);
    let foreign = Task {
        organization: stranger,
        ..task
    };
    assert!(world.change(Change::UpdateTask(foreign)).await.is_err());
}

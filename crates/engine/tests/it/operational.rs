//! What operational webhooks are told.

use std::sync::Arc;

use hookwire_engine::{AppSnapshot, OPERATIONAL_EVENTS};
use hookwire_store::{Change, MessageFilter, Payloads};
use hookwire_types::*;
use serde_json::Value;

use crate::receiver::Receiver;
use crate::rig::{ORGANIZATION, Rig, settings};

/// Another tenant.
const NEIGHBOUR: OrganizationId = OrganizationId(Ksuid::MAX);

async fn operational(rig: &Rig, organization: OrganizationId) -> Arc<AppSnapshot> {
    let found = rig.engine.operational_application(organization).await;
    found.unwrap().unwrap()
}

/// An operational webhook of this organization.
async fn listener(rig: &Rig, organization: OrganizationId, url: String) -> Endpoint {
    let application = operational(rig, organization).await.application.id;
    let (id, secret, now) = (
        rig.engine.new_id(),
        rig.engine.new_secret(),
        rig.engine.now(),
    );
    let endpoint = Endpoint {
        name: "Operations".to_owned(),
        url,
        ..Endpoint::new(id, organization, application, secret, now)
    };
    let change = Change::CreateEndpoint(endpoint.clone());
    rig.engine.change(vec![change]).await.unwrap();
    endpoint
}

async fn change(rig: &Rig, endpoint: &mut Endpoint, edit: impl FnOnce(&mut Endpoint)) {
    edit(endpoint);
    endpoint.version += 1;
    let change = Change::UpdateEndpoint(endpoint.clone());
    rig.engine.change(vec![change]).await.unwrap();
}

/// The next announcements, in the order in which they were made.
async fn told(receiver: &mut Receiver, count: usize) -> Vec<Value> {
    let mut arrived = receiver.take(count).await;
    arrived.sort_by_key(|it| it.id());
    let bodies = arrived.iter().map(|it| &it.body);
    bodies
        .map(|it| serde_json::from_slice(it).unwrap())
        .collect()
}

fn types(told: &[Value]) -> Vec<&str> {
    told.iter().map(|it| it["type"].as_str().unwrap()).collect()
}

/// Names of all announcements that an organization's store has, the oldest first.
async fn announced(rig: &Rig, organization: OrganizationId) -> Vec<String> {
    let application = operational(rig, organization).await.application.id;
    let page = Page::first(1_000, Order::Ascending);
    let filter = MessageFilter::default();
    let store = rig.engine.store();
    let found = store.messages(application, filter, page, Payloads::Omitted);
    let list = found.await.unwrap().list;
    list.into_iter().map(|message| message.event_type).collect()
}

#[tokio::test]
async fn an_endpoints_life_is_told() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    listener(&rig, ORGANIZATION, receiver.url()).await;
    let mut endpoint = rig
        .endpoint_with("http://127.0.0.1:9/".to_owned(), |it| {
            it.uid = Some("crm".into())
        })
        .await;
    change(&rig, &mut endpoint, |it| it.description = "new".into()).await;
    change(&rig, &mut endpoint, |it| it.disabled = true).await;
    change(&rig, &mut endpoint, |it| it.disabled = false).await;
    let delete = Change::DeleteEndpoint(endpoint.application, endpoint.id);
    rig.engine.change(vec![delete]).await.unwrap();

    let told = told(&mut receiver, 7).await;
    let expected = [
        "endpoint.created",
        "endpoint.updated",
        "endpoint.updated",
        "endpoint.disabled",
        "endpoint.updated",
        "endpoint.enabled",
        "endpoint.deleted",
    ];
    assert_eq!(types(&told), expected);
    for it in &told {
        let data = &it["data"];
        assert_eq!(data["appId"], rig.application.to_string());
        assert_eq!(data["appUid"], Application::DEFAULT_UID);
        assert_eq!(data["endpointId"], endpoint.id.to_string());
        assert_eq!(data["endpointUid"], "crm");
    }
    assert_eq!(told[3]["data"]["trigger"], "manual");
    assert_eq!(announced(&rig, ORGANIZATION).await, expected);
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let mut wanting = listener(&rig, ORGANIZATION, receiver.url()).await;
    let types_wanted = vec![
        "endpoint.deleted".to_owned(),
        "message.attempt.*".to_owned(),
    ];
    change(&rig, &mut wanting, |it| it.event_types = Some(types_wanted)).await;
    let endpoint = rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    let delete = Change::DeleteEndpoint(endpoint.application, endpoint.id);
    rig.engine.change(vec![delete]).await.unwrap();
    assert_eq!(types(&told(&mut receiver, 1).await), ["endpoint.deleted"]);
    // What nobody wants is not even stored.
    assert_eq!(announced(&rig, ORGANIZATION).await, ["endpoint.deleted"]);
}

#[tokio::test]
async fn a_delivery_that_fails_is_told_at_its_fourth_try_its_last_and_when_it_recovers() {
    let mut operations = Receiver::start().await;
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    listener(&rig, ORGANIZATION, operations.url()).await;
    let message = rig.send("{}").await;
    rig.until(message.id, DeliveryStatus::Fail).await;
    let found = told(&mut operations, 2).await;
    let expected = ["message.attempt.failing", "message.attempt.exhausted"];
    assert_eq!(types(&found), expected);
    let attempts = rig.attempts(message.id).await;
    for (it, tries) in found.iter().zip([4, 6]) {
        let (data, attempt) = (&it["data"], &attempts[tries - 1]);
        assert_eq!(data["msgId"], message.id.to_string());
        assert_eq!(data["endpointId"], endpoint.id.to_string());
        assert_eq!(data["lastAttempt"]["id"], attempt.id.to_string());
        assert_eq!(data["lastAttempt"]["responseStatusCode"], 500);
    }

    // By hand, the tries are counted anew; that it was failing is not forgotten.
    receiver.take(6).await;
    receiver.answer(200);
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    rig.engine.resend(key).await.unwrap();
    let found = told(&mut operations, 1).await;
    assert_eq!(types(&found), ["message.attempt.recovered"]);
    assert_eq!(found[0]["data"]["lastAttempt"]["responseStatusCode"], 200);
    // Sent once more, there is nothing to recover from.
    rig.engine.resend(key).await.unwrap();
    receiver.take(2).await;
    rig.until(message.id, DeliveryStatus::Success).await;
    let other = rig.send("{}").await;
    rig.until(other.id, DeliveryStatus::Success).await;
    assert_eq!(announced(&rig, ORGANIZATION).await.len(), 3);
}

#[tokio::test]
async fn a_delivery_that_recovers_by_itself_is_told() {
    let mut operations = Receiver::start().await;
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let mut patient = settings();
    patient.retry_schedule_seconds = vec![0; 200];
    let rig = Rig::start(patient).await;
    rig.endpoint(receiver.url()).await;
    listener(&rig, ORGANIZATION, operations.url()).await;
    let message = rig.send("{}").await;
    receiver.take(5).await;
    receiver.answer(200);
    rig.until(message.id, DeliveryStatus::Success).await;
    let expected = ["message.attempt.failing", "message.attempt.recovered"];
    assert_eq!(types(&told(&mut operations, 2).await), expected);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_told_of_once() {
    let mut receiver = Receiver::start().await;
    receiver.answer(410);
    let rig = Rig::start(settings()).await;
    rig.endpoint(receiver.url()).await;
    listener(&rig, ORGANIZATION, Receiver::start().await.url()).await;
    let mut sent_count = 0;
    for round in 1..=2 {
        let mut sent = Vec::new();
        for _ in 0..20 {
            sent.push(rig.send("{}").await.id);
        }
        for id in sent {
            rig.until(id, DeliveryStatus::Fail).await;
        }
        while receiver.try_next().is_some() {
            sent_count += 1;
        }
        let all = announced(&rig, ORGANIZATION).await;
        let count = |event: &str| all.iter().filter(|it| *it == event).count();
        assert_eq!(count("endpoint.disabled"), round);
        // Of messages that found it disabled already, nobody is told one by one.
        assert_eq!(count("message.attempt.exhausted"), sent_count);
        let mut endpoint = Endpoint::clone(&rig.app().await.endpoints[0]);
        assert!(endpoint.disabled);
        change(&rig, &mut endpoint, |it| it.disabled = false).await;
    }
}

#[tokio::test]
async fn operational_webhooks_themselves_are_not_told_of() {
    let mut operations = Receiver::start().await;
    let mut broken = Receiver::start().await;
    broken.answer(410);
    let rig = Rig::start(settings()).await;
    listener(&rig, ORGANIZATION, operations.url()).await;
    let mut second = listener(&rig, ORGANIZATION, broken.url()).await;
    change(&rig, &mut second, |it| it.description = "new".into()).await;
    rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    // It is disabled by its 410 like any other endpoint, and nobody hears of it.
    broken.next().await;
    operations.next().await;
    crate::rig::eventually(async || {
        let app = operational(&rig, ORGANIZATION).await;
        app.endpoints.iter().any(|it| it.disabled)
    })
    .await;
    assert_eq!(announced(&rig, ORGANIZATION).await, ["endpoint.created"]);
}

#[tokio::test]
async fn other_organizations_hear_nothing() {
    let mut operations = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    listener(&rig, NEIGHBOUR, operations.url()).await;
    listener(&rig, ORGANIZATION, operations.url()).await;
    rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    operations.next().await;
    assert_eq!(announced(&rig, ORGANIZATION).await, ["endpoint.created"]);
    assert_eq!(announced(&rig, NEIGHBOUR).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_was_not_changed_is_not_told() {
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    listener(&rig, ORGANIZATION, Receiver::start().await.url()).await;
    // Not the next version, so the store refuses it, and with it what would have told of it.
    let stale = Change::UpdateEndpoint(endpoint);
    rig.engine.change(vec![stale]).await.unwrap_err();
    assert_eq!(announced(&rig, ORGANIZATION).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_happened_is_told_also_after_the_process_was_killed() {
    let mut operations = Receiver::hanging().await;
    let rig = Rig::start(settings()).await;
    listener(&rig, ORGANIZATION, operations.url()).await;
    rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    let first = operations.next().await.id();
    operations.answer(200);
    let _successor = rig.restart_on_a_copy(settings()).await;
    let again = operations.next().await;
    assert_eq!(again.id(), first);
    let body: Value = serde_json::from_slice(&again.body).unwrap();
    assert_eq!(body["type"], OPERATIONAL_EVENTS[0]);
}

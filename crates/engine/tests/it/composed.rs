//! Endpoints that filter, compose, transform and skip.

use hookwire_types::*;

use crate::receiver::Receiver;
use crate::rig::{Rig, eventually, settings};

/// The one delivery of a message, once it has ended so, and its last attempt.
async fn ended(rig: &Rig, message: MessageId, status: DeliveryStatus) -> Attempt {
    rig.until(message, status).await;
    rig.attempts(message).await.pop().unwrap()
}

fn json_body(fields: &str) -> RequestDefinition {
    RequestDefinition {
        body: Some(RequestBody::Json {
            fields: fields.to_owned(),
        }),
        ..RequestDefinition::default()
    }
}

fn script(code: &str) -> Transformation {
    Transformation {
        code: Some(code.to_owned()),
        enabled: true,
        ..Transformation::default()
    }
}

#[tokio::test]
async fn a_filter_decides_and_where_it_cannot_that_is_seen() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.filter = Some("payload.total > 100".to_owned());
    })
    .await;
    let small = rig.send("{\"total\":100}").await;
    let large = rig.send("{\"total\":101}").await;
    let strange = rig.send("{\"amount\":101}").await;
    assert_eq!(receiver.next().await.id(), large.id.to_string());
    assert_eq!(rig.deliveries(small.id).await, []);
    let attempt = ended(&rig, strange.id, DeliveryStatus::Canceled).await;
    assert_eq!(attempt.status, AttemptStatus::Canceled);
    assert_eq!(attempt.cause, Some(Cause::Filter));
    assert!(attempt.error.contains("total"), "{}", attempt.error);

    // A person who asks for it gets it sent.
    let key = attempt.key;
    rig.engine.resend(key).await.unwrap();
    assert_eq!(receiver.next().await.id(), strange.id.to_string());
}

#[tokio::test]
async fn a_template_may_skip_a_delivery() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        let field = "{% unless payload.consent %}{% abort 'no consent' %}{% endunless %}yes";
        endpoint.request = json_body(&format!("{{\"a\":\"{field}\"}}"));
    })
    .await;
    let without = rig.send("{}").await;
    let attempt = ended(&rig, without.id, DeliveryStatus::Canceled).await;
    assert_eq!(attempt.cause, Some(Cause::Skipped));
    assert_eq!(attempt.error, "no consent");
    rig.send("{\"consent\":true}").await;
    assert_eq!(receiver.next().await.body, "{\"a\":\"yes\"}");
}

#[tokio::test]
async fn what_cannot_be_composed_is_tried_again_and_mended_meanwhile() {
    let mut receiver = Receiver::start().await;
    let mut retrying = settings();
    retrying.retry_schedule_seconds = vec![0; 10_000];
    let rig = Rig::start(retrying).await;
    let mut endpoint = rig
        .endpoint_with(receiver.url(), |endpoint| {
            let value = "{{ payload.name }}".to_owned();
            endpoint.headers.insert("x-name".to_owned(), value);
        })
        .await;
    let message = rig.send("{\"name\":\"a\\r\\nx-evil: 1\"}").await;
    eventually(async || !rig.attempts(message.id).await.is_empty()).await;
    let attempt = rig.attempts(message.id).await.remove(0);
    assert_eq!(attempt.cause, Some(Cause::Compose));
    assert!(attempt.error.contains("x-name"), "{}", attempt.error);

    endpoint.headers.clear();
    endpoint.version += 1;
    let change = hookwire_store::Change::UpdateEndpoint(endpoint);
    rig.engine.change(vec![change]).await.unwrap();
    assert_eq!(receiver.next().await.id(), message.id.to_string());
    rig.until(message.id, DeliveryStatus::Success).await;
}

#[tokio::test]
async fn a_script_changes_what_templates_see() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.transformation = script(
            "function handler(webhook) {
               webhook.payload.total *= 2;
               webhook.headers['x-by'] = 'script';
               return webhook;
             }",
        );
        endpoint.request = json_body("{\"total\":\"{{ payload.total }}\",\"t\":\"{{ type }}\"}");
    })
    .await;
    rig.send("{\"total\":21}").await;
    let arrived = receiver.next().await;
    assert_eq!(arrived.body, "{\"total\":42,\"t\":\"payment_received\"}");
    assert_eq!(arrived.headers["x-by"], "script");
}

#[tokio::test]
async fn a_script_that_only_looks_leaves_the_bytes_alone_and_may_cancel() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.transformation = script(
            "function handler(webhook) {
               if (webhook.payload.quiet) webhook.cancel = true;
               return webhook;
             }",
        );
    })
    .await;
    let canceled = rig.send("{\"quiet\":true}").await;
    let attempt = ended(&rig, canceled.id, DeliveryStatus::Canceled).await;
    assert_eq!(attempt.cause, Some(Cause::Skipped));
    let payload = "{ \"n\" : 9007199254740993, \"big\":1e400 }";
    rig.send(payload).await;
    assert_eq!(receiver.next().await.body, payload);
}

#[tokio::test]
async fn a_hostile_script_fails_alone() {
    let hostile = Receiver::start().await;
    let mut healthy = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(hostile.url(), |endpoint| {
        endpoint.transformation = script("function handler(webhook) { for (;;) {} }");
        endpoint.retry.schedule_seconds = Some(Vec::new());
    })
    .await;
    rig.endpoint_with(healthy.url(), |endpoint| {
        endpoint.transformation =
            script("function handler(webhook) { webhook.payload.ok = 1; return webhook; }");
    })
    .await;
    let mut last = None;
    for number in 0..30 {
        last = Some(rig.send(&format!("{{\"number\":{number}}}")).await);
    }
    healthy.take(30).await;
    // In one queue the hostile ones would have been first; they take 100 ms each, one at a time.
    let last = last.unwrap();
    let attempts = rig.attempts(last.id).await;
    assert!(attempts.iter().all(|attempt| attempt.cause.is_none()));
    eventually(async || {
        let attempts = rig.attempts(last.id).await;
        attempts
            .iter()
            .any(|attempt| attempt.cause == Some(Cause::Transformation))
    })
    .await;
}

#[tokio::test]
async fn an_application_s_change_is_seen_by_templates_at_once() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.request = json_body("{\"tier\":\"{{ application.metadata.tier }}\"}");
    })
    .await;
    rig.send("{}").await;
    assert_eq!(receiver.next().await.body, "{\"tier\":null}");
    let mut application = Application::clone(&rig.app().await.application);
    application.metadata.insert("tier".into(), "gold".into());
    application.version += 1;
    let change = hookwire_store::Change::UpdateApplication(application);
    rig.engine.change(vec![change]).await.unwrap();
    rig.send("{}").await;
    assert_eq!(receiver.next().await.body, "{\"tier\":\"gold\"}");
}

//! What becomes of one message.

use hookwire_store::Change;
use hookwire_types::*;
use tokio::net::TcpListener;

use crate::receiver::Receiver;
use crate::rig::{Rig, event, eventually, settings};

#[tokio::test]
async fn a_message_arrives_signed_and_byte_for_byte() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let payload = "{ \"total\" : 1e400,\"n\":9007199254740993 , \"n\":1 }";
    let message = rig.send(payload).await;

    let arrived = receiver.next().await;
    assert_eq!(arrived.body, payload);
    assert_eq!(arrived.id(), message.id.to_string());
    let secret = hookwire_signing::Secret::parse(endpoint.secret.reveal()).unwrap();
    let timestamp: i64 = arrived.headers["webhook-timestamp"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let id = hookwire_signing::WebhookId::new(arrived.headers["webhook-id"].to_str().unwrap());
    let expected = hookwire_signing::Signer::new(vec![secret]).unwrap().sign(
        id.unwrap(),
        timestamp,
        payload.as_bytes(),
    );
    assert_eq!(arrived.headers["webhook-signature"], expected.as_str());

    rig.until(message.id, DeliveryStatus::Success).await;
    let attempts = rig.attempts(message.id).await;
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].response_status, 200);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_until_it_is_received() {
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let rig = Rig::start(settings()).await;
    rig.endpoint(receiver.url()).await;
    let message = rig.send("{}").await;
    let first = receiver.next().await;
    receiver.next().await;
    receiver.next().await;
    receiver.answer(204);
    rig.until(message.id, DeliveryStatus::Success).await;

    let attempts = rig.attempts(message.id).await;
    let codes: Vec<_> = attempts
        .iter()
        .map(|attempt| attempt.response_status)
        .collect();
    assert_eq!(codes.last(), Some(&204));
    assert!(codes.len() >= 4 && codes[..codes.len() - 1].iter().all(|code| *code == 500));
    assert_eq!(receiver.next().await.id(), first.id());
}

#[tokio::test]
async fn a_delivery_fails_when_its_schedule_is_used_up_and_can_be_recovered() {
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let message = rig.send("{}").await;
    rig.until(message.id, DeliveryStatus::Fail).await;
    assert_eq!(rig.attempts(message.id).await.len(), 6);
    receiver.take(6).await;

    receiver.answer(200);
    let window = TaskWindow {
        since: message.created_at,
        until: None,
    };
    let task = rig
        .engine
        .start_task(
            endpoint.organization,
            TaskKind::EndpointRecover {
                application: endpoint.application,
                endpoint: endpoint.id,
                window,
            },
        )
        .await
        .unwrap();
    rig.until(message.id, DeliveryStatus::Success).await;
    let last = rig.attempts(message.id).await.pop().unwrap();
    assert_eq!(last.trigger, Trigger::Manual);
    eventually(async || {
        let task = rig
            .engine
            .store()
            .task(endpoint.organization, task.id)
            .await
            .unwrap()
            .unwrap();
        task.status == TaskStatus::Finished && task.done_count == 1
    })
    .await;
}

#[tokio::test]
async fn gone_disables_the_endpoint_at_once() {
    let mut receiver = Receiver::start().await;
    receiver.answer(410);
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let message = rig.send("{}").await;
    rig.until(message.id, DeliveryStatus::Fail).await;
    receiver.next().await;
    eventually(async || rig.app().await.endpoints[0].disabled).await;
    assert_eq!(rig.deliveries(rig.send("{}").await.id).await, []);

    // What was on its way when it was disabled is not sent either.
    let key = DeliveryKey {
        message: message.id,
        endpoint: endpoint.id,
    };
    rig.engine.resend(key).await.unwrap();
    eventually(async || rig.attempts(message.id).await.len() == 2).await;
    let last = rig.attempts(message.id).await.pop().unwrap();
    assert_eq!(last.cause, Some(Cause::Disabled));
}

#[tokio::test]
async fn a_deleted_endpoint_gets_nothing_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let mut patient = settings();
    patient.retry_schedule_seconds = vec![1; 5];
    let rig = Rig::start(patient).await;
    let endpoint = rig.endpoint(url).await;
    let message = rig.send("{}").await;
    eventually(async || rig.attempts(message.id).await.len() == 1).await;
    let change = Change::DeleteEndpoint(rig.application, endpoint.id);
    rig.engine.change(vec![change]).await.unwrap();
    rig.until(message.id, DeliveryStatus::Canceled).await;
    assert_eq!(rig.attempts(message.id).await.len(), 1);
}

#[tokio::test]
async fn a_changed_url_is_in_force_for_the_next_attempt() {
    let mut old = Receiver::start().await;
    old.answer(500);
    let mut new = Receiver::start().await;
    let mut patient = settings();
    patient.retry_schedule_seconds = vec![1];
    let rig = Rig::start(patient).await;
    let mut endpoint = rig.endpoint(old.url()).await;
    let message = rig.send("{}").await;
    old.next().await;
    endpoint.url = new.url();
    endpoint.version += 1;
    rig.engine
        .change(vec![Change::UpdateEndpoint(endpoint)])
        .await
        .unwrap();
    assert_eq!(new.next().await.id(), message.id.to_string());
}

#[tokio::test]
async fn a_message_for_later_waits() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint(receiver.url()).await;
    let mut later = event("{}");
    let due_at = rig.engine.now().plus_ms(300);
    later.deliver_at = Some(due_at);
    rig.engine.accept(&*rig.app().await, later).await.unwrap();
    receiver.next().await;
    assert!(rig.engine.now() >= due_at);
}

#[tokio::test]
async fn a_test_reports_the_exchange_and_is_recorded() {
    let mut receiver = Receiver::start().await;
    receiver.answer(503);
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let report = rig
        .engine
        .test(&endpoint, event("{\"a\":1}"))
        .await
        .unwrap();
    assert_eq!(report.attempt.response_status, 503);
    assert_eq!(report.request.unwrap().body(), "{\"a\":1}");
    let recorded = rig.attempts(report.attempt.key.message).await;
    assert_eq!(recorded, [report.attempt]);
    assert!(recorded[0].test);
    assert_eq!(receiver.next().await.body, "{\"a\":1}");
}

#[tokio::test]
async fn an_ordered_endpoint_gets_nothing_before_what_came_first() {
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.ordered = true;
        endpoint.retry.schedule_seconds = Some(vec![0; 10_000]);
    })
    .await;
    let mut sent = Vec::new();
    for number in 0..5 {
        let message = rig.send(&format!("{{\"number\":{number}}}")).await;
        sent.push(message.id.to_string());
    }
    // Three attempts fail; what was sent later has to wait.
    for arrived in receiver.take(3).await {
        assert_eq!(arrived.id(), sent[0]);
    }
    receiver.answer(200);
    let mut arrived = Vec::new();
    while arrived.last() != sent.last() {
        arrived.push(receiver.next().await.id());
        assert!(arrived.len() < 10_000, "the last one does not come");
    }
    arrived.dedup();
    assert_eq!(arrived, sent);
}

#[tokio::test]
async fn an_endpoint_may_give_up_on_client_errors_and_have_its_own_schedule() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.retry = RetryDefinition {
            schedule_seconds: Some(vec![0]),
            timeout_ms: None,
            retry_client_errors: false,
        };
    })
    .await;
    for (answer, attempts) in [(404, 1), (500, 2), (429, 2)] {
        receiver.answer(answer);
        let message = rig.send("{}").await;
        receiver.take(attempts).await;
        rig.until(message.id, DeliveryStatus::Fail).await;
        assert_eq!(rig.attempts(message.id).await.len(), attempts, "{answer}");
    }
}

#[tokio::test]
async fn an_endpoint_may_have_its_own_deadline() {
    let receiver = Receiver::hanging().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.retry = RetryDefinition {
            schedule_seconds: Some(Vec::new()),
            timeout_ms: Some(50),
            retry_client_errors: true,
        };
    })
    .await;
    let message = rig.send("{}").await;
    rig.until(message.id, DeliveryStatus::Fail).await;
    let attempts = rig.attempts(message.id).await;
    assert_eq!(attempts[0].cause, Some(Cause::Timeout));
    assert!(attempts[0].duration_ms < 3_000, "the server's deadline");
}

//! What survives the process.

use std::time::Duration;

use hookwire_engine::EngineSettings;
use hookwire_types::*;
use tokio::net::TcpListener;

use crate::receiver::Receiver;
use crate::rig::{Rig, eventually, settings};

#[tokio::test]
async fn a_killed_process_loses_nothing() {
    let hanging = Receiver::hanging().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint(hanging.url()).await;
    let mut sent = Vec::new();
    for number in 0..50 {
        sent.push(
            rig.send(&format!("{{\"number\":{number}}}"))
                .await
                .id
                .to_string(),
        );
    }
    // The same address answers when the successor comes up.
    hanging.answer(200);
    let successor = rig.restart_on_a_copy(settings()).await;
    let mut arrived = std::collections::BTreeSet::new();
    let mut receiver = hanging;
    while arrived.len() < 50 {
        arrived.insert(receiver.next().await.id());
    }
    assert_eq!(arrived.into_iter().collect::<Vec<_>>(), sent);
    drop(successor);
}

#[tokio::test]
async fn shutting_down_hands_back_what_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let rig = Rig::start(settings()).await;
    rig.endpoint(format!("http://{}/", listener.local_addr().unwrap()))
        .await;
    let mut sent = Vec::new();
    for _ in 0..20 {
        sent.push(rig.send("{}").await.id);
    }
    // Nobody accepts yet, so nothing can have been delivered.
    rig.engine.shutdown(Duration::from_millis(10)).await;
    let successor = rig.restart_on_a_copy(settings()).await;
    let mut receiver = Receiver::on(listener);
    let mut arrived = std::collections::BTreeSet::new();
    while arrived.len() < 20 {
        arrived.insert(receiver.next().await.id());
    }
    for id in sent {
        successor.until(id, DeliveryStatus::Success).await;
    }
}

#[tokio::test]
async fn an_ordered_delivery_keeps_its_schedule_over_a_restart() {
    let mut receiver = Receiver::start().await;
    receiver.answer(500);
    let patient = || EngineSettings {
        retry_schedule_seconds: vec![3_600; 3],
        ..settings()
    };
    let rig = Rig::start(patient()).await;
    let endpoint = rig
        .endpoint_with(receiver.url(), |endpoint| endpoint.ordered = true)
        .await;
    let head = rig.send("{}").await;
    let behind = rig.send("{}").await;
    receiver.next().await;
    eventually(async || rig.attempts(head.id).await.len() == 1).await;

    let again = rig.restart_on_a_copy(patient()).await;
    receiver.answer(200);
    // What somebody asks for goes out at once, and those behind it after it: nothing else did.
    let key = DeliveryKey {
        message: head.id,
        endpoint: endpoint.id,
    };
    eventually(async || {
        // Asked for while it is on its way into memory, it may be asked for in vain.
        again.engine.resend(key).await.unwrap();
        again.attempts(head.id).await.len() >= 2
    })
    .await;
    again.until(behind.id, DeliveryStatus::Success).await;
    let attempts = again.attempts(head.id).await;
    assert!(attempts[1..].iter().all(|it| it.trigger == Trigger::Manual));
    assert_eq!(receiver.next().await.id(), head.id.to_string());
}

#[tokio::test]
async fn a_change_goes_on_to_its_end_when_the_caller_goes_away() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let mut endpoint = rig.endpoint("http://127.0.0.1:9/old".to_owned()).await;
    endpoint.url = receiver.url();
    endpoint.version += 1;
    let update = hookwire_store::Change::UpdateEndpoint(endpoint);
    let mut change = Box::pin(rig.engine.change(vec![update]));
    let polled = std::future::poll_fn(|context| {
        let _ = change.as_mut().poll(context);
        std::task::Poll::Ready(())
    });
    polled.await;
    drop(change);
    eventually(async || rig.app().await.endpoints[0].url == receiver.url()).await;
    let message = rig.send("{}").await;
    assert_eq!(receiver.next().await.id(), message.id.to_string());
}

//! What survives the process.

use std::time::Duration;

use hookwire_types::*;
use tokio::net::TcpListener;

use crate::receiver::Receiver;
use crate::rig::{Rig, settings};

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

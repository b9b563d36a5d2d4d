//! Nobody waits for somebody else's receiver.

use hookwire_types::*;

use crate::receiver::Receiver;
use crate::rig::{Rig, event, eventually, settings};

#[tokio::test]
async fn a_receiver_that_never_answers_delays_nobody() {
    let hanging = Receiver::hanging().await;
    let mut healthy = Receiver::start().await;
    // Nothing is given up before the test is over: whoever waits for the hanging one does not arrive.
    let mut patient = settings();
    patient.outbound.exchange_timeout_ms = 600_000;
    patient.outbound.first_byte_timeout_ms = 600_000;
    let rig = Rig::start(patient).await;
    rig.endpoint(hanging.url()).await;
    rig.endpoint(healthy.url()).await;
    for number in 0..300 {
        rig.send(&format!("{{\"number\":{number}}}")).await;
    }
    assert_eq!(healthy.take(300).await.len(), 300);
}

#[tokio::test]
async fn what_does_not_fit_in_memory_waits_in_the_store_and_still_arrives() {
    let mut receiver = Receiver::start().await;
    let mut small = settings();
    small.memory_deliveries_max = 3;
    small.in_flight_max = 2;
    let rig = Rig::start(small).await;
    rig.endpoint(receiver.url()).await;
    let app = rig.app().await;
    let sends = (0..200).map(|number| {
        let (engine, app) = (rig.engine.clone(), app.clone());
        tokio::spawn(async move {
            engine
                .accept(&app, event(&format!("{{\"number\":{number}}}")))
                .await
                .unwrap()
                .id
        })
    });
    let mut sent = Vec::new();
    for send in sends.collect::<Vec<_>>() {
        sent.push(send.await.unwrap().to_string());
    }
    let mut arrived: Vec<_> = receiver.take(200).await.iter().map(|it| it.id()).collect();
    sent.sort();
    arrived.sort();
    assert_eq!(arrived, sent);
}

#[tokio::test]
async fn an_endpoint_gets_no_more_than_its_rate() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let mut endpoint = rig.endpoint(receiver.url()).await;
    endpoint.throttle_rate = Some(10);
    endpoint.version += 1;
    let change = hookwire_store::Change::UpdateEndpoint(endpoint);
    rig.engine.change(vec![change]).await.unwrap();
    let begun = rig.engine.now();
    for _ in 0..6 {
        rig.send("{}").await;
    }
    receiver.take(6).await;
    assert!(rig.engine.now().ms_since(begun) >= 480);
}

#[tokio::test]
async fn a_producer_that_goes_away_leaves_nothing_behind() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    rig.endpoint(receiver.url()).await;
    let app = rig.app().await;
    // The request is dropped after it has reached the store and before the answer came. Should the
    // store be quicker than the first poll, it is tried with another message.
    loop {
        let mut accept = Box::pin(rig.engine.accept(&app, event("{}")));
        let first_poll = std::future::poll_fn(|context| {
            std::task::Poll::Ready(accept.as_mut().poll(context).is_pending())
        });
        if first_poll.await {
            break;
        }
        receiver.next().await;
    }
    let arrived = receiver.next().await;
    let id: MessageId = arrived.id().parse().unwrap();
    eventually(async || {
        rig.deliveries(id)
            .await
            .iter()
            .all(|it| it.status == DeliveryStatus::Success)
    })
    .await;
}

//! Calls that share a commit: what one appends, the next one sees.

use std::sync::Arc;
use std::sync::mpsc;

use hookwire_types::*;

use super::Place;
use crate::conformance::World;
use crate::{Conflict, Store, Want};

const NODE: NodeId = NodeId(7);

#[tokio::test]
async fn what_is_appended_is_there_for_the_next_call_of_the_same_commit() {
    let place = Place::new();
    let store = Arc::new(place.open());
    let world = World::new(store.clone());
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;

    // While the writer is busy all of these gather for the next commit.
    let (go_on, waits) = mpsc::channel();
    let writer = store.clone();
    let busy = tokio::spawn(async move {
        let wait = writer.writer.run(1, move |_| {
            waits.recv().unwrap();
            Ok(())
        });
        wait.await.unwrap();
    });
    tokio::task::yield_now().await;
    let mut appended = Vec::new();
    // As many as take a statement of each size, and one that may conflict among them.
    for number in 0..16 {
        let mut message = world.new_message(application.id);
        message.event_id = (number == 5).then(|| "order-1".to_owned());
        let (store, accepted) = (
            store.clone(),
            world.accepted(&message, &[endpoint.id], None),
        );
        let append = async move { store.append(vec![accepted]).await };
        appended.push((message, tokio::spawn(append)));
    }
    let mut again = world.new_message(application.id);
    again.event_id = Some("order-1".to_owned());
    let (beside, accepted) = (store.clone(), world.accepted(&again, &[endpoint.id], None));
    let again = tokio::spawn(async move { beside.append(vec![accepted]).await });
    let want = Want {
        endpoint: endpoint.id,
        limit: 100,
    };
    let (claimer, now) = (store.clone(), world.now());
    let claim = async move { claimer.claim(NODE, now, vec![want], 1 << 20).await };
    let claim = tokio::spawn(claim);
    tokio::task::yield_now().await;
    go_on.send(()).unwrap();

    busy.await.unwrap();
    let mut messages = Vec::new();
    for (message, appended) in appended {
        assert_eq!(appended.await.unwrap().unwrap(), [Ok(())]);
        messages.push(message);
    }
    let again = again.await.unwrap().unwrap();
    assert_eq!(again, [Err(Conflict::EventId)]);
    let claimed = claim.await.unwrap().unwrap().deliveries;
    let claimed: Vec<_> = claimed.iter().map(|it| (*it.message).clone()).collect();
    assert_eq!(claimed, messages);
}

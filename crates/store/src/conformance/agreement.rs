//! Random work on a store and on the model, which must agree after each step.

use std::sync::Arc;

use hookwire_types::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::World;
use super::model::{Model, Modelled};
use super::world::{ROOM, keys};
use crate::{NewDelivery, Store, Waiting, Want};

const NODES: [NodeId; 3] = [NodeId(1), NodeId(2), NodeId(-3)];
const ENDPOINTS: usize = 3;
/// Each sequence gets a store of its own, which costs some commits to make.
const SEQUENCES: u32 = 24;

#[derive(Debug, Clone)]
enum Step {
    Append {
        endpoints: Vec<usize>,
        owner: Option<usize>,
        due_in_ms: i64,
    },
    Claim {
        node: usize,
        endpoint: usize,
        limit: usize,
    },
    Complete {
        node: usize,
        delivery: usize,
        verdict: usize,
        due_in_ms: i64,
    },
    Release {
        node: usize,
        delivery: usize,
    },
    Requeue {
        delivery: usize,
    },
    Begin {
        delivery: usize,
        endpoint: usize,
    },
    Cancel {
        delivery: usize,
    },
    Expunge {
        delivery: usize,
    },
    Heartbeat {
        node: usize,
    },
    Adopt {
        node: usize,
        silent_ms: i64,
    },
    Wait {
        ms: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (node, delivery) = (0..NODES.len(), any::<usize>());
    let due_in_ms = prop_oneof![Just(0), -50..50i64];
    let endpoints = proptest::collection::btree_set(0..ENDPOINTS, 0..=ENDPOINTS);
    let owner = proptest::option::of(node.clone());
    prop_oneof![
        3 => (endpoints, owner, due_in_ms.clone()).prop_map(|(endpoints, owner, due_in_ms)| {
            Step::Append { endpoints: endpoints.into_iter().collect(), owner, due_in_ms }
        }),
        4 => (node.clone(), 0..ENDPOINTS, 0..4usize)
            .prop_map(|(node, endpoint, limit)| Step::Claim { node, endpoint, limit }),
        6 => (node.clone(), delivery, 0..5usize, due_in_ms).prop_map(
            |(node, delivery, verdict, due_in_ms)| {
                Step::Complete { node, delivery, verdict, due_in_ms }
            }
        ),
        2 => (node.clone(), delivery)
            .prop_map(|(node, delivery)| Step::Release { node, delivery }),
        1 => delivery.prop_map(|delivery| Step::Requeue { delivery }),
        1 => (delivery, 0..ENDPOINTS)
            .prop_map(|(delivery, endpoint)| Step::Begin { delivery, endpoint }),
        1 => delivery.prop_map(|delivery| Step::Cancel { delivery }),
        1 => delivery.prop_map(|delivery| Step::Expunge { delivery }),
        2 => node.clone().prop_map(|node| Step::Heartbeat { node }),
        1 => (node, 0..60i64).prop_map(|(node, silent_ms)| Step::Adopt { node, silent_ms }),
        2 => (0..40i64).prop_map(|ms| Step::Wait { ms }),
    ]
}

/// Runs the comparison on stores that `make` gives.
pub(crate) fn agrees_with_the_model<G>(make: impl AsyncFn() -> (G, Arc<dyn Store>)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: SEQUENCES,
        failure_persistence: None,
        ..Config::default()
    };
    let steps = proptest::collection::vec(step(), 1..60);
    let outcome = TestRunner::new(config).run(&steps, |steps| {
        runtime.block_on(async {
            let (guard, store) = make().await;
            compare(World::new(store), steps).await;
            drop(guard);
        });
        Ok(())
    });
    outcome.unwrap();
}

async fn compare(world: World, steps: Vec<Step>) {
    let application = world.application().await;
    let mut endpoints = Vec::new();
    for _ in 0..ENDPOINTS {
        endpoints.push(world.endpoint(&application).await.id);
    }
    let mut model = Model::default();
    let mut now = world.now();
    for step in steps {
        now = now.plus_ms(1);
        if let Step::Wait { ms } = step {
            now = now.plus_ms(ms);
        }
        run(&world, &mut model, &endpoints, application.id, now, step).await;
        check(&world, &model, &endpoints).await;
    }
}

async fn run(
    world: &World,
    model: &mut Model,
    endpoints: &[EndpointId],
    application: ApplicationId,
    now: Timestamp,
    step: Step,
) {
    let store = &world.store;
    match step {
        Step::Wait { .. } => {}
        Step::Append {
            endpoints: to,
            owner,
            due_in_ms,
        } => {
            let message = world.new_message(application);
            let mut accepted = world.accepted(&message, &[], None);
            let (owner, due_at) = (owner.map(|node| NODES[node]), now.plus_ms(due_in_ms));
            for endpoint in to.into_iter().map(|index| endpoints[index]) {
                let trigger = Trigger::Scheduled;
                accepted.deliveries.push(NewDelivery {
                    endpoint,
                    owner,
                    trigger,
                    due_at,
                });
                let key = DeliveryKey {
                    message: message.id,
                    endpoint,
                };
                let status = DeliveryStatus::Pending;
                let delivery = Delivery {
                    key,
                    status,
                    tries: 0,
                    trigger,
                    due_at,
                    retry_at: None,
                };
                model
                    .deliveries
                    .insert((endpoint, message.id), Modelled { delivery, owner });
            }
            assert_eq!(store.append(vec![accepted]).await.unwrap(), [Ok(())]);
        }
        Step::Claim {
            node,
            endpoint,
            limit,
        } => {
            let endpoint = endpoints[endpoint];
            let wants = vec![Want { endpoint, limit }];
            let claim = store.claim(NODES[node], now, wants, ROOM).await.unwrap();
            let expected = model.claim(NODES[node], endpoint, limit, now);
            assert_eq!(
                keys(&claim),
                expected.iter().map(|it| it.key).collect::<Vec<_>>()
            );
            for (claimed, expected) in claim.deliveries.iter().zip(expected) {
                assert_eq!(claimed.delivery, expected);
                let is_expunged = model.expunged.contains(&expected.key.message);
                assert_eq!(claimed.message.payload.is_none(), is_expunged);
            }
            let left = model.unowned(endpoint).first().map(|it| it.due_at);
            assert_eq!(claim.left.first().map(|it| it.due_at), left);
        }
        Step::Complete {
            node,
            delivery,
            verdict,
            due_in_ms,
        } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            let at = now.plus_ms(due_in_ms);
            let verdict = [
                Verdict::Delivered,
                Verdict::Failed,
                Verdict::Canceled,
                Verdict::Retry { at },
                Verdict::RetryInOrder { at },
            ][verdict];
            let tries = model.at(key).delivery.tries + 1;
            let outcome = Outcome {
                tries,
                ..world.outcome(key, verdict, None)
            };
            let before = world.attempts(key.message).await.len();
            let answer = store.complete(NODES[node], vec![outcome]).await.unwrap();
            assert_eq!(answer, [model.complete(NODES[node], key, verdict, tries)]);
            let after = world.attempts(key.message).await.len();
            assert_eq!(after, before + usize::from(answer[0]));
        }
        Step::Release { node, delivery } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            store.release(NODES[node], vec![key]).await.unwrap();
            if let Some(it) = model.owned_by(NODES[node], key) {
                it.owner = None;
            }
        }
        Step::Requeue { delivery } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            store.requeue(now, vec![key]).await.unwrap();
            let it = model.at(key);
            if it.owner.is_none() {
                let (status, trigger) = (DeliveryStatus::Pending, Trigger::Manual);
                let due_at = match it.delivery.status {
                    DeliveryStatus::Pending => it.delivery.due_at.min(now),
                    _ => now,
                };
                it.delivery = Delivery {
                    key,
                    status,
                    tries: 0,
                    trigger,
                    due_at,
                    retry_at: None,
                };
            }
        }
        Step::Begin { delivery, endpoint } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            let key = DeliveryKey {
                endpoint: endpoints[endpoint],
                ..key
            };
            let begun = store.begin(now, vec![key]).await.unwrap();
            assert_eq!(begun, model.begin(key, now));
        }
        Step::Cancel { delivery } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            let canceled = store.cancel(key.message).await.unwrap();
            assert_eq!(canceled, model.cancel(key.message));
        }
        Step::Expunge { delivery } => {
            let Some(key) = model.key(delivery) else {
                return;
            };
            let expunged = store.expunge(application, vec![key.message]).await;
            assert_eq!(expunged.unwrap(), [true]);
            model.expunged.insert(key.message);
        }
        Step::Heartbeat { node } => {
            store.heartbeat(NODES[node], now).await.unwrap();
            model.heartbeats.insert(NODES[node].0, now);
        }
        Step::Adopt { node, silent_ms } => {
            let stale_before = now.plus_ms(-silent_ms);
            let adopted = store.adopt(NODES[node], stale_before, now).await.unwrap();
            assert_eq!(adopted, model.adopt(NODES[node], stale_before, now));
        }
    }
}

async fn check(world: &World, model: &Model, endpoints: &[EndpointId]) {
    let first_of = |endpoint: &EndpointId| {
        let due_at = model.unowned(*endpoint).first()?.due_at;
        Some(Waiting {
            endpoint: *endpoint,
            due_at,
        })
    };
    let waiting: Vec<_> = endpoints.iter().filter_map(first_of).collect();
    assert_eq!(world.store.waiting(None, 10).await.unwrap(), waiting);
    let mut stored = Vec::new();
    for endpoint in endpoints {
        let page = Page::first(1000, Order::Ascending);
        let of_one = world
            .store
            .deliveries_of_endpoint(*endpoint, Default::default(), page)
            .await
            .unwrap();
        stored.extend(of_one);
    }
    let modelled: Vec<_> = model.deliveries.values().map(|it| it.delivery).collect();
    assert_eq!(stored, modelled);
}

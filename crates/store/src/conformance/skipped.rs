//! Attempts that sent nothing: kept with their reason, and found by status like all others.

use hookwire_types::*;

use super::World;
use super::world::NODE;
use crate::AttemptFilter;

/// What keeps a request from being sent, and how such an attempt and its delivery end.
const CASES: [(Cause, AttemptStatus, DeliveryStatus); 4] = [
    (
        Cause::Skipped,
        AttemptStatus::Canceled,
        DeliveryStatus::Canceled,
    ),
    (
        Cause::Filter,
        AttemptStatus::Canceled,
        DeliveryStatus::Canceled,
    ),
    (
        Cause::Transformation,
        AttemptStatus::Fail,
        DeliveryStatus::Fail,
    ),
    (
        Cause::Authorization,
        AttemptStatus::Fail,
        DeliveryStatus::Fail,
    ),
];

pub(crate) async fn attempts_are_listed_with_their_reason(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let delivered = world.delivery(&endpoint, Some(NODE)).await;
    assert!(world.complete(delivered, Verdict::Delivered).await);
    let mut made = Vec::new();
    for (cause, status, ends_as) in CASES {
        let key = world.delivery(&endpoint, Some(NODE)).await;
        let verdict = match ends_as {
            DeliveryStatus::Canceled => Verdict::Canceled,
            _ => Verdict::Failed,
        };
        let mut outcome = world.outcome(key, verdict, None);
        let attempt = outcome.attempt.as_mut().unwrap();
        attempt.status = status;
        attempt.response_status = 0;
        attempt.cause = Some(cause);
        attempt.error = format!("because of {}", cause.name());
        made.push(attempt.clone());
        let answer = world.store.complete(NODE, vec![outcome]).await.unwrap();
        assert_eq!(answer, [true]);
        assert_eq!(world.stored(key).await.unwrap().status, ends_as);
        assert_eq!(
            world.attempts(key.message).await,
            [made.last().unwrap().clone()]
        );
    }

    for (status, expected) in [
        (AttemptStatus::Canceled, &made[..2]),
        (AttemptStatus::Fail, &made[2..]),
    ] {
        let filter = AttemptFilter {
            status: Some(status),
            ..Default::default()
        };
        let page = Page::first(10, Order::Ascending);
        let found = world
            .store
            .attempts_of_endpoint(endpoint.id, filter.clone(), page)
            .await
            .unwrap();
        assert_eq!(found, expected, "{status:?}");
        for attempt in &made {
            let page = Page::first(10, Order::Ascending);
            let message = attempt.key.message;
            let found = world
                .store
                .attempts_of_message(message, filter.clone(), page)
                .await
                .unwrap();
            assert_eq!(!found.is_empty(), expected.contains(attempt));
        }
    }
}

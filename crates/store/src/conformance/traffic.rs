//! Traffic: what is counted for an endpoint is in every sum of which it is a part, and goes when
//! its time is over.

use hookwire_types::*;

use super::World;
use super::forgetting::forget;
use crate::{
    Change, EndpointTotal, EndpointTraffic, Forget, Resolution, TrafficPoint, TrafficScope,
    TrafficWindow,
};

/// The beginning of an hour.
pub(crate) const HOUR: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000 / HOUR_MS * HOUR_MS);

/// So many that succeeded, each after `10 * minute` milliseconds, and so many that failed.
fn delta(endpoint: &Endpoint, minute: i64, delivered: u64, failed: u64) -> TrafficDelta {
    let at = HOUR.plus_ms(minute * MINUTE_MS);
    let mut counts = TrafficCounts {
        delivered,
        failed,
        ..TrafficCounts::default()
    };
    for _ in 0..delivered {
        counts.durations.record(10 * minute as u32);
    }
    TrafficDelta {
        endpoint: endpoint.id,
        minute: at,
        counts,
        last_success_at: (delivered > 0).then_some(at.plus_ms(1)),
        last_failure: (failed > 0).then(|| failure(at.plus_ms(2), "it is down")),
    }
}

fn failure(at: Timestamp, text: &str) -> LastFailure {
    LastFailure {
        at,
        message: MessageId(Ksuid::floor(at)),
        status: 503,
        text: text.to_owned(),
    }
}

async fn add(world: &World, deltas: &[TrafficDelta]) {
    world.store.add_traffic(deltas.to_vec()).await.unwrap();
}

/// From one minute of the hour until another.
fn window(from: i64, to: i64, resolution: Resolution, step_ms: i64) -> TrafficWindow {
    TrafficWindow {
        since: HOUR.plus_ms(from * MINUTE_MS),
        until: HOUR.plus_ms(to * MINUTE_MS),
        resolution,
        step_ms,
    }
}

/// The whole hour and the next one by the minute.
const MINUTES: (i64, i64, Resolution, i64) = (0, 120, Resolution::Minute, MINUTE_MS);

/// Minute of the hour, delivered, failed.
fn shown(points: &[TrafficPoint]) -> Vec<(i64, u64, u64)> {
    let shown = points.iter().map(|point| {
        let minute = point.at.ms_since(HOUR) / MINUTE_MS;
        (minute, point.counts.delivered, point.counts.failed)
    });
    shown.collect()
}

async fn points(
    world: &World,
    scope: &TrafficScope,
    (from, to, resolution, step_ms): (i64, i64, Resolution, i64),
) -> Vec<TrafficPoint> {
    let window = window(from, to, resolution, step_ms);
    world.store.traffic(scope.clone(), window).await.unwrap()
}

async fn endpoints(world: &World, scope: &TrafficScope, limit: usize) -> Vec<EndpointTraffic> {
    let (from, to, resolution, step_ms) = MINUTES;
    let window = window(from, to, resolution, step_ms);
    let listed = world
        .store
        .endpoint_traffic(scope.clone(), window, limit)
        .await;
    let mut listed = listed.unwrap();
    listed.sort_by_key(|it| it.id);
    listed
}

fn of(endpoints: &[&Endpoint]) -> TrafficScope {
    TrafficScope::Endpoints {
        organization: endpoints[0].organization,
        application: None,
        ids: endpoints.iter().map(|endpoint| endpoint.id).collect(),
    }
}

pub(crate) async fn each_number_is_in_every_sum(world: World) {
    let (one, other) = (world.application().await, world.application().await);
    let first = world.endpoint(&one).await;
    let second = world.endpoint(&one).await;
    let third = world.endpoint(&other).await;
    let batch = [
        delta(&first, 1, 3, 0),
        delta(&first, 2, 1, 1),
        delta(&second, 2, 0, 4),
    ];
    add(&world, &batch).await;
    add(&world, &[delta(&first, 2, 2, 0), delta(&third, 70, 5, 5)]).await;

    let organization = TrafficScope::Organization(world.organization);
    let application = TrafficScope::Application(world.organization, one.id);
    for (scope, expected) in [
        (of(&[&first]), vec![(1, 3, 0), (2, 3, 1)]),
        (
            of(&[&first, &third]),
            vec![(1, 3, 0), (2, 3, 1), (70, 5, 5)],
        ),
        (application.clone(), vec![(1, 3, 0), (2, 3, 5)]),
        (organization.clone(), vec![(1, 3, 0), (2, 3, 5), (70, 5, 5)]),
    ] {
        let points = points(&world, &scope, MINUTES).await;
        assert_eq!(shown(&points), expected, "{scope:?}");
        // Durations are added up with the rest.
        let of_second = &points[1].counts.durations;
        assert_eq!(
            (of_second.count(), of_second.percentile_ms(50)),
            (3, Some(21))
        );
    }
    for (resolution, expected) in [
        (Resolution::TenMinutes, vec![(0, 6, 5), (70, 5, 5)]),
        (Resolution::Hour, vec![(0, 6, 5), (60, 5, 5)]),
    ] {
        let steps = (0, 120, resolution, resolution.step_ms());
        let points = points(&world, &organization, steps).await;
        assert_eq!(shown(&points), expected, "{resolution:?}");
    }
}

pub(crate) async fn a_window_has_its_steps_alone(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    for minute in [0, 4, 5, 9, 10, 14, 15] {
        add(&world, &[delta(&endpoint, minute, 1, 0)]).await;
    }
    let scope = TrafficScope::Organization(world.organization);
    let five = 5 * MINUTE_MS;
    let all = points(&world, &scope, (0, 20, Resolution::Minute, five)).await;
    assert_eq!(shown(&all), [(0, 2, 0), (5, 2, 0), (10, 2, 0), (15, 1, 0)]);
    let some = points(&world, &scope, (5, 10, Resolution::Minute, five)).await;
    assert_eq!(shown(&some), [(5, 2, 0)]);
    let some = points(&world, &scope, (9, 10, Resolution::Minute, MINUTE_MS)).await;
    assert_eq!(shown(&some), [(9, 1, 0)]);
}

pub(crate) async fn totals_have_the_latest_failure(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    add(&world, &[delta(&endpoint, 1, 2, 0)]).await;
    let total = |listed: Vec<EndpointTraffic>| listed[0].total.clone();
    let mut expected = EndpointTotal {
        delivered: 2,
        last_success_at: Some(HOUR.plus_ms(MINUTE_MS + 1)),
        ..EndpointTotal::default()
    };
    let listed = endpoints(&world, &of(&[&endpoint]), 1).await;
    assert_eq!(total(listed), expected);

    let mut late = delta(&endpoint, 9, 0, 1);
    late.last_failure = Some(failure(late.minute, "late"));
    let early = delta(&endpoint, 3, 1, 2);
    add(&world, &[late.clone(), early]).await;
    expected.delivered = 3;
    expected.failed = 3;
    expected.last_success_at = Some(HOUR.plus_ms(3 * MINUTE_MS + 1));
    expected.last_failure = late.last_failure;
    let listed = endpoints(&world, &of(&[&endpoint]), 1).await;
    assert_eq!((listed[0].delivered, listed[0].failed), (3, 3));
    assert_eq!(
        (&*listed[0].name, &*listed[0].url),
        (&*endpoint.name, &*endpoint.url)
    );
    assert_eq!(total(listed), expected);
}

pub(crate) async fn named_endpoints_are_those_within_reach(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let other = world.endpoint(&world.application().await).await;
    add(&world, &[delta(&endpoint, 1, 1, 0), delta(&other, 1, 1, 0)]).await;
    let reached = async |organization, application, ids: &[&Endpoint]| {
        let scope = TrafficScope::Endpoints {
            organization,
            application,
            ids: ids.iter().map(|it| it.id).collect(),
        };
        let counted = points(&world, &scope, MINUTES).await;
        let listed = endpoints(&world, &scope, 1).await;
        (
            counted.iter().map(|it| it.counts.delivered).sum(),
            listed.len(),
        )
    };
    let (own, both) = (world.organization, [&endpoint, &other]);
    assert_eq!(reached(own, None, &both).await, (2, 2));
    assert_eq!(reached(own, Some(application.id), &both).await, (1, 1));
    let foreign = OrganizationId(Ksuid::MIN);
    assert_eq!(reached(foreign, None, &both).await, (0, 0));
    // One without traffic is there all the same.
    let silent = world.endpoint(&application).await;
    assert_eq!(reached(own, None, &[&silent]).await, (0, 1));
    let nobody = TrafficScope::Organization(foreign);
    assert_eq!(points(&world, &nobody, MINUTES).await, []);
    assert_eq!(endpoints(&world, &nobody, 1).await, []);
}

pub(crate) async fn the_latest_are_found_and_the_latest_that_failed(world: World) {
    let application = world.application().await;
    let mut of_minute = Vec::new();
    for (minute, failed) in [(-90, 1), (5, 1), (10, 0), (15, 0), (20, 1), (25, 0)] {
        let endpoint = world.endpoint(&application).await;
        add(&world, &[delta(&endpoint, minute.max(0), 1, failed)]).await;
        if minute < 0 {
            world
                .change(Change::DeleteEndpoint(application.id, endpoint.id))
                .await
                .unwrap();
        }
        of_minute.push((minute, endpoint.id));
    }
    for scope in [
        TrafficScope::Organization(world.organization),
        TrafficScope::Application(world.organization, application.id),
    ] {
        for (limit, expected) in [
            (1, vec![20, 25]),
            (2, vec![5, 20, 25]),
            (9, vec![5, 10, 15, 20, 25]),
        ] {
            let listed = endpoints(&world, &scope, limit).await;
            let minute = |it: &EndpointTraffic| {
                of_minute
                    .iter()
                    .find(|(_, id)| *id == it.id)
                    .map(|(minute, _)| *minute)
            };
            let mut minutes: Vec<_> = listed.iter().filter_map(minute).collect();
            minutes.sort_unstable();
            assert_eq!(minutes, expected, "{limit} of {scope:?}");
        }
    }
}

pub(crate) async fn operational_webhooks_count_for_themselves(world: World) {
    let hidden = Application {
        operational: true,
        ..world.new_application()
    };
    let create = Change::CreateApplication(hidden.clone());
    world.change(create).await.unwrap();
    let endpoint = world.endpoint(&hidden).await;
    add(&world, &[delta(&endpoint, 1, 1, 1)]).await;
    let organization = TrafficScope::Organization(world.organization);
    assert_eq!(points(&world, &organization, MINUTES).await, []);
    assert_eq!(endpoints(&world, &organization, 9).await, []);
    let own = points(&world, &of(&[&endpoint]), MINUTES).await;
    assert_eq!(shown(&own), [(1, 1, 1)]);
    assert_eq!(endpoints(&world, &of(&[&endpoint]), 9).await.len(), 1);
}

pub(crate) async fn numbers_of_deleted_endpoints_are_in_sums_alone(world: World) {
    let application = world.application().await;
    let gone = world.endpoint(&application).await;
    let kept = world.endpoint(&application).await;
    add(&world, &[delta(&gone, 1, 1, 1), delta(&kept, 1, 1, 0)]).await;
    add(&world, &[delta(&gone, 2, 1, 0)]).await;
    let delete = Change::DeleteEndpoint(application.id, gone.id);
    world.change(delete).await.unwrap();
    // What was under way when it was deleted.
    add(&world, &[delta(&gone, 3, 1, 0)]).await;

    let scopes = [
        TrafficScope::Organization(world.organization),
        TrafficScope::Application(world.organization, application.id),
    ];
    for _ in 0..2 {
        assert_eq!(points(&world, &of(&[&gone]), MINUTES).await, []);
        for scope in &scopes {
            let summed = points(&world, scope, MINUTES).await;
            assert_eq!(shown(&summed), [(1, 2, 1), (2, 1, 0), (3, 1, 0)]);
            let listed = endpoints(&world, scope, 9).await;
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].id, kept.id);
        }
        // Two minutes, ten minutes, an hour; with the second round nothing more.
        forget(&world, Forget::Traffic(HOUR), 3).await;
    }
    assert_eq!(forget(&world, Forget::Traffic(HOUR), 3).await, 0);
}

pub(crate) async fn numbers_go_with_their_application(world: World) {
    let application = world.application().await;
    let endpoints = [
        world.endpoint(&application).await,
        world.endpoint(&application).await,
    ];
    let batch = endpoints.each_ref().map(|it| delta(it, 1, 1, 0));
    add(&world, &batch).await;
    let delete = Change::DeleteApplication(world.organization, application.id);
    world.change(delete).await.unwrap();
    add(&world, &batch).await;
    // Those of the application and of two endpoints, each by minute, ten minutes and hour.
    assert_eq!(forget(&world, Forget::Traffic(HOUR), 2).await, 9);
    assert_eq!(forget(&world, Forget::Traffic(HOUR), 2).await, 0);
    let of_application = TrafficScope::Application(world.organization, application.id);
    assert_eq!(points(&world, &of_application, MINUTES).await, []);
    let organization = TrafficScope::Organization(world.organization);
    let summed = points(&world, &organization, MINUTES).await;
    assert_eq!(shown(&summed), [(1, 4, 0)]);
}

pub(crate) async fn numbers_go_when_they_are_old(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    add(
        &world,
        &[delta(&endpoint, 0, 1, 0), delta(&endpoint, 60, 1, 0)],
    )
    .await;
    let scope = TrafficScope::Organization(world.organization);
    let kept = async |resolution: Resolution| {
        let steps = (0, 120, resolution, resolution.step_ms());
        shown(&points(&world, &scope, steps).await).len()
    };
    let day = HOUR.plus_ms(25 * HOUR_MS);
    assert_eq!(
        forget(&world, Forget::Traffic(day.plus_ms(MINUTE_MS)), 10).await,
        0
    );
    // The first minute, of endpoint, application and organization.
    assert_eq!(
        forget(&world, Forget::Traffic(day.plus_ms(MINUTE_MS + 1)), 10).await,
        3
    );
    assert_eq!(kept(Resolution::Minute).await, 1);
    assert_eq!(kept(Resolution::TenMinutes).await, 2);
    let days = HOUR.plus_ms(31 * DAY_MS);
    assert_eq!(forget(&world, Forget::Traffic(days), 1).await, 9);
    assert_eq!(kept(Resolution::Hour).await, 2);
    assert_eq!(
        forget(&world, Forget::Traffic(days.plus_ms(HOUR_MS + 1)), 10).await,
        3
    );
    assert_eq!(kept(Resolution::Hour).await, 1);
    // Of all time.
    let listed = endpoints(&world, &of(&[&endpoint]), 1).await;
    assert_eq!(listed[0].total.delivered, 2);
}

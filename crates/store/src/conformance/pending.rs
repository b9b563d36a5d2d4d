//! How much still waits, counted up to a limit.

use hookwire_types::*;

use super::World;
use super::world::NODE;
use crate::{Change, Pending, TrafficScope};

async fn counted(world: &World, scope: TrafficScope, limit: usize) -> Pending {
    world
        .store
        .pending(scope, world.now(), limit)
        .await
        .unwrap()
}

fn pending(due: u64, later: u64, is_more: bool) -> Pending {
    Pending {
        due,
        later,
        is_more,
    }
}

pub(crate) async fn what_is_due_and_what_is_not_are_counted(world: World) {
    let (one, other) = (world.application().await, world.application().await);
    let first = world.endpoint(&one).await;
    let second = world.endpoint(&one).await;
    let third = world.endpoint(&other).await;
    world.due_in(&first, &[0, 0, HOUR_MS]).await;
    world.due_in(&second, &[HOUR_MS, 2 * HOUR_MS]).await;
    world.due_in(&third, &[0]).await;
    // What a node has in memory is pending too, what has ended is not.
    world.delivery(&first, Some(NODE)).await;
    let ended = world.delivery(&first, Some(NODE)).await;
    assert!(world.complete(ended, Verdict::Delivered).await);

    let organization = world.organization;
    let of = |application, ids: &[&Endpoint]| TrafficScope::Endpoints {
        organization,
        application,
        ids: ids.iter().map(|it| it.id).collect(),
    };
    for (scope, due, later) in [
        (TrafficScope::Organization(organization), 4, 3),
        (TrafficScope::Application(organization, one.id), 3, 3),
        (of(None, &[&first]), 3, 1),
        (of(None, &[&second, &third]), 1, 2),
        (of(Some(other.id), &[&second, &third]), 1, 0),
        (TrafficScope::Organization(OrganizationId(Ksuid::MIN)), 0, 0),
    ] {
        let counted = counted(&world, scope.clone(), 100).await;
        assert_eq!(counted, pending(due, later, false), "{scope:?}");
    }
}

pub(crate) async fn no_more_than_the_limit_is_counted(world: World) {
    let application = world.application().await;
    for _ in 0..3 {
        let endpoint = world.endpoint(&application).await;
        world.due_in(&endpoint, &[0, 0, HOUR_MS]).await;
    }
    let scope = TrafficScope::Organization(world.organization);
    for (limit, expected) in [
        (100, pending(6, 3, false)),
        (6, pending(6, 3, false)),
        (5, pending(5, 3, true)),
        (3, pending(3, 3, true)),
        (2, pending(2, 2, true)),
    ] {
        assert_eq!(
            counted(&world, scope.clone(), limit).await,
            expected,
            "{limit}"
        );
    }
}

pub(crate) async fn deleted_endpoints_have_nothing_pending(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    world.due_in(&endpoint, &[0]).await;
    let delete = Change::DeleteEndpoint(application.id, endpoint.id);
    world.change(delete).await.unwrap();
    for scope in [
        TrafficScope::Organization(world.organization),
        TrafficScope::Application(world.organization, application.id),
        TrafficScope::Endpoints {
            organization: world.organization,
            application: None,
            ids: vec![endpoint.id],
        },
    ] {
        assert_eq!(counted(&world, scope, 9).await, Pending::default());
    }
}

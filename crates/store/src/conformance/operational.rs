//! The application of operational webhooks: one at most, and hidden.

use hookwire_types::*;

use super::World;
use super::world::conflict;
use crate::{Change, Conflict};

async fn create(world: &World, organization: OrganizationId) -> Application {
    let application = Application {
        operational: true,
        organization,
        ..world.new_application()
    };
    let create = Change::CreateApplication(application.clone());
    world.change(create).await.unwrap();
    application
}

async fn found(world: &World, organization: OrganizationId) -> Option<Application> {
    let found = world.store.operational_application(organization).await;
    found.unwrap()
}

pub(crate) async fn is_in_no_list(world: World) {
    let usual = world.application().await;
    let hidden = create(&world, world.organization).await;
    let later = world.application().await;

    assert_eq!(
        found(&world, world.organization).await.as_ref(),
        Some(&hidden)
    );
    let by_id = Reference::Id(hidden.id);
    let by_id = world.store.application(world.organization, &by_id).await;
    assert_eq!(by_id.unwrap(), None);
    for order in [Order::Ascending, Order::Descending] {
        let page = Page::first(10, order);
        let list = world.store.applications(world.organization, page).await;
        let mut list = list.unwrap();
        list.sort_by_key(|it| it.id);
        assert_eq!(list, [usual.clone(), later.clone()]);
    }
}

pub(crate) async fn is_found_by_its_endpoints(world: World) {
    let hidden = create(&world, world.organization).await;
    let endpoint = world.endpoint(&hidden).await;
    let of_endpoint = world.store.application_of(endpoint.id).await.unwrap();
    assert_eq!(of_endpoint, Some(hidden));
    assert_eq!(
        world.stored_endpoint(&endpoint).await.as_ref(),
        Some(&endpoint)
    );
}

pub(crate) async fn there_is_one_at_most(world: World) {
    assert_eq!(found(&world, world.organization).await, None);
    let usual = world.application().await;
    assert_eq!(found(&world, usual.organization).await, None);

    let hidden = create(&world, world.organization).await;
    let second = Application {
        operational: true,
        ..world.new_application()
    };
    let create_second = Change::CreateApplication(second);
    let refused = world.change(create_second.clone()).await;
    assert_eq!(conflict(refused), Conflict::Uid);

    let stranger = OrganizationId(world.id());
    assert_eq!(found(&world, stranger).await, None);
    let theirs = create(&world, stranger).await;
    assert_eq!(found(&world, stranger).await, Some(theirs));
    assert_eq!(
        found(&world, world.organization).await.as_ref(),
        Some(&hidden)
    );

    let delete = Change::DeleteApplication(hidden.organization, hidden.id);
    world.change(delete).await.unwrap();
    assert_eq!(found(&world, world.organization).await, None);
    world.change(create_second).await.unwrap();
}

//! Applications and endpoints: found as they were made, changed only from their latest version.

use hookwire_types::*;

use super::World;
use super::world::{NODE, conflict, metadata, texts};
use crate::{Change, Conflict};

async fn find(world: &World, application: &Application) -> Option<Application> {
    let reference = Reference::Id(application.id);
    world
        .store
        .application(application.organization, &reference)
        .await
        .unwrap()
}

async fn find_uid(world: &World, uid: &str) -> Option<Application> {
    let reference = Reference::Uid(uid.to_owned());
    world
        .store
        .application(world.organization, &reference)
        .await
        .unwrap()
}

pub(crate) async fn applications_come_back_as_they_were(world: World) {
    let bare = world.application().await;
    assert_eq!(find(&world, &bare).await.as_ref(), Some(&bare));
    let full = Application {
        uid: Some("acme".to_owned()),
        name: "Акме 株式会社".to_owned(),
        throttle_rate: Some(u16::MAX),
        metadata: metadata(&[("plan", "gold"), ("quote", "\"'")]),
        ..world.new_application()
    };
    world
        .change(Change::CreateApplication(full.clone()))
        .await
        .unwrap();
    assert_eq!(find(&world, &full).await.as_ref(), Some(&full));
    assert_eq!(find_uid(&world, "acme").await.as_ref(), Some(&full));

    let changed = Application {
        uid: Some("acme-2".to_owned()),
        throttle_rate: None,
        metadata: metadata(&[]),
        updated_at: world.now(),
        version: 2,
        ..full
    };
    world
        .change(Change::UpdateApplication(changed.clone()))
        .await
        .unwrap();
    assert_eq!(find(&world, &changed).await.as_ref(), Some(&changed));
    assert_eq!(find_uid(&world, "acme").await, None);
    let endpoint = world.endpoint(&changed).await;
    let owner = world.store.application_of(endpoint.id).await.unwrap();
    assert_eq!(owner, Some(changed));
}

pub(crate) async fn endpoints_come_back_as_they_were(world: World) {
    let application = world.application().await;
    let bare = world.endpoint(&application).await;
    assert_eq!(world.stored_endpoint(&bare).await.as_ref(), Some(&bare));
    let expires_at = world.now();
    let full = Endpoint {
        uid: Some("crm".to_owned()),
        name: "客戶".to_owned(),
        url: "https://example.com/a?b=c".to_owned(),
        description: "where sales look".to_owned(),
        throttle_rate: Some(50),
        disabled: true,
        event_types: Some(texts(&["payment_received", "domain_created"])),
        channels: Some(texts(&["eu"])),
        metadata: metadata(&[("owner", "sales")]),
        headers: metadata(&[("authorization", "Bearer x")]),
        secret: SecretText::new("whsec_bmV3"),
        old_secrets: vec![
            EndpointSecret {
                key: SecretText::new("whsec_b2xk"),
                expires_at,
            },
            EndpointSecret {
                key: SecretText::new("whsec_b2xkZXI"),
                expires_at,
            },
        ],
        failing_since: Some(world.now()),
        ..world.new_endpoint(&application)
    };
    world
        .change(Change::CreateEndpoint(full.clone()))
        .await
        .unwrap();
    assert_eq!(world.stored_endpoint(&full).await.as_ref(), Some(&full));

    let changed = Endpoint {
        event_types: None,
        channels: Some(Vec::new()),
        old_secrets: Vec::new(),
        uid: None,
        updated_at: world.now(),
        version: 2,
        ..full
    };
    world
        .change(Change::UpdateEndpoint(changed.clone()))
        .await
        .unwrap();
    assert_eq!(world.stored_endpoint(&changed).await, Some(changed));
}

pub(crate) async fn uids_are_unique_among_the_living(world: World) {
    let named = |world: &World| Application {
        uid: Some("acme".to_owned()),
        ..world.new_application()
    };
    let first = named(&world);
    world
        .change(Change::CreateApplication(first.clone()))
        .await
        .unwrap();
    let second = named(&world);
    let outcome = world
        .change(Change::CreateApplication(second.clone()))
        .await;
    assert_eq!(conflict(outcome), Conflict::Uid);
    let other = world.application().await;
    let renamed = Application {
        uid: first.uid.clone(),
        version: 2,
        ..other.clone()
    };
    let outcome = world.change(Change::UpdateApplication(renamed)).await;
    assert_eq!(conflict(outcome), Conflict::Uid);
    let foreign = Application {
        organization: OrganizationId(world.id()),
        ..named(&world)
    };
    world
        .change(Change::CreateApplication(foreign))
        .await
        .unwrap();

    let crm = |world: &World, of: &Application| Endpoint {
        uid: Some("crm".to_owned()),
        ..world.new_endpoint(of)
    };
    let endpoint = crm(&world, &first);
    world
        .change(Change::CreateEndpoint(endpoint.clone()))
        .await
        .unwrap();
    let outcome = world
        .change(Change::CreateEndpoint(crm(&world, &first)))
        .await;
    assert_eq!(conflict(outcome), Conflict::Uid);
    world
        .change(Change::CreateEndpoint(crm(&world, &other)))
        .await
        .unwrap();

    world
        .change(Change::DeleteEndpoint(first.id, endpoint.id))
        .await
        .unwrap();
    world
        .change(Change::CreateEndpoint(crm(&world, &first)))
        .await
        .unwrap();
    world
        .change(Change::DeleteApplication(first.organization, first.id))
        .await
        .unwrap();
    world
        .change(Change::CreateApplication(second.clone()))
        .await
        .unwrap();
    assert_eq!(find_uid(&world, "acme").await, Some(second));
}

pub(crate) async fn an_older_version_is_refused(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    for version in [0, 1, 3] {
        let change = Change::UpdateApplication(Application {
            version,
            ..application.clone()
        });
        assert_eq!(conflict(world.change(change).await), Conflict::Version);
        let change = Change::UpdateEndpoint(Endpoint {
            version,
            ..endpoint.clone()
        });
        assert_eq!(conflict(world.change(change).await), Conflict::Version);
    }
    for version in [2, 3] {
        let change = Change::UpdateApplication(Application {
            version,
            ..application.clone()
        });
        world.change(change).await.unwrap();
        let change = Change::UpdateEndpoint(Endpoint {
            version,
            ..endpoint.clone()
        });
        world.change(change).await.unwrap();
    }
}

pub(crate) async fn what_is_not_there_cannot_be_changed(world: World) {
    let application = world.application().await;
    let endpoint = world.endpoint(&application).await;
    let other = world.application().await;
    let stranger = OrganizationId(world.id());
    let changes = [
        Change::DeleteApplication(application.organization, world.id()),
        Change::DeleteApplication(stranger, application.id),
        Change::DeleteEndpoint(application.id, world.id()),
        Change::DeleteEndpoint(other.id, endpoint.id),
        Change::CreateApplication(application.clone()),
        Change::CreateEndpoint(endpoint.clone()),
        Change::CreateEndpoint(world.new_endpoint(&world.new_application())),
        Change::UpdateEndpoint(Endpoint {
            application: other.id,
            version: 2,
            ..endpoint.clone()
        }),
        Change::UpdateApplication(Application {
            organization: stranger,
            version: 2,
            ..application.clone()
        }),
    ];
    for change in changes {
        let shown = format!("{change:?}");
        assert_eq!(
            conflict(world.change(change).await),
            Conflict::Version,
            "{shown}"
        );
    }
    assert_eq!(
        find(&world, &application).await.as_ref(),
        Some(&application)
    );
    assert_eq!(
        world.stored_endpoint(&endpoint).await.as_ref(),
        Some(&endpoint)
    );

    let gone = Change::DeleteEndpoint(application.id, endpoint.id);
    world.change(gone.clone()).await.unwrap();
    assert_eq!(conflict(world.change(gone).await), Conflict::Version);
    let change = Change::UpdateEndpoint(Endpoint {
        version: 2,
        ..endpoint
    });
    assert_eq!(conflict(world.change(change).await), Conflict::Version);
}

pub(crate) async fn all_changes_or_none(world: World) {
    let kept = world.application().await;
    let new = world.new_application();
    let endpoint = world.new_endpoint(&new);
    let renamed = Application {
        name: "Other".to_owned(),
        version: 2,
        ..kept.clone()
    };
    let good = vec![
        Change::CreateApplication(new.clone()),
        Change::CreateEndpoint(endpoint.clone()),
        Change::UpdateApplication(renamed.clone()),
    ];
    let bad = [
        good.clone(),
        vec![Change::UpdateApplication(renamed.clone())],
    ]
    .concat();
    // A conflict undoes its own changes and nothing of what is committed together with them.
    let beside = world.new_application();
    let (refused, done) = tokio::join!(
        world.store.change(bad),
        world.change(Change::CreateApplication(beside.clone()))
    );
    assert_eq!(conflict(refused), Conflict::Version);
    done.unwrap();
    assert_eq!(find(&world, &new).await, None);
    assert_eq!(world.stored_endpoint(&endpoint).await, None);
    assert_eq!(find(&world, &kept).await, Some(kept));
    assert_eq!(find(&world, &beside).await, Some(beside));

    world.store.change(good).await.unwrap();
    assert_eq!(find(&world, &new).await, Some(new));
    assert_eq!(world.stored_endpoint(&endpoint).await, Some(endpoint));
    assert_eq!(find(&world, &renamed).await, Some(renamed));
    world.store.change(Vec::new()).await.unwrap();
}

pub(crate) async fn an_application_goes_with_its_endpoints(world: World) {
    let application = Application {
        uid: Some("acme".to_owned()),
        ..world.new_application()
    };
    world
        .change(Change::CreateApplication(application.clone()))
        .await
        .unwrap();
    let endpoint = world.endpoint(&application).await;
    let stays = world.application().await;
    world
        .change(Change::DeleteApplication(
            application.organization,
            application.id,
        ))
        .await
        .unwrap();
    assert_eq!(find(&world, &application).await, None);
    assert_eq!(find_uid(&world, "acme").await, None);
    assert_eq!(world.stored_endpoint(&endpoint).await, None);
    assert_eq!(world.store.application_of(endpoint.id).await.unwrap(), None);
    let page = Page::first(10, Order::Ascending);
    assert_eq!(
        world
            .store
            .applications(world.organization, page)
            .await
            .unwrap(),
        [stays]
    );
    let late = Change::CreateEndpoint(world.new_endpoint(&application));
    assert_eq!(conflict(world.change(late).await), Conflict::Version);
}

pub(crate) async fn health_is_not_for_updates(world: World) {
    let endpoint = world.endpoint(&world.application().await).await;
    let since = world.now();
    let key = world.delivery(&endpoint, Some(NODE)).await;
    let health = Some(EndpointHealth::FailingSince(since));
    assert!(world.complete_with(key, Verdict::Failed, health).await);

    // Made from what was read before it began to fail.
    let renamed = Endpoint {
        name: "Shop".to_owned(),
        version: 2,
        ..endpoint
    };
    world
        .change(Change::UpdateEndpoint(renamed.clone()))
        .await
        .unwrap();
    let failing = Endpoint {
        failing_since: Some(since),
        ..renamed
    };
    assert_eq!(
        world.stored_endpoint(&failing).await.as_ref(),
        Some(&failing)
    );

    let disabled = Endpoint {
        disabled: true,
        version: 3,
        ..failing
    };
    world
        .change(Change::UpdateEndpoint(disabled.clone()))
        .await
        .unwrap();
    assert_eq!(
        world.stored_endpoint(&disabled).await.as_ref(),
        Some(&disabled)
    );
    let enabled = Endpoint {
        disabled: false,
        version: 4,
        ..disabled
    };
    world
        .change(Change::UpdateEndpoint(enabled.clone()))
        .await
        .unwrap();
    let afresh = Endpoint {
        failing_since: None,
        ..enabled
    };
    assert_eq!(world.stored_endpoint(&afresh).await, Some(afresh));
}

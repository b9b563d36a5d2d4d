//! Event types and background tasks.

use hookwire_types::*;

use super::World;
use super::world::{conflict, texts};
use crate::{Change, Conflict};

pub(crate) fn new_event_type(world: &World, name: &str) -> EventType {
    let now = world.now();
    EventType {
        organization: world.organization,
        name: name.to_owned(),
        description: "Money came in".to_owned(),
        archived: false,
        deprecated: false,
        schemas: None,
        group_name: None,
        feature_flags: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(crate) fn new_task(world: &World) -> Task {
    let now = world.now();
    let window = TaskWindow {
        since: now,
        until: None,
    };
    let kind = TaskKind::EndpointRecover {
        application: world.id(),
        endpoint: world.id(),
        window,
    };
    Task {
        id: world.id(),
        organization: world.organization,
        kind,
        status: TaskStatus::Running,
        done_count: 0,
        cursor: None,
        created_at: now,
        updated_at: now,
    }
}

async fn find(world: &World, name: &str) -> Option<EventType> {
    world
        .store
        .event_type(world.organization, name)
        .await
        .unwrap()
}

pub(crate) async fn event_types_come_back_as_they_were(world: World) {
    let bare = new_event_type(&world, "payment_received");
    world
        .change(Change::CreateEventType(bare.clone()))
        .await
        .unwrap();
    assert_eq!(find(&world, "payment_received").await.as_ref(), Some(&bare));
    let full = EventType {
        description: "Гроші надійшли".to_owned(),
        archived: true,
        deprecated: true,
        schemas: Some("{\"1\": {\"type\":  \"object\"}}".to_owned()),
        group_name: Some("Payments".to_owned()),
        feature_flags: Some(texts(&["beta"])),
        updated_at: world.now(),
        version: 2,
        ..bare
    };
    world
        .change(Change::UpdateEventType(full.clone()))
        .await
        .unwrap();
    assert_eq!(find(&world, "payment_received").await, Some(full));
    assert_eq!(find(&world, "payment").await, None);
    let stranger = OrganizationId(world.id());
    assert_eq!(
        world
            .store
            .event_type(stranger, "payment_received")
            .await
            .unwrap(),
        None
    );
}

pub(crate) async fn event_types_conflict_by_name_and_version(world: World) {
    let event_type = new_event_type(&world, "paid");
    let create = Change::CreateEventType(event_type.clone());
    world.change(create.clone()).await.unwrap();
    assert_eq!(
        conflict(world.change(create.clone()).await),
        Conflict::EventType
    );
    let foreign = EventType {
        organization: OrganizationId(world.id()),
        ..event_type.clone()
    };
    world
        .change(Change::CreateEventType(foreign))
        .await
        .unwrap();
    for version in [1, 3] {
        let change = Change::UpdateEventType(EventType {
            version,
            ..event_type.clone()
        });
        assert_eq!(conflict(world.change(change).await), Conflict::Version);
    }
    let delete = Change::DeleteEventType(world.organization, "paid".to_owned());
    world.change(delete.clone()).await.unwrap();
    assert_eq!(find(&world, "paid").await, None);
    assert_eq!(conflict(world.change(delete).await), Conflict::Version);
    world.change(create).await.unwrap();
}

pub(crate) async fn archived_event_types_are_hidden(world: World) {
    for (name, archived) in [("c", false), ("a", true), ("b", false)] {
        let event_type = EventType {
            archived,
            ..new_event_type(&world, name)
        };
        world
            .change(Change::CreateEventType(event_type))
            .await
            .unwrap();
    }
    let names = async |include_archived| {
        let page = Page::first(10, Order::Ascending);
        let types = world
            .store
            .event_types(world.organization, include_archived, page)
            .await
            .unwrap();
        types.into_iter().map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(names(true).await, ["a", "b", "c"]);
    assert_eq!(names(false).await, ["b", "c"]);
}

pub(crate) async fn tasks_come_back_as_they_were(world: World) {
    let task = new_task(&world);
    world
        .change(Change::CreateTask(task.clone()))
        .await
        .unwrap();
    let stored = world.store.task(world.organization, task.id).await.unwrap();
    assert_eq!(stored.as_ref(), Some(&task));
    let again = world.change(Change::CreateTask(task.clone())).await;
    assert_eq!(conflict(again), Conflict::Version);
    let unknown = new_task(&world);
    assert_eq!(
        conflict(world.change(Change::UpdateTask(unknown)).await),
        Conflict::Version
    );

    let moved = Task {
        status: TaskStatus::Finished,
        done_count: 1 << 40,
        cursor: Some(world.id()),
        updated_at: world.now(),
        ..task
    };
    world
        .change(Change::UpdateTask(moved.clone()))
        .await
        .unwrap();
    let stored = world
        .store
        .task(world.organization, moved.id)
        .await
        .unwrap();
    assert_eq!(stored, Some(moved));
}

pub(crate) async fn tasks_of_every_kind_come_back(world: World) {
    let (application, endpoint) = (world.id(), world.id());
    let window = TaskWindow {
        since: world.now(),
        until: Some(world.now()),
    };
    let narrow = ReplayFilter {
        event_types: Some(texts(&["paid", "a\"b"])),
        channel: Some("eu".to_owned()),
        tag: Some("vip".to_owned()),
        statuses: vec![DeliveryStatus::Fail, DeliveryStatus::Success],
        status_code_class: Some(0),
    };
    let replay = |filter| TaskKind::EndpointBulkReplay {
        application,
        endpoint,
        window,
        filter,
    };
    let kinds = [
        TaskKind::EndpointRecover {
            application,
            endpoint,
            window,
        },
        TaskKind::EndpointReplayMissing {
            application,
            endpoint,
            window: TaskWindow {
                until: None,
                ..window
            },
        },
        replay(narrow),
        replay(ReplayFilter::default()),
        TaskKind::ApplicationExpunge { application },
    ];
    let mut tasks = Vec::new();
    for kind in kinds {
        let task = Task {
            kind,
            ..new_task(&world)
        };
        let create = Change::CreateTask(task.clone());
        world.change(create).await.unwrap();
        let stored = world.store.task(world.organization, task.id).await;
        assert_eq!(stored.unwrap().as_ref(), Some(&task));
        tasks.push(task);
    }
    let page = Page::first(10, Order::Ascending);
    let listed = world.store.tasks(world.organization, page).await;
    assert_eq!(listed.unwrap(), tasks);
}

pub(crate) async fn running_tasks_are_found(world: World) {
    let until = Some(world.now());
    let mut running = Vec::new();
    for organization in [world.organization, OrganizationId(world.id())] {
        for status in [
            TaskStatus::Running,
            TaskStatus::Finished,
            TaskStatus::Failed,
        ] {
            let mut task = Task {
                organization,
                status,
                ..new_task(&world)
            };
            if let TaskKind::EndpointRecover { window, .. } = &mut task.kind {
                window.until = until;
            }
            world
                .change(Change::CreateTask(task.clone()))
                .await
                .unwrap();
            if status == TaskStatus::Running {
                running.push(task);
            }
        }
    }
    assert_eq!(world.store.running_tasks().await.unwrap(), running);
}

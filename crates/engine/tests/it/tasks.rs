//! Background tasks: what was never sent, what is to be sent again, what is to be forgotten.

use hookwire_engine::{NewMessage, TaskError};
use hookwire_store::{Change, Payloads};
use hookwire_types::*;

use crate::receiver::Receiver;
use crate::rig::{Rig, event, eventually, settings};

async fn finished(rig: &Rig, kind: TaskKind) -> Task {
    let organization = crate::rig::ORGANIZATION;
    let task = rig.engine.start_task(organization, kind).await.unwrap();
    let find = async || {
        let found = rig.engine.store().task(organization, task.id).await;
        found.unwrap().unwrap()
    };
    eventually(async || find().await.status == TaskStatus::Finished).await;
    find().await
}

async fn accept(rig: &Rig, event: NewMessage) -> MessageId {
    let app = rig.app().await;
    rig.engine.accept(&app, event).await.unwrap().id
}

fn since(at: Timestamp) -> TaskWindow {
    TaskWindow {
        since: at,
        until: None,
    }
}

#[tokio::test]
async fn an_endpoint_that_comes_late_gets_what_it_would_have_got() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let before = accept(&rig, event(r#"{"n": 0}"#)).await;
    eventually(async || Ksuid::floor(rig.engine.now()) > before.0).await;
    let begun = rig.engine.now();
    let wanted = accept(&rig, event(r#"{"n": 1}"#)).await;
    let filtered = accept(&rig, event(r#"{"n": 2}"#)).await;
    let other_type = NewMessage {
        event_type: "other".to_owned(),
        ..event(r#"{"n": 1}"#)
    };
    accept(&rig, other_type).await;
    let endpoint = rig
        .endpoint_with(receiver.url(), |endpoint| {
            endpoint.event_types = Some(vec![event("{}").event_type]);
            endpoint.filter = Some("payload.n < 2".to_owned());
        })
        .await;
    let kind = TaskKind::EndpointReplayMissing {
        application: endpoint.application,
        endpoint: endpoint.id,
        window: since(begun),
    };
    for expected in [1, 0] {
        let task = finished(&rig, kind.clone()).await;
        assert_eq!(task.done_count, expected);
    }
    assert_eq!(receiver.next().await.id(), wanted.to_string());
    rig.until(wanted, DeliveryStatus::Success).await;
    for message in [before, filtered] {
        assert!(rig.deliveries(message).await.is_empty());
    }
}

#[tokio::test]
async fn a_replay_sends_what_its_filter_names_whatever_became_of_it() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let mut ids = Vec::new();
    for tag in ["a", "b"] {
        let tagged = NewMessage {
            tags: vec![tag.to_owned()],
            ..event("{}")
        };
        let id = accept(&rig, tagged).await;
        rig.until(id, DeliveryStatus::Success).await;
        ids.push(id);
    }
    receiver.take(2).await;
    let replay = |filter| TaskKind::EndpointBulkReplay {
        application: endpoint.application,
        endpoint: endpoint.id,
        window: since(Timestamp::from_unix_ms(0)),
        filter,
    };
    let tagged = ReplayFilter {
        tag: Some("b".to_owned()),
        statuses: vec![DeliveryStatus::Success],
        status_code_class: Some(200),
        ..ReplayFilter::default()
    };
    assert_eq!(finished(&rig, replay(tagged)).await.done_count, 1);
    assert_eq!(receiver.next().await.id(), ids[1].to_string());
    let failed = ReplayFilter {
        status_code_class: Some(500),
        ..ReplayFilter::default()
    };
    assert_eq!(finished(&rig, replay(failed)).await.done_count, 0);
    let all = replay(ReplayFilter::default());
    assert_eq!(finished(&rig, all).await.done_count, 2);
    receiver.take(2).await;
}

#[tokio::test]
async fn payloads_are_forgotten_and_messages_stay() {
    let rig = Rig::start(settings()).await;
    let id = accept(&rig, event("{}")).await;
    let kind = TaskKind::ApplicationExpunge {
        application: rig.application,
    };
    assert_eq!(finished(&rig, kind.clone()).await.done_count, 1);
    let found = rig
        .engine
        .store()
        .message(rig.application, &Reference::Id(id), Payloads::UpTo(1_000))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.payload, None);
    assert_eq!(finished(&rig, kind).await.done_count, 0);
}

#[tokio::test]
async fn a_task_goes_on_after_a_restart() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let message = accept(&rig, event("{}")).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let now = rig.engine.now();
    // Stored as running, as by a process that ended before it took the first step.
    let task = Task {
        id: rig.engine.new_id(),
        organization: endpoint.organization,
        kind: TaskKind::EndpointReplayMissing {
            application: endpoint.application,
            endpoint: endpoint.id,
            window: since(Timestamp::from_unix_ms(0)),
        },
        status: TaskStatus::Running,
        done_count: 0,
        cursor: None,
        created_at: now,
        updated_at: now,
    };
    let create = Change::CreateTask(task);
    rig.engine.store().change(vec![create]).await.unwrap();
    let again = rig.restart_on_a_copy(settings()).await;
    assert_eq!(receiver.next().await.id(), message.to_string());
    again.until(message, DeliveryStatus::Success).await;
}

#[tokio::test]
async fn what_is_being_done_is_not_done_twice_and_the_rest_has_a_bound() {
    let rig = Rig::start(settings()).await;
    let organization = crate::rig::ORGANIZATION;
    let endpoint = rig.endpoint("http://127.0.0.1:9/".to_owned()).await;
    // Some thousands of milliseconds of messages keep a task at work.
    for _ in 0..400 {
        accept(&rig, event("{}")).await;
    }
    let kind = |since_ms| TaskKind::EndpointReplayMissing {
        application: endpoint.application,
        endpoint: endpoint.id,
        window: since(Timestamp::from_unix_ms(since_ms)),
    };
    let first = rig.engine.start_task(organization, kind(0)).await.unwrap();
    let second = rig.engine.start_task(organization, kind(0)).await.unwrap();
    assert_eq!(first.id, second.id);
    let mut refused = 0;
    for n in 1..40 {
        let started = rig.engine.start_task(organization, kind(n)).await;
        refused += usize::from(matches!(started, Err(TaskError::TooMany)));
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn what_cannot_be_sent_any_more_is_left_as_it_is() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let endpoint = rig.endpoint(receiver.url()).await;
    let id = accept(&rig, event("{}")).await;
    rig.until(id, DeliveryStatus::Success).await;
    receiver.next().await;
    rig.engine
        .store()
        .expunge(rig.application, vec![id])
        .await
        .unwrap();
    let later = NewMessage {
        deliver_at: Some(rig.engine.now().plus_ms(3_600_000)),
        ..event("{}")
    };
    let later = accept(&rig, later).await;
    let kind = TaskKind::EndpointBulkReplay {
        application: endpoint.application,
        endpoint: endpoint.id,
        window: since(Timestamp::from_unix_ms(0)),
        filter: ReplayFilter::default(),
    };
    assert_eq!(finished(&rig, kind).await.done_count, 0);
    let statuses = [id, later].map(async |id| rig.deliveries(id).await[0].status);
    let [done, waiting] = statuses;
    assert_eq!(done.await, DeliveryStatus::Success);
    assert_eq!(waiting.await, DeliveryStatus::Pending);
    assert!(rig.attempts(later).await.is_empty());
}

#[tokio::test]
async fn a_test_is_for_its_endpoint_alone() {
    let mut receiver = Receiver::start().await;
    let rig = Rig::start(settings()).await;
    let tested = rig.endpoint(receiver.url()).await;
    let for_one = NewMessage {
        recipient: Some(tested.id),
        ..event("{}")
    };
    rig.engine.test(&tested, for_one).await.unwrap();
    receiver.next().await;
    let other = rig.endpoint(receiver.url()).await;
    let kind = TaskKind::EndpointReplayMissing {
        application: other.application,
        endpoint: other.id,
        window: since(Timestamp::from_unix_ms(0)),
    };
    assert_eq!(finished(&rig, kind).await.done_count, 0);
}

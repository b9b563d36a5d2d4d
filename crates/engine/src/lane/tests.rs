use super::*;
use crate::settings::EngineSettings;
use crate::target::Defaults;
use bytes::Bytes;

fn endpoint(throttle_rate: Option<u16>) -> Endpoint {
    let moment = Timestamp::from_unix_ms(1_790_000_000_000);
    Endpoint {
        name: "CRM".to_owned(),
        url: "https://example.com/".to_owned(),
        throttle_rate,
        ..Endpoint::new(
            EndpointId(Ksuid::MAX),
            OrganizationId(Ksuid::MIN),
            ApplicationId(Ksuid::MIN),
            SecretText::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
            moment,
        )
    }
}

fn target(endpoint: Endpoint) -> Target {
    target_in(endpoint, None)
}

fn target_in(endpoint: Endpoint, of_application: Option<u16>) -> Target {
    let moment = endpoint.created_at;
    let application = Application {
        throttle_rate: of_application,
        ..Application::new(endpoint.application, endpoint.organization, "Shop", moment)
    };
    let defaults = Defaults::of(&EngineSettings::default());
    Target::Ready(defaults.ready(&Arc::new(endpoint), &Arc::new(application)))
}

fn lane(throttle_rate: Option<u16>) -> Lane {
    Lane::new(EndpointId(Ksuid::MAX), target(endpoint(throttle_rate)), 64)
}

fn room() -> Arc<Room> {
    Arc::new(Room::new(100_000, usize::MAX))
}

fn job(number: u8, reservation: Reservation) -> Job {
    let message = MessageId(Ksuid::from_bytes([number; 20]));
    Job {
        key: DeliveryKey {
            message,
            endpoint: EndpointId(Ksuid::MAX),
        },
        tries: 0,
        trigger: Trigger::Scheduled,
        message: Arc::new(Message {
            payload: None,
            ..Message::new(
                message,
                ApplicationId(Ksuid::MIN),
                "test",
                Bytes::new(),
                Timestamp::from_unix_ms(0),
            )
        }),
        reservation,
        not_before: None,
    }
}

fn fill(lane: &Lane, room: &Arc<Room>) -> usize {
    let mut count = 0;
    while let Some(reservation) = lane.reserve(room, 10) {
        lane.push(job(count as u8, reservation));
        count += 1;
    }
    count
}

fn started(lane: &Lane, now: Instant) -> Option<Job> {
    match lane.next(now) {
        Next::Send(job) => Some(*job),
        Next::At(_) | Next::Nothing => None,
    }
}

const SILENT: Signal = Signal::Silent { pause: None };

#[test]
fn sends_in_the_order_of_arrival() {
    let (lane, room, now) = (lane(None), room(), Instant::now());
    fill(&lane, &room);
    for number in 0..10u8 {
        let job = started(&lane, now).unwrap();
        assert_eq!(job.key.message, MessageId(Ksuid::from_bytes([number; 20])));
        lane.finished(Signal::Answered, now, &room);
    }
}

#[test]
fn an_endpoint_that_never_answers_is_left_with_one_slot_and_little_memory() {
    let (lane, room, now) = (lane(None), room(), Instant::now());
    let filled = fill(&lane, &room);
    assert_eq!(filled, 4 * QUEUED_PER_SLOT);
    let in_flight: Vec<_> = std::iter::from_fn(|| started(&lane, now)).collect();
    assert_eq!(in_flight.len(), 4);
    let mut returned = 0;
    for _ in &in_flight {
        returned += lane.finished(SILENT, now, &room).len();
    }
    assert_eq!(lane.lock().queue.len(), QUEUED_PER_SLOT);
    assert_eq!(returned, filled - in_flight.len() - QUEUED_PER_SLOT);
    assert!(started(&lane, now).is_some());
    assert!(started(&lane, now).is_none());
}

#[test]
fn what_comes_later_waits_behind_the_backlog() {
    let (lane, room, now) = (lane(None), room(), Instant::now());
    fill(&lane, &room);
    while started(&lane, now).is_some() {
        lane.finished(Signal::Answered, now, &room);
    }
    assert!(
        lane.reserve(&room, 10).is_none(),
        "the store still has older ones"
    );
    let claimable = lane.room_for_claim(&room, 10);
    assert_eq!(claimable, 10);
    lane.push_claimed(
        vec![job(1, room.reserve(10).unwrap())],
        claimable - 1,
        false,
    );
    assert!(lane.reserve(&room, 10).is_some());
}

#[test]
fn a_full_lane_asks_for_more_once_half_of_it_is_free() {
    let (lane, room, now) = (lane(None), room(), Instant::now());
    let filled = fill(&lane, &room);
    assert_eq!(lane.room_for_claim(&room, 100), 0);
    let mut sent = 0;
    while !lane.wants_refill(&room) {
        started(&lane, now).unwrap();
        lane.finished(Signal::Nothing, now, &room);
        sent += 1;
    }
    assert_eq!(sent, filled / 2);
    assert!(!lane.wants_refill(&room), "it asks once");
}

#[test]
fn a_lane_with_nothing_in_memory_gets_room_when_memory_is_full() {
    let full = Arc::new(Room::new(0, 0));
    let lane = lane(None);
    let reservation = lane.reserve(&full, 10).unwrap();
    lane.push(job(0, reservation));
    assert!(lane.reserve(&full, 10).is_none());
    assert_eq!(lane.room_for_claim(&full, 100), 0);
    assert!(started(&lane, Instant::now()).is_some());
    assert_eq!(lane.room_for_claim(&full, 100), 1);
}

#[test]
fn a_rate_makes_it_wait_and_one_timer_is_enough() {
    let (lane, room, now) = (lane(Some(2)), room(), Instant::now());
    fill(&lane, &room);
    assert!(started(&lane, now).is_some());
    let Next::At(moment) = lane.next(now) else {
        panic!("expected a wait")
    };
    assert_eq!(moment, now + Duration::from_millis(500));
    assert!(
        matches!(lane.next(now), Next::Nothing),
        "the timer is set already"
    );
    lane.timer_fired();
    assert!(started(&lane, moment).is_some());
}

#[test]
fn a_receiver_that_asks_for_a_pause_gets_it() {
    let (lane, room, now) = (lane(None), room(), Instant::now());
    fill(&lane, &room);
    started(&lane, now).unwrap();
    let pause = Duration::from_secs(30);
    lane.finished(Signal::Silent { pause: Some(pause) }, now, &room);
    assert!(matches!(lane.next(now), Next::At(moment) if moment == now + pause));
}

#[test]
fn an_older_configuration_does_not_replace_a_newer_one_nor_revive_a_deleted_endpoint() {
    let lane = lane(None);
    let versioned = |version, disabled| {
        let mut endpoint = endpoint(None);
        (endpoint.version, endpoint.disabled) = (version, disabled);
        target(endpoint)
    };
    lane.set_target(versioned(3, true));
    lane.set_target(versioned(2, false));
    assert!(lane.target().endpoint().unwrap().disabled);
    lane.set_target(Target::Gone);
    lane.set_target(versioned(4, false));
    assert!(matches!(&*lane.target(), Target::Gone));
}

#[test]
fn enabling_an_endpoint_forgets_that_it_failed() {
    let lane = lane(None);
    let moment = Timestamp::from_unix_ms(5);
    assert_eq!(lane.track_failing(true, moment), (None, Some(moment)));
    assert_eq!(
        lane.track_failing(true, moment.plus_ms(9)),
        (Some(moment), Some(moment))
    );
    let mut disabled = endpoint(None);
    (disabled.version, disabled.disabled) = (2, true);
    lane.set_target(target(disabled));
    let mut enabled = endpoint(None);
    enabled.version = 3;
    lane.set_target(target(enabled));
    assert_eq!(lane.failing_since(), None);
}

#[test]
fn an_application_s_rate_holds_for_endpoints_that_have_none() {
    for (own, of_application, expected) in [
        (None, None, None),
        (None, Some(5), Some(5)),
        (Some(20), Some(5), Some(20)),
        (Some(20), None, Some(20)),
    ] {
        let target = || target_in(endpoint(own), of_application);
        let made = Lane::new(EndpointId(Ksuid::MAX), target(), 64);
        let changed = lane(Some(1));
        changed.set_target(target());
        for lane in [made, changed] {
            let rate = lane.lock().rate.as_ref().map(Rate::per_second);
            assert_eq!(rate, expected);
        }
    }
}

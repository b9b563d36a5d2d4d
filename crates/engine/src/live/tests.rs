//! Followers, and what reaches them.

use super::*;
use hookwire_types::*;

const NOW: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

fn id<T: From<Ksuid>>(number: i64) -> T {
    Ksuid::floor(NOW.plus_ms(number * 1_000)).into()
}

fn attempt(number: i64, application: ApplicationId) -> LiveAttempt {
    LiveAttempt {
        id: id(number),
        created_at: NOW,
        application,
        endpoint: id(1),
        endpoint_name: "CRM".into(),
        message: id(number),
        event_type: "a.b".into(),
        status: AttemptStatus::Success,
        response_status: 200,
        duration_ms: 3,
        tries: 1,
        error: String::new(),
    }
}

fn tell(live: &Live, organization: OrganizationId, application: ApplicationId, number: i64) {
    live.tell_followers(organization, application, || attempt(number, application));
}

#[tokio::test]
async fn a_follower_sees_its_own_and_in_order() {
    let live = Arc::new(Live::default());
    let (own, other): (OrganizationId, OrganizationId) = (id(1), id(2));
    let (acme, globex): (ApplicationId, ApplicationId) = (id(3), id(4));
    let mut all = live.follow(own, None).unwrap();
    let mut one = live.follow(own, Some(acme)).unwrap();
    let mut foreign = live.follow(other, None).unwrap();
    for number in 0..6 {
        let application = if number % 2 == 0 { acme } else { globex };
        tell(&live, own, application, number);
    }
    tell(&live, other, id(9), 9);
    let seen = |gathered: Gathered| -> Vec<AttemptId> {
        assert_eq!(gathered.skipped_count, 0);
        gathered.attempts.iter().map(|it| it.id).collect()
    };
    assert_eq!(
        seen(all.gathered().await),
        (0..6).map(id).collect::<Vec<_>>()
    );
    assert_eq!(seen(one.gathered().await), [id(0), id(2), id(4)]);
    assert_eq!(seen(foreign.gathered().await), [id(9)]);
}

#[tokio::test]
async fn who_does_not_look_is_told_how_much_was_missed() {
    let live = Arc::new(Live::default());
    let (organization, application) = (id(1), id(3));
    let mut follower = live.follow(organization, None).unwrap();
    let total = 2_345;
    for number in 0..total {
        tell(&live, organization, application, number);
    }
    let gathered = follower.gathered().await;
    assert_eq!(gathered.attempts.len(), GATHERED_MAX);
    assert_eq!(gathered.skipped_count, total as u64 - GATHERED_MAX as u64);
    // What comes afterwards has room again, and wakes who waits.
    let (next, ()) = tokio::join!(follower.gathered(), async {
        tokio::task::yield_now().await;
        tell(&live, organization, application, total);
    });
    assert_eq!(next.attempts.len(), 1);
    assert_eq!(next.skipped_count, 0);
}

#[test]
fn an_attempt_is_made_once_and_only_for_who_has_room() {
    let live = Arc::new(Live::default());
    let (organization, application): (OrganizationId, ApplicationId) = (id(1), id(3));
    let made = AtomicUsize::new(0);
    let tell = || {
        live.tell_followers(organization, application, || {
            made.fetch_add(1, Ordering::Relaxed);
            attempt(1, application)
        });
    };
    tell();
    assert_eq!(made.load(Ordering::Relaxed), 0);
    let followers = [(); 3].map(|()| live.follow(organization, None).unwrap());
    for _ in 0..GATHERED_MAX + 50 {
        tell();
    }
    assert_eq!(made.load(Ordering::Relaxed), GATHERED_MAX);
    drop(followers);
    tell();
    assert_eq!(made.load(Ordering::Relaxed), GATHERED_MAX);
}

#[test]
fn places_are_bounded_and_free_again() {
    let live = Arc::new(Live::default());
    let organization: OrganizationId = id(1);
    let full: Vec<_> = (0..OF_ONE_MAX)
        .map(|_| live.follow(organization, None).unwrap())
        .collect();
    assert!(live.follow(organization, None).is_none());
    // Others are not kept out by it.
    let mut kept = vec![live.follow(id(2), None).unwrap()];
    for application in 0.. {
        let Some(follower) = live.follow(organization, Some(id(application))) else {
            break;
        };
        kept.push(follower);
    }
    assert_eq!(live.read()[&organization].len(), OF_ORGANIZATION_MAX);
    drop(full);
    assert!(live.follow(organization, None).is_some());
    for other in 3.. {
        match live.follow(id(other), None) {
            Some(follower) => kept.push(follower),
            None => break,
        }
    }
    assert_eq!(kept.len(), ALL_MAX);
    drop(kept);
    assert_eq!(live.count.load(Ordering::Relaxed), 0);
    assert!(live.read().is_empty());
}

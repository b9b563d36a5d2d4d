//! Requests that bins take: kept, verified, told apart, passed on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookwire_engine::{Arriving, ListenerAnswer, OpenBin, Taken};
use hookwire_store::{CaptureFilter, Change, Payloads};
use hookwire_types::*;

use crate::receiver::Receiver;
use crate::rig::{ORGANIZATION, Rig, eventually, settings};

const GITHUB: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
const WEEK_MS: i64 = 7 * DAY_MS;

fn definition() -> BinDefinition {
    let limits = BinLimits {
        captures_max: 1_000,
        bytes_max: 1 << 30,
        body_bytes_max: 1 << 20,
        rate_per_second: None,
    };
    BinDefinition::new(limits, 604_800)
}

impl Rig {
    async fn bin(&self, definition: BinDefinition, secrets: BinSecrets) -> Arc<OpenBin> {
        let now = self.engine.now();
        let token = format!("token{}", now.unix_ms());
        let bin = Bin {
            secrets,
            ..Bin::new(self.engine.new_id(), ORGANIZATION, token, definition, now)
        };
        let (token, create) = (bin.token.clone(), Change::CreateBin(bin));
        self.engine.change(vec![create]).await.unwrap();
        self.engine.bin_at(&token).await.unwrap().unwrap()
    }

    async fn take(&self, bin: &Arc<OpenBin>, headers: &str, body: &str) -> Taken {
        let arriving = Arriving {
            method: "POST".to_owned(),
            url: "http://localhost/in/token/hooks/204?a=1".to_owned(),
            target: Bytes::from_static(b"/hooks/204?a=1"),
            headers: HeaderLines::new(headers.to_owned()),
            body: Bytes::copy_from_slice(body.as_bytes()),
            is_http_10: false,
            peer: None,
        };
        self.engine.take(bin, arriving).await.unwrap().unwrap()
    }

    async fn captures(&self, bin: &OpenBin) -> Vec<Capture> {
        let filter = CaptureFilter::default();
        let page = Page::first(5_000, Order::Ascending);
        let bodies = Payloads::UpTo(usize::MAX);
        let found = self
            .engine
            .store()
            .captures(bin.bin().id, filter, page, bodies);
        found.await.unwrap().list
    }
}

fn github() -> (BinVerification, BinSecrets) {
    let verification = BinVerification {
        scheme: VerificationScheme::Provider("github".to_owned()),
        reject: true,
    };
    let secrets = BinSecrets {
        keys: vec![SecretText::new("It's a Secret to Everybody")],
        handshake_token: None,
    };
    (verification, secrets)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_becomes_a_message_that_survives_and_arrives() {
    let rig = Rig::start(settings()).await;
    let mut receiver = Receiver::hanging().await;
    rig.endpoint_with(receiver.url(), |endpoint| {
        endpoint.headers = [(
            "x-event".to_owned(),
            "{{ request.headers.x-github-event }} {{ request.path }}".to_owned(),
        )]
        .into();
        endpoint.event_types = Some(vec!["order.*".to_owned()]);
    })
    .await;
    let bin = rig
        .bin(
            BinDefinition {
                forward: Some(Forward {
                    application: rig.application,
                    event_type: None,
                }),
                ..definition()
            },
            BinSecrets::default(),
        )
        .await;
    let headers = "X-GitHub-Event: push\r\nContent-Type: application/json\r\n";
    let body = r#"{ "type": "order.paid", "n": 1e400 }"#;
    let taken = rig.take(&bin, headers, body).await;
    assert_eq!(taken.response.status(), 200);
    let message = taken.capture.message.unwrap();
    receiver.next().await;

    receiver.answer(200);
    let after = rig.restart_on_a_copy(settings()).await;
    let arrived = receiver.next().await;
    assert_eq!(arrived.id(), message.to_string());
    assert_eq!(arrived.body, body.as_bytes());
    assert_eq!(arrived.headers["x-event"], "push /hooks/204");
    after.until(message, DeliveryStatus::Success).await;
    assert_eq!(after.captures(&bin).await[0].message, Some(message));
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_requests_and_duplicates_are_kept_and_go_nowhere() {
    let rig = Rig::start(settings()).await;
    let mut receiver = Receiver::start().await;
    rig.endpoint(receiver.url()).await;
    let (verification, secrets) = github();
    let bin = rig
        .bin(
            BinDefinition {
                verification: Some(verification),
                deduplication: Some(Deduplication {
                    by: DeduplicationKey::Provider,
                    window_seconds: 60,
                }),
                forward: Some(Forward {
                    application: rig.application,
                    event_type: Some("pushed".to_owned()),
                }),
                ..definition()
            },
            secrets,
        )
        .await;
    let signed =
        |id: &str| format!("x-hub-signature-256: sha256={GITHUB}\r\nX-GitHub-Delivery: {id}\r\n");
    let body = "Hello, World!";
    let forged = rig.take(&bin, &signed("1"), "Hello, World?").await;
    let first = rig.take(&bin, &signed("1"), body).await;
    let again = rig.take(&bin, &signed("1"), body).await;
    let other = rig.take(&bin, &signed("2"), body).await;
    assert_eq!(forged.response.status(), 401);
    assert_eq!(again.response.status(), 200);
    assert_eq!(again.capture.duplicate_of, Some(first.capture.id));
    assert_eq!(other.capture.duplicate_of, None);
    let messages = [&forged, &first, &again, &other].map(|it| it.capture.message.is_some());
    assert_eq!(messages, [false, true, false, true]);

    let arrived = receiver.take(2).await;
    assert!(arrived.iter().all(|it| it.body == body.as_bytes()));
    rig.engine.shutdown(Duration::from_secs(5)).await;
    assert!(receiver.try_next().is_none());
    let kept = rig.captures(&bin).await;
    let is_invalid = |it: &Capture| matches!(it.verification, CaptureVerification::Invalid(_));
    assert_eq!(
        kept.iter().map(is_invalid).collect::<Vec<_>>(),
        [true, false, false, false]
    );
    assert_eq!(kept[2].duplicate_of, Some(kept[1].id));
    assert_eq!(kept[0].response_status, Some(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_captures_go() {
    let rig = Rig::start(settings()).await;
    let mut limited = definition();
    limited.limits.captures_max = 16;
    let bin = rig.bin(limited, BinSecrets::default()).await;
    for number in 0..100 {
        rig.take(&bin, "", &number.to_string()).await;
    }
    eventually(async || rig.captures(&bin).await.len() <= 18).await;
    let kept = rig.captures(&bin).await;
    assert!(kept.len() >= 16, "{}", kept.len());
    assert_eq!(kept.last().unwrap().body.as_deref(), Some(&b"99"[..]));

    let mut limited = bin.bin().clone();
    limited.definition.limits.bytes_max = 1_000;
    limited.version += 1;
    rig.engine
        .change(vec![Change::UpdateBin(limited)])
        .await
        .unwrap();
    let bin = rig.engine.bin_at(&bin.bin().token).await.unwrap().unwrap();
    rig.take(&bin, "", &"x".repeat(900)).await;
    eventually(async || rig.captures(&bin).await.len() <= 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_answers_instead_and_nobody_waits_without_one() {
    let rig = Rig::start(settings()).await;
    let mut waiting = definition();
    waiting.response.wait_ms = 30_000;
    waiting.response.status_from_path = true;
    let bin = rig.bin(waiting, BinSecrets::default()).await;
    let alone = rig.take(&bin, "", "").await;
    assert!(alone.listener.is_none());
    assert_eq!(alone.response.status(), 204);

    let mut follower = bin.follow(true).unwrap();
    let taken = rig.take(&bin, "", "").await;
    assert_eq!(taken.capture.response_status, None);
    assert!(follower.news().await);
    let answer = ListenerAnswer {
        status: 418,
        headers: Vec::new(),
        body: Bytes::from_static(b"tea"),
    };
    assert!(bin.answer(taken.capture.id, answer.clone()));
    assert!(!bin.answer(taken.capture.id, answer.clone()));
    let (awaited, time_max) = taken.listener.unwrap();
    assert_eq!(awaited.answer(time_max).await, Some(answer));

    drop(follower);
    assert!(rig.take(&bin, "", "").await.listener.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bin_that_is_used_lives_on_and_one_that_is_deleted_does_not() {
    let rig = Rig::start(settings()).await;
    let bin = rig.bin(definition(), BinSecrets::default()).await;
    let mut ending = bin.bin().clone();
    ending.expires_at = rig.engine.now().plus_ms(1_000);
    ending.version += 1;
    rig.engine
        .change(vec![Change::UpdateBin(ending)])
        .await
        .unwrap();
    let find = async || rig.engine.bin_at(&bin.bin().token).await.unwrap();
    let nearly_over = find().await.unwrap();
    rig.take(&nearly_over, "", "").await;
    let left_ms = find()
        .await
        .unwrap()
        .bin()
        .expires_at
        .ms_since(rig.engine.now());
    assert!(left_ms > WEEK_MS - 60_000, "{left_ms}");

    let mut follower = bin.follow(false).unwrap();
    let delete = Change::DeleteBin(ORGANIZATION, bin.bin().id);
    rig.engine.change(vec![delete]).await.unwrap();
    assert!(!follower.news().await);
    assert!(find().await.is_none());
}

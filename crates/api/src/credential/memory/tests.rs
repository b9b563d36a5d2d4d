use super::*;
use crate::access::Reach;
use hookwire_types::Ksuid;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn organization(n: u8) -> OrganizationId {
    Ksuid::from_bytes([n; 20]).into()
}

fn hash(n: usize) -> CredentialHash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    CredentialHash(bytes)
}

fn standing(of: u8) -> Standing {
    Standing {
        principal: Principal {
            organization: organization(of),
            application: None,
            bin: None,
            credential: Some(Ksuid::MIN.into()),
            reach: Reach::ORGANIZATION,
        },
        expires_at: None,
        read_at: NOW,
    }
}

async fn found(
    memory: &CredentialMemory,
    n: usize,
    found: Option<Standing>,
) -> Result<Option<Standing>, StoreError> {
    memory.find(hash(n), NOW, async { Ok(found) }).await
}

#[tokio::test]
async fn what_was_read_is_believed_for_a_while_and_ends_when_it_says() {
    let memory = CredentialMemory::default();
    let mut short = standing(1);
    short.expires_at = Some(NOW.plus_ms(1_000));
    found(&memory, 1, Some(standing(1))).await.unwrap();
    found(&memory, 2, Some(short)).await.unwrap();
    let last = NOW.plus_ms(BELIEVED_MS - 1);
    assert_eq!(
        memory.recall(&hash(1), last),
        Recalled::Certain(Some(standing(1)))
    );
    assert_eq!(
        memory.recall(&hash(1), NOW.plus_ms(BELIEVED_MS)),
        Recalled::Stale
    );
    assert_eq!(memory.recall(&hash(1), NOW.plus_ms(-1)), Recalled::Stale);
    // What has ended need not be asked for again.
    let later = NOW.plus_ms(10 * BELIEVED_MS);
    let Recalled::Certain(Some(ended)) = memory.recall(&hash(2), later) else {
        panic!("it was read");
    };
    assert!(ended.is_good(NOW.plus_ms(999)) && !ended.is_good(NOW.plus_ms(1_000)));
}

#[tokio::test]
async fn a_revocation_is_in_force_for_what_was_read_before_it() {
    let memory = Arc::new(CredentialMemory::default());
    found(&memory, 1, Some(standing(1))).await.unwrap();
    found(&memory, 2, Some(standing(2))).await.unwrap();
    let (begun, revoked) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let look_up = {
        let (memory, begun, revoked) = (memory.clone(), begun.clone(), revoked.clone());
        async move {
            let read = async {
                begun.notify_one();
                revoked.notified().await;
                Ok(Some(standing(1)))
            };
            memory.find(hash(3), NOW, read).await
        }
    };
    let look_up = tokio::spawn(look_up);
    begun.notified().await;
    memory.forget(organization(1));
    revoked.notify_one();
    look_up.await.unwrap().unwrap();
    for gone in [1, 3] {
        assert_eq!(memory.recall(&hash(gone), NOW), Recalled::Nothing);
    }
    assert_eq!(
        memory.recall(&hash(2), NOW),
        Recalled::Certain(Some(standing(2)))
    );
}

#[tokio::test]
async fn strangers_drive_nothing_out_and_take_turns() {
    let memory = Arc::new(CredentialMemory::default());
    found(&memory, 0, Some(standing(1))).await.unwrap();
    for n in 1..UNKNOWN_MAX + 100 {
        assert_eq!(found(&memory, n, None).await.unwrap(), None);
    }
    let remembered = memory.read().unknown.len();
    assert!((1..=UNKNOWN_MAX).contains(&remembered));
    assert_eq!(
        memory.recall(&hash(0), NOW),
        Recalled::Certain(Some(standing(1)))
    );

    let (at_once, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut all = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (memory, at_once, most) = (memory.clone(), at_once.clone(), most.clone());
        all.spawn(async move {
            let read = async {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                at_once.fetch_sub(1, Ordering::SeqCst);
                Ok(None)
            };
            memory.find(hash(1_000_000 + n), NOW, read).await
        });
    }
    while let Some(result) = all.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), STRANGERS_MAX);
}

#[tokio::test]
async fn those_who_wait_for_the_same_ask_once_and_failures_are_not_remembered() {
    let memory = Arc::new(CredentialMemory::default());
    let failed = memory
        .find(hash(1), NOW, async { Err(StoreError::NoKey) })
        .await;
    assert!(failed.is_err());
    assert_eq!(memory.recall(&hash(1), NOW), Recalled::Nothing);

    let asked = Arc::new(AtomicUsize::new(0));
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (memory, asked) = (memory.clone(), asked.clone());
        all.spawn(async move {
            let read = async {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Ok(Some(standing(1)))
            };
            memory.find(hash(1), NOW, read).await
        });
    }
    while let Some(result) = all.join_next().await {
        assert_eq!(result.unwrap().unwrap(), Some(standing(1)));
    }
    assert!(asked.load(Ordering::SeqCst) <= STRANGERS_MAX);
}

#[tokio::test]
async fn memory_stays_bounded_however_many_there_are() {
    let memory = CredentialMemory::default();
    for n in 0..KNOWN_MAX + 10 {
        found(&memory, n, Some(standing(1))).await.unwrap();
    }
    assert!(memory.read().known.len() <= KNOWN_MAX);
}

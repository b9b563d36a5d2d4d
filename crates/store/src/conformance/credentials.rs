//! Credentials that are kept: found by their hash, and ended.

use hookwire_types::*;

use super::World;
use super::world::{conflict, texts};
use crate::{Change, Conflict, WhichCredentials};

/// An API key for the whole organization.
pub(crate) fn new_credential(world: &World) -> Credential {
    let id: CredentialId = world.id();
    let mut hash = [0xcd; 32];
    hash[..20].copy_from_slice(id.as_bytes());
    Credential {
        id,
        organization: world.organization,
        application: None,
        bin: None,
        kind: CredentialKind::ApiKey,
        name: "billing".to_owned(),
        hash: CredentialHash(hash),
        capabilities: Capabilities::ALL,
        session: None,
        made_from: None,
        created_at: world.now(),
        expires_at: None,
    }
}

/// A person's token for one application.
fn new_token(world: &World, application: ApplicationId, session: &str) -> Credential {
    Credential {
        application: Some(application),
        kind: CredentialKind::Portal,
        session: Some(session.to_owned()),
        expires_at: Some(world.now().plus_ms(604_800_000)),
        ..new_credential(world)
    }
}

pub(crate) async fn create(world: &World, credential: &Credential) {
    let create = Change::CreateCredential(credential.clone());
    world.change(create).await.unwrap();
}

pub(crate) async fn find(world: &World, credential: &Credential) -> Option<Credential> {
    world.store.credential(credential.hash).await.unwrap()
}

async fn ends_at(world: &World, credential: &Credential) -> Option<Timestamp> {
    find(world, credential).await.unwrap().expires_at
}

/// All portal tokens of the organization.
fn tokens(world: &World) -> WhichCredentials {
    WhichCredentials {
        organization: world.organization,
        kind: CredentialKind::Portal,
        id: None,
        application: None,
        bin: None,
        sessions: None,
    }
}

async fn expire(world: &World, which: WhichCredentials, at: Timestamp) {
    let expire = Change::ExpireCredentials(which, at);
    world.change(expire).await.unwrap();
}

pub(crate) async fn come_back_as_they_were(world: World) {
    let bare = new_credential(&world);
    let full = Credential {
        name: "портал".to_owned(),
        capabilities: [Capability::ViewBase, Capability::CreateAttempts]
            .into_iter()
            .collect(),
        ..new_token(&world, world.id(), "session \"1\"")
    };
    let ended = Credential {
        expires_at: Some(bare.created_at),
        ..new_credential(&world)
    };
    let session = Credential {
        kind: CredentialKind::Session,
        made_from: Some(bare.id),
        ..new_credential(&world)
    };
    for credential in [&bare, &full, &ended, &session] {
        create(&world, credential).await;
        assert_eq!(find(&world, credential).await.as_ref(), Some(credential));
    }
    assert_eq!(find(&world, &new_credential(&world)).await, None);

    let same_hash = Credential {
        hash: bare.hash,
        ..new_credential(&world)
    };
    let same_id = Credential {
        id: bare.id,
        ..new_credential(&world)
    };
    for again in [same_hash, same_id] {
        let refused = world.change(Change::CreateCredential(again)).await;
        assert_eq!(conflict(refused), Conflict::Version);
    }
    assert_eq!(find(&world, &bare).await.as_ref(), Some(&bare));
}

pub(crate) async fn are_listed_by_kind(world: World) {
    let stranger = OrganizationId(world.id());
    let key = new_credential(&world);
    let token = new_token(&world, world.id(), "1");
    let ended = Credential {
        expires_at: Some(world.now()),
        ..new_credential(&world)
    };
    let theirs = Credential {
        organization: stranger,
        ..new_credential(&world)
    };
    for credential in [&key, &token, &ended, &theirs] {
        create(&world, credential).await;
    }
    let list = async |organization, kind| {
        let page = Page::first(10, Order::Ascending);
        let list = world.store.credentials(organization, kind, page).await;
        list.unwrap()
    };
    let (keys, portal) = (CredentialKind::ApiKey, CredentialKind::Portal);
    assert_eq!(list(world.organization, keys).await, [key, ended]);
    assert_eq!(list(world.organization, portal).await, [token]);
    assert_eq!(list(stranger, keys).await, [theirs]);
    assert_eq!(list(stranger, portal).await, []);
}

pub(crate) async fn are_ended_as_far_as_they_are_meant(world: World) {
    let (one, two) = (world.id(), world.id());
    let own = [
        new_token(&world, one, "a"),
        new_token(&world, one, "b"),
        new_token(&world, two, "a"),
        new_token(&world, two, "c"),
    ];
    let key = Credential {
        application: Some(one),
        session: Some("a".to_owned()),
        ..new_credential(&world)
    };
    let theirs = Credential {
        organization: OrganizationId(world.id()),
        ..new_token(&world, one, "a")
    };
    for credential in own.iter().chain([&key, &theirs]) {
        create(&world, credential).await;
    }
    let id = Some(own[3].id);
    let sessions = |names: &[&str]| Some(texts(names));
    let all = || tokens(&world);
    let cases = [
        (WhichCredentials { id, ..all() }, vec![3]),
        (
            WhichCredentials {
                application: Some(one),
                ..all()
            },
            vec![0, 1],
        ),
        (
            WhichCredentials {
                sessions: sessions(&["a", "c"]),
                ..all()
            },
            vec![0, 2, 3],
        ),
        (
            WhichCredentials {
                application: Some(two),
                sessions: sessions(&["a", "b"]),
                ..all()
            },
            vec![2],
        ),
        // An id of another application's names nothing, nor does an empty list of sessions.
        (
            WhichCredentials {
                id,
                application: Some(one),
                ..all()
            },
            vec![],
        ),
        (
            WhichCredentials {
                sessions: sessions(&[]),
                ..all()
            },
            vec![],
        ),
        (
            WhichCredentials {
                application: Some(world.id()),
                ..all()
            },
            vec![],
        ),
        (all(), vec![0, 1, 2, 3]),
    ];
    // Each case ends them earlier than the ones before it, so that its effect shows.
    let mut at = world.now().plus_ms(1_000);
    let mut ends: Vec<_> = own.iter().map(|it| it.expires_at).collect();
    for (which, expected) in cases {
        at = at.plus_ms(-1);
        let shown = format!("{which:?}");
        expire(&world, which, at).await;
        for index in expected {
            ends[index] = Some(at);
        }
        for (credential, end) in own.iter().zip(&ends) {
            assert_eq!(ends_at(&world, credential).await, *end, "{shown}");
        }
        for other in [&key, &theirs] {
            assert_eq!(find(&world, other).await.as_ref(), Some(other), "{shown}");
        }
    }
}

pub(crate) async fn what_ended_earlier_stays_so(world: World) {
    let now = world.now();
    let token = new_token(&world, world.id(), "1");
    let with_end = |expires_at| Credential {
        expires_at,
        ..new_token(&world, token.application.unwrap(), "1")
    };
    let early = with_end(Some(now.plus_ms(-1)));
    let late = with_end(Some(now.plus_ms(1)));
    let endless = with_end(None);
    for credential in [&early, &late, &endless] {
        create(&world, credential).await;
    }
    for application in [None, token.application] {
        let which = WhichCredentials {
            application,
            ..tokens(&world)
        };
        expire(&world, which, now).await;
        assert_eq!(ends_at(&world, &early).await, early.expires_at);
        assert_eq!(ends_at(&world, &late).await, Some(now));
        assert_eq!(ends_at(&world, &endless).await, Some(now));
    }
}

pub(crate) async fn end_with_their_application(world: World) {
    let (deleted, other) = (world.application().await, world.application().await);
    let key = Credential {
        application: Some(deleted.id),
        ..new_credential(&world)
    };
    let stay = [
        new_credential(&world),
        Credential {
            application: Some(other.id),
            ..new_credential(&world)
        },
    ];
    for credential in stay.iter().chain([&key]) {
        create(&world, credential).await;
    }
    let delete = Change::DeleteApplication(deleted.organization, deleted.id);
    world.change(delete).await.unwrap();
    assert!(ends_at(&world, &key).await.is_some());
    for credential in &stay {
        assert_eq!(ends_at(&world, credential).await, None);
    }
}

//! Bins: found by id and by address, changed, and gone.

use hookwire_types::*;

use super::World;
use super::credentials::{create as create_credential, find as find_credential, new_credential};
use super::world::{conflict, metadata};
use crate::{BinCount, Change, Conflict, WhichCredentials};

/// A bin that takes everything and does nothing with it.
pub(crate) fn new_bin(world: &World) -> Bin {
    let id: BinId = world.id();
    let now = world.now();
    let limits = BinLimits {
        captures_max: 1_000,
        bytes_max: 1 << 30,
        body_bytes_max: 1 << 20,
        rate_per_second: None,
    };
    let definition = BinDefinition::new(limits, 604_800);
    let token = format!("token-{id}");
    Bin {
        name: "GitHub".to_owned(),
        ..Bin::new(id, world.organization, token, definition, now)
    }
}

/// One that does all that a bin can do.
fn full(world: &World) -> Bin {
    let bare = new_bin(world);
    let generic = GenericSignature {
        header: "X-Signature".to_owned(),
        prefix: "v1=".to_owned(),
        encoding: "hex".to_owned(),
        algorithm: "sha256".to_owned(),
        timestamp_header: Some("X-Timestamp".to_owned()),
        template: "{timestamp}.{body}".to_owned(),
        tolerance_seconds: 300,
    };
    Bin {
        name: "корзина".to_owned(),
        definition: BinDefinition {
            response: BinResponse {
                status: 202,
                headers: metadata(&[("x-a", "{{ method }}"), ("x-b", "\"")]),
                body: "{{ body }}\n".to_owned(),
                delay_ms: 30_000,
                wait_ms: 1,
                status_from_path: true,
            },
            cors: true,
            verification: Some(BinVerification {
                scheme: VerificationScheme::Generic(generic),
                reject: true,
            }),
            deduplication: Some(Deduplication {
                by: DeduplicationKey::Header("X-Id".to_owned()),
                window_seconds: 3_600,
            }),
            forward: Some(Forward {
                application: world.id(),
                event_type: Some("a.b".to_owned()),
            }),
            limits: BinLimits {
                captures_max: 1,
                bytes_max: u64::MAX,
                body_bytes_max: 2,
                rate_per_second: Some(3),
            },
            expires_after_seconds: u32::MAX,
        },
        secrets: BinSecrets {
            keys: vec![SecretText::new("one"), SecretText::new("two")],
            handshake_token: Some(SecretText::new("three")),
        },
        public: true,
        ..bare
    }
}

/// A bin that is there.
pub(crate) async fn bin(world: &World) -> Bin {
    let bin = new_bin(world);
    create(world, &bin).await;
    bin
}

pub(crate) async fn create(world: &World, bin: &Bin) {
    let create = Change::CreateBin(bin.clone());
    world.change(create).await.unwrap();
}

/// The bin as it is stored now, which is the same by id and by address.
pub(crate) async fn stored(world: &World, bin: &Bin) -> Option<Bin> {
    let found = world.store.bin(bin.organization, bin.id).await.unwrap();
    let at = world.store.bin_at(&bin.token).await.unwrap();
    assert_eq!(found, at);
    found
}

pub(crate) async fn come_back_as_they_were(world: World) {
    let (bare, full) = (new_bin(&world), full(&world));
    let provider = Bin {
        definition: BinDefinition {
            verification: Some(BinVerification {
                scheme: VerificationScheme::Provider("github".to_owned()),
                reject: false,
            }),
            deduplication: Some(Deduplication {
                by: DeduplicationKey::Provider,
                window_seconds: 1,
            }),
            ..bare.definition.clone()
        },
        secrets: BinSecrets {
            handshake_token: Some(SecretText::new("")),
            ..BinSecrets::default()
        },
        ..new_bin(&world)
    };
    for bin in [&bare, &full, &provider] {
        assert_eq!(stored(&world, bin).await, None);
        create(&world, bin).await;
        assert_eq!(stored(&world, bin).await.as_ref(), Some(bin));
    }
    let page = Page::first(10, Order::Ascending);
    let list = world.store.bins(world.organization, page).await.unwrap();
    assert_eq!(list, [bare, full, provider]);
}

pub(crate) async fn updates_replace_all_but_the_version_before(world: World) {
    let bin = bin(&world).await;
    let changed = Bin {
        id: bin.id,
        public: bin.public,
        created_at: bin.created_at,
        version: 2,
        ..full(&world)
    };
    let update = || world.change(Change::UpdateBin(changed.clone()));
    update().await.unwrap();
    assert_eq!(stored(&world, &changed).await.as_ref(), Some(&changed));
    assert_eq!(world.store.bin_at(&bin.token).await.unwrap(), None);
    assert_eq!(conflict(update().await), Conflict::Version);

    // Without secrets, none of the earlier ones are left.
    let bare = Bin {
        secrets: BinSecrets::default(),
        version: 3,
        ..changed.clone()
    };
    world.change(Change::UpdateBin(bare.clone())).await.unwrap();
    assert_eq!(stored(&world, &bare).await, Some(bare));
}

pub(crate) async fn addresses_are_unique_among_the_living(world: World) {
    let first = bin(&world).await;
    let second = bin(&world).await;
    let same_token = |bin: &Bin| Bin {
        token: first.token.clone(),
        ..bin.clone()
    };
    let new = same_token(&new_bin(&world));
    let update = Bin {
        version: 2,
        ..same_token(&second)
    };
    let refused = world.change(Change::CreateBin(new.clone())).await;
    assert_eq!(conflict(refused), Conflict::Uid);
    let refused = world.change(Change::UpdateBin(update)).await;
    assert_eq!(conflict(refused), Conflict::Uid);
    let same_id = Bin {
        id: first.id,
        ..new_bin(&world)
    };
    let refused = world.change(Change::CreateBin(same_id)).await;
    assert_eq!(conflict(refused), Conflict::Version);
    assert_eq!(stored(&world, &first).await.as_ref(), Some(&first));
    assert_eq!(stored(&world, &second).await, Some(second));

    let delete = Change::DeleteBin(first.organization, first.id);
    world.change(delete).await.unwrap();
    create(&world, &new).await;
    assert_eq!(stored(&world, &new).await, Some(new));
}

pub(crate) async fn of_other_tenants_are_not_found(world: World) {
    let bin = bin(&world).await;
    let stranger = OrganizationId(world.id());
    assert_eq!(world.store.bin(stranger, bin.id).await.unwrap(), None);
    let page = Page::first(10, Order::Ascending);
    assert_eq!(world.store.bins(stranger, page).await.unwrap(), []);
    let theirs = Bin {
        organization: stranger,
        version: 2,
        ..bin.clone()
    };
    for change in [
        Change::UpdateBin(theirs),
        Change::DeleteBin(stranger, bin.id),
    ] {
        assert_eq!(conflict(world.change(change).await), Conflict::Version);
    }
    assert_eq!(stored(&world, &bin).await, Some(bin));
}

pub(crate) async fn deleted_ones_are_gone(world: World) {
    let (bin, beside) = (bin(&world).await, bin(&world).await);
    let delete = || world.change(Change::DeleteBin(bin.organization, bin.id));
    delete().await.unwrap();
    assert_eq!(stored(&world, &bin).await, None);
    let page = Page::first(10, Order::Ascending);
    let list = world.store.bins(world.organization, page).await.unwrap();
    assert_eq!(list, [beside]);
    assert_eq!(conflict(delete().await), Conflict::Version);
    let update = Bin { version: 2, ..bin };
    let update = world.change(Change::UpdateBin(update)).await;
    assert_eq!(conflict(update), Conflict::Version);
}

/// What reaches one bin: as its maker, or to look at it.
pub(crate) fn new_bin_credential(world: &World, bin: BinId, kind: CredentialKind) -> Credential {
    Credential {
        bin: Some(bin),
        kind,
        ..new_credential(world)
    }
}

pub(crate) async fn credentials_end_with_their_bin(world: World) {
    let (bin, beside) = (bin(&world).await, bin(&world).await);
    let ended_at = Some(Timestamp::from_unix_ms(1));
    let own = new_bin_credential(&world, bin.id, CredentialKind::Bin);
    let link = new_bin_credential(&world, bin.id, CredentialKind::BinShare);
    let ended = Credential {
        expires_at: ended_at,
        ..new_bin_credential(&world, bin.id, CredentialKind::BinShare)
    };
    let other = new_bin_credential(&world, beside.id, CredentialKind::Bin);
    let key = new_credential(&world);
    for credential in [&own, &link, &ended, &other, &key] {
        create_credential(&world, credential).await;
        let found = find_credential(&world, credential).await;
        assert_eq!(found.as_ref(), Some(credential));
    }
    let delete = Change::DeleteBin(bin.organization, bin.id);
    world.change(delete).await.unwrap();
    let ends_at = async |it: &Credential| find_credential(&world, it).await.unwrap().expires_at;
    assert!(ends_at(&own).await.is_some());
    assert!(ends_at(&link).await.is_some());
    assert_eq!(ends_at(&ended).await, ended_at);
    assert_eq!(ends_at(&other).await, None);
    assert_eq!(ends_at(&key).await, None);
}

pub(crate) async fn links_are_ended_by_their_bin(world: World) {
    let [bin, beside] = [world.id::<BinId>(), world.id()];
    let links: Vec<Credential> = [bin, bin, beside]
        .map(|bin| new_bin_credential(&world, bin, CredentialKind::BinShare))
        .into();
    let own = new_bin_credential(&world, bin, CredentialKind::Bin);
    for credential in links.iter().chain([&own]) {
        create_credential(&world, credential).await;
    }
    let at = world.now();
    let which = WhichCredentials {
        organization: world.organization,
        kind: CredentialKind::BinShare,
        id: None,
        application: None,
        bin: Some(bin),
        sessions: None,
    };
    world
        .change(Change::ExpireCredentials(which, at))
        .await
        .unwrap();
    for (credential, is_ended) in links.iter().chain([&own]).zip([true, true, false, false]) {
        let found = find_credential(&world, credential).await.unwrap();
        assert_eq!(found.expires_at, is_ended.then_some(at), "{credential:?}");
    }
}

pub(crate) async fn are_counted_while_they_live(world: World) {
    let count = || world.store.bin_count(world.organization);
    let public = || world.store.public_bins();
    assert_eq!(count().await.unwrap(), BinCount::default());
    let before = public().await.unwrap();
    let stranger = Bin {
        organization: OrganizationId(world.id()),
        public: true,
        ..new_bin(&world)
    };
    let own = [new_bin(&world), full(&world)];
    for bin in own.iter().chain([&stranger]) {
        create(&world, bin).await;
    }
    let bytes = |bin: &Bin| serde_json::to_vec(&bin.definition).unwrap().len() as u64;
    let both = BinCount {
        bins: 2,
        definition_bytes: bytes(&own[0]) + bytes(&own[1]),
    };
    assert_eq!(count().await.unwrap(), both);
    let of_own = own.iter().filter(|bin| bin.public).count() as u64;
    assert_eq!(public().await.unwrap(), before + of_own + 1);

    for bin in [&own[1], &stranger] {
        let delete = Change::DeleteBin(bin.organization, bin.id);
        world.change(delete).await.unwrap();
    }
    let one = BinCount {
        bins: 1,
        definition_bytes: bytes(&own[0]),
    };
    assert_eq!(count().await.unwrap(), one);
    let left = u64::from(own[0].public);
    assert_eq!(public().await.unwrap(), before + left);
}

pub(crate) async fn share_links_are_counted_while_they_are_good(world: World) {
    let (bin, beside) = (bin(&world).await, bin(&world).await);
    let end = |ms| Some(Timestamp::from_unix_ms(ms));
    for (bin, kind, expires_at) in [
        (&bin, CredentialKind::BinShare, end(1_000)),
        (&bin, CredentialKind::BinShare, end(2_000)),
        (&bin, CredentialKind::Bin, end(2_000)),
        (&beside, CredentialKind::BinShare, end(2_000)),
    ] {
        let link = Credential {
            expires_at,
            ..new_bin_credential(&world, bin.id, kind)
        };
        create_credential(&world, &link).await;
    }
    for (at_ms, good) in [(999, 2), (1_000, 1), (1_999, 1), (2_000, 0)] {
        let at = Timestamp::from_unix_ms(at_ms);
        let found = world.store.bin_shares(bin.id, at).await.unwrap();
        assert_eq!(found, good, "{at_ms}");
    }
}

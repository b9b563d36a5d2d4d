//! Credentials that are kept: API keys, portal tokens, sessions and the like, from the text that a
//! caller shows to whom it speaks for.
//!
//! Texts are looked for by their hash, so nothing that takes longer for a better guess ever sees
//! one, and none can be read from the store.

mod key;
mod memory;
pub mod text;

use hookwire_store::{Change, StoreError, WhichCredentials};
use hookwire_types::{
    Capability, Credential, CredentialHash, CredentialId, CredentialKind, OrganizationId, Timestamp,
};

use self::memory::{Recalled, Standing};
use crate::access::{Access, Reach};
use crate::auth::{Caller, Principal};
use crate::error::ApiError;
use crate::extract::own_app;
use crate::state::ApiState;

pub use key::find_key;
pub use memory::CredentialMemory;

const UNKNOWN: ApiError = ApiError::Unauthenticated("this credential is not known");
const DAMAGED: ApiError =
    ApiError::Unauthenticated("this credential is damaged: a character is wrong or missing");
const ENDED: ApiError = ApiError::Unauthenticated("this credential has expired or was revoked");

impl From<&Credential> for Principal {
    fn from(credential: &Credential) -> Self {
        Self {
            organization: credential.organization,
            application: credential.application,
            bin: credential.bin,
            credential: Some(credential.id),
            reach: reach(credential),
        }
    }
}

/// What a credential may do.
fn reach(credential: &Credential) -> Reach {
    match (credential.kind, credential.application) {
        (CredentialKind::ApiKey | CredentialKind::Session, None) => Reach::ORGANIZATION,
        (CredentialKind::ApiKey | CredentialKind::Session, Some(_)) => Reach::APPLICATION,
        (CredentialKind::Portal, _) => {
            let has = |capability: &Capability| credential.capabilities.has(*capability);
            let allowed = Capability::ALL.into_iter().filter(has);
            Reach::of(&allowed.map(allows).collect::<Vec<_>>())
        }
        // Whoever has no account does not have this server call others.
        (CredentialKind::Bin, _) => Reach::of(&[Access::ViewBins, Access::ManageBins]),
        (CredentialKind::BinShare, _) => Reach::of(&[Access::ViewBins]),
    }
}

/// What a capability of the compatible API is here.
pub const fn allows(capability: Capability) -> Access {
    match capability {
        Capability::ViewBase => Access::View,
        Capability::ViewEndpointSecret => Access::ViewEndpointSecret,
        Capability::ManageEndpointSecret => Access::ManageEndpointSecret,
        Capability::ManageTransformations => Access::ManageTransformations,
        Capability::CreateAttempts => Access::CreateAttempts,
        Capability::ManageEndpoint => Access::ManageEndpoint,
    }
}

/// Whom a text of this kind speaks for, and until when.
pub async fn caller_of(
    state: &ApiState,
    kind: CredentialKind,
    text: &str,
) -> Result<Caller, ApiError> {
    if !text::has_length(kind, text) {
        return Err(DAMAGED);
    }
    let now = state.engine().now();
    let hash = match kind {
        CredentialKind::Session => state.tokens().session_hash(text),
        _ => text::hash(text),
    };
    let memory = state.credentials();
    let found = match memory.recall(&hash, now) {
        Recalled::Certain(found) => found,
        Recalled::Nothing if !text::is_whole(text) => return Err(DAMAGED),
        // Boxed: nearly always it is known.
        _ => Box::pin(memory.find(hash, now, look_up(state, hash, now))).await?,
    };
    match found {
        Some(standing) if standing.is_good(now) => Ok(Caller {
            principal: standing.principal,
            kind: Some(kind),
            expires_at: standing.expires_at,
        }),
        Some(_) => Err(ENDED),
        None => Err(UNKNOWN),
    }
}

/// What the store knows. A credential of an application that was deleted is worth nothing, also
/// when it was made while the application was being deleted.
async fn look_up(
    state: &ApiState,
    hash: CredentialHash,
    now: Timestamp,
) -> Result<Option<Standing>, StoreError> {
    let Some(credential) = state.store().credential(hash).await? else {
        return Ok(None);
    };
    if let Some(bin) = credential.bin {
        let found = state.engine().bin(credential.organization, bin).await?;
        if found.is_none() {
            return Ok(None);
        }
    }
    if let Some(application) = credential.application {
        let found = own_app(state, credential.organization, application).await?;
        if found.is_none() {
            return Ok(None);
        }
    }
    let mut expires_at = credential.expires_at;
    if let Some(id) = credential.made_from {
        let Some(key) = find_key(state, credential.organization, id).await? else {
            return Ok(None);
        };
        expires_at = earlier(expires_at, key.expires_at);
    }
    Ok(Some(Standing {
        principal: Principal::from(&credential),
        expires_at,
        read_at: now,
    }))
}

/// The earlier of two ends; `None` is never.
pub fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

/// Ends credentials at a moment. When it returns, that is in force in this process.
pub async fn expire(
    state: &ApiState,
    which: WhichCredentials,
    at: Timestamp,
) -> Result<(), ApiError> {
    let organization = which.organization;
    let change = Change::ExpireCredentials(which, at);
    change_and_forget(state, organization, vec![change]).await
}

/// Ends the credential that a request came with, if it is one that can be ended.
pub async fn revoke_own(state: &ApiState, principal: Principal) -> Result<(), ApiError> {
    let Some(id) = principal.credential else {
        return Ok(());
    };
    // Others may have the same link, and nobody else has a public bin's credential.
    if principal.bin.is_some() {
        return Err(ApiError::Forbidden(Access::ManageBins));
    }
    let now = state.engine().now();
    let kinds = [
        CredentialKind::Portal,
        CredentialKind::ApiKey,
        CredentialKind::Session,
    ];
    let changes = kinds.map(|kind| Change::ExpireCredentials(one(principal, kind, id), now));
    change_and_forget(state, principal.organization, changes.to_vec()).await
}

async fn change_and_forget(
    state: &ApiState,
    organization: OrganizationId,
    changes: Vec<Change>,
) -> Result<(), ApiError> {
    let changed = state.engine().change(changes).await;
    // After a failure too: it may have been stored all the same.
    state.credentials().forget(organization);
    Ok(changed?)
}

/// One credential.
pub fn one(principal: Principal, kind: CredentialKind, id: CredentialId) -> WhichCredentials {
    WhichCredentials {
        organization: principal.organization,
        kind,
        id: Some(id),
        application: None,
        bin: None,
        sessions: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookwire_types::{Capabilities, Ksuid};

    fn credential(kind: CredentialKind, capabilities: Capabilities) -> Credential {
        Credential {
            id: Ksuid::MIN.into(),
            organization: Ksuid::MIN.into(),
            application: Some(Ksuid::MIN.into()),
            bin: None,
            kind,
            name: "test".to_owned(),
            hash: CredentialHash([0; 32]),
            capabilities,
            session: None,
            made_from: None,
            created_at: Timestamp::from_unix_ms(0),
            expires_at: None,
        }
    }

    #[test]
    fn a_portal_token_may_do_what_its_capabilities_say() {
        for one in Capability::ALL {
            let set = [one].into_iter().collect();
            let reach = reach(&credential(CredentialKind::Portal, set));
            for other in Capability::ALL {
                assert_eq!(reach.has(allows(other)), one == other, "{one:?} {other:?}");
            }
        }
        let all = reach(&credential(CredentialKind::Portal, Capabilities::ALL));
        assert!(!all.has(Access::Produce) && !all.has(Access::Organization));
    }

    #[test]
    fn a_bins_credential_may_do_nothing_else() {
        let mut own = credential(CredentialKind::Bin, Capabilities::ALL);
        own.bin = Some(Ksuid::MIN.into());
        let bins = [Access::ViewBins, Access::ManageBins];
        assert_eq!(reach(&own), Reach::of(&bins));
        own.kind = CredentialKind::BinShare;
        assert_eq!(reach(&own), Reach::of(&bins[..1]));
    }

    #[test]
    fn a_key_may_do_everything_within_what_it_is_for() {
        let mut key = credential(CredentialKind::ApiKey, Capabilities::ALL);
        assert_eq!(reach(&key), Reach::APPLICATION);
        key.application = None;
        assert_eq!(reach(&key), Reach::ORGANIZATION);
    }
}

//! Credentials that are kept: API keys, portal tokens, sessions of browsers and the like. What a
//! caller shows is not kept, only its hash; so that they can be listed and revoked, unlike tokens
//! that only carry a signature.

use crate::{ApplicationId, BinId, CredentialId, OrganizationId, Timestamp};

/// SHA-256 of what a caller shows. Its 32 random bytes need no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CredentialHash(pub [u8; 32]);

/// What a credential is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A program's, until it is revoked.
    ApiKey,
    /// A person's who looks at one application's webhooks.
    Portal,
    /// Of whoever made a bin without an account: all that concerns the bin.
    Bin,
    /// Of whoever was sent a link to a bin: to look at what it received.
    BinShare,
    /// A browser's, in which somebody signed in to the dashboard: all that concerns the
    /// organization.
    Session,
}

/// Something that a portal token allows. The names are those of the compatible API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capability {
    /// To see everything but secrets.
    ViewBase,
    /// To see signing secrets.
    ViewEndpointSecret,
    /// To change signing secrets.
    ManageEndpointSecret,
    /// To change scripts.
    ManageTransformations,
    /// To send again, and to send examples and tests.
    CreateAttempts,
    /// To make, change and delete endpoints.
    ManageEndpoint,
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities(u8);

/// A credential as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// The tenant that it belongs to.
    pub organization: OrganizationId,
    /// The only application that it reaches; `None` reaches the whole organization.
    pub application: Option<ApplicationId>,
    /// The only bin that it reaches, and nothing else; `None` leaves it to the above.
    pub bin: Option<BinId>,
    /// What it is for.
    pub kind: CredentialKind,
    /// What people call it.
    pub name: String,
    /// What is known of what the caller shows.
    pub hash: CredentialHash,
    /// What it allows, as far as its kind does not allow everything.
    pub capabilities: Capabilities,
    /// The person's session, as the tenant names it; several tokens may belong to one.
    pub session: Option<String>,
    /// The API key that a session was begun with, and ends with; `None` where there was none.
    pub made_from: Option<CredentialId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing; `None` is never. Revoking sets it.
    pub expires_at: Option<Timestamp>,
}

impl Capability {
    /// Every capability.
    pub const ALL: [Self; 6] = [
        Self::ViewBase,
        Self::ViewEndpointSecret,
        Self::ManageEndpointSecret,
        Self::ManageTransformations,
        Self::CreateAttempts,
        Self::ManageEndpoint,
    ];

    /// Its name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ViewBase => "ViewBase",
            Self::ViewEndpointSecret => "ViewEndpointSecret",
            Self::ManageEndpointSecret => "ManageEndpointSecret",
            Self::ManageTransformations => "ManageTransformations",
            Self::CreateAttempts => "CreateAttempts",
            Self::ManageEndpoint => "ManageEndpoint",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl Capabilities {
    /// All of them.
    pub const ALL: Self = Self((1 << Capability::ALL.len()) - 1);

    /// Whether this one is among them.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & capability.bit() != 0
    }

    /// As the store keeps them: one bit each, in the order of [`Capability::ALL`].
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From what the store kept; bits that mean nothing are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<T: IntoIterator<Item = Capability>>(list: T) -> Self {
        Self(list.into_iter().fold(0, |bits, it| bits | it.bit()))
    }
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::ApiKey,
        Self::Portal,
        Self::Bin,
        Self::BinShare,
        Self::Session,
    ];

    /// Its name in the API and the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Portal => "portal",
            Self::Bin => "bin",
            Self::BinShare => "bin_share",
            Self::Session => "session",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

impl std::fmt::Debug for CredentialHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialHash")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_what_they_were_made_of() {
        for one in Capability::ALL {
            let set: Capabilities = [one].into_iter().collect();
            for other in Capability::ALL {
                assert_eq!(set.has(other), one == other);
            }
            assert_eq!(Capabilities::from_bits(set.bits()), set);
            assert!(Capabilities::ALL.has(one));
        }
        assert_eq!(Capabilities::from_bits(0xff), Capabilities::ALL);
    }
}

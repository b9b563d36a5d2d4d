//! Under which names the signature travels.

use http::HeaderName;

/// Under which names the signature travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeaderStyle {
    /// `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    #[default]
    Standard,
    /// `svix-id`, `svix-timestamp`, `svix-signature`, for receivers that know only these.
    Svix,
    /// Both.
    Both,
}

/// The three headers of one style.
pub(crate) struct SignatureNames {
    pub(crate) id: HeaderName,
    pub(crate) timestamp: HeaderName,
    pub(crate) signature: HeaderName,
}

static STANDARD_AND_SVIX: [SignatureNames; 2] = [
    SignatureNames {
        id: HeaderName::from_static("webhook-id"),
        timestamp: HeaderName::from_static("webhook-timestamp"),
        signature: HeaderName::from_static("webhook-signature"),
    },
    SignatureNames {
        id: HeaderName::from_static("svix-id"),
        timestamp: HeaderName::from_static("svix-timestamp"),
        signature: HeaderName::from_static("svix-signature"),
    },
];

impl HeaderStyle {
    /// The names of this style.
    pub(crate) fn names(self) -> &'static [SignatureNames] {
        match self {
            Self::Standard => &STANDARD_AND_SVIX[..1],
            Self::Svix => &STANDARD_AND_SVIX[1..],
            Self::Both => &STANDARD_AND_SVIX,
        }
    }
}

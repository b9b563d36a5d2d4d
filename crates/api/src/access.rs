//! What a credential may do, and what an operation asks for.
//!
//! Every operation names one [`Access`] in the table of routes; every credential has a [`Reach`],
//! the set of those that it was given. How far a credential sees (one application or all of an
//! organization) is another matter, and decided where things are looked up.

use std::fmt;

/// What an operation asks of whoever calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Access {
    /// Nothing, not even a credential.
    Public,
    /// A valid credential, whatever it allows.
    Anyone,
    /// A credential for the whole organization.
    Organization,
    /// May send events: a credential of the organization or of the application, and never one
    /// that was made for a customer's browser.
    Produce,
    /// May look at endpoints, messages and attempts.
    View,
    /// May make, change and delete endpoints.
    ManageEndpoint,
    /// May see what an endpoint's requests are signed with.
    ViewEndpointSecret,
    /// May replace what an endpoint's requests are signed with.
    ManageEndpointSecret,
    /// May see and change an endpoint's script.
    ManageTransformations,
    /// May have something sent: again, or as a test.
    CreateAttempts,
    /// May look at bins and what they received.
    ViewBins,
    /// May change and delete bins and what they received, and answer for them.
    ManageBins,
    /// May have what a bin received sent to somebody else.
    ReplayCaptures,
}

impl Access {
    const ALL: [Self; 13] = [
        Self::Public,
        Self::Anyone,
        Self::Organization,
        Self::Produce,
        Self::View,
        Self::ManageEndpoint,
        Self::ViewEndpointSecret,
        Self::ManageEndpointSecret,
        Self::ManageTransformations,
        Self::CreateAttempts,
        Self::ViewBins,
        Self::ManageBins,
        Self::ReplayCaptures,
    ];

    /// What a credential that has it may do, to be read after "may".
    pub const fn allows(self) -> &'static str {
        match self {
            Self::Public | Self::Anyone => "be anything",
            Self::Organization => "act for the whole organization",
            Self::Produce => "send events",
            Self::View => "look at endpoints, messages and attempts",
            Self::ManageEndpoint => "change endpoints",
            Self::ViewEndpointSecret => "see an endpoint's secret",
            Self::ManageEndpointSecret => "replace an endpoint's secret",
            Self::ManageTransformations => "see and change an endpoint's script",
            Self::CreateAttempts => "have something sent, again or as a test",
            Self::ViewBins => "look at bins",
            Self::ManageBins => "change bins",
            Self::ReplayCaptures => "have what a bin received sent to somebody else",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u8
    }
}

/// What a credential may do.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reach(u16);

impl Reach {
    /// All there is: a credential for a whole organization.
    pub const ORGANIZATION: Self = Self(u16::MAX);
    /// All that concerns one application.
    pub const APPLICATION: Self = Self(
        !(Access::Organization.bit()
            | Access::ViewBins.bit()
            | Access::ManageBins.bit()
            | Access::ReplayCaptures.bit()),
    );

    /// These, and what asks for no more than being somebody.
    pub fn of(list: &[Access]) -> Self {
        let bits = list.iter().fold(0, |bits, access| bits | access.bit());
        Self(bits | Access::Public.bit() | Access::Anyone.bit())
    }

    /// Whether it may do this.
    pub const fn has(self, access: Access) -> bool {
        self.0 & access.bit() != 0
    }
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = Access::ALL.into_iter().filter(|access| self.has(*access));
        f.debug_set().entries(has).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reach_has_what_it_was_given_and_nothing_else() {
        let reach = Reach::of(&[Access::View, Access::CreateAttempts]);
        let has: Vec<_> = Access::ALL
            .into_iter()
            .filter(|it| reach.has(*it))
            .collect();
        assert_eq!(
            has,
            [
                Access::Public,
                Access::Anyone,
                Access::View,
                Access::CreateAttempts
            ]
        );
    }

    #[test]
    fn an_application_may_do_all_but_what_concerns_the_organization() {
        for access in Access::ALL {
            assert!(Reach::ORGANIZATION.has(access));
            let of_all = [
                Access::Organization,
                Access::ViewBins,
                Access::ManageBins,
                Access::ReplayCaptures,
            ];
            let is_of_all = of_all.contains(&access);
            assert_eq!(Reach::APPLICATION.has(access), !is_of_all, "{access:?}");
        }
    }
}

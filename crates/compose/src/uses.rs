//! What templates name of what costs something to make: it is made only where it is named.

/// See the module's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Uses {
    /// `payload`, which has to be parsed.
    pub(crate) payload: bool,
    /// `request`, whose query and headers have to be read.
    pub(crate) request: bool,
}

impl Uses {
    /// What either names.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self {
            payload: self.payload || other.payload,
            request: self.request || other.request,
        }
    }
}

impl FromIterator<Self> for Uses {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::or)
    }
}

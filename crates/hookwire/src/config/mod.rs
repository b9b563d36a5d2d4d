//! The configuration: one struct a concern, a file, the environment and flags over it.
//!
//! `hookwire serve` works with none. A key or variable that means nothing is an error, because
//! the setting that it was meant to be would silently stay as it was.

mod delivery;
mod encryption_key;
mod error;
mod frame_ancestors;
mod kind;
mod logging;
mod outbound;
mod public_url;
mod reference;
mod server;
mod setting;
mod sources;
mod storage;

use std::ffi::OsString;
use std::path::PathBuf;

pub use delivery::{DeliverySettings, LimitSettings};
pub use encryption_key::EncryptionKey;
pub use error::ConfigError;
pub use frame_ancestors::FrameAncestors;
pub use kind::{Kind, Secret, StorePath};
pub use logging::{LogFormat, LogSettings};
pub use outbound::OutboundSettings;
pub use reference::reference_page;
pub use server::ServerSettings;
pub use storage::StorageSettings;

use setting::{Section, Setting};
use sources::Sources;

/// What was given on the command line.
#[derive(Debug, Default)]
pub struct Given {
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// Flags that set something, with the text behind them.
    pub flags: Vec<(&'static str, String)>,
}

macro_rules! config {
    ($($(#[doc = $doc:literal])+ $field:ident: $section:ty,)+) => {
        /// Everything that can be set.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $field: $section,)+
        }

        impl Config {
            fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
                Ok(Self { $($field: <$section>::load(sources)?,)+ })
            }

            /// Visits the sections in the order of the reference page: title, introduction,
            /// settings, and the present values as text.
            fn visit(&self, mut visitor: impl FnMut(&SectionView)) {
                $(visitor(&SectionView {
                    title: <$section>::TITLE,
                    about: <$section>::ABOUT,
                    settings: <$section>::settings(),
                    shown: self.$field.shown(),
                });)+
            }
        }
    };
}

/// A section as `hookwire config` and the reference page see it.
struct SectionView {
    title: &'static str,
    about: &'static [&'static str],
    settings: Vec<Setting>,
    shown: Vec<String>,
}

config! {
    /// Where the server listens and whom it lets in.
    server: ServerSettings,
    /// Where everything is kept.
    storage: StorageSettings,
    /// Retries and signatures.
    delivery: DeliverySettings,
    /// Requests to receivers.
    outbound: OutboundSettings,
    /// Bounds on memory and connections.
    limits: LimitSettings,
    /// The log.
    log: LogSettings,
}

impl Config {
    /// The configuration of this process: `given` over the environment over the file.
    pub fn load(given: &Given) -> Result<Self, ConfigError> {
        Self::load_from(given, std::env::vars_os()).map(|(config, _)| config)
    }

    /// The configuration and, for people, the same as a TOML file that says where each value
    /// comes from.
    pub fn load_and_explain(given: &Given) -> Result<String, ConfigError> {
        let (config, sources) = Self::load_from(given, std::env::vars_os())?;
        Ok(reference::effective_page(&config, &sources))
    }

    fn load_from(
        given: &Given,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<(Self, Sources), ConfigError> {
        let mut known = Vec::new();
        Self::default().visit(|section| known.extend(section.settings.iter().cloned()));
        let sources = Sources::collect(&known, given.file.as_deref(), environment, &given.flags)?;
        Ok((Self::from_sources(&sources)?, sources))
    }
}

#[cfg(test)]
mod tests;

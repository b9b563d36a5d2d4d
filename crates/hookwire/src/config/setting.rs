//! One place for all that there is to say about a setting.
//!
//! [`settings!`] makes a struct of one concern's settings. A setting's documentation, type,
//! default, kind, variable and flag stand together there and nowhere else; loading, `hookwire
//! config` and the reference page follow from it.

use super::error::ConfigError;
use super::kind::Kind;
use super::sources::Sources;

/// What is known of a setting beside its value.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// Its name in the environment.
    pub env: &'static str,
    /// The flag of `hookwire serve` that sets it.
    pub flag: Option<&'static str>,
    /// What it means: the lines of its doc comment.
    pub doc: &'static [&'static str],
    /// The default as text; empty where there is none.
    pub default: String,
    /// What a value looks like.
    pub expects: String,
    /// Whether its value must never be shown.
    pub secret: bool,
    /// Whether its value stands in a TOML file without quotes.
    pub bare: bool,
}

/// The settings of one concern.
pub trait Section: Sized + Default {
    /// The heading of the reference page.
    const TITLE: &'static str;
    /// What the concern is about: the lines of the struct's doc comment.
    const ABOUT: &'static [&'static str];

    /// Its settings, in the order in which they are documented.
    fn settings() -> Vec<Setting>;

    /// The values that the sources give, or the defaults.
    fn load(sources: &Sources) -> Result<Self, ConfigError>;

    /// Its values as text, in the order of [`Section::settings`]. Secrets are not among them.
    fn shown(&self) -> Vec<String>;
}

/// Reads one setting, or takes its default.
pub fn load_one<K: Kind>(
    sources: &Sources,
    key: &'static str,
    kind: &K,
    default: K::Value,
) -> Result<K::Value, ConfigError> {
    let Some(given) = sources.get(key) else {
        return Ok(default);
    };
    kind.read(&given.text)
        .map_err(|expected| ConfigError::BadValue {
            name: given.origin.name_of(key),
            value: if K::SECRET {
                "[hidden]".to_owned()
            } else {
                shortened(&given.text)
            },
            expected,
            place: given.origin.place(),
        })
}

/// An error is read by a person: the beginning of a long value says enough.
fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 80;
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Defines the settings of one concern: see the module's page.
macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        $name:ident: $title:literal {
            $(
                $(#[doc = $doc:literal])+
                $key:ident: $type:ty = $default:expr, $kind:expr, $env:literal $(, $flag:literal)?;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $crate::config::setting::Section for $name {
            const TITLE: &'static str = $title;
            const ABOUT: &'static [&'static str] = &[$($about),+];

            fn settings() -> Vec<$crate::config::setting::Setting> {
                fn one<K: $crate::config::kind::Kind>(
                    kind: K,
                    default: &K::Value,
                    key: &'static str,
                    env: &'static str,
                    flag: Option<&'static str>,
                    doc: &'static [&'static str],
                ) -> $crate::config::setting::Setting {
                    $crate::config::setting::Setting {
                        key,
                        env,
                        flag,
                        doc,
                        default: kind.show(default),
                        expects: kind.expects(),
                        secret: K::SECRET,
                        bare: K::BARE,
                    }
                }
                vec![$({
                    let flag: &[&'static str] = &[$($flag)?];
                    let flag = flag.first().copied();
                    let default: $type = $default;
                    one($kind, &default, stringify!($key), $env, flag, &[$($doc),+])
                },)+]
            }

            fn load(
                sources: &$crate::config::sources::Sources,
            ) -> Result<Self, $crate::config::error::ConfigError> {
                use $crate::config::setting::load_one;
                Ok(Self {
                    $($key: load_one(sources, stringify!($key), &$kind, $default)?,)+
                })
            }

            fn shown(&self) -> Vec<String> {
                use $crate::config::kind::Kind as _;
                vec![$($kind.show(&self.$key),)+]
            }
        }
    };
}

pub(crate) use settings;

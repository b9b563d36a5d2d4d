//! Where values come from: the file, then the environment, then flags, each over the one before.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use super::setting::Setting;

/// The beginning of every variable of ours.
const PREFIX: &str = "HOOKWIRE_";

/// Variables that are no settings of the server: which file to read, and what the commands that
/// talk to a server need.
const OTHER_VARIABLES: &[&str] = &["HOOKWIRE_CONFIG", "HOOKWIRE_SERVER", "HOOKWIRE_TOKEN"];

/// A configuration file larger than this is some other file.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In the configuration file.
    File {
        /// Which file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
    },
    /// In this environment variable.
    Environment(&'static str),
    /// Behind this flag.
    Flag(&'static str),
}

impl Origin {
    /// The setting's name as it is written there.
    pub fn name_of(&self, key: &str) -> String {
        match self {
            Self::File { .. } => key.to_owned(),
            Self::Environment(name) | Self::Flag(name) => (*name).to_owned(),
        }
    }

    /// The place in words.
    pub fn place(&self) -> String {
        match self {
            Self::File { path, line } => format!("{}, line {line}", path.display()),
            Self::Environment(_) => "environment".to_owned(),
            Self::Flag(_) => "command line".to_owned(),
        }
    }
}

/// A value as text, and where it was found.
#[derive(Debug, Clone)]
pub struct Given {
    /// The text.
    pub text: String,
    /// The place.
    pub origin: Origin,
}

/// The values that were given, by the setting's key.
#[derive(Debug, Default)]
pub struct Sources {
    given: BTreeMap<&'static str, Given>,
}

impl Sources {
    /// Collects what the file, the environment and the flags say. Flags are pairs of a flag and
    /// its text.
    pub fn collect(
        known: &[Setting],
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: &[(&'static str, String)],
    ) -> Result<Self, ConfigError> {
        let mut sources = Self::default();
        if let Some(path) = file {
            sources.read_file(known, path)?;
        }
        sources.read_environment(known, environment)?;
        for (flag, text) in flags {
            if let Some(setting) = known.iter().find(|setting| setting.flag == Some(*flag)) {
                let given = Given {
                    text: text.clone(),
                    origin: Origin::Flag(flag),
                };
                sources.given.insert(setting.key, given);
            }
        }
        Ok(sources)
    }

    /// What was given for a setting; `None` leaves it at its default.
    pub fn get(&self, key: &str) -> Option<&Given> {
        self.given.get(key)
    }

    fn read_file(&mut self, known: &[Setting], path: &Path) -> Result<(), ConfigError> {
        let text = read_text(path)?;
        let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let table = DeTable::parse(&text).map_err(|error| ConfigError::Syntax {
            path: path.to_owned(),
            line: line_of(error.span().map_or(0, |span| span.start)),
            message: error.message().trim().replace('\n', ", "),
        })?;
        for (key, value) in table.get_ref() {
            let line = line_of(key.span().start);
            let name = key.get_ref().as_ref();
            let Some(setting) = known.iter().find(|setting| setting.key == name) else {
                return Err(ConfigError::UnknownKey {
                    path: path.to_owned(),
                    line,
                    key: name.to_owned(),
                    hint: hint(name, known.iter().map(|setting| setting.key)),
                });
            };
            let origin = Origin::File {
                path: path.to_owned(),
                line,
            };
            let text = plain_text(value.get_ref()).ok_or_else(|| ConfigError::BadValue {
                name: name.to_owned(),
                value: format!("a TOML {}", value.get_ref().type_str()),
                expected: setting.expects.clone(),
                place: origin.place(),
            })?;
            self.given.insert(setting.key, Given { text, origin });
        }
        Ok(())
    }

    fn read_environment(
        &mut self,
        known: &[Setting],
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<(), ConfigError> {
        for (name, value) in environment {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else {
                continue;
            };
            if OTHER_VARIABLES.contains(&name) || is_service_link(name, &value) {
                continue;
            }
            let Some(setting) = known.iter().find(|setting| setting.env == name) else {
                let names = known.iter().map(|setting| setting.env);
                return Err(ConfigError::UnknownVariable {
                    name: name.to_owned(),
                    hint: hint(name, names.chain(OTHER_VARIABLES.iter().copied())),
                });
            };
            let text = value
                .into_string()
                .map_err(|_| ConfigError::NotText(name.to_owned()))?;
            // Compose files and unit files often set what they leave open to nothing.
            if !text.is_empty() {
                let origin = Origin::Environment(setting.env);
                self.given.insert(setting.key, Given { text, origin });
            }
        }
        Ok(())
    }
}

/// Kubernetes puts such variables into every container beside a service that is called
/// `hookwire`; nobody meant them as settings.
fn is_service_link(name: &str, value: &OsStr) -> bool {
    let is_address = value.to_str().is_some_and(|text| text.contains("://"));
    let is_numbered = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    name == "HOOKWIRE_PORT" && is_address
        || name.strip_prefix("HOOKWIRE_PORT_").is_some_and(is_numbered)
        || name.starts_with("HOOKWIRE_SERVICE_")
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    let failed = |cause| ConfigError::File {
        path: path.to_owned(),
        cause,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(failed(std::io::Error::other("it is larger than 1 MiB")));
    }
    Ok(text)
}

/// A TOML value in the form that the environment would give it.
fn plain_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(switch) => Some(switch.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(|number| number.to_string()),
        DeValue::Array(entries) => {
            let is_scalar = |entry: &DeValue<'_>| !matches!(entry, DeValue::Array(_));
            let texts: Option<Vec<_>> = entries
                .iter()
                .map(|entry| {
                    Some(entry.get_ref())
                        .filter(|it| is_scalar(it))
                        .and_then(plain_text)
                })
                .collect();
            texts.map(|texts| texts.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The known name that is most like a misspelt one, as the end of a sentence; empty when none is.
fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    const SIMILARITY_MIN: f64 = 0.6;
    known
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(name, candidate),
                candidate,
            )
        })
        .filter(|(similarity, _)| *similarity >= SIMILARITY_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| format!(": did you mean `{candidate}`?"))
        .unwrap_or_else(|| ": `hookwire config reference` lists all settings".to_owned())
}

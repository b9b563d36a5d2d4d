//! A recipe's file as it is written, and the recipe that is read from it.

use std::collections::BTreeMap;

use hookwire_types::{ClientAuthentication, RequestMethod};
use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error};

use super::text::{Text, is_name};
use super::{Category, Example, Field, FieldPattern, Recipe, check};

/// Why a file is not a recipe. Says what is wrong and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipeFileError {
    /// Not TOML, or not with these keys; the text has line and column.
    #[error("{0}")]
    Toml(String),
    /// One of the fields to fill in.
    #[error("field `{field}`: {message}")]
    Field {
        /// Its name.
        field: String,
        /// What is wrong with it.
        message: String,
    },
    /// Something else.
    #[error("`{key}`: {message}")]
    Key {
        /// Where it stands.
        key: &'static str,
        /// What is wrong with it.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeSource {
    id: String,
    name: String,
    description: String,
    documentation: String,
    category: Category,
    #[serde(default, rename = "field")]
    fields: Vec<FieldSource>,
    endpoint: EndpointSource,
    example: ExampleSource,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldSource {
    name: String,
    label: String,
    description: String,
    #[serde(default)]
    secret: bool,
    required: Option<bool>,
    #[serde(default)]
    template: bool,
    default: Option<String>,
    example: Option<String>,
    pattern: Option<String>,
    pattern_message: Option<String>,
    #[serde(default)]
    plain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleSource {
    event_type: String,
    payload: String,
}

/// An endpoint's definition with places to fill in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndpointSource {
    pub(super) name: String,
    pub(super) url: Text,
    #[serde(deserialize_with = "method")]
    pub(super) method: RequestMethod,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Text>,
    pub(super) event_types: Option<Vec<String>>,
    pub(super) filter: Option<String>,
    #[serde(default)]
    pub(super) idempotency_key: bool,
    #[serde(default = "yes")]
    pub(super) retry_client_errors: bool,
    pub(super) body: Option<BodySource>,
    pub(super) credentials: Option<CredentialsSource>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum BodySource {
    Payload,
    Json {
        fields: Text,
    },
    Text {
        content_type: String,
        template: Text,
    },
    None,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum CredentialsSource {
    Basic {
        username: Text,
        password: Text,
    },
    Bearer {
        token: Text,
    },
    Header {
        name: Text,
        value: Text,
    },
    OAuth2 {
        token_url: Text,
        client_id: Text,
        client_secret: Text,
        scope: Option<Text>,
        #[serde(default, deserialize_with = "client_authentication")]
        client_authentication: ClientAuthentication,
    },
}

/// Where a text stands in a definition, which decides what may be filled into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Decides who is called.
    Url,
    /// Kept like a secret.
    Secret,
    /// Seen by everybody who sees the definition.
    Plain,
}

impl EndpointSource {
    /// Every text of the definition.
    pub(super) fn texts(&self) -> Vec<(Position, &Text)> {
        let mut texts = vec![(Position::Url, &self.url)];
        texts.extend(self.headers.values().map(|text| (Position::Plain, text)));
        match &self.body {
            Some(BodySource::Json { fields: text } | BodySource::Text { template: text, .. }) => {
                texts.push((Position::Plain, text));
            }
            Some(BodySource::Payload | BodySource::None) | None => {}
        }
        if let Some(credentials) = &self.credentials {
            texts.extend(credentials.texts());
        }
        texts
    }
}

impl CredentialsSource {
    pub(super) fn texts(&self) -> Vec<(Position, &Text)> {
        use Position::{Plain, Secret, Url};
        match self {
            Self::Basic { username, password } => vec![(Plain, username), (Secret, password)],
            Self::Bearer { token } => vec![(Secret, token)],
            Self::Header { name, value } => vec![(Plain, name), (Secret, value)],
            Self::OAuth2 {
                token_url,
                client_id,
                client_secret,
                scope,
                client_authentication: _,
            } => {
                let mut texts = vec![
                    (Url, token_url),
                    (Plain, client_id),
                    (Secret, client_secret),
                ];
                texts.extend(scope.iter().map(|scope| (Plain, scope)));
                texts
            }
        }
    }
}

impl Recipe {
    /// Reads a recipe's file and checks that it keeps the rules of its format.
    pub fn parse(text: &str) -> Result<Self, RecipeFileError> {
        let source: RecipeSource =
            toml::from_str(text).map_err(|error| RecipeFileError::Toml(error.to_string()))?;
        let fields = source.fields.into_iter().map(field);
        let recipe = Self {
            id: source.id,
            name: source.name,
            description: source.description,
            documentation: source.documentation,
            category: source.category,
            fields: fields.collect::<Result<_, _>>()?,
            example: Example {
                event_type: source.example.event_type,
                payload: source.example.payload.trim().to_owned(),
            },
            endpoint: source.endpoint,
        };
        check::check(&recipe)?;
        Ok(recipe)
    }
}

fn field(source: FieldSource) -> Result<Field, RecipeFileError> {
    let wrong = |message: String| RecipeFileError::Field {
        field: source.name.clone(),
        message,
    };
    if !is_name(&source.name) {
        return Err(wrong("names have letters a–z, digits and `_`".into()));
    }
    let pattern = match (&source.pattern, source.pattern_message) {
        (None, None) => None,
        (Some(pattern), Some(message)) => Some(FieldPattern {
            regex: Regex::new(&format!("^(?:{pattern})$"))
                .map_err(|error| wrong(format!("the pattern cannot be read: {error}")))?,
            source: pattern.clone(),
            message,
            plain: source.plain,
        }),
        _ => return Err(wrong("`pattern` and `pattern_message` go together".into())),
    };
    Ok(Field {
        required: source.required.unwrap_or(source.default.is_none()),
        name: source.name,
        label: source.label,
        description: source.description,
        secret: source.secret,
        template: source.template,
        default: source.default,
        example: source.example,
        pattern,
    })
}

fn yes() -> bool {
    true
}

fn method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RequestMethod, D::Error> {
    let name = String::deserialize(deserializer)?;
    RequestMethod::from_name(&name).ok_or_else(|| {
        D::Error::custom(format!(
            "`{name}` is not a method: POST, GET, PUT, PATCH or DELETE"
        ))
    })
}

fn client_authentication<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<ClientAuthentication, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "basic" => Ok(ClientAuthentication::Basic),
        "body" => Ok(ClientAuthentication::Body),
        name => Err(D::Error::custom(format!(
            "`{name}` is not a way to send a client's secret: basic or body"
        ))),
    }
}

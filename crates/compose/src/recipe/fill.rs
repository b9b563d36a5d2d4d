//! Filling a recipe in.

use std::collections::BTreeMap;
use std::fmt;

use hookwire_types::{
    Credentials, Metadata, RequestBody, RequestDefinition, RetryDefinition, SecretText, Secrets,
};
use percent_encoding::percent_decode_str;

use super::source::{BodySource, CredentialsSource, Position};
use super::text::{Escape, Text};
use super::{Field, FieldPattern, Recipe};

/// The longest value: far more than any token and enough for the template of a long message.
pub const VALUE_MAX_BYTES: usize = 16_384;

/// The parts of an endpoint's definition that a recipe makes. They still have to pass the checks
/// that every definition has to pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledRecipe {
    /// A name to begin with.
    pub name: String,
    /// Where requests go.
    pub url: String,
    /// Method and body.
    pub request: RequestDefinition,
    /// Headers, values being Liquid templates.
    pub headers: Metadata,
    /// What the templates name as `secrets.…`.
    pub secrets: Secrets,
    /// How requests show who sends them.
    pub credentials: Option<Credentials>,
    /// Event types that it suits. A suggestion: whether the catalogue has them is not known here.
    pub event_types: Option<Vec<String>>,
    /// Which of their messages.
    pub filter: Option<String>,
    /// How failed deliveries are tried again.
    pub retry: RetryDefinition,
}

/// Why a value cannot be filled in. Never contains the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeError {
    /// The field's name, as it was given.
    pub field: String,
    /// What is wrong with it, to be read after the field's name.
    pub message: String,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.message)
    }
}

impl std::error::Error for RecipeError {}

/// Checked values of fields and of their parts, by name.
type Values<'r> = BTreeMap<&'r str, String>;

impl Recipe {
    /// The definition with these values, which are given by the names of their fields. White space
    /// around a value is dropped, an empty value counts as not given.
    ///
    /// Fails with everything that is wrong, not with the first mistake only.
    pub fn fill(
        &self,
        values: &BTreeMap<String, String>,
    ) -> Result<FilledRecipe, Vec<RecipeError>> {
        let mut errors: Vec<RecipeError> = values
            .keys()
            .filter(|name| self.field(name).is_none())
            .map(|name| self.unknown(name))
            .collect();
        let mut checked = Values::new();
        for field in &self.fields {
            let given = values.get(&field.name).map_or("", |value| value.trim());
            if let Err(message) = field.read(given, &mut checked) {
                errors.push(RecipeError {
                    field: field.name.clone(),
                    message,
                });
            }
        }
        if errors.is_empty() {
            Ok(self.definition(&checked))
        } else {
            Err(errors)
        }
    }

    /// The examples of the fields that have one, as values to fill in.
    pub fn example_values(&self) -> BTreeMap<String, String> {
        let named = |field: &Field| Some((field.name.clone(), field.example.clone()?));
        self.fields.iter().filter_map(named).collect()
    }

    fn unknown(&self, name: &str) -> RecipeError {
        let names: Vec<&str> = self.fields.iter().map(|field| &*field.name).collect();
        RecipeError {
            field: name.to_owned(),
            message: format!("is not a field of {}: {}", self.id, names.join(", ")),
        }
    }

    fn definition(&self, values: &Values<'_>) -> FilledRecipe {
        let endpoint = &self.endpoint;
        let plain = |text: &Text| fill(text, Escape::None, values);
        let headers = endpoint.headers.iter();
        let texts = endpoint.texts();
        let secrets = texts.iter().flat_map(|(_, text)| text.secrets());
        FilledRecipe {
            name: endpoint.name.clone(),
            url: plain(&endpoint.url),
            request: RequestDefinition {
                method: endpoint.method,
                body: endpoint.body.as_ref().map(|body| body.fill(values)),
                idempotency_key: endpoint.idempotency_key,
            },
            headers: headers
                .map(|(name, text)| (name.clone(), plain(text)))
                .collect(),
            secrets: secrets
                .map(|name| (name.to_owned(), SecretText::new(value(values, name))))
                .collect(),
            credentials: endpoint.credentials.as_ref().and_then(|c| c.fill(values)),
            event_types: endpoint.event_types.clone(),
            filter: endpoint.filter.clone(),
            retry: RetryDefinition {
                retry_client_errors: endpoint.retry_client_errors,
                ..RetryDefinition::default()
            },
        }
    }
}

impl Field {
    /// Checks a value and adds it and its parts to the others.
    fn read<'r>(&'r self, given: &str, values: &mut Values<'r>) -> Result<(), String> {
        let text = match (given, &self.default) {
            ("", Some(default)) => default,
            ("", None) if self.required => return Err("is missing".into()),
            (given, _) => given,
        };
        if text.len() > VALUE_MAX_BYTES {
            return Err(format!("is longer than {VALUE_MAX_BYTES} bytes"));
        }
        if text
            .chars()
            .any(|c| c.is_control() && !(self.template && "\n\t".contains(c)))
        {
            return Err("contains control characters".into());
        }
        if !self.template && (text.contains("{{") || text.contains("{%")) {
            return Err("cannot be a template: it contains {{ or {%".into());
        }
        values.insert(&self.name, text.to_owned());
        match &self.pattern {
            Some(pattern) if !text.is_empty() => self.read_parts(pattern, text, values),
            _ => Ok(()),
        }
    }

    fn read_parts<'r>(
        &'r self,
        pattern: &'r FieldPattern,
        text: &str,
        values: &mut Values<'r>,
    ) -> Result<(), String> {
        let wrong = || format!("must be {}", pattern.message);
        let found = pattern.regex.captures(text).ok_or_else(wrong)?;
        for name in pattern.regex.capture_names().flatten() {
            let part = found.name(name).map_or("", |part| part.as_str());
            // Rendering encodes a secret for the URL that it stands in; a plain part is put in
            // as it was pasted.
            let part = if self.secret && !pattern.shows(name) {
                let decoded = percent_decode_str(part).decode_utf8();
                decoded.map_err(|_| wrong())?.into_owned()
            } else {
                part.to_owned()
            };
            values.insert(name, part);
        }
        Ok(())
    }
}

impl FieldPattern {
    /// Whether this part of a secret may be seen.
    pub(super) fn shows(&self, part: &str) -> bool {
        self.plain.iter().any(|plain| plain == part)
    }
}

impl BodySource {
    fn fill(&self, values: &Values<'_>) -> RequestBody {
        match self {
            Self::Payload => RequestBody::Payload,
            Self::Json { fields } => RequestBody::Json {
                fields: fill(fields, Escape::Json, values).trim().to_owned(),
            },
            Self::Text {
                content_type,
                template,
            } => RequestBody::Text {
                content_type: content_type.clone(),
                template: fill(template, Escape::None, values),
            },
            Self::None => RequestBody::None,
        }
    }
}

impl CredentialsSource {
    /// `None` when the secrets, being optional, were left empty.
    fn fill(&self, values: &Values<'_>) -> Option<Credentials> {
        let texts = self.texts();
        let mut secrets = texts
            .iter()
            .filter(|(position, _)| *position == Position::Secret)
            .flat_map(|(_, text)| text.places())
            .peekable();
        if secrets.peek().is_some() && secrets.all(|name| value(values, name).is_empty()) {
            return None;
        }
        let plain = |text: &Text| fill(text, Escape::None, values);
        let secret = |text: &Text| SecretText::new(plain(text));
        Some(match self {
            Self::Basic { username, password } => Credentials::Basic {
                username: plain(username),
                password: secret(password),
            },
            Self::Bearer { token } => Credentials::Bearer {
                token: secret(token),
            },
            Self::Header { name, value } => Credentials::Header {
                name: plain(name),
                value: secret(value),
            },
            Self::OAuth2 {
                token_url,
                client_id,
                client_secret,
                scope,
                client_authentication,
            } => Credentials::OAuth2 {
                token_url: plain(token_url),
                client_id: plain(client_id),
                client_secret: secret(client_secret),
                scope: scope.as_ref().map(plain),
                audience: None,
                client_authentication: *client_authentication,
            },
        })
    }
}

fn fill(text: &Text, escape: Escape, values: &Values<'_>) -> String {
    text.fill(escape, |name| value(values, name))
}

/// A recipe names only fields that it has; the check of its file has seen to that.
fn value<'v>(values: &'v Values<'_>, name: &str) -> &'v str {
    values.get(name).map_or("", String::as_str)
}

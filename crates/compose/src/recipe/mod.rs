//! Ready-made requests to the services that people use.
//!
//! A recipe is a file of data, `recipes/<id>.toml`: the fields that a person fills in, and an
//! endpoint's definition with places for them. Filling it in ([`Recipe::fill`]) gives a definition
//! like one that was typed by hand; nothing remembers where it came from.
//!
//! # The file
//!
//! | key | meaning |
//! | --- | --- |
//! | `id` | the file's name: lower-case letters, digits, `-` |
//! | `name`, `description` | for people: what it is called, what it does and what to know first |
//! | `documentation` | the page of the service's own documentation that it follows |
//! | `category` | where it is listed, see [`Category`] |
//! | `[[field]]` | one value to fill in, see [`Field`] |
//! | `[endpoint]` | `name`, `url`, `method` (`POST`), `headers`, `event_types`, `filter`, `idempotency_key`, `retry_client_errors` |
//! | `[endpoint.body]` | `kind` = `payload`, `json` with `fields` (a JSON object as text, so that order and numbers stay as written), `text` with `content_type` and `template`, or `none`; without it the method decides |
//! | `[endpoint.credentials]` | `kind` = `basic`, `bearer`, `header` or `oauth2` with their parts |
//! | `[example]` | `event_type` and `payload` (a JSON object as text) that show what it does |
//!
//! Two notations, filled in at two moments:
//!
//! - `${field}` is replaced **when the webhook is made**. A host that differs from tenant to
//!   tenant is filled in so: it is literal in the definition, as every host has to be.
//! - `{{ … }}` and `{% … %}` are Liquid, rendered for **every delivery**. A secret is written
//!   `{{ secrets.field }}` and stored beside the definition, never in it. `${field}` of a secret is
//!   allowed in the secret parts of credentials only, which are kept just as well.
//!
//! A pattern with named groups cuts a value into parts, which are used like fields: a pasted
//! webhook URL gives the host and ids that may be seen and the token that must not.
//!
//! [`Recipe::parse`] refuses a file that breaks one of these rules.

mod check;
mod fill;
mod gallery;
mod source;
mod text;

pub use fill::{FilledRecipe, RecipeError, VALUE_MAX_BYTES};
pub use gallery::all;
pub use source::RecipeFileError;

use hookwire_types::RequestMethod;
use regex::Regex;

/// A ready-made request with fields to fill in.
#[derive(Debug)]
pub struct Recipe {
    /// Names it in commands and in the API.
    pub id: String,
    /// The service, as people call it.
    pub name: String,
    /// What it does, and what has to be known first.
    pub description: String,
    /// The page of the service's documentation that it follows.
    pub documentation: String,
    /// Where it is listed.
    pub category: Category,
    /// What a person fills in, in the order to ask.
    pub fields: Vec<Field>,
    /// An event that shows what it does.
    pub example: Example,
    endpoint: source::EndpointSource,
}

/// One value to fill in.
#[derive(Debug)]
pub struct Field {
    /// Names it in commands, in the API and in the recipe's texts.
    pub name: String,
    /// What it is called in a form.
    pub label: String,
    /// Where to find the value, or what it does.
    pub description: String,
    /// Whether it is a secret: stored encrypted and never shown again.
    pub secret: bool,
    /// Whether there is no webhook without it.
    pub required: bool,
    /// Whether the value may be a Liquid template; in other values `{{` and `{%` are refused.
    pub template: bool,
    /// The value when nothing is filled in.
    pub default: Option<String>,
    /// A made-up value of the right form.
    pub example: Option<String>,
    /// What the whole value must match.
    pub pattern: Option<FieldPattern>,
}

/// What a value must look like.
#[derive(Debug)]
pub struct FieldPattern {
    /// The same in words, to be read after "must be".
    pub message: String,
    /// As it was written, not anchored.
    pub source: String,
    regex: Regex,
    /// Parts of a secret value that may be seen.
    plain: Vec<String>,
}

/// An event to try a recipe with.
#[derive(Debug)]
pub struct Example {
    /// Its type.
    pub event_type: String,
    /// Its payload, a JSON object.
    pub payload: String,
}

/// Where a recipe is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Channels that a team reads.
    Chat,
    /// Messages to one person.
    Messaging,
    /// On paper.
    Mail,
    /// Customers and subscribers.
    Crm,
    /// People on call.
    Incidents,
    /// Source code and builds.
    Development,
    /// Platforms that connect further services.
    Automation,
}

impl Category {
    /// Its name in files and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Messaging => "messaging",
            Self::Mail => "mail",
            Self::Crm => "crm",
            Self::Incidents => "incidents",
            Self::Development => "development",
            Self::Automation => "automation",
        }
    }
}

/// The recipe with this id.
pub fn find(id: &str) -> Option<&'static Recipe> {
    all().iter().find(|recipe| recipe.id == id)
}

impl Recipe {
    /// The method of its requests.
    pub fn method(&self) -> RequestMethod {
        self.endpoint.method
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

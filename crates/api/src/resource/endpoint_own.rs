//! The fields of an endpoint that the compatible API does not know: how its requests are composed,
//! which messages they are for, and how they are retried.
//!
//! Clients of the compatible API replace endpoints without knowing these fields, so what a body
//! does not mention stays as it is, in a PUT as in a PATCH; null is how to get rid of it. A field
//! that is given replaces what was there as a whole, except for secrets in a PATCH: nobody can read
//! them back, so they are set and removed one by one.

use hookwire_compose::filter::Filter;
use hookwire_types::{Credentials, Endpoint, RequestDefinition, RetryDefinition, Secrets};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::endpoint_credentials::{CredentialsOut, credentials_bytes, read_credentials};
use super::endpoint_request::{RequestDefinitionOut, read_request, request_bytes};
use super::endpoint_retry::{RetryOut, read_retry};
use super::endpoint_secrets::{SecretsPatch, read_secrets};
use crate::error::ApiError;
use crate::extract::{Fields, Patch};
use crate::problem::invalid;
use crate::rules;

/// What a body says about these fields.
#[derive(Debug, Clone, Default)]
pub struct OwnFields {
    request: Patch<RequestDefinition>,
    filter: Patch<String>,
    retry: Patch<RetryDefinition>,
    ordered: Patch<bool>,
    credentials: Patch<Credentials>,
    secrets: Patch<SecretsPatch>,
}

impl OwnFields {
    /// Reads them. With `merge`, secrets are set and removed one by one; otherwise those that are
    /// given are all that there are.
    pub fn read(fields: &mut Fields<'_, '_>, merge: bool) -> Self {
        Self {
            request: fields.patch("request", read_request),
            filter: fields.patch("filter", |f| f.text(filter)),
            retry: fields.patch("retry", read_retry),
            ordered: fields.patch("ordered", |f| f.boolean()),
            credentials: fields.patch("credentials", |f| {
                read_credentials(f.about("How its requests show who sends them."))
            }),
            secrets: fields.patch("secrets", |f| {
                let f = f.about("Values that its templates may use by name. Never shown again.");
                read_secrets(f, merge)
            }),
        }
    }

    /// Changes what the body mentions.
    pub fn apply(&self, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        apply(&self.request, &mut endpoint.request);
        self.filter.apply(&mut endpoint.filter);
        apply(&self.retry, &mut endpoint.retry);
        apply(&self.ordered, &mut endpoint.ordered);
        self.credentials.apply(&mut endpoint.credentials);
        match &self.secrets {
            Patch::Absent => Ok(()),
            Patch::Null => {
                endpoint.secrets = Secrets::new();
                Ok(())
            }
            Patch::Value(patch) => patch
                .apply(&mut endpoint.secrets)
                .map_err(|wrong| invalid(["body", "secrets"], wrong)),
        }
    }
}

/// Changes a value whose absence is its default.
fn apply<T: Clone + Default>(patch: &Patch<T>, target: &mut T) {
    match patch {
        Patch::Absent => {}
        Patch::Null => *target = T::default(),
        Patch::Value(value) => target.clone_from(value),
    }
}

fn filter(text: &str) -> Result<String, rules::Wrong> {
    match Filter::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => {
            let expected = json!({ "type": "string", "minLength": 1 });
            Err(rules::Wrong::from(error.to_string()).expecting(expected))
        }
    }
}

/// How many bytes of an endpoint a person wrote to compose its requests.
pub fn definition_bytes(endpoint: &Endpoint) -> usize {
    let secrets = endpoint.secrets.iter();
    let transformation = &endpoint.transformation;
    let variables = transformation.variables.iter().flatten();
    request_bytes(&endpoint.request)
        + endpoint.filter.as_ref().map_or(0, String::len)
        + endpoint.credentials.as_ref().map_or(0, credentials_bytes)
        + secrets
            .map(|(name, value)| name.len() + value.reveal().len())
            .sum::<usize>()
        + transformation.code.as_ref().map_or(0, String::len)
        + variables
            .map(|(name, value)| name.len() + value.len())
            .sum::<usize>()
}

/// These fields as the API shows them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnOut<'a> {
    /// How its requests are composed.
    request: RequestDefinitionOut<'a>,
    /// A CEL expression: only messages for which it is true are sent.
    filter: Option<&'a str>,
    /// How failed deliveries are tried again.
    retry: RetryOut<'a>,
    /// Messages are sent one after another, in order.
    ordered: bool,
    /// How its requests show who sends them; without the secret parts.
    credentials: Option<CredentialsOut<'a>>,
    /// Names of the values that its templates may use and that are never shown.
    secret_names: Vec<&'a str>,
}

impl<'a> From<&'a Endpoint> for OwnOut<'a> {
    fn from(endpoint: &'a Endpoint) -> Self {
        Self {
            request: endpoint.into(),
            filter: endpoint.filter.as_deref(),
            retry: RetryOut::from(&endpoint.retry),
            ordered: endpoint.ordered,
            credentials: endpoint.credentials.as_ref().map(CredentialsOut::from),
            secret_names: endpoint.secrets.keys().map(String::as_str).collect(),
        }
    }
}

//! Endpoints as they are taken. The fields beyond the compatible API are in `endpoint_own`.
//!
//! Where the compatible API has changed a name, both are taken: `eventTypes` and the older
//! `filterTypes`, `throttleRate` and the older `rateLimit`.

use hookwire_compose::recipe::Example;
use hookwire_types::{Endpoint, EndpointId, Metadata, Reference, SecretText};
use url::Url;

use super::endpoint_headers::read_headers;
use super::endpoint_own::OwnFields;
use super::endpoint_recipe::{FilledIn, read_recipe};
use super::read_rate;
use crate::error::ApiError;
use crate::extract::{Field, Fields, FromBody};
use crate::problem::invalid;
use crate::rules;

/// Event types that one endpoint may list; who wants more wants all, which is an absent list.
pub const EVENT_TYPES_MAX: usize = 500;
/// Channels that one endpoint may list; the compatible API's bound.
pub const CHANNELS_MAX: usize = 10;

/// What an endpoint is made of.
#[derive(Debug, Clone)]
pub struct EndpointIn {
    /// Where requests go.
    pub url: String,
    /// What people call it.
    pub name: Option<String>,
    /// The tenant's own name for it.
    pub uid: Option<String>,
    /// Free text.
    pub description: String,
    /// Requests per second at most.
    pub throttle_rate: Option<u16>,
    /// Receives nothing while set.
    pub disabled: bool,
    /// Event types that it wants.
    pub event_types: Option<Vec<String>>,
    /// Channels that it listens to.
    pub channels: Option<Vec<String>>,
    /// The tenant's own data.
    pub metadata: Metadata,
    /// Headers sent with each request.
    pub headers: Option<Metadata>,
    /// Signs each request.
    pub secret: Option<SecretText>,
    /// What the compatible API does not know.
    own: OwnFields,
    /// Whether the event types are what the body says and not what the recipe suggests.
    names_event_types: bool,
    /// A ready-made definition; what stands beside it replaces parts of it.
    recipe: Option<FilledIn>,
}

fn event_types(field: &mut Field<'_, '_>) -> Option<Vec<String>> {
    field.text_set(1..=EVENT_TYPES_MAX, rules::wanted_event_type)
}

fn channels(field: &mut Field<'_, '_>) -> Option<Vec<String>> {
    field.text_set(1..=CHANNELS_MAX, rules::channel)
}

impl FromBody for EndpointIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut input = Self::read_without_channels(fields);
        input.channels = fields.optional("channels", channels);
        input
    }
}

impl EndpointIn {
    /// An endpoint of an application whose messages have no channels.
    pub fn read_without_channels(fields: &mut Fields<'_, '_>) -> Self {
        let has_recipe = fields.has_value("recipe");
        let recipe = fields.optional("recipe", |f| {
            read_recipe(f.about("A ready-made definition; fields beside it replace parts of it."))
        });
        let url = if has_recipe {
            let url = fields.optional("url", |f| f.text(rules::url));
            url.or_else(|| recipe.as_ref().map(|recipe| recipe.url().to_owned()))
                .unwrap_or_default()
        } else {
            fields.required("url", |f| f.text(rules::url))
        };
        let types = fields.optional("eventTypes", event_types);
        let older_types = fields.optional("filterTypes", event_types);
        let names_event_types = fields.has("eventTypes") || fields.has("filterTypes");
        let suggested = recipe.as_ref().and_then(FilledIn::event_types);
        Self {
            url,
            name: fields.optional("name", |f| f.text(rules::display_name)),
            uid: fields.optional("uid", |f| f.text(rules::uid::<EndpointId>)),
            description: fields
                .optional("description", |f| f.text(rules::description))
                .unwrap_or_default(),
            throttle_rate: read_rate(fields),
            disabled: fields
                .optional("disabled", |f| f.boolean())
                .unwrap_or(false),
            event_types: types
                .or(older_types)
                .or(suggested.filter(|_| !names_event_types)),
            names_event_types,
            channels: None,
            metadata: fields
                .optional("metadata", |f| f.metadata())
                .unwrap_or_default(),
            headers: fields.optional("headers", |f| {
                read_headers(f.about("Headers of its requests; values may contain placeholders."))
            }),
            secret: fields.optional("secret", |f| {
                f.about("What its requests are signed with; made up if absent.")
                    .text(rules::secret)
            }),
            // Beside a recipe, secrets are added to those that the recipe has.
            own: OwnFields::read(fields, has_recipe),
            recipe,
        }
    }

    /// The same with the path's uid where the body has none.
    pub fn named_by(mut self, reference: &Reference<EndpointId>) -> Result<Self, ApiError> {
        if let (None, Reference::Uid(uid)) = (&self.uid, reference) {
            // A text that begins like an id and is none cannot be a uid.
            let uid = rules::uid::<EndpointId>(uid);
            self.uid = Some(uid.map_err(|_| ApiError::NotFound("endpoint"))?);
        }
        Ok(self)
    }

    /// The event types that the body itself asks for.
    pub fn named_event_types(&self) -> Option<&[String]> {
        self.event_types
            .as_deref()
            .filter(|_| self.names_event_types)
    }

    /// The event that shows what its recipe does.
    pub fn example(&self) -> Option<&'static Example> {
        self.recipe.as_ref().map(FilledIn::example)
    }

    /// In words for those who named no event types themselves: why the catalogue refuses them.
    pub fn explain(&self, error: ApiError) -> ApiError {
        match error {
            ApiError::Invalid(_) if !self.names_event_types => invalid(
                ["body", "eventTypes"],
                "say which event types it is for, or null for all: the catalogue does not have \
                 those that the recipe suggests",
            ),
            other => other,
        }
    }

    /// What the body calls it, or the URL's host.
    fn name_or_host(&self) -> String {
        let host = || Url::parse(&self.url).ok()?.host_str().map(str::to_owned);
        self.name
            .clone()
            .or_else(host)
            .unwrap_or_else(|| self.url.clone())
    }

    /// Makes a new endpoint what the body says.
    pub fn define(&self, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        endpoint.name = self.name_or_host();
        if let Some(secret) = &self.secret {
            endpoint.secret = secret.clone();
        }
        self.replace(endpoint)
    }

    /// Makes an endpoint what the body says. What clients of the compatible API do not know stays
    /// as it is unless the body has it.
    pub fn replace(&self, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        if let Some(recipe) = &self.recipe {
            recipe.apply(endpoint);
        }
        if let Some(name) = &self.name {
            endpoint.name.clone_from(name);
        }
        if let Some(headers) = &self.headers {
            endpoint.headers.clone_from(headers);
        }
        endpoint.url.clone_from(&self.url);
        endpoint.uid.clone_from(&self.uid);
        endpoint.description.clone_from(&self.description);
        endpoint.throttle_rate = self.throttle_rate;
        endpoint.event_types.clone_from(&self.event_types);
        endpoint.channels.clone_from(&self.channels);
        endpoint.metadata.clone_from(&self.metadata);
        set_disabled(endpoint, self.disabled);
        self.own.apply(endpoint)
    }
}

/// Switches an endpoint on or off. Switched on, it begins without a past: otherwise its first
/// failure would count as the end of a long row of them and switch it off again.
pub fn set_disabled(endpoint: &mut Endpoint, disabled: bool) {
    if endpoint.disabled && !disabled {
        endpoint.failing_since = None;
    }
    endpoint.disabled = disabled;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn places(body: &str) -> Vec<String> {
        match parse::<EndpointIn>(&body.to_owned().into()) {
            Err(ApiError::Invalid(found)) => found.iter().map(|it| it.loc.join(".")).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_name_comes_from_the_host_when_there_is_none() {
        let body = r#"{"url":"https://crm.example.com:8443/hook?a=1","eventTypes":null}"#;
        let input: EndpointIn = parse(&body.into()).unwrap();
        assert_eq!(input.name_or_host(), "crm.example.com");
        assert_eq!(input.event_types, None);
    }

    #[test]
    fn violations_are_found_where_they_are() {
        assert_eq!(places(r#"{"url":"ftp://x"}"#), ["body.url"]);
        assert_eq!(places(r#"{"url":7}"#), ["body.url"]);
        let body = r#"{"url":"https://x.example","eventTypes":[],"channels":["a/b"],"uid":"ep_1",
            "throttleRate":65536,"headers":{"Host":"x","X-A":"1","x-a":"2"},"secret":"short"}"#;
        assert_eq!(
            places(body),
            [
                "body.eventTypes",
                "body.uid",
                "body.throttleRate",
                "body.headers.Host",
                "body.headers.x-a",
                "body.secret",
                "body.channels.0"
            ]
        );
    }

    #[test]
    fn older_names_are_understood() {
        let body = r#"{"url":"https://x.example","filterTypes":["a"],"rateLimit":5,"version":1}"#;
        let input: EndpointIn = parse(&body.into()).unwrap();
        assert_eq!(input.event_types.unwrap(), ["a"]);
        assert_eq!(input.throttle_rate, Some(5));
    }
}

//! Changes to endpoints: what a PATCH mentions, by the newer names and the older ones.

use hookwire_types::{Endpoint, EndpointId, Metadata};

use super::endpoint_in::{CHANNELS_MAX, EVENT_TYPES_MAX, set_disabled};
use super::endpoint_own::OwnFields;
use super::patch_rate;
use crate::error::ApiError;
use crate::extract::{Fields, FromBody, Patch};
use crate::rules;

/// What changes about an endpoint.
#[derive(Debug)]
pub struct EndpointPatch {
    url: Option<String>,
    name: Option<String>,
    uid: Patch<String>,
    description: Option<String>,
    throttle_rate: Patch<u16>,
    disabled: Option<bool>,
    event_types: Patch<Vec<String>>,
    channels: Patch<Vec<String>>,
    metadata: Option<Metadata>,
    own: OwnFields,
}

/// In a PATCH, an empty list clears as null does.
fn patch_list(
    fields: &mut Fields<'_, '_>,
    name: &'static str,
    max: usize,
    rule: fn(&str) -> Result<String, rules::Wrong>,
) -> Patch<Vec<String>> {
    match fields.patch(name, |f| f.text_set(0..=max, rule)) {
        Patch::Value(list) if list.is_empty() => Patch::Null,
        patch => patch,
    }
}

impl FromBody for EndpointPatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let types = rules::wanted_event_type;
        let event_types = patch_list(fields, "eventTypes", EVENT_TYPES_MAX, types);
        let older = patch_list(fields, "filterTypes", EVENT_TYPES_MAX, types);
        Self {
            url: fields.change("url", |f| f.text(rules::url)),
            name: fields.change("name", |f| f.text(rules::display_name)),
            uid: fields.patch("uid", |f| f.text(rules::uid::<EndpointId>)),
            description: fields.change("description", |f| f.text(rules::description)),
            throttle_rate: patch_rate(fields),
            disabled: fields.change("disabled", |f| f.boolean()),
            event_types: event_types.or(older),
            channels: patch_list(fields, "channels", CHANNELS_MAX, rules::channel),
            metadata: fields.change("metadata", |f| f.metadata()),
            own: OwnFields::read(fields, true),
        }
    }
}

impl EndpointPatch {
    /// The event types that it asks for.
    pub fn event_types(&self) -> Option<&[String]> {
        match &self.event_types {
            Patch::Value(names) => Some(names),
            Patch::Absent | Patch::Null => None,
        }
    }

    /// Changes what the body mentions.
    pub fn apply(&self, endpoint: &mut Endpoint) -> Result<(), ApiError> {
        if let Some(url) = &self.url {
            endpoint.url.clone_from(url);
        }
        if let Some(name) = &self.name {
            endpoint.name.clone_from(name);
        }
        if let Some(description) = &self.description {
            endpoint.description.clone_from(description);
        }
        if let Some(metadata) = &self.metadata {
            endpoint.metadata.clone_from(metadata);
        }
        self.uid.apply(&mut endpoint.uid);
        self.throttle_rate.apply(&mut endpoint.throttle_rate);
        self.event_types.apply(&mut endpoint.event_types);
        self.channels.apply(&mut endpoint.channels);
        if let Some(disabled) = self.disabled {
            set_disabled(endpoint, disabled);
        }
        self.own.apply(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    #[test]
    fn older_names_are_understood() {
        let patch: EndpointPatch = parse(&r#"{"filterTypes":[],"rateLimit":null}"#.into()).unwrap();
        assert_eq!(patch.event_types, Patch::Null);
        assert_eq!(patch.throttle_rate, Patch::Null);
    }
}

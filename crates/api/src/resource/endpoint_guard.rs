//! What keeps an endpoint's secrets from those who may change the endpoint and may not manage its
//! secrets: what is sent there is sent along, so who moves the endpoint reads it.
//!
//! Who gives all of it anew in the same request knows it anyway. So a change is refused only while
//! something stays that the request did not give: credentials, a value of `secrets`, or a header
//! that usually carries credentials. The signing secret is not sent and does not count.

use hookwire_compose::is_sensitive_header;
use hookwire_types::{Endpoint, RequestBody};
use serde_json::Value;
use url::{Origin, Url};

use crate::access::Access;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::problem::invalid;

/// What is told to those who would read secrets.
const ADVICE: &str = "the endpoint has secrets that would be sent along: give its credentials, \
                      secrets and sensitive headers anew, or use a credential that may manage \
                      secrets";
/// What templates call an endpoint's secrets. There is no way to name them without this word.
const NAME: &str = "secrets";

/// Where a request body has the endpoint's script.
pub type ScriptPlace = &'static [&'static str];

/// The same change, refused when it would show the caller secrets that it did not give.
pub fn guarded(
    principal: Principal,
    script: ScriptPlace,
    edit: impl Fn(&mut Endpoint) -> Result<(), ApiError> + Send + Sync,
) -> impl Fn(&mut Endpoint) -> Result<(), ApiError> + Send + Sync {
    let may_manage = principal.reach.has(Access::ManageEndpointSecret);
    move |endpoint| {
        if may_manage || !has_secrets(endpoint) {
            return edit(endpoint);
        }
        let before = endpoint.clone();
        edit(endpoint)?;
        // What is there after the same change of an endpoint without secrets was given with it.
        let mut given = without_secrets(&before);
        edit(&mut given)?;
        if !keeps_secrets(endpoint, &given) {
            return Ok(());
        }
        match exposed(&before, endpoint, script) {
            Some(place) => Err(invalid(place.iter().copied(), ADVICE)),
            None => Ok(()),
        }
    }
}

fn has_secrets(endpoint: &Endpoint) -> bool {
    endpoint.credentials.is_some()
        || !endpoint.secrets.is_empty()
        || endpoint
            .headers
            .keys()
            .any(|name| is_sensitive_header(name))
}

fn without_secrets(endpoint: &Endpoint) -> Endpoint {
    let mut bare = endpoint.clone();
    bare.credentials = None;
    bare.secrets.clear();
    bare.headers.retain(|name, _| !is_sensitive_header(name));
    bare
}

/// Whether the endpoint still has a secret that was not given.
fn keeps_secrets(endpoint: &Endpoint, given: &Endpoint) -> bool {
    let mut names = endpoint.secrets.keys();
    let mut headers = endpoint.headers.keys();
    (endpoint.credentials.is_some() && given.credentials.is_none())
        || names.any(|name| !given.secrets.contains_key(name))
        || headers.any(|name| is_sensitive_header(name) && !given.headers.contains_key(name))
}

/// Where a change leads secrets to somebody else.
fn exposed(before: &Endpoint, after: &Endpoint, script: ScriptPlace) -> Option<ScriptPlace> {
    if after.url != before.url && (moves(&before.url, &after.url) || after.url.contains(NAME)) {
        return Some(&["body", "url"]);
    }
    if after.request.body != before.request.body && names_secrets(after.request.body.as_ref()) {
        return Some(&["body", "request", "body"]);
    }
    let mut headers = after.headers.iter();
    if headers.any(|(name, value)| value.contains(NAME) && before.headers.get(name) != Some(value))
    {
        return Some(&["body", "headers"]);
    }
    // A script sees the headers, and may send the request to anybody.
    let (old, new) = (&before.transformation, &after.transformation);
    let is_other = new.code != old.code || new.variables != old.variables || !old.enabled;
    (new.enabled && is_other).then_some(script)
}

/// Whether requests would go to another scheme, host or port. What cannot be told has moved.
fn moves(before: &str, after: &str) -> bool {
    match (origin(before), origin(after)) {
        (Some(before), Some(after)) => before != after,
        _ => true,
    }
}

fn origin(url: &str) -> Option<Origin> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then_some(origin)
}

fn names_secrets(body: Option<&RequestBody>) -> bool {
    match body {
        None | Some(RequestBody::Payload | RequestBody::None) => false,
        Some(RequestBody::Text { template, .. }) => template.contains(NAME),
        // Read, as letters may be written as escapes.
        Some(RequestBody::Json { fields }) => serde_json::from_str::<Value>(fields)
            .map_or(true, |fields| fields.to_string().contains(NAME)),
    }
}

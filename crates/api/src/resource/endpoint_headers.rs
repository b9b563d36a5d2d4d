//! An endpoint's own headers. Values of headers that usually carry credentials are never shown
//! again, only that they are set.

use axum::Json;
use axum::extract::State;
use hookwire_compose::{HEADERS_MAX_COUNT, check_header, is_sensitive_header};
use hookwire_types::{Metadata, Reference};
use http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::endpoint::update;
use super::endpoint_guard::guarded;
use crate::auth::Principal;
use crate::error::ApiError;
use crate::extract::{EndpointTarget, Field, Fields, FromBody, Input};
use crate::problem::invalid;
use crate::rules;
use crate::state::ApiState;

/// All headers of one endpoint, names and values together, in bytes. Servers commonly refuse
/// heads of more than 8 to 32 KiB.
const HEADERS_BYTES_MAX: usize = 32 << 10;

/// Headers that replace all others.
pub struct HeadersIn {
    headers: Metadata,
}

/// Headers that are set, and names of those that are removed.
pub struct HeadersPatch {
    set: Metadata,
    remove: Vec<String>,
}

/// An endpoint's headers as the API shows them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HeadersOut {
    /// Headers by name.
    headers: Metadata,
    /// Names of those whose values are not shown.
    sensitive: Vec<String>,
}

/// Reads headers; names are compared without case, as HTTP does.
pub fn read_headers(field: &mut Field<'_, '_>) -> Option<Metadata> {
    let mut seen = Vec::new();
    let headers = field.map(HEADERS_MAX_COUNT, |name, value| {
        read_header(name, value, &mut seen)
    })?;
    match check_size(&headers) {
        Ok(()) => Some(headers),
        Err(wrong) => field.refuse(wrong),
    }
}

fn read_header(name: &str, value: &mut Field<'_, '_>, seen: &mut Vec<String>) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if seen.contains(&lower) {
        return value.refuse("is given more than once; header names have no case");
    }
    seen.push(lower);
    if let Err(error) = check_header(name, "") {
        return value.refuse(rules::Wrong::from(error.to_string()).expecting(header_name()));
    }
    value.text(|text| match check_header(name, text) {
        Ok(()) => Ok(text.to_owned()),
        Err(error) => Err(rules::Wrong::from(error.to_string()).expecting(header_value())),
    })
}

fn header_name() -> Value {
    json!({ "type": "string", "pattern": "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]{1,256}$" })
}

fn header_value() -> Value {
    json!({ "type": "string", "pattern": "^[\\t -~]*$", "maxLength": 8_192 })
}

fn check_size(headers: &Metadata) -> Result<(), rules::Wrong> {
    if headers.len() > HEADERS_MAX_COUNT {
        return Err(format!("an endpoint has at most {HEADERS_MAX_COUNT} headers").into());
    }
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > HEADERS_BYTES_MAX {
        return Err(format!("an endpoint's headers have at most {HEADERS_BYTES_MAX} bytes").into());
    }
    Ok(())
}

impl FromBody for HeadersIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            headers: fields.required("headers", |f| {
                read_headers(f.about("All headers that its requests are to have, by name."))
            }),
        }
    }
}

impl FromBody for HeadersPatch {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut remove = fields
            .optional("deleteHeaders", |f| {
                f.about("Names of headers to remove, as null does in `headers`.")
                    .text_set(0..=HEADERS_MAX_COUNT, rules::without_nul)
            })
            .unwrap_or_default();
        let mut seen = Vec::new();
        let set = fields.required("headers", |f| {
            f.about("Headers to set, by name; null removes one.");
            f.map(HEADERS_MAX_COUNT, |name, value| {
                if value.is_null() {
                    remove.push(name.to_owned());
                    return None;
                }
                read_header(name, value, &mut seen)
            })
        });
        Self { set, remove }
    }
}

impl HeadersPatch {
    fn apply(&self, headers: &mut Metadata) {
        let replaced = self.remove.iter().chain(self.set.keys());
        for name in replaced {
            headers.retain(|existing, _| !existing.eq_ignore_ascii_case(name));
        }
        headers.extend(self.set.clone());
    }
}

impl From<&Metadata> for HeadersOut {
    fn from(headers: &Metadata) -> Self {
        let (sensitive, shown): (Metadata, Metadata) = headers
            .clone()
            .into_iter()
            .partition(|(name, _)| is_sensitive_header(name));
        Self {
            headers: shown,
            sensitive: sensitive.into_keys().collect(),
        }
    }
}

/// Shows the endpoint's headers.
pub async fn get(target: EndpointTarget) -> Json<HeadersOut> {
    Json(HeadersOut::from(&target.endpoint.headers))
}

/// Replaces all headers.
pub async fn set(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<HeadersIn>,
) -> Result<StatusCode, ApiError> {
    let edit = guarded(principal, &["body"], |endpoint| {
        endpoint.headers.clone_from(&input.headers);
        Ok(())
    });
    update(
        &state,
        &target.app,
        &Reference::Id(target.endpoint.id),
        edit,
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets and removes single headers.
pub async fn patch(
    principal: Principal,
    target: EndpointTarget,
    State(state): State<ApiState>,
    Input(input): Input<HeadersPatch>,
) -> Result<StatusCode, ApiError> {
    let edit = guarded(principal, &["body"], |endpoint| {
        input.apply(&mut endpoint.headers);
        check_size(&endpoint.headers).map_err(|wrong| invalid(["body", "headers"], wrong))
    });
    update(
        &state,
        &target.app,
        &Reference::Id(target.endpoint.id),
        edit,
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::parse;

    fn headers(pairs: &[(&str, &str)]) -> Metadata {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_patch_sets_and_removes_whatever_the_case() {
        let mut all = headers(&[("X-A", "1"), ("X-B", "2"), ("X-C", "3")]);
        let body = r#"{"headers":{"x-a":"9","X-b":null},"deleteHeaders":["x-C","X-None"]}"#;
        let patch: HeadersPatch = parse(&body.into()).unwrap();
        patch.apply(&mut all);
        assert_eq!(all, headers(&[("x-a", "9")]));
    }

    #[test]
    fn credentials_are_named_and_not_shown() {
        let out = HeadersOut::from(&headers(&[("Authorization", "Bearer x"), ("X-A", "1")]));
        assert_eq!(out.headers, headers(&[("X-A", "1")]));
        assert_eq!(out.sensitive, ["Authorization"]);
    }

    #[test]
    fn headers_are_bounded_together() {
        let value = "v".repeat(8_000);
        let many: Vec<String> = (0..5).map(|n| format!(r#""x-{n}":"{value}""#)).collect();
        let body = format!(r#"{{"headers":{{{}}}}}"#, many.join(","));
        assert!(parse::<HeadersIn>(&body.into()).is_err());
    }
}

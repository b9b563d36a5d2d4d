//! How a replay is asked for.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookwire_types::{ApplicationId, Capture, CaptureId, EndpointId, HeaderLines, Reference};

use crate::extract::{Fields, FromBody, reference};
use crate::rules;
use crate::wrong::Wrong;

/// Requests that are sent again by one call.
const REQUESTS_MAX: usize = 100;
/// Headers of an edited request.
const HEADERS_MAX: usize = 100;

/// Where a replay goes.
#[derive(Debug)]
pub enum To {
    /// To a URL.
    Url(String),
    /// To an endpoint.
    Endpoint(Reference<ApplicationId>, Reference<EndpointId>),
}

impl Default for To {
    fn default() -> Self {
        Self::Url(String::new())
    }
}

/// What is sent instead of what was received.
#[derive(Debug, Default)]
pub struct Edits {
    method: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Vec<u8>>,
}

/// A request to be sent again.
#[derive(Debug)]
pub struct ReplayIn {
    /// Where to.
    pub to: To,
    /// With what instead.
    pub edits: Edits,
}

/// Requests to be sent again.
#[derive(Debug)]
pub struct ReplayManyIn {
    /// Which.
    pub requests: Vec<CaptureId>,
    /// Where to.
    pub to: To,
}

impl FromBody for ReplayIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            to: read_to(fields),
            edits: Edits {
                method: fields.optional("method", |f| {
                    f.about("Another method.").text(rules::sent_method)
                }),
                headers: fields.optional("headers", |f| {
                    f.about("Other headers, all of them.")
                        .map(HEADERS_MAX, |name, value| {
                            value.text(|text| rules::header(name, text))
                        })
                }),
                body: read_body(fields),
            },
        }
    }
}

impl FromBody for ReplayManyIn {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let requests = fields.required("requests", |f| {
            f.about("The requests, by id, in the order in which to send them.")
                .text_set(1..=REQUESTS_MAX, rules::capture_id)
        });
        Self {
            requests: requests.iter().filter_map(|id| id.parse().ok()).collect(),
            to: read_to(fields),
        }
    }
}

fn read_to(fields: &mut Fields<'_, '_>) -> To {
    let url = fields.optional("url", |f| {
        f.about("Where it goes: an absolute URL. This, or an endpoint.")
            .text(rules::absolute_url)
    });
    let app = fields.optional("appId", |f| {
        f.about("The application of the endpoint to which it goes, by id or uid.")
            .text(|text| reference(text.to_owned()).ok_or_else(rules::no_reference))
    });
    let endpoint = fields.optional("endpointId", |f| {
        f.about("The endpoint to which it goes, by id or uid.")
            .text(|text| reference(text.to_owned()).ok_or_else(rules::no_reference))
    });
    match (url, app, endpoint) {
        (Some(url), None, None) => To::Url(url),
        (None, Some(app), Some(endpoint)) => To::Endpoint(app, endpoint),
        _ => {
            fields.report("url", "expected either this, or `appId` and `endpointId`");
            To::default()
        }
    }
}

/// A body as text or in base64.
pub fn read_body(fields: &mut Fields<'_, '_>) -> Option<Vec<u8>> {
    let text = fields.optional("body", |f| {
        f.about("The body, if it is text.")
            .text(|text| Ok(text.to_owned()))
    });
    let binary = fields.optional("bodyBase64", |f| {
        f.about("The body, whatever it is, in base64.")
            .text(|text| {
                let wrong = |_| Wrong::from("expected base64");
                STANDARD.decode(text).map_err(wrong)
            })
    });
    if text.is_some() && binary.is_some() {
        fields.report("bodyBase64", "expected either this or `body`");
    }
    binary.or(text.map(String::into_bytes))
}

impl Edits {
    /// Changes what was received.
    pub fn apply(self, capture: &mut Capture) {
        if let Some(method) = self.method {
            capture.method = method;
        }
        if let Some(headers) = self.headers {
            let lines = headers.iter();
            capture.headers =
                HeaderLines::write(lines.map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        }
        if let Some(body) = self.body {
            capture.body_bytes = body.len() as u64;
            capture.body = Some(body.into());
        }
    }
}

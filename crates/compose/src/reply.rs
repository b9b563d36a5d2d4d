//! What a bin answers, ready to be given.
//!
//! - Where nothing is a template, an answer costs one copy of its headers.
//! - What is templates sees the request and takes part in one [`Budget`]: an answer costs at most
//!   [`RENDER_STEPS_MAX`] and is at most [`REPLY_BYTES_MAX`] long.
//! - No header can say anything about the answer's length or the connection, or about other pages
//!   of the same host: on it there are other people's bins.

mod allowed;

use bytes::Bytes;
use hookwire_types::{BinResponse, Metadata, Timestamp};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::header::{self, HEADERS_MAX_COUNT};
use crate::liquid::{Globals, Template};
use crate::received::{self, RequestFacts};
use crate::uses::Uses;
use crate::{Budget, ComposeError, Json, Place, RENDER_STEPS_MAX, reading};

pub use allowed::{ReplyHeaderError, check_reply_header};

/// The longest body. Senders read little of an answer, and many are answered at the same time.
pub const REPLY_BYTES_MAX: usize = 256 << 10;

/// Why a bin cannot answer so. Never contains a value of the definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .place.map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct ReplyError {
    /// Where, below `response`: `["headers", "x-request"]`.
    pub path: Vec<String>,
    /// Where in the text at that path.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
}

/// Whether a bin can answer so.
pub fn check_reply(definition: &BinResponse) -> Result<(), ReplyError> {
    Reply::parse(definition).map(drop)
}

/// An answer whose definition has been read. Make it once per version of a bin.
pub struct Reply {
    status: StatusCode,
    /// Those that never change.
    headers: HeaderMap,
    header_templates: Vec<(HeaderName, Template)>,
    body: Body,
    /// For a body that is not empty, where no header says its type.
    content_type: Option<HeaderValue>,
    uses: Uses,
}

enum Body {
    Fixed(Bytes),
    Made(Template),
}

impl Reply {
    /// Reads a definition. The error says where: the path below `response`, line and column.
    pub fn parse(definition: &BinResponse) -> Result<Self, ReplyError> {
        let status = status(definition.status)?;
        let mut headers = HeaderMap::with_capacity(definition.headers.len() + 1);
        let header_templates = header_templates(&definition.headers, &mut headers)?;
        let (body, body_uses) = Body::parse(&definition.body)?;
        if !definition.body.is_empty() && has_no_body(status) {
            let message = format!("an answer with status {} has no body", status.as_u16());
            return Err(at(["body"], None, message));
        }
        let has_type = headers.contains_key(CONTENT_TYPE)
            || header_templates
                .iter()
                .any(|(name, _)| name == CONTENT_TYPE);
        let content_type = (!has_type).then(|| HeaderValue::from_static(type_of(&definition.body)));
        let uses = header_templates.iter().map(|(_, template)| template.uses());
        Ok(Self {
            status,
            uses: uses.collect::<Uses>().or(body_uses),
            headers,
            header_templates,
            body,
            content_type,
        })
    }

    /// Whether nothing in it is a template: it is the same for every request.
    pub fn is_fixed(&self) -> bool {
        matches!(self.body, Body::Fixed(_)) && self.header_templates.is_empty()
    }

    /// The answer to a request. `now` is the time that `'now'` means in templates.
    ///
    /// Fails where a template fails or gives what cannot be sent, and with
    /// [`ComposeError::Skipped`] where one ends with `{% abort %}`.
    pub fn render(
        &self,
        request: &RequestFacts<'_>,
        now: Timestamp,
    ) -> Result<Response<Bytes>, ComposeError> {
        let mut headers = self.headers.clone();
        let body = match &self.body {
            Body::Fixed(body) if self.header_templates.is_empty() => body.clone(),
            _ => self.make(&mut headers, request, now)?,
        };
        if let Some(content_type) = &self.content_type
            && !body.is_empty()
        {
            headers.insert(CONTENT_TYPE, content_type.clone());
        }
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Renders what is templates: adds to the headers, and gives the body.
    fn make(
        &self,
        headers: &mut HeaderMap,
        request: &RequestFacts<'_>,
        now: Timestamp,
    ) -> Result<Bytes, ComposeError> {
        let payload = match self.uses.payload {
            true => reading::read(request.body),
            false => Json::Null,
        };
        let document = match self.uses.request {
            true => received::of_facts(request),
            false => Json::Null,
        };
        let (nothing, no_secrets) = (Metadata::new(), Default::default());
        let globals = Globals {
            payload: &payload,
            event_type: request.event_type,
            id: &request.id.to_string(),
            timestamp: &request.received_at.to_string(),
            endpoint_name: None,
            endpoint_metadata: &nothing,
            application_uid: None,
            application_metadata: &nothing,
            secrets: &no_secrets,
            request: &document,
            now,
        };
        let mut budget = Budget::new(RENDER_STEPS_MAX, REPLY_BYTES_MAX);
        for (name, template) in &self.header_templates {
            let value = header_value(name, template, &globals, &mut budget)?;
            headers.insert(name, value);
        }
        match &self.body {
            Body::Fixed(body) => Ok(body.clone()),
            Body::Made(template) => template
                .render(&globals, &mut budget)
                .map(Bytes::from)
                .map_err(|error| ComposeError::template("the body", error)),
        }
    }
}

impl std::fmt::Debug for Reply {
    /// Headers and body are what their author wrote: there may be tokens in them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Body {
    fn parse(text: &str) -> Result<(Self, Uses), ReplyError> {
        let template = Template::parse(text)
            .map_err(|error| at(["body"], Some(error.place), error.message))?;
        if !template.is_literal() {
            let uses = template.uses();
            return Ok((Self::Made(template), uses));
        }
        if text.len() > REPLY_BYTES_MAX {
            let message = format!("the body is longer than {REPLY_BYTES_MAX} bytes");
            return Err(at(["body"], None, message));
        }
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        Ok((Self::Fixed(bytes), Uses::default()))
    }
}

fn at<'p>(
    path: impl IntoIterator<Item = &'p str>,
    place: Option<Place>,
    message: impl Into<String>,
) -> ReplyError {
    ReplyError {
        path: path.into_iter().map(str::to_owned).collect(),
        place,
        message: message.into(),
    }
}

fn status(code: u16) -> Result<StatusCode, ReplyError> {
    let known = (200..=599).contains(&code).then_some(code);
    known
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| at(["status"], None, "a status is a number from 200 to 599"))
}

/// RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5.
const fn has_no_body(status: StatusCode) -> bool {
    matches!(status.as_u16(), 204 | 205 | 304)
}

/// What a body is that its author says nothing about. A tag at its beginning may become anything.
fn type_of(template: &str) -> &'static str {
    let text = template.trim_start();
    let is_tag = text.starts_with("{{") || text.starts_with("{%");
    match text.starts_with(['{', '[']) && !is_tag {
        true => "application/json",
        false => "text/plain; charset=utf-8",
    }
}

/// Reads headers: those without a template are put into `fixed`.
fn header_templates(
    own: &Metadata,
    fixed: &mut HeaderMap,
) -> Result<Vec<(HeaderName, Template)>, ReplyError> {
    if own.len() > HEADERS_MAX_COUNT {
        let message = format!(
            "there are {} headers, an answer has at most {HEADERS_MAX_COUNT}",
            own.len()
        );
        return Err(at(["headers"], None, message));
    }
    let mut templates = Vec::new();
    for (name, value) in own {
        let failed = |place, message| at(["headers", name], place, message);
        let known = allowed::parse_name(name).map_err(|error| failed(None, error.to_string()))?;
        if header::is_template(value) {
            let template =
                Template::parse(value).map_err(|error| failed(Some(error.place), error.message))?;
            templates.push((known, template));
        } else {
            let value = header::parse_value(&known, value)
                .map_err(|error| failed(None, error.to_string()))?;
            fixed.insert(known, value);
        }
    }
    Ok(templates)
}

fn header_value(
    name: &HeaderName,
    template: &Template,
    globals: &Globals<'_>,
    budget: &mut Budget,
) -> Result<HeaderValue, ComposeError> {
    let value = template.render(globals, budget).map_err(|error| {
        ComposeError::template(&format!("the header {:?}", name.as_str()), error)
    })?;
    header::parse_value(name, &value).map_err(|reason| ComposeError::ReplyHeader {
        name: name.as_str().to_owned(),
        reason,
    })
}

#[cfg(test)]
mod tests;

//! One file of the dashboard, in the forms in which it is there.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::encoding::Encoding;
use super::policy::Policies;

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// Their names have a hash of their content: what such a name stands for never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Others' pages load this script: five minutes, so that a new version of the server is used soon
/// and not every view of a page asks for it.
const FOR_A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// Kept, and asked about each time.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// What a file is asked for as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A page, by the name of its file. The answer depends on whether a page was asked for.
    Page(&'a str),
    /// A script, style or picture with a hash in its name.
    Hashed,
    /// The script that others' pages load.
    Embeddable,
    /// Anything else, by its name.
    Plain,
}

impl<'a> Place<'a> {
    /// Of a file that is asked for by its own path.
    pub fn of_file(name: &'a str) -> Self {
        if name == "portal.js" {
            Self::Embeddable
        } else if name.starts_with("assets/") {
            Self::Hashed
        } else if name.ends_with(".html") {
            Self::Page(name)
        } else {
            Self::Plain
        }
    }
}

/// A file's content, once for each form.
pub struct File {
    content_type: &'static str,
    forms: Vec<Form>,
}

struct Form {
    encoding: Encoding,
    content: Bytes,
    etag: HeaderValue,
}

impl File {
    /// A file with its plain content.
    pub fn new(name: &str, content: Cow<'static, [u8]>) -> Self {
        let mut file = Self {
            content_type: content_type(name),
            forms: Vec::new(),
        };
        file.add(Encoding::Identity, content);
        file
    }

    /// Adds another form of the same content.
    pub fn add(&mut self, encoding: Encoding, content: Cow<'static, [u8]>) {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        // The forms differ in their bytes, and so must their tags.
        let etag = format!("\"{:016x}\"", hasher.finish());
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            self.forms.push(Form {
                encoding,
                content: match content {
                    Cow::Borrowed(content) => Bytes::from_static(content),
                    Cow::Owned(content) => content.into(),
                },
                etag,
            });
        }
    }

    /// The file in the form that the caller likes best, or 304 for who has it.
    pub fn answer(&self, place: Place<'_>, policies: &Policies, asked: &HeaderMap) -> Response {
        let there = |encoding| self.forms.iter().any(|form| form.encoding == encoding);
        let chosen = Encoding::chosen(asked, there);
        let Some(form) = self.forms.iter().find(|form| form.encoding == chosen) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = if form.is_known(asked) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let mut response = Response::new(Body::from(form.content.clone()));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if let Some(name) = form.encoding.header() {
                headers.insert(CONTENT_ENCODING, name);
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, form.etag.clone());
        place.describe(headers, policies);
        response
    }
}

impl Form {
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let tags = asked.get_all(IF_NONE_MATCH).iter();
        let mut tags = tags
            .filter_map(|it| it.to_str().ok())
            .flat_map(|it| it.split(','));
        // A proxy that changes the form of a body makes its tag weak.
        tags.any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == self.etag.as_bytes())
    }
}

impl Place<'_> {
    fn describe(self, headers: &mut HeaderMap, policies: &Policies) {
        let (cache, vary, owner) = match self {
            Self::Page(_) => (ASK_FIRST, "Accept, Accept-Encoding", "same-origin"),
            Self::Hashed => (FOR_EVER, "Accept-Encoding", "same-origin"),
            Self::Embeddable => (FOR_A_WHILE, "Accept-Encoding", "cross-origin"),
            Self::Plain => (ASK_FIRST, "Accept-Encoding", "same-origin"),
        };
        let policy = match self {
            Self::Page(page) => policies.of_page(page),
            _ => policies.of_files(),
        };
        let said = HeaderValue::from_static;
        headers.insert(CACHE_CONTROL, cache);
        headers.insert(VARY, said(vary));
        headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, said(owner));
        headers.insert(X_CONTENT_TYPE_OPTIONS, said("nosniff"));
        headers.insert(REFERRER_POLICY, said("no-referrer"));
        if self == Self::Embeddable {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, said("*"));
        }
    }
}

/// By the file's name. What the web build does not make is data to a browser, which does nothing
/// with it.
fn content_type(name: &str) -> &'static str {
    let (_, extension) = name.rsplit_once('.').unwrap_or_default();
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

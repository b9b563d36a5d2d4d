//! The dashboard, the customer portal and the page of shared bins: what a browser gets from every
//! path that is not the API's.
//!
//! - The web build (`web/`) made the files and compressed them; they are part of this program.
//!   A program that was built without them says how to build them.
//! - Pages are applications that read their own address: every path that a person opens is
//!   answered with the one page that knows it. Whoever does not ask for a page gets the API's 404.
//! - Nothing is read from the disk and no path is taken apart: a path names an embedded file, or it
//!   does not.

mod embedded;
mod encoding;
mod file;
mod missing;
mod policy;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use hookwire_api::{ApiState, no_page, router_beside};
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};

use embedded::Files;
use file::Place;
use policy::Policies;

use crate::config::FrameAncestors;

/// Where others than the dashboard answer: what they do not know is nobody's page.
const OTHERS: [&str; 5] = ["/api", "/in", "/docs", "/dev", "/assets"];

/// The pages and what they are made of.
pub struct Dashboard {
    files: Files,
    policies: Policies,
}

impl Dashboard {
    /// The dashboard that was built into this program. The portal may be framed by
    /// `portal_frame_ancestors`, the others by nobody.
    pub fn embedded(portal_frame_ancestors: &FrameAncestors) -> Self {
        Self::new(Files::embedded(), portal_frame_ancestors)
    }

    fn new(files: Files, portal_frame_ancestors: &FrameAncestors) -> Self {
        Self {
            files,
            policies: Policies::new(portal_frame_ancestors),
        }
    }

    /// Whether the dashboard was built before this program.
    pub fn is_built(&self) -> bool {
        self.files.get("index.html").is_some()
    }

    /// The API, and the dashboard for all paths that the API does not know.
    pub fn beside_api(self, state: ApiState) -> axum::Router {
        if !self.is_built() {
            tracing::info!("this program was built without the dashboard");
        }
        let dashboard = Arc::new(self);
        router_beside(state, move |request: Request| {
            let answer =
                dashboard.answer(request.method(), request.uri().path(), request.headers());
            async { answer }
        })
    }

    /// The file that a path names, the page that knows the path, or 404.
    fn answer(&self, method: &Method, path: &str, asked: &HeaderMap) -> Response {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return no_page(path);
        }
        let name = path.trim_start_matches('/');
        if let Some(file) = self.files.get(name) {
            return file.answer(Place::of_file(name), &self.policies, asked);
        }
        let is_others = OTHERS.iter().any(|root| is_below(path, root));
        if is_others || !wants_page(asked) {
            return no_page(path);
        }
        let page = page_of(path);
        match self.files.get(page) {
            Some(file) => file.answer(Place::Page(page), &self.policies, asked),
            None => missing::answer(),
        }
    }
}

/// The page that knows what to show at a path.
fn page_of(path: &str) -> &'static str {
    if is_below(path, "/portal") {
        "portal.html"
    } else if path.trim_end_matches('/') == "/shared" {
        "share.html"
    } else {
        "index.html"
    }
}

fn is_below(path: &str, root: &str) -> bool {
    let rest = path.strip_prefix(root);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether the caller is a browser that opens a page: programs that take anything do not name
/// HTML, and are better served with the error.
fn wants_page(asked: &HeaderMap) -> bool {
    let mut accepted = asked.get_all(ACCEPT).iter().map(HeaderValue::as_bytes);
    accepted.any(|kinds| {
        let kinds = kinds.to_ascii_lowercase();
        kinds.windows(9).any(|part| part == b"text/html")
    })
}

#[cfg(test)]
mod tests;

//! Where an endpoint's requests go: a fixed URL, or one whose path and query are templates.
//!
//! Scheme, host and port are always literal. Whoever controls a payload can therefore never
//! choose which server is called, and what was checked when the endpoint was saved still holds
//! when it is called.

use http::Uri;
use http::uri::Authority;

use crate::destination::{self, UrlError};
use crate::liquid::{Globals, Template};
use crate::{Budget, ComposeError};

/// The longest URL that a template may give. Common servers accept 8 KiB of request line.
pub(crate) const RENDERED_URL_MAX_BYTES: usize = 8_192;

/// What a template's tags begin and end with.
const TAGS: [(&str, &str); 2] = [("{{", "}}"), ("{%", "%}")];

/// See the module's page.
pub(crate) enum Address {
    /// The same for every request.
    Fixed(Uri),
    /// Made anew for each request.
    Templated {
        /// Path and query, behind the literal beginning.
        template: Template,
        /// Scheme, host and port in their canonical form.
        base: Uri,
    },
}

impl Address {
    /// Reads an endpoint's URL.
    pub(crate) fn parse(text: &str) -> Result<Self, UrlError> {
        let Some((tag, _)) = next_tag(text) else {
            return destination::parse(text).map(Self::Fixed);
        };
        if text.len() > destination::URL_MAX_BYTES {
            return Err(UrlError::TooLong);
        }
        let literal = &text[..tag];
        let base = destination::parse(literal)?;
        let after_scheme = literal.split_once("://").map_or("", |(_, rest)| rest);
        if !after_scheme.contains(['/', '?']) {
            return Err(UrlError::HostTemplate);
        }
        let template = Template::parse(text)?;
        // What is written beside the tags must be possible whatever the tags give.
        destination::parse(&without_tags(text))?;
        Ok(Self::Templated { template, base })
    }

    /// Its template, if it is one.
    pub(crate) const fn template(&self) -> Option<&Template> {
        match self {
            Self::Fixed(_) => None,
            Self::Templated { template, .. } => Some(template),
        }
    }

    /// Host and port, where they are not the scheme's own.
    pub(crate) fn authority(&self) -> Option<&Authority> {
        match self {
            Self::Fixed(uri) | Self::Templated { base: uri, .. } => uri.authority(),
        }
    }

    /// The URL to call.
    pub(crate) fn render(
        &self,
        globals: &Globals<'_>,
        budget: &mut Budget,
    ) -> Result<Uri, ComposeError> {
        let (template, base) = match self {
            Self::Fixed(uri) => return Ok(uri.clone()),
            Self::Templated { template, base } => (template, base),
        };
        let text = template
            .render_url(globals, budget)
            .map_err(|error| ComposeError::template("the URL", error))?;
        if text.len() > RENDERED_URL_MAX_BYTES {
            return Err(ComposeError::UrlTooLong);
        }
        let uri = destination::parse(&text)?;
        if uri.scheme() != base.scheme() || uri.authority() != base.authority() {
            return Err(ComposeError::HostChanged);
        }
        Ok(uri)
    }
}

/// Where the first tag begins, and what ends it.
fn next_tag(text: &str) -> Option<(usize, &'static str)> {
    let found = TAGS.map(|(begin, end)| text.find(begin).map(|at| (at, end)));
    found.into_iter().flatten().min()
}

/// The text with an `x` for each tag.
fn without_tags(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, end)) = next_tag(rest) {
        left.push_str(&rest[..at]);
        left.push('x');
        rest = match rest[at..].find(end) {
            Some(length) => &rest[at + length + end.len()..],
            None => "",
        };
    }
    left.push_str(rest);
    left
}

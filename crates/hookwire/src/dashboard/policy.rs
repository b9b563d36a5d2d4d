//! What a browser that shows our pages may do, and who may show them in a frame.
//!
//! Names, payloads, headers and answers are strangers' texts. The pages put them in as text only;
//! should one of them get in as markup, it finds that nothing inline runs, nothing is loaded from
//! or sent to anywhere else, and that no text can be made into markup (Trusted Types).

use http::HeaderValue;

use crate::config::FrameAncestors;

/// All that is not said here is forbidden.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// The values of `Content-Security-Policy`.
pub struct Policies {
    portal: HeaderValue,
    others: HeaderValue,
}

impl Policies {
    /// With who may show the portal; nobody may show anything else.
    pub fn new(portal_frame_ancestors: &FrameAncestors) -> Self {
        let framed_by = |ancestors: &str| {
            let policy = format!("{POLICY}; frame-ancestors {ancestors}");
            // What was read as origins has no character that a header cannot have. Were it
            // otherwise, the page could do nothing.
            HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
        };
        Self {
            portal: framed_by(&portal_frame_ancestors.to_string()),
            others: framed_by("'none'"),
        }
    }

    /// Of a page, by the name of its file.
    pub fn of_page(&self, page: &str) -> &HeaderValue {
        match page {
            "portal.html" => &self.portal,
            _ => &self.others,
        }
    }

    /// Of what pages are made of: a picture that is opened by itself is a document too.
    pub fn of_files(&self) -> &HeaderValue {
        &self.others
    }
}

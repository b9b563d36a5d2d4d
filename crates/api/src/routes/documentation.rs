//! The API's description of itself.

use http::StatusCode;

use super::Group;
use super::operation::get;
use crate::access::Access;
use crate::openapi::serve_document;
use crate::openapi::shape::Object;

/// Operations on the documentation.
pub fn group() -> Group {
    Group {
        name: "Documentation",
        about: "This description. For people it is at `/docs`.",
        operations: vec![
            get(
                "/openapi.json",
                "hookwire.openapi.get",
                Access::Public,
                "Show this document",
                serve_document,
            )
            .answers::<Object>(StatusCode::OK),
        ],
    }
}

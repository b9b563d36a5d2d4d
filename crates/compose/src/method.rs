//! Methods, as HTTP knows them.

use hookwire_types::RequestMethod;
use http::Method;

/// The method of this name.
pub(crate) fn method(method: RequestMethod) -> Method {
    match method {
        RequestMethod::Post => Method::POST,
        RequestMethod::Get => Method::GET,
        RequestMethod::Put => Method::PUT,
        RequestMethod::Patch => Method::PATCH,
        RequestMethod::Delete => Method::DELETE,
    }
}

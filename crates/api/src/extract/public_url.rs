//! Where people reach this server.

use axum::extract::FromRequestParts;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

use crate::error::ApiError;
use crate::state::ApiState;

/// The server's address as people have to write it, without a slash at its end: the one that is
/// configured, or else the one that this request was sent to, as far as can be known without
/// trusting headers of proxies.
pub struct PublicUrl(pub String);

impl FromRequestParts<ApiState> for PublicUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        let settings = state.settings();
        Ok(Self(match (&settings.public_url, host(parts)) {
            (Some(configured), _) => configured.trim_end_matches('/').to_owned(),
            (None, Some(host)) => format!("http://{host}"),
            (None, None) => format!("http://{}", settings.listening),
        }))
    }
}

/// Host and port that the request names.
fn host(parts: &Parts) -> Option<Authority> {
    let named = parts.headers.get(HOST);
    let host = named.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    host.or_else(|| parts.uri.authority().cloned())
        .filter(|host| !host.as_str().contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn host_of(uri: &str, header: Option<&str>) -> Option<String> {
        let mut request = Request::get(uri);
        if let Some(header) = header {
            request = request.header(HOST, header);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        host(&parts).map(|host| host.to_string())
    }

    #[test]
    fn the_host_is_what_the_request_names() {
        assert_eq!(host_of("/", Some("a.b:80")).as_deref(), Some("a.b:80"));
        assert_eq!(host_of("/", Some("[::1]:80")).as_deref(), Some("[::1]:80"));
        assert_eq!(host_of("http://c/", None).as_deref(), Some("c"));
        for bad in ["", "a b", "a/b", "u:p@a", "<a>"] {
            assert_eq!(host_of("/", Some(bad)), None, "{bad}");
        }
        assert_eq!(host_of("/", None), None);
    }
}

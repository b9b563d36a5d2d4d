//! What a script decided about a request, taken literally: nothing in it is a template any more.
//! The same rules hold for it as for what a person writes into a definition.

use http::header::HeaderMap;
use http::{Method, Uri};

use crate::method::method;
use crate::script::ScriptChanges;
use crate::{ComposeError, destination, header};

/// Puts a script's changes into a request that is being made.
pub(crate) fn apply(
    changes: &ScriptChanges,
    to_method: &mut Method,
    to_uri: &mut Uri,
    to_headers: &mut HeaderMap,
) -> Result<(), ComposeError> {
    if let Some(changed) = changes.method {
        *to_method = method(changed);
    }
    if let Some(url) = &changes.url {
        *to_uri = destination::parse(url).map_err(|error| ComposeError::ScriptResult {
            what: "webhook.url".to_owned(),
            why: error.to_string(),
        })?;
    }
    for (name, value) in &changes.headers {
        let failed = |error: header::HeaderError| ComposeError::ScriptResult {
            what: format!("webhook.headers[{name:?}]"),
            why: error.to_string(),
        };
        let parsed = header::parse_name(name).map_err(failed)?;
        match value {
            Some(value) => {
                let value = header::parse_value(&parsed, value).map_err(failed)?;
                to_headers.insert(parsed, value);
            }
            None => {
                to_headers.remove(parsed);
            }
        }
    }
    Ok(())
}

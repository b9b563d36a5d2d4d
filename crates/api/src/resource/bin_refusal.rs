//! Where in a body is what the engine refuses of a bin.

use hookwire_engine::BinError;
use hookwire_signing::provider::SchemeError;

use crate::error::ApiError;
use crate::problem::{Problem, VALUE};
use crate::rules::{self, Wrong};

/// What the engine refuses of a bin, at its place in the body. `has_list` tells that the body has
/// secrets as a list.
pub fn refusal(error: &BinError, has_list: bool) -> ApiError {
    let (path, words): (Vec<String>, Wrong) = match error {
        BinError::Reply(error) => {
            let path = ["response".to_owned()].into_iter();
            let path = path.chain(error.path.iter().cloned()).collect();
            (path, rules::placed(error.place, &error.message))
        }
        BinError::Provider => (below(["provider"]), error.to_string().into()),
        BinError::Choice { field, .. } => (below([field]), error.to_string().into()),
        BinError::Scheme(error) => (scheme_path(error, has_list), error.to_string().into()),
    };
    ApiError::Invalid(vec![Problem {
        loc: ["body".to_owned()].into_iter().chain(path).collect(),
        msg: words.into(),
        kind: VALUE,
    }])
}

fn scheme_path(error: &SchemeError, has_list: bool) -> Vec<String> {
    match error {
        SchemeError::Secret { position, .. } | SchemeError::StandardSecret { position, .. }
            if has_list =>
        {
            below(["secrets", &position.saturating_sub(1).to_string()])
        }
        SchemeError::TooManySecrets { .. } => below(["secrets"]),
        SchemeError::HeaderName { field } | SchemeError::Generic { field, .. } => {
            // Parts are called as people call them, fields as programs do.
            below([match *field {
                "timestamp header" => "timestampHeader",
                other => other,
            }])
        }
        _ => below(["secret"]),
    }
}

fn below<const N: usize>(path: [&str; N]) -> Vec<String> {
    let path = path.into_iter().map(str::to_owned);
    ["verify".to_owned()].into_iter().chain(path).collect()
}

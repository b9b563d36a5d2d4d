//! What is refused when a script is saved.

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Value};

use super::failure::{FILE_NAME, ScriptFailure};
use super::realm::Realm;
use super::{SCRIPT_MAX_CHARS, SCRIPT_MIN_CHARS, ScriptLimits};
use crate::Place;

/// Stands before a script that is only checked: the engine reads all of it, and leaves at once.
/// A line of its own, so that columns stay what they are.
const LEAVE: &str = "throw 0;\n";

/// A script that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at {place})")]
pub struct ScriptError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}

impl ScriptError {
    fn at_start(message: impl Into<String>) -> Self {
        Self {
            place: Place::START,
            message: message.into(),
        }
    }
}

/// Checks a script without running any of it: its length, its syntax, and that it declares
/// something called `handler`.
///
/// Whether `handler` is a function is known when the script runs.
pub fn check_script(code: &str) -> Result<(), ScriptError> {
    // The number of bytes is a bound on the number of characters, and is at hand.
    let chars = code.chars().take(SCRIPT_MAX_CHARS + 1).count();
    if chars > SCRIPT_MAX_CHARS {
        let message = format!("a script has at most {SCRIPT_MAX_CHARS} characters");
        return Err(ScriptError::at_start(message));
    }
    if chars < SCRIPT_MIN_CHARS {
        let message = format!("a script has at least {SCRIPT_MIN_CHARS} characters");
        return Err(ScriptError::at_start(message));
    }
    if let Some(offset) = code.find('\0') {
        return Err(ScriptError {
            place: Place::of(code, offset),
            message: "a NUL character".to_owned(),
        });
    }
    let limits = ScriptLimits::default();
    let realm = Realm::new(&limits).map_err(|error| ScriptError::at_start(error.to_string()))?;
    // Reading takes no turns, and a bounded text bounded time: there is nothing to stop it for.
    realm.watch.start(limits.turns_max, || false);
    realm.with(|ctx| {
        let read = ctx.eval_with_options::<Value<'_>, _>(format!("{LEAVE}{code}"), options());
        let thrown = read.unwrap_or_else(|_| ctx.catch());
        if thrown.as_int() != Some(0) {
            let error = ctx.throw(thrown);
            let failure = ScriptFailure::explain(ctx, &realm.watch, &error);
            return Err(in_code(failure, code));
        }
        if declares_handler(ctx) {
            return Ok(());
        }
        Err(ScriptError::at_start(
            "there is no function `handler`: declare `function handler(webhook) { … return webhook; }`",
        ))
    })
}

/// How scripts are read: as plain scripts, not modules, and with the words that browsers forgive.
pub(super) fn options() -> EvalOptions {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(FILE_NAME.to_owned());
    options
}

/// A declared function or `var` is a property of the global object although nothing ran; a
/// `const`, `let` or `class` is there but cannot be used yet, which `typeof` says by throwing.
fn declares_handler(ctx: &Ctx<'_>) -> bool {
    if ctx.globals().contains_key("handler").unwrap_or(false) {
        return true;
    }
    let declared = ctx.eval::<Value<'_>, _>("typeof handler").is_err();
    let _ = ctx.catch();
    declared
}

fn in_code(mut failure: ScriptFailure, code: &str) -> ScriptError {
    if let Some(place) = &mut failure.place {
        place.line = place.line.saturating_sub(1).max(1);
    }
    let failure = failure.in_characters(code);
    ScriptError {
        place: failure.place.unwrap_or(Place::START),
        message: failure.message,
    }
}

//! Why a run gave no result, in words for the script's author.

use rquickjs::{Ctx, Error, Value};

use super::console::cut;
use super::watch::Watch;
use crate::Place;

/// The name that a script has in the engine's stack traces.
pub(super) const FILE_NAME: &str = "transformation";
/// Characters kept of a message: scripts throw whole documents.
const MESSAGE_MAX_CHARS: usize = 500;

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScriptFailureKind {
    /// The script is not JavaScript.
    Syntax,
    /// The script threw something.
    Thrown,
    /// The script does not do what a transformation must do, for example return the webhook.
    Contract,
    /// The script ran for too long.
    Time,
    /// The script needed too much memory.
    Memory,
    /// The payload is not JSON, or makes too large values.
    Payload,
    /// Not the script's fault: it could not be run.
    Sandbox,
}

impl ScriptFailureKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Syntax,
        Self::Thrown,
        Self::Contract,
        Self::Time,
        Self::Memory,
        Self::Payload,
        Self::Sandbox,
    ];
}

/// A run that gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", at(.place))]
pub struct ScriptFailure {
    /// What kind it is.
    pub kind: ScriptFailureKind,
    /// What happened.
    pub message: String,
    /// Where in the script, if that is known.
    pub place: Option<Place>,
}

fn at(place: &Option<Place>) -> String {
    place.map_or_else(String::new, |place| format!(" (at {place})"))
}

impl ScriptFailure {
    /// A failure without a place.
    pub fn new(kind: ScriptFailureKind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        cut(&mut message, MESSAGE_MAX_CHARS);
        Self {
            kind,
            message,
            place: None,
        }
    }

    /// The script ran for too long.
    pub fn time() -> Self {
        Self::new(
            ScriptFailureKind::Time,
            "the script ran for too long and was ended",
        )
    }

    /// The script does not do what it must.
    pub(super) fn contract(message: impl Into<String>) -> Self {
        Self::new(ScriptFailureKind::Contract, message)
    }

    fn memory() -> Self {
        Self::new(
            ScriptFailureKind::Memory,
            "the script needed too much memory",
        )
    }

    /// The engine counts columns in bytes, people count characters.
    pub(super) fn in_characters(mut self, code: &str) -> Self {
        if let Some(place) = &mut self.place {
            let lines = code.split('\n').skip(place.line as usize - 1);
            let line = lines.into_iter().next().unwrap_or_default();
            let offset = (place.column as usize).saturating_sub(1);
            place.column = Place::of(line, offset).column;
        }
        self
    }

    /// What the engine's error means. Takes the exception that is pending away.
    pub(super) fn explain(ctx: &Ctx<'_>, watch: &Watch, error: &Error) -> Self {
        let thrown = ctx.catch();
        if watch.has_ended() {
            return Self::time();
        }
        let failure = match error {
            Error::Exception => Self::of_thrown(ctx, thrown),
            // A text that could not be copied: the engine had no memory for the copy.
            Error::Allocation | Error::Unknown => Self::memory(),
            Error::InvalidString(_) => Self::contract("the text contains a NUL character"),
            error => Self::new(ScriptFailureKind::Sandbox, error.to_string()),
        };
        // Looking at what was thrown can run the script's own code.
        if watch.has_ended() {
            return Self::time();
        }
        failure
    }

    fn of_thrown<'js>(ctx: &Ctx<'js>, thrown: Value<'js>) -> Self {
        if thrown.is_null() {
            let text = "thrown: null, as the engine does when there is no memory for an error";
            return Self::new(ScriptFailureKind::Thrown, text);
        }
        let Some(error) = thrown.as_object().filter(|_| thrown.is_error()) else {
            let text = match thrown.as_string() {
                Some(text) => text.to_string().ok(),
                None => ctx
                    .json_stringify(thrown.clone())
                    .ok()
                    .flatten()
                    .and_then(|text| text.to_string().ok()),
            };
            let text = text.unwrap_or_else(|| format!("a value of type {}", thrown.type_name()));
            return Self::new(ScriptFailureKind::Thrown, format!("thrown: {text}"));
        };
        let text_of = |name: &str| error.get::<_, String>(name).unwrap_or_default();
        let (name, message) = (text_of("name"), text_of("message"));
        let kind = match (name.as_str(), message.as_str()) {
            ("InternalError", "out of memory") => return Self::memory(),
            ("SyntaxError", _) => ScriptFailureKind::Syntax,
            _ => ScriptFailureKind::Thrown,
        };
        Self {
            place: place_in(&text_of("stack")),
            ..Self::new(kind, format!("{name}: {message}"))
        }
    }
}

/// The first place in the script that a stack trace names, as `transformation:3:14`.
fn place_in(stack: &str) -> Option<Place> {
    stack.split(FILE_NAME).skip(1).find_map(|rest| {
        let mut numbers = rest.strip_prefix(':')?.split(|c: char| !c.is_ascii_digit());
        let line = numbers.next()?.parse().ok()?;
        let column = numbers.next()?.parse().ok()?;
        Some(Place { line, column })
    })
}

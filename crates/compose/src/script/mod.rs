//! Transformations: JavaScript that may change a delivery before its request is composed.
//!
//! ```js
//! function handler(webhook) {
//!   webhook.payload.total = webhook.payload.items.length;
//!   return webhook;
//! }
//! ```
//!
//! A [`Sandbox`] runs a script in QuickJS with a memory limit, a stack limit and a watch that ends
//! it. There is nothing in there to reach out with: no files, no network, no timers, no modules.
//!
//! **A fresh engine for every run.** What a script does to its globals, to the built-in
//! prototypes, to `Error.prepareStackTrace` or to pending promises ends with its run, because the
//! runtime that it happened in ends too. The alternative, one context with every built-in object
//! frozen, costs about a third, but it breaks scripts that may rightly write `error.name = …`, and
//! it stays sound only as long as nobody overlooks a built-in with state of its own. What a fresh
//! engine costs (about 100 µs, most of it defining built-in functions) can be paid ahead: see
//! [`Sandbox::prepare`].
//!
//! **What a watch can and cannot do.** The engine asks whether to go on at every ten-thousandth
//! call or loop turn. A single built-in call that works for long, such as
//! `new Array(4e9).join("")`, is not interrupted. So a sandbox alone is enough for scripts that
//! are slow by mistake; whoever runs strangers' scripts runs the sandbox in a process that can be
//! ended from outside, as the engine crate does.
//!
//! Numbers: JavaScript has doubles. A payload that a script does not change keeps its original
//! bytes, whatever numbers are in it; in one that it changes, every number has become a double.

mod check;
mod console;
mod failure;
mod input;
mod output;
mod realm;
mod sandbox;
mod watch;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use hookwire_types::{Metadata, Received, RequestMethod};

use crate::received;

pub use check::{ScriptError, check_script};
pub use console::{ConsoleLevel, ConsoleLine};
pub use failure::{ScriptFailure, ScriptFailureKind};
pub use sandbox::Sandbox;

/// A script is at least this long, in characters: what the compatible API's description says.
pub const SCRIPT_MIN_CHARS: usize = 10;
/// A script is at most this long, in characters: what the compatible API's description says.
pub const SCRIPT_MAX_CHARS: usize = 51_200;
/// A payload that a script made is at most this long, in bytes: what the API takes as a payload.
pub const SCRIPT_PAYLOAD_MAX_BYTES: usize = 2 << 20;

/// What a run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptLimits {
    /// Memory for the script's own values, in bytes. What the payload takes as values is added.
    pub memory_bytes_max: usize,
    /// Stack, in bytes. The thread's own stack must be at least four times this.
    pub stack_bytes_max: usize,
    /// Calls and loop turns. Unlike time, this is the same on every machine.
    pub turns_max: u64,
}

impl Default for ScriptLimits {
    /// 16 MiB, 256 KiB (some thousand calls deep), and turns for a few seconds: the watch that is
    /// passed to a run ends it long before, unless there is none.
    fn default() -> Self {
        Self {
            memory_bytes_max: 16 << 20,
            stack_bytes_max: 256 << 10,
            turns_max: 100_000_000,
        }
    }
}

/// What a script is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptInput {
    /// The endpoint's method: `webhook.method`.
    pub method: RequestMethod,
    /// The endpoint's URL as it is defined, templates and all: `webhook.url`.
    pub url: String,
    /// The endpoint's headers as they are defined: `webhook.headers`.
    pub headers: Metadata,
    /// The message's event type: `webhook.eventType`. A script cannot change it.
    pub event_type: String,
    /// The message's payload, as JSON text: `webhook.payload`.
    pub payload: Bytes,
    /// The request that the message was, as [JSON text](Self::request_text): `webhook.request`,
    /// which is null where there was none. A script cannot change it.
    pub request: Option<String>,
    /// The transformation's variables: `webhook.env`.
    pub variables: Metadata,
}

impl ScriptInput {
    /// The request that a bin received, as scripts are given it.
    pub fn request_text(received: &Received) -> String {
        received::text_of_message(received)
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptRun {
    /// What the script made of the delivery, or why it did not.
    pub result: Result<ScriptOutput, ScriptFailure>,
    /// What the script wrote to its console, for its author.
    pub console: Vec<ConsoleLine>,
}

/// What a script decided about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptOutput {
    /// It is sent, with these changes.
    Send(Box<ScriptChanges>),
    /// It is not sent.
    Cancel {
        /// Why, in the script's words if it gave any.
        reason: String,
    },
}

/// What differs from the [`ScriptInput`]; all `None` and empty when nothing does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScriptChanges {
    /// Another method.
    pub method: Option<RequestMethod>,
    /// Another URL. Not checked here: whoever composes the request checks every URL alike.
    pub url: Option<String>,
    /// Headers to set, and to leave out where there is no value. Not checked here either, except
    /// for their number and length.
    pub headers: Vec<(String, Option<String>)>,
    /// Another payload, as compact JSON. `None` keeps the original bytes.
    pub payload: Option<String>,
}

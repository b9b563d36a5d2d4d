//! The engine: takes messages in, keeps them safe, and sees to it that they arrive.
//!
//! ```text
//!  accept ─▶ intake ──append──▶ store
//!              │ after the commit, from memory
//!              ▼
//!            lanes (one per endpoint) ─▶ dispatcher ─▶ sender: compose, sign, send
//!              ▲                                          │
//!   claimer ───┘ what is due                              ▼
//!   store ◀─────────────────complete──────────────── recorder
//! ```
//!
//! A message that is delivered at once is never read back from the store. What must hold:
//!
//! - Nothing is sent before it is stored, and no place in memory is given up before what came of
//!   it is stored.
//! - No lane waits for another lane; what hangs holds its own few slots.
//! - Memory is bounded by [`EngineSettings`], not by traffic.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod outbound;

mod announcer;
mod backlog;
mod bins;
mod claimer;
mod clock;
mod completion;
mod composing;
mod directory;
mod dispatcher;
mod facade;
mod horizon;
mod intake;
mod lane;
mod live;
mod preview;
mod recorder;
mod registry;
mod retention;
mod retry;
mod room;
mod scripts;
mod sender;
mod settings;
mod start;
mod target;
mod task;
mod traffic;
mod trial;
mod turns;
mod verdict;

pub use announcer::OPERATIONAL_EVENTS;
pub use bins::{
    Arriving, Awaited, BinError, Follower, ListenerAnswer, OpenBin, Refused, Taken, Waiting,
    check_bin, message_of,
};
pub use directory::AppSnapshot;
pub use facade::Engine;
pub use hookwire_compose::HeaderStyle;
pub use hookwire_compose::{ConsoleLevel, ConsoleLine};
pub use intake::{AcceptError, AnswerKey, NewMessage};
pub use live::{GATHERED_MAX, Gathered, LiveAttempt, LiveFollower};
pub use preview::PreviewReport;
pub use retention::ANSWERS_KEPT_MS;
#[cfg(unix)]
pub use scripts::serve_scripts;
pub use scripts::{ScriptCommand, ScriptIsolation, ScriptSettings};
pub use settings::EngineSettings;
pub use task::TaskError;
pub use traffic::{TrafficReport, WindowError, traffic_window};
pub use trial::{TestError, TestReport};

//! Bins: addresses that take any request, keep it before it is answered, and may pass it on.
//!
//! ```text
//!  /in/{token} ─▶ directory ─▶ open bin: bounds ─▶ taking: verify, plan ─▶ store: capture, message
//!                                                                            │ one commit
//!  listeners ◀── news ◀──────────────────────────────────────────────────────┤
//!  lanes ◀── deliveries from memory, as of any accepted message ◀────────────┘
//! ```
//!
//! - **Nothing is answered before it is stored.** A capture and the message that it becomes are one
//!   commit; that commit also decides what is a duplicate.
//! - **A bin's neighbours do not notice it**: its rate, its answers that wait and its listeners have
//!   bounds of their own, and what it keeps is trimmed in small steps.
//! - Ids are given out before the commit. Whoever reads a bin in order stops at its horizon.

mod answering;
mod directory;
mod judging;
mod key;
mod listeners;
mod live;
mod message;
mod open;
mod taking;
mod trim;

pub use listeners::{Awaited, Follower, ListenerAnswer};
pub use live::{Refused, Waiting};
pub use message::message_of;
pub use open::{BinError, OpenBin, check_bin};
pub use taking::{Arriving, Taken};

pub(crate) use directory::BinDirectory;
pub(crate) use taking::Taking;

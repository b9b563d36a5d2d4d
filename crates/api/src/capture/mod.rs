//! Views of a capture: the shapes in which a received request is shown to people and programs.
//!
//! [`CaptureOut`] is the short form of lists and streams, [`CaptureDetailOut`] the full one,
//! [`curl`] a command that sends the request again, [`HarOut`] a log that browsers' tools open.
//!
//! - Pure, and total: any bytes in any field of a capture give an answer.
//! - Nothing of a capture is interpreted beyond what its kind needs; what is shown is data, and
//!   whoever shows it escapes it.
//! - Time grows with the capture's size, and an answer is bounded whatever the body holds: what is
//!   cut says so, and the bytes as they were received are at `…/body`.

mod address;
mod body;
mod command;
mod full;
mod har;
mod hex;
mod json;
mod multipart;
mod pair;
mod parameter;
mod part;
mod shell;
mod short;
#[cfg(test)]
mod tests;

pub use command::curl;
pub use full::CaptureDetailOut;
pub use har::HarOut;
pub use short::CaptureOut;

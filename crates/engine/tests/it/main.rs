//! The engine on a real embedded store, with real receivers on loopback.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod bins;
mod composed;
mod delivery;
mod isolation;
mod operational;
mod receiver;
mod rig;
mod survival;
mod tasks;
mod wire;

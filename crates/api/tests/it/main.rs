//! The API over a real engine and a real store, by its router and over loopback.

#![allow(clippy::unwrap_used)]

mod access;
mod application;
mod authentication;
mod bin_access;
mod bin_mistakes;
mod bins;
mod composed;
mod composed_mistakes;
mod composed_secrets;
mod contention;
mod documentation;
mod endpoint;
mod event_type;
mod event_type_import;
mod expunging;
mod guarded_secrets;
mod idempotency;
mod message;
mod operational;
mod pages;
mod polling;
mod preview;
mod public_bins;
mod raw_bodies;
mod recipe;
mod replaying;
mod rig;
mod sending;
mod session;
mod transformation;
mod wire;

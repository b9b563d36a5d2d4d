//! The API over a real engine and a real store, by its router and over loopback.

#![allow(clippy::unwrap_used)]

mod access;
mod application;
mod composed;
mod composed_mistakes;
mod composed_secrets;
mod contention;
mod endpoint;
mod event_type;
mod message;
mod pages;
mod preview;
mod recipe;
mod rig;
mod sending;
mod transformation;
mod wire;

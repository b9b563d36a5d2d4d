//! The API over a real engine and a real store, by its router and over loopback.

#![allow(clippy::unwrap_used)]

mod access;
mod application;
mod endpoint;
mod event_type;
mod message;
mod rig;
mod sending;
mod wire;

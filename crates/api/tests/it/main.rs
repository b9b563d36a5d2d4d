//! The API over a real engine and a real store, by its router and over loopback.

#![allow(clippy::unwrap_used)]

mod access;
mod application;
mod contention;
mod endpoint;
mod event_type;
mod message;
mod pages;
mod rig;
mod sending;
mod wire;

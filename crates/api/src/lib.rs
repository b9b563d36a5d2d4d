//! The HTTP API over the engine.
//!
//! [`router`] has the paths ([`router_beside`] with others beside them), [`Site`] what is done for
//! every request around them, [`serve`] puts them on a listener, [`TokenKey`] makes and checks the
//! tokens that callers show. One file under `resource` for each resource: its handlers, what they
//! take and what they answer.
//!
//! - A request is read in one order: whose it is, what its path names, its query, its body. What
//!   is refused early costs little.
//! - A payload passes through byte for byte, inward and outward.
//! - No answer and no log line carries a value of a request that was refused, a token or a secret,
//!   except a secret to the caller who asks for it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod access;
mod asset;
mod auth;
mod capture;
mod code;
mod contention;
mod credential;
mod document;
mod error;
mod extract;
mod idempotency;
mod openapi;
mod page;
mod per_address;
mod problem;
mod receive;
mod resource;
mod room;
mod routes;
mod rules;
mod schema;
mod serve;
mod session;
mod settings;
mod site;
mod state;
mod stream;
mod token;
mod trace;
mod unread;
mod wrong;

pub use access::{Access, Reach};
pub use auth::Principal;
pub use code::Code;
pub use error::ApiError;
pub use openapi::document_text;
pub use problem::Problem;
pub use routes::{no_page, router, router_beside};
pub use serve::serve;
pub use settings::{AboutServer, ApiSettings, PublicBins};
pub use site::Site;
pub use state::ApiState;
pub use token::{
    Claims, DEFAULT_ORGANIZATION, SIGN_IN_SECONDS, SignIn, Subject, TokenError, TokenKey,
};

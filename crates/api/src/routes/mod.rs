//! The operations of the API: one table, a file for each group.
//!
//! What is routed, what it asks of the caller and what is documented all come from here. To add an
//! operation, add it to its group:
//!
//! ```text
//! post(
//!     "/app/{app_id}/endpoint/{endpoint_id}/recover",   // below /api/v1
//!     "v1.endpoint.recover",                            // or hookwire.… for one of our own
//!     Access::CreateAttempts,
//!     "Recover failed messages",
//!     recovery::recover,
//! )
//! .details("What a person has to know beyond the summary.")
//! .answers::<TaskOut>(StatusCode::ACCEPTED),
//! ```
//!
//! The query and the body are documented from the handler's arguments (`Params`, `Input`), whose
//! readers describe themselves; an answer's type derives `schemars::JsonSchema` beside
//! `Serialize`, with `#[schemars(with = "Id<EndpointId>")]` on ids and
//! `#[schemars(with = "Time")]` on moments (both from [`crate::openapi::shape`]); doc comments of
//! its fields become descriptions. Refusals (401, 403, 404, 422, …) are documented by themselves,
//! from the method, the access and what is read. A new parameter of a path is described in
//! [`crate::openapi`], a new kind of argument in `extract/needs.rs`.

mod application;
mod attempt;
mod authentication;
mod background_task;
mod bin;
mod capture;
mod compose;
mod documentation;
mod endpoint;
mod environment;
mod event_type;
mod gate;
mod health;
mod message;
mod operation;
mod operational_webhook;
mod poller;
mod session;
mod traffic;

use axum::Router;
use axum::handler::Handler;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::Uri;

use crate::error::ApiError;
use crate::openapi;
use crate::receive;
use crate::state::ApiState;

pub use operation::{Answer, Group, Operation};

/// Where all operations are.
pub const BASE: &str = "/api/v1";

/// All operations, group by group in the order in which to explain them.
pub fn groups() -> Vec<Group> {
    vec![
        application::group(),
        endpoint::group(),
        event_type::group(),
        environment::group(),
        message::group(),
        attempt::group(),
        traffic::group(),
        poller::group(),
        operational_webhook::group(),
        bin::group(),
        capture::group(),
        background_task::group(),
        compose::group(),
        authentication::group(),
        session::group(),
        health::group(),
        documentation::group(),
    ]
}

/// The API. Paths and methods that it does not know are answered in the shape of its errors.
pub fn router(state: ApiState) -> Router {
    router_beside(state, async |uri: Uri| no_page(uri.path()))
}

/// The answer to a path that nothing is behind: the way to the documentation for who comes to the
/// door, an error in the shape of the API's for everybody else.
pub fn no_page(path: &str) -> Response {
    match path {
        "/" => Redirect::temporary("/docs").into_response(),
        _ => ApiError::NoRoute.into_response(),
    }
}

/// The API, and `others` for all paths that it does not know.
pub fn router_beside<H, T>(state: ApiState, others: H) -> Router
where
    H: Handler<T, ApiState>,
    T: 'static,
{
    let mut router = Router::new();
    for operation in groups().into_iter().flat_map(|group| group.operations) {
        let path = format!("{BASE}{}", operation.path);
        let handler = operation.handler();
        // A trailing slash is accepted everywhere: clients of the compatible API send it.
        router = router
            .route(&format!("{path}/"), handler.clone())
            .route(&path, handler);
    }
    router
        .route("/docs", get(openapi::serve_page))
        .route("/docs/style.css", get(openapi::serve_style))
        .merge(receive::routes())
        .fallback(others)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .with_state(state)
}

//! The paths of the API, and which handler answers each method.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{MethodRouter, get, post};

use crate::error::ApiError;
use crate::resource::{
    application, attempt, delivery, endpoint, endpoint_headers, endpoint_secret, event_type,
    health, message, preview, recipe, recovery, send_example, task, test_send, transformation,
};
use crate::state::ApiState;
use crate::trace::trace;

/// The API. Paths and methods that it does not know are answered in the shape of its errors.
pub fn router(state: ApiState) -> Router {
    let paths = health_paths().into_iter();
    let paths = paths
        .chain(organization_paths())
        .chain(endpoint_paths())
        .chain(compose_paths())
        .chain(message_paths());
    let mut router = Router::new();
    for (path, methods) in paths {
        let path = format!("/api/v1{path}");
        // A trailing slash is accepted everywhere: clients of the compatible API send it.
        router = router
            .route(&format!("{path}/"), methods.clone())
            .route(&path, methods);
    }
    router
        .fallback(async || ApiError::NoRoute)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(from_fn(trace))
        .with_state(state)
}

type Paths = Vec<(&'static str, MethodRouter<ApiState>)>;

fn health_paths() -> Paths {
    vec![
        ("/health", get(health::health)),
        ("/health/ping", get(health::ping)),
    ]
}

fn organization_paths() -> Paths {
    vec![
        ("/app", get(application::list).post(application::create)),
        (
            "/app/{app_id}",
            get(application::get)
                .put(application::upsert)
                .patch(application::patch)
                .delete(application::delete),
        ),
        (
            "/event-type",
            get(event_type::list).post(event_type::create),
        ),
        (
            "/event-type/{event_type_name}",
            get(event_type::get)
                .put(event_type::upsert)
                .patch(event_type::patch)
                .delete(event_type::delete),
        ),
        ("/background-task", get(task::list)),
        ("/background-task/{task_id}", get(task::get)),
    ]
}

fn endpoint_paths() -> Paths {
    vec![
        (
            "/app/{app_id}/endpoint",
            get(endpoint::list).post(endpoint::create),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}",
            get(endpoint::get)
                .put(endpoint::upsert)
                .patch(endpoint::patch)
                .delete(endpoint::delete),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/secret",
            get(endpoint_secret::get),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/secret/rotate",
            post(endpoint_secret::rotate),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/headers",
            get(endpoint_headers::get)
                .put(endpoint_headers::set)
                .patch(endpoint_headers::patch),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/transformation",
            get(transformation::get).patch(transformation::patch),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/send-example",
            post(send_example::send_example),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/test",
            post(test_send::test),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/recover",
            post(recovery::recover),
        ),
        (
            "/app/{app_id}/endpoint/{endpoint_id}/msg",
            get(delivery::list_of_endpoint),
        ),
    ]
}

fn compose_paths() -> Paths {
    vec![
        ("/compose/preview", post(preview::preview)),
        ("/recipe", get(recipe::list)),
        ("/recipe/{recipe_id}", get(recipe::get)),
    ]
}

fn message_paths() -> Paths {
    vec![
        (
            "/app/{app_id}/msg",
            get(message::list).post(message::create),
        ),
        ("/app/{app_id}/msg/{msg_id}", get(message::get)),
        (
            "/app/{app_id}/msg/{msg_id}/endpoint",
            get(delivery::list_of_message),
        ),
        (
            "/app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend",
            post(recovery::resend),
        ),
        (
            "/app/{app_id}/msg/{msg_id}/attempt/{attempt_id}",
            get(attempt::get),
        ),
        (
            "/app/{app_id}/attempt/endpoint/{endpoint_id}",
            get(attempt::list_by_endpoint),
        ),
        (
            "/app/{app_id}/attempt/msg/{msg_id}",
            get(attempt::list_by_message),
        ),
    ]
}

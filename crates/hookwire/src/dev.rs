//! What `--dev` adds: the sample catalogue, and a receiver to try webhooks with.

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::any;
use hookwire_engine::Engine;
use hookwire_store::Change;
use hookwire_types::{EventType, OrganizationId};
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::{BodyExt as _, Limited};

use crate::catalogue;

/// Where the receiver is.
pub const RECEIVER_PATH: &str = "/dev/receiver";

/// Characters of a received body that are logged.
const BODY_CHARS_LOGGED: usize = 200;

/// A receiver that answers every webhook with 200 and logs what it got, so that there is one to
/// send to before there is a real one. It takes any method, and any path below its own. Bodies up to `body_bytes_max` fit, as they do in the API.
pub fn receiver(body_bytes_max: usize) -> Router {
    Router::new()
        .route(RECEIVER_PATH, any(receive))
        .route(&format!("{RECEIVER_PATH}/{{*rest}}"), any(receive))
        .with_state(body_bytes_max)
}

async fn receive(
    State(body_bytes_max): State<usize>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> (StatusCode, &'static str) {
    let Ok(body) = Limited::new(body, body_bytes_max).collect().await else {
        return (
            StatusCode::PAYLOAD_TOO_LARGE,
            "too large, or not all of it came\n",
        );
    };
    let body = body.to_bytes();
    let text = String::from_utf8_lossy(&body);
    let beginning: String = text.chars().take(BODY_CHARS_LOGGED).collect();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let id = header("webhook-id")
        .or_else(|| header("svix-id"))
        .unwrap_or_default();
    tracing::info!(
        id,
        method = %method,
        path = uri.path(),
        bytes = body.len(),
        body = beginning,
        "the dev receiver got a webhook"
    );
    (StatusCode::OK, "received\n")
}

/// Puts the sample events that an organization's catalogue does not have into it. Returns how many
/// there are in the sample.
pub async fn load_samples(engine: &Engine, organization: OrganizationId) -> anyhow::Result<usize> {
    let samples = catalogue::samples().context("the sample catalogue")?;
    let mut missing = Vec::new();
    for sample in &samples {
        if engine
            .store()
            .event_type(organization, &sample.name)
            .await?
            .is_some()
        {
            continue;
        }
        let now = engine.now();
        missing.push(Change::CreateEventType(EventType {
            organization,
            name: sample.name.clone(),
            description: sample.description.clone(),
            archived: false,
            deprecated: false,
            schemas: Some(sample.schemas().to_string()),
            group_name: sample.group.clone(),
            feature_flags: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }));
    }
    if !missing.is_empty() {
        engine
            .change(missing)
            .await
            .context("the sample catalogue")?;
    }
    Ok(samples.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_receiver_takes_what_the_api_takes_and_no_more() {
        for (bytes, status) in [(10, StatusCode::OK), (11, StatusCode::PAYLOAD_TOO_LARGE)] {
            let body = Body::from(vec![b'a'; bytes]);
            let (method, uri) = (Method::POST, Uri::from_static(RECEIVER_PATH));
            let answer = receive(State(10), method, uri, HeaderMap::new(), body).await;
            assert_eq!(answer.0, status);
        }
    }
}

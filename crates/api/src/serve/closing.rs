//! That the server is about to stop, for answers that would never end by themselves.

use axum::extract::FromRequestParts;
use http::request::Parts;
use tokio::sync::watch;

use super::Origin;
use crate::error::ApiError;
use crate::extract::Needed;
use crate::state::ApiState;

/// Told when the server stops.
#[derive(Debug, Clone)]
pub(crate) struct Closing(watch::Receiver<bool>);

impl Closing {
    pub(super) fn new(closing: watch::Receiver<bool>) -> Self {
        Self(closing)
    }

    /// Done when the server is about to stop.
    pub(crate) async fn closed(mut self) {
        // An error means that the server is gone.
        let _ = self.0.wait_for(|closing| *closing).await;
    }
}

impl FromRequestParts<ApiState> for Closing {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Self, ApiError> {
        let found = Origin::of(&parts.extensions).map(|origin| origin.closing.clone());
        // A router that is called without a server does not stop.
        Ok(found.unwrap_or_else(|| {
            let (sender, closing) = watch::channel(false);
            tokio::spawn(async move { sender.closed().await });
            Self(closing)
        }))
    }
}

impl Needed for Closing {}

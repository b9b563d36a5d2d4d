//! A router, and what is done for every request around it.
//!
//! Around, and not in a layer: each layer of a router copies all the services below it for every
//! request.

use std::convert::Infallible;
use std::pin::Pin;

use axum::body::HttpBody;
use axum::response::Response;
use axum::{BoxError, Router};
use bytes::Bytes;
use http::Request;
use tower_service::Service;

use crate::settings::ApiSettings;
use crate::trace::trace;
use crate::unread::{Patience, take_rest};

/// See the module's page. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Site {
    router: Router,
    patience: Patience,
}

impl Site {
    /// Answers with `router`, within the bounds of `settings`.
    pub fn new(router: Router, settings: &ApiSettings) -> Self {
        Self {
            router,
            patience: Patience::of(settings),
        }
    }

    /// Answers a request, whatever it is.
    pub async fn answer<B>(self, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<BoxError>,
    {
        let Self {
            mut router,
            patience,
        } = self;
        let routed = async move |request| match router.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        take_rest(patience, request, |request| trace(request, routed)).await
    }
}

impl<B> hyper::service::Service<Request<B>> for Site
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<B>) -> Self::Future {
        let site = self.clone();
        Box::pin(async move { Ok(site.answer(request).await) })
    }
}

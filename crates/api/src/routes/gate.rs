//! What stands before an operation's handler: who may call it, how large its body may be, and that
//! it is carried out once for each key.
//!
//! A gate is a handler around a handler and not a stack of middleware: each layer of that copies
//! all the layers below it for every request.

use std::marker::PhantomData;
use std::pin::Pin;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};

use crate::access::Access;
use crate::auth::admit;
use crate::extract::BodyLimit;
use crate::idempotency::carry_out_once;
use crate::state::ApiState;

/// What is asked of a request before it reaches its handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gate {
    /// What it asks of the caller.
    pub(super) access: Access,
    /// How large the body may be, in bytes, if that is more than usual.
    pub(super) body_bytes_max: Option<usize>,
    /// Whether it is carried out once for each `Idempotency-Key`.
    pub(super) takes_idempotency_key: bool,
}

/// A handler behind a gate.
#[derive(Clone)]
pub(super) struct Gated<H> {
    gate: Gate,
    handler: H,
}

/// The arguments of a handler behind a gate.
pub(super) struct Behind<T>(PhantomData<T>);

impl Gate {
    pub(super) fn before<H>(self, handler: H) -> Gated<H> {
        Gated {
            gate: self,
            handler,
        }
    }
}

impl<H, T> Handler<Behind<T>, ApiState> for Gated<H>
where
    H: Handler<T, ApiState>,
    T: 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, mut request: Request, state: ApiState) -> Self::Future {
        let Self { gate, handler } = self;
        Box::pin(async move {
            if gate.access != Access::Public
                && let Err(refusal) = admit(&state, gate.access, &mut request).await
            {
                return refusal.into_response();
            }
            if let Some(bytes_max) = gate.body_bytes_max {
                request.extensions_mut().insert(BodyLimit(bytes_max));
            }
            if gate.takes_idempotency_key {
                let own = state.clone();
                carry_out_once(state, request, |request| handler.call(request, own)).await
            } else {
                handler.call(request, state).await
            }
        })
    }
}

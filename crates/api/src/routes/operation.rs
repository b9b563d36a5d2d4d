//! One operation of the API, with all that is to be known about it.

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{Method, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::gate::Gate;
use crate::access::Access;
use crate::extract::{Needed, Needs};
use crate::state::ApiState;

/// What bodies are, unless an operation says otherwise.
const JSON: &str = "application/json";

/// Operations on one kind of thing.
pub struct Group {
    /// What the kind is called in the documentation.
    pub name: &'static str,
    /// What the kind is, in a sentence or two.
    pub about: &'static str,
    /// The operations, in the order in which to explain them.
    pub operations: Vec<Operation>,
}

/// An operation: a method of a path.
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path below `/api/v1`.
    pub path: &'static str,
    /// Its name, for programs. Those of the compatible API have that API's names.
    pub id: &'static str,
    /// What it asks of the caller.
    pub access: Access,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What else is to be known; may be empty.
    pub details: &'static str,
    /// What it reads of a request, as its handler says.
    pub needs: Needs,
    /// Whether it changes nothing, or nothing that would be worse twice: then its answers are not
    /// kept for those who come again.
    repeatable: bool,
    /// Whether so many may do it at a time, and no more.
    pub bounded: bool,
    /// Whether it decides by itself whom it takes, although it asks for no credential.
    pub decides: bool,
    /// What it answers when it did what it was asked to.
    pub answers: Vec<Answer>,
    handler: Box<dyn Fn(Gate) -> MethodRouter<ApiState>>,
}

/// An answer of an operation that did what it was asked to.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// What its body is like; without one it has none.
    pub schema: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// What kind of body it is.
    pub content_type: &'static str,
}

macro_rules! methods {
    ($($name:ident $method:ident)*) => {$(
        #[doc = concat!("An operation by ", stringify!($method), ".")]
        pub fn $name<H, T>(
            path: &'static str,
            id: &'static str,
            access: Access,
            summary: &'static str,
            handler: H,
        ) -> Operation
        where
            H: Handler<T, ApiState>,
            T: Needed + 'static,
        {
            let mut needs = Needs::default();
            T::note(&mut needs);
            Operation {
                method: Method::$method,
                path,
                id,
                access,
                summary,
                details: "",
                needs,
                repeatable: false,
                bounded: false,
                decides: false,
                answers: Vec::new(),
                handler: Box::new(move |gate| {
                    on(MethodFilter::$method, gate.before(handler.clone()))
                }),
            }
        }
    )*};
}

methods! { get GET post POST put PUT patch PATCH delete DELETE }

impl Operation {
    /// Says more than the summary.
    pub fn details(mut self, details: &'static str) -> Self {
        self.details = details;
        self
    }

    /// Keeps no answer: it does no harm to be done again.
    pub fn keeps_no_answer(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// So many may do it at a time, and no more.
    pub fn bounded(mut self) -> Self {
        self.bounded = true;
        self
    }

    /// Decides by itself whom it takes.
    pub fn decides(mut self) -> Self {
        self.decides = true;
        self
    }

    /// Whether it is carried out once for each `Idempotency-Key`.
    pub fn takes_idempotency_key(&self) -> bool {
        self.method == Method::POST && self.access != Access::Public && !self.repeatable
    }

    /// Answers with a body.
    pub fn answers<T: JsonSchema>(self, status: StatusCode) -> Self {
        self.with_answer(status, Some(SchemaGenerator::subschema_for::<T>), JSON)
    }

    /// Answers without a body.
    pub fn answers_nothing(self) -> Self {
        self.with_answer(StatusCode::NO_CONTENT, None, JSON)
    }

    /// Answers with a body that is not JSON.
    pub fn answers_text(self, content_type: &'static str) -> Self {
        let text = SchemaGenerator::subschema_for::<String>;
        self.with_answer(StatusCode::OK, Some(text), content_type)
    }

    fn with_answer(
        mut self,
        status: StatusCode,
        schema: Option<fn(&mut SchemaGenerator) -> Schema>,
        content_type: &'static str,
    ) -> Self {
        self.answers.push(Answer {
            status,
            schema,
            content_type,
        });
        self
    }

    /// What answers it.
    pub(super) fn handler(&self) -> MethodRouter<ApiState> {
        let body_bytes_max = self.needs.body.map(|body| body.bytes_max);
        (self.handler)(Gate {
            access: self.access,
            body_bytes_max: body_bytes_max.filter(|bytes| *bytes > 0),
            takes_idempotency_key: self.takes_idempotency_key(),
        })
    }
}

//! Liquid templates: method, URL, headers and body of a request, written as people know it from
//! shops and mailing tools.
//!
//! - A tag or filter that does not exist is an error when the template is read, with its place;
//!   a value that does not exist is empty when it is rendered.
//! - Work and output are bounded by a [`Budget`], nesting by [`NESTING_MAX`], the source by
//!   [`SOURCE_MAX_BYTES`]; whatever a template does, it ends, and always in the same way.
//! - Numbers of the payload that are not calculated with are written as they were.
//! - No error contains a value; secrets cannot leave by that way.

mod ast;
mod block;
mod compare;
mod error;
mod evaluate;
mod expression;
mod filter;
mod lexer;
mod number;
mod parser;
mod render;
mod repeat;
mod url;
mod value;

use std::collections::BTreeMap;

use hookwire_types::{Metadata, SecretText, Timestamp};

use crate::uses::Uses;
use crate::{Budget, Json, Place};
use ast::{Node, Nodes};
use render::Renderer;

pub use error::{RenderError, TemplateError};
pub use parser::NESTING_MAX;

/// The longest source: a body of 1 MiB, and room for tags in it.
pub const SOURCE_MAX_BYTES: usize = (1 << 20) + (1 << 16);

/// A template that has been read. Make it once, render it for each delivery.
#[derive(Debug)]
pub struct Template {
    source: Box<str>,
    nodes: Nodes,
    slots: usize,
    loop_groups: usize,
    uses: Uses,
}

/// What a template can name.
#[derive(Debug, Clone, Copy)]
pub struct Globals<'a> {
    /// `payload`: the message's content.
    pub payload: &'a Json<'a>,
    /// `type`: the message's event type.
    pub event_type: &'a str,
    /// `id`: the message's id.
    pub id: &'a str,
    /// `timestamp`: when the message was accepted, as RFC 3339.
    pub timestamp: &'a str,
    /// `endpoint.name`.
    pub endpoint_name: Option<&'a str>,
    /// `endpoint.metadata`.
    pub endpoint_metadata: &'a Metadata,
    /// `application.uid`.
    pub application_uid: Option<&'a str>,
    /// `application.metadata`.
    pub application_metadata: &'a Metadata,
    /// `secrets`: each by its name.
    pub secrets: &'a BTreeMap<String, SecretText>,
    /// `request`: the request that a bin received; null where there was none.
    pub request: &'a Json<'a>,
    /// The time that `'now'` means.
    pub now: Timestamp,
}

impl Template {
    /// Reads a template. The error says what is wrong and where.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        if source.len() > SOURCE_MAX_BYTES {
            return Err(TemplateError {
                place: Place::START,
                message: format!("the template is longer than {SOURCE_MAX_BYTES} bytes"),
            });
        }
        let parsed = parser::parse(source).map_err(|mistake| TemplateError {
            place: Place::of(source, mistake.offset),
            message: mistake.message,
        })?;
        Ok(Self {
            source: source.into(),
            nodes: parsed.nodes,
            slots: parsed.slots,
            loop_groups: parsed.loop_groups,
            uses: parsed.uses,
        })
    }

    /// Whether this is text without any output or tag: its [source](Self::source) is what it
    /// renders to.
    pub fn is_literal(&self) -> bool {
        match &*self.nodes {
            [] => self.source.is_empty(),
            [Node::Text(0, end)] => *end as usize == self.source.len(),
            _ => false,
        }
    }

    /// Whether this is one output and nothing else, so that it has a value and not only a text.
    pub fn single_expression(&self) -> bool {
        matches!(&*self.nodes, [Node::Output(_)])
    }

    /// Whether the payload is named anywhere; else any document will do for it.
    pub const fn uses_payload(&self) -> bool {
        self.uses.payload
    }

    /// Whether the received request is named anywhere; else nil will do for it.
    pub const fn uses_request(&self) -> bool {
        self.uses.request
    }

    pub(crate) const fn uses(&self) -> Uses {
        self.uses
    }

    /// The text that was read.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Renders to text.
    pub fn render<'a>(
        &'a self,
        globals: &'a Globals<'a>,
        budget: &mut Budget,
    ) -> Result<String, RenderError> {
        Renderer::new(self, globals, budget).text()
    }

    /// The value of a [single expression](Self::single_expression), with its type; of any other
    /// template the text.
    pub fn evaluate<'a>(
        &'a self,
        globals: &'a Globals<'a>,
        budget: &mut Budget,
    ) -> Result<Json<'a>, RenderError> {
        let [Node::Output(output)] = &*self.nodes else {
            return self.render(globals, budget).map(Json::from);
        };
        let mut renderer = Renderer::new(self, globals, budget);
        let value = renderer.filtered(&output.value)?;
        value
            .into_json(renderer.budget)
            .map_err(|failure| renderer.failed(output.value.at, failure))
    }

    /// Renders to a URL. Literal text stays as it is; every output is percent-encoded, except for
    /// unreserved characters (RFC 3986), so that a value cannot add a step, a query or a host.
    /// `url_path` as the last filter lets `/` pass. A step that becomes `.` or `..` is an error.
    pub fn render_url<'a>(
        &'a self,
        globals: &'a Globals<'a>,
        budget: &mut Budget,
    ) -> Result<String, RenderError> {
        Renderer::new(self, globals, budget).url()
    }
}

#[cfg(test)]
mod tests;

//! Walks the tree and writes. Recursion goes as deep as the parser let blocks nest.

use std::collections::BTreeMap;

use hookwire_types::{SecretText, without_secrets};

use super::ast::{Case, Cycle, Filtered, If, Node, Output};
use super::compare;
use super::error::{Failure, RenderError};
use super::url::{UrlOutputs, percent_encode};
use super::value::Value;
use super::{Globals, Template};
use crate::{Budget, Place};

/// A reason longer than this is cut: it is kept with each attempt.
const REASON_MAX_CHARS: usize = 500;

/// What to do after a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

pub(super) struct LoopState {
    pub index: usize,
    pub length: usize,
}

pub(super) struct Renderer<'r, 'a> {
    template: &'a Template,
    pub globals: &'a Globals<'a>,
    pub budget: &'r mut Budget,
    out: String,
    /// How many `capture` blocks are around: what they hold is no output yet.
    captures: usize,
    assigned: Vec<Option<Value<'a>>>,
    /// The variables of the loops around, the innermost last.
    pub scoped: Vec<(u32, Value<'a>)>,
    pub loops: Vec<LoopState>,
    counters: BTreeMap<u32, i64>,
    cycles: BTreeMap<String, usize>,
    /// Where the last loop of each group stopped.
    pub stopped_at: Vec<usize>,
    /// When the output is a URL: where it was put in.
    url: Option<UrlOutputs>,
}

impl<'r, 'a> Renderer<'r, 'a> {
    pub fn new(template: &'a Template, globals: &'a Globals<'a>, budget: &'r mut Budget) -> Self {
        Self {
            template,
            globals,
            budget,
            out: String::new(),
            captures: 0,
            assigned: vec![None; template.slots],
            scoped: Vec::new(),
            loops: Vec::new(),
            counters: BTreeMap::new(),
            cycles: BTreeMap::new(),
            stopped_at: vec![0; template.loop_groups],
            url: None,
        }
    }

    /// The whole template as text.
    pub fn text(mut self) -> Result<String, RenderError> {
        self.reserve();
        self.nodes(&self.template.nodes)?;
        Ok(self.out)
    }

    /// The whole template as a URL.
    pub fn url(mut self) -> Result<String, RenderError> {
        self.url = Some(UrlOutputs::default());
        self.reserve();
        self.nodes(&self.template.nodes)?;
        let outputs = self.url.take().unwrap_or_default();
        match outputs.dot_segment(&self.out) {
            None => Ok(self.out),
            Some(at) => Err(self.failed(
                at,
                "this makes a step of the URL's path . or .., which would lead elsewhere".into(),
            )),
        }
    }

    fn reserve(&mut self) {
        // Outputs are commonly short; a template of many of them grows as it needs.
        let expected = self.template.source.len() + 32;
        self.out = String::with_capacity(expected.min(self.budget.output_bytes_left()));
    }

    /// What a variable holds that the template itself has set.
    pub fn local(&self, slot: u32) -> Option<Value<'a>> {
        let scoped = self.scoped.iter().rev().find(|(own, _)| *own == slot);
        if let Some((_, value)) = scoped {
            return Some(value.clone());
        }
        if let Some(Some(value)) = self.assigned.get(slot as usize) {
            return Some(value.clone());
        }
        if self.counters.is_empty() {
            return None;
        }
        self.counters.get(&slot).map(|number| Value::Int(*number))
    }

    /// The error for something that went wrong at this offset.
    pub fn failed(&self, at: u32, failure: Failure) -> RenderError {
        match failure {
            Failure::Budget(error) => RenderError::Budget(error),
            Failure::Message(message) => RenderError::Failed {
                place: Place::of(&self.template.source, at as usize),
                message: message.into_owned(),
            },
        }
    }

    /// The same for a filter, whose name is put before the message.
    pub fn failed_in(&self, at: u32, failure: Failure, filter: &str) -> RenderError {
        match failure {
            Failure::Message(message) => self.failed(at, format!("{filter}: {message}").into()),
            failure => self.failed(at, failure),
        }
    }

    pub fn nodes(&mut self, nodes: &'a [Node]) -> Result<Flow, RenderError> {
        for node in nodes {
            self.budget.steps(1)?;
            let flow = self.node(node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, node: &'a Node) -> Result<Flow, RenderError> {
        match node {
            Node::Text(start, end) => {
                self.charge(end.abs_diff(*start) as usize)?;
                let text = &self.template.source[*start as usize..*end as usize];
                self.out.push_str(text);
            }
            Node::Output(output) => self.output(output)?,
            Node::Assign { slot, value } => {
                let value = self.filtered(value)?;
                self.assign(*slot, value);
            }
            Node::Capture { slot, body } => {
                let before = std::mem::take(&mut self.out);
                self.captures += 1;
                let flow = self.nodes(body)?;
                self.captures -= 1;
                let text = std::mem::replace(&mut self.out, before);
                self.assign(*slot, text.into());
                return Ok(flow);
            }
            Node::If(node) => return self.branches(node),
            Node::Case(node) => return self.case(node),
            Node::For(node) => return self.for_loop(node),
            Node::Cycle(node) => self.cycle(node)?,
            Node::Count { slot, down } => {
                let counter = self.counters.entry(*slot).or_default();
                if *down {
                    *counter -= 1;
                }
                let shown = *counter;
                if !*down {
                    *counter += 1;
                }
                self.write(&Value::Int(shown), 0, false)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::Abort(reason) => return Err(self.abort(reason.as_deref())),
        }
        Ok(Flow::Next)
    }

    fn assign(&mut self, slot: u32, value: Value<'a>) {
        if let Some(place) = self.assigned.get_mut(slot as usize) {
            *place = Some(value);
        }
    }

    /// Pays for bytes that are about to be written.
    fn charge(&mut self, bytes: usize) -> Result<(), RenderError> {
        if self.captures > 0 {
            self.budget.bytes(bytes)?;
        } else {
            self.budget.output(bytes)?;
        }
        Ok(())
    }

    fn output(&mut self, output: &'a Output) -> Result<(), RenderError> {
        let value = self.filtered(&output.value)?;
        self.write(&value, output.value.at, output.encoded)
    }

    fn write(&mut self, value: &Value<'a>, at: u32, encoded: bool) -> Result<(), RenderError> {
        let text = value
            .text(self.budget)
            .map_err(|failure| self.failed(at, failure))?;
        let as_url = self.url.is_some() && self.captures == 0;
        if !as_url {
            self.charge(text.len())?;
            self.out.push_str(&text);
            return Ok(());
        }
        let start = self.out.len();
        if encoded {
            // What `url_encode` wrote as + is a space, and + means that in queries only.
            let text = text.replace('+', "%20");
            self.charge(text.len())?;
            self.out.push_str(&text);
        } else {
            self.charge(text.len())?;
            let encoded = percent_encode(&text, false);
            self.charge(encoded.len() - text.len())?;
            self.out.push_str(&encoded);
        }
        let end = self.out.len();
        if let Some(outputs) = &mut self.url {
            outputs.add(start, end, at);
        }
        Ok(())
    }

    fn branches(&mut self, node: &'a If) -> Result<Flow, RenderError> {
        for branch in &node.branches {
            if self.condition(&branch.condition)? == branch.wanted {
                return self.nodes(&branch.body);
            }
        }
        self.nodes(&node.otherwise)
    }

    /// As in Liquid, every branch that matches is rendered, not only the first.
    fn case(&mut self, node: &'a Case) -> Result<Flow, RenderError> {
        let subject = self.expression(&node.subject)?;
        let mut matched = false;
        for (values, body) in &node.branches {
            let mut matches = false;
            for value in values {
                let value = self.expression(value)?;
                matches = compare::equal(&subject, &value, self.budget)
                    .map_err(|failure| self.failed(node.at, failure))?;
                if matches {
                    break;
                }
            }
            if matches {
                matched = true;
                let flow = self.nodes(body)?;
                if flow != Flow::Next {
                    return Ok(flow);
                }
            }
        }
        if matched {
            return Ok(Flow::Next);
        }
        self.nodes(&node.otherwise)
    }

    fn cycle(&mut self, node: &'a Cycle) -> Result<(), RenderError> {
        let name = match &node.name {
            Ok(expression) => {
                let value = self.expression(expression)?;
                let text = value
                    .text(self.budget)
                    .map_err(|failure| self.failed(node.at, failure))?;
                // Apart from the groups without a name.
                format!("{text}:")
            }
            Err(values) => values.to_string(),
        };
        self.budget.bytes(name.len())?;
        let turn = self.cycles.entry(name).or_default();
        let position = *turn % node.values.len();
        *turn = position + 1;
        let value = self.expression(&node.values[position])?;
        self.write(&value, node.at, false)
    }

    fn abort(&mut self, reason: Option<&'a Filtered>) -> RenderError {
        let Some(filtered) = reason else {
            return aborted("");
        };
        let text = self.filtered(filtered).and_then(|value| {
            let text = value.text(self.budget);
            text.map(std::borrow::Cow::into_owned)
                .map_err(|failure| self.failed(filtered.at, failure))
        });
        match text {
            Err(error) => error,
            Ok(text) => {
                let secrets = self.globals.secrets.values().map(SecretText::reveal);
                aborted(&without_secrets(&text, secrets, REASON_MAX_CHARS))
            }
        }
    }
}

/// A value that is missing gives no reason either, and an empty line in a list of attempts would
/// leave its reader alone.
fn aborted(reason: &str) -> RenderError {
    let reason = match reason.trim() {
        "" => "no reason was given",
        reason => reason,
    };
    RenderError::Aborted {
        reason: reason.to_owned(),
    }
}

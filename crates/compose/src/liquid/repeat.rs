//! Loops. A range is never laid out: a loop over a thousand million numbers that stops at the
//! third costs three turns.

use super::ast::{Expression, For, Offset};
use super::error::RenderError;
use super::number::Number;
use super::render::{Flow, LoopState, Renderer};
use super::value::Value;

impl<'a> Renderer<'_, 'a> {
    pub(super) fn for_loop(&mut self, node: &'a For) -> Result<Flow, RenderError> {
        let items = self.items(node)?;
        let (start, length) = self.section(node, items.list_len())?;
        if let Some(stopped_at) = self.stopped_at.get_mut(node.group as usize) {
            *stopped_at = start.saturating_add(length);
        }
        if length == 0 {
            return self.nodes(&node.otherwise);
        }
        self.loops.push(LoopState { index: 0, length });
        self.scoped.push((node.slot, Value::Nil));
        for index in 0..length {
            self.budget.steps(1)?;
            let position = start
                + if node.reversed {
                    length - 1 - index
                } else {
                    index
                };
            if let Some(state) = self.loops.last_mut() {
                state.index = index;
            }
            if let Some((_, value)) = self.scoped.last_mut() {
                *value = items.list_item(position);
            }
            if self.nodes(&node.body)? == Flow::Break {
                break;
            }
        }
        self.scoped.pop();
        self.loops.pop();
        Ok(Flow::Next)
    }

    /// What a loop goes over, as a list: objects give pairs of name and value, a text itself.
    fn items(&mut self, node: &'a For) -> Result<Value<'a>, RenderError> {
        let over = self.expression(&node.over)?;
        let mut pairs = Vec::new();
        let mut pair = |name: &'a str, value: Value<'a>| {
            pairs.push(Value::from(vec![Value::Str(name), value]));
        };
        match &over {
            _ if over.is_list() => return Ok(over),
            Value::Metadata(metadata) => {
                self.budget.steps(metadata.len() as u64)?;
                metadata
                    .iter()
                    .for_each(|(name, text)| pair(name, Value::Str(text)));
            }
            _ => match (over.as_object(), over.as_str()) {
                (Some(object), _) => {
                    self.budget.steps(object.len() as u64)?;
                    object
                        .iter()
                        .for_each(|(name, json)| pair(name, Value::from(json)));
                }
                (_, Some(text)) if !text.is_empty() => pairs.push(over),
                _ => {}
            },
        }
        Ok(pairs.into())
    }

    /// Start and length of the part that is gone through, within `length`.
    fn section(&mut self, node: &'a For, length: usize) -> Result<(usize, usize), RenderError> {
        let start = match &node.offset {
            Offset::Start => 0,
            Offset::Continue => self.stopped_at.get(node.group as usize).map_or(0, |at| *at),
            Offset::At(expression) => self.count(expression)?,
        };
        let start = start.min(length);
        let limit = match &node.limit {
            None => usize::MAX,
            Some(expression) => self.count(expression)?,
        };
        Ok((start, limit.min(length - start)))
    }

    fn count(&mut self, expression: &'a Expression) -> Result<usize, RenderError> {
        let value = self.expression(expression)?;
        let number = Number::of(&value).to_i64(f64::trunc).unwrap_or(i64::MAX);
        Ok(usize::try_from(number.max(0)).unwrap_or(usize::MAX))
    }
}

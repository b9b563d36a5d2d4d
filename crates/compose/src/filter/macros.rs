//! `all`, `exists`, `exists_one`, `map` and `filter`.

use super::ast::{Macro, MacroKind, Node};
use super::evaluate::{Evaluated, Evaluation, keep_first};
use super::fault::{Fault, Problem};
use super::value::{List, Value};

impl<'v> Evaluation<'v, '_> {
    /// What a macro makes of a list's elements or a map's keys.
    pub(super) fn macro_value(
        &mut self,
        value: &Value<'v>,
        made: &'v Macro,
        at: u32,
    ) -> Evaluated<'v> {
        let list = match value {
            Value::List(list) => list.clone(),
            Value::Map(map) => {
                let keys = map.keys(self.budget);
                List::Made(keys.map_err(|error| Problem::from(error).at(at))?.into())
            }
            other => {
                let name = MacroKind::ALL
                    .into_iter()
                    .find(|(_, kind)| *kind == made.kind);
                let name = name.map_or("", |(name, _)| name);
                return Err(Problem::NoOverload(name, other.kind(), None).at(at));
            }
        };
        match made.kind {
            MacroKind::All => self.decided(&list, &made.body, at, false).map(Value::Bool),
            MacroKind::Exists => self.decided(&list, &made.body, at, true).map(Value::Bool),
            MacroKind::ExistsOne => self.exists_one(&list, &made.body, at).map(Value::Bool),
            MacroKind::Map => self.mapped(&list, made, at),
            MacroKind::Filter => self.filtered(&list, &made.body, at),
        }
    }

    /// `exists` (decided by true) and `all` (decided by false): an element that decides outweighs
    /// the faults of others.
    fn decided(
        &mut self,
        list: &List<'v>,
        body: &'v Node,
        at: u32,
        deciding: bool,
    ) -> Evaluated<'v, bool> {
        let mut fault: Option<Fault<'v>> = None;
        for index in 0..list.len() {
            let item = self.item(list, index, at)?;
            match self.with(item, |own| own.truth(body)) {
                Ok(truth) if truth == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(error) => keep_first(&mut fault, error)?,
            }
        }
        fault.map_or(Ok(!deciding), Err)
    }

    fn exists_one(&mut self, list: &List<'v>, body: &'v Node, at: u32) -> Evaluated<'v, bool> {
        let mut count = 0_usize;
        for index in 0..list.len() {
            let item = self.item(list, index, at)?;
            count += usize::from(self.with(item, |own| own.truth(body))?);
        }
        Ok(count == 1)
    }

    fn mapped(&mut self, list: &List<'v>, made: &'v Macro, at: u32) -> Evaluated<'v> {
        let mut items = Vec::new();
        for index in 0..list.len() {
            let item = self.item(list, index, at)?;
            let value = self.with(item, |own| {
                let taken = match &made.condition {
                    Some(condition) => own.truth(condition)?,
                    None => true,
                };
                if taken {
                    own.value(&made.body).map(Some)
                } else {
                    Ok(None)
                }
            })?;
            if let Some(value) = value {
                self.pay_for_element(at)?;
                items.push(value);
            }
        }
        Ok(Value::List(List::Made(items.into())))
    }

    fn filtered(&mut self, list: &List<'v>, body: &'v Node, at: u32) -> Evaluated<'v> {
        let mut items = Vec::new();
        for index in 0..list.len() {
            let item = self.item(list, index, at)?;
            if self.with(item.clone(), |own| own.truth(body))? {
                self.pay_for_element(at)?;
                items.push(item);
            }
        }
        Ok(Value::List(List::Made(items.into())))
    }

    fn item(&mut self, list: &List<'v>, index: usize, at: u32) -> Evaluated<'v> {
        self.pay(at)?;
        let item = list.get(index, self.budget);
        let item = item.map_err(|error| Problem::from(error).at(at))?;
        Ok(item.unwrap_or(Value::Null))
    }

    fn pay_for_element(&mut self, at: u32) -> Evaluated<'v, ()> {
        self.budget
            .output(size_of::<Value<'_>>())
            .map_err(|error| Problem::from(error).at(at))
    }

    /// Evaluates with one variable more.
    fn with<T>(
        &mut self,
        item: Value<'v>,
        evaluate: impl FnOnce(&mut Self) -> Evaluated<'v, T>,
    ) -> Evaluated<'v, T> {
        self.locals.push(item);
        let result = evaluate(self);
        self.locals.pop();
        result
    }
}

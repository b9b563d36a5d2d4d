//! Evaluates an expression.
//!
//! Each part that is visited takes a step of the budget; whatever looks at or makes something
//! of a size pays for that size first. Recursion follows the nesting of brackets only.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::FilterInput;
use super::arithmetic;
use super::ast::{Constant, Expression, Node, Operation, Operator, Selection, Step, Variable};
use super::compare;
use super::fault::{Fault, Problem};
use super::functions;
use super::value::{Key, List, Map, Text, Value, no_key};
use crate::{Budget, BudgetError, Json};

pub(super) type Evaluated<'v, T = Value<'v>> = Result<T, Fault<'v>>;

/// What an expression is evaluated with.
pub(super) struct Evaluation<'v, 'b> {
    pub input: &'v FilterInput<'v>,
    pub request: &'v Json<'v>,
    pub budget: &'b mut Budget,
    /// The variables of the macros around, outermost first.
    pub locals: Vec<Value<'v>>,
}

impl<'v> Evaluation<'v, '_> {
    /// The value of a part.
    pub fn value(&mut self, node: &'v Node) -> Evaluated<'v> {
        self.pay(node.at)?;
        match &node.kind {
            Expression::Constant(constant) => Ok(literal(constant)),
            Expression::Variable(variable) => {
                let value = self.variable(*variable);
                value.map_err(|error| Problem::from(error).at(node.at))
            }
            Expression::Local(place) => Ok(self.locals[*place].clone()),
            Expression::List(items) => self.list(node.at, items),
            Expression::Map(entries) => self.map(node.at, entries),
            Expression::Conditional(arms, otherwise) => {
                for (condition, then) in arms {
                    if self.truth(condition)? {
                        return self.value(then);
                    }
                }
                self.value(otherwise)
            }
            Expression::Or(parts) => self.outweighed(parts, true).map(Value::Bool),
            Expression::And(parts) => self.outweighed(parts, false).map(Value::Bool),
            Expression::Chain(first, rest) => self.chain(first, rest),
            Expression::Not(odd, operand) => Ok(Value::Bool(self.truth(operand)? != *odd)),
            Expression::Negate(odd, operand) => self.negated(node.at, *odd, operand),
            Expression::Member(root, steps) => {
                let mut value = self.value(root)?;
                for step in steps {
                    value = self.step(value, step)?;
                }
                Ok(value)
            }
        }
    }

    /// The value of a part that must be true or false.
    pub fn truth(&mut self, node: &'v Node) -> Evaluated<'v, bool> {
        match self.value(node)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(Problem::NotBoolean(other.kind()).at(node.at)),
        }
    }

    /// Takes the step that every part and every turn costs.
    pub fn pay(&mut self, at: u32) -> Evaluated<'v, ()> {
        self.budget
            .steps(1)
            .map_err(|error| Problem::from(error).at(at))
    }

    fn variable(&mut self, variable: Variable) -> Result<Value<'v>, BudgetError> {
        Ok(match variable {
            Variable::Type => Value::Text(Text::Borrowed(self.input.event_type)),
            Variable::Payload => Value::of(self.input.payload, self.budget)?,
            Variable::Channels => Value::List(List::Texts(self.input.channels)),
            Variable::Tags => Value::List(List::Texts(self.input.tags)),
            Variable::Request => Value::of(self.request, self.budget)?,
        })
    }

    /// `||` (decided by true) and `&&` (decided by false): a part that decides outweighs the
    /// faults of others, before and behind it.
    fn outweighed(&mut self, parts: &'v [Node], deciding: bool) -> Evaluated<'v, bool> {
        let mut fault = None;
        for part in parts {
            match self.truth(part) {
                Ok(truth) if truth == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(error) => keep_first(&mut fault, error)?,
            }
        }
        fault.map_or(Ok(!deciding), Err)
    }

    fn chain(&mut self, first: &'v Node, rest: &'v [Operation]) -> Evaluated<'v> {
        let mut value = self.value(first)?;
        for operation in rest {
            value = match &operation.operand.kind {
                // The most common list is written in the filter: it need not be built.
                Expression::List(items) if operation.operator == Operator::In => {
                    Value::Bool(self.is_one_of(&value, items, operation.at)?)
                }
                _ => {
                    let operand = self.value(&operation.operand)?;
                    operate(operation.operator, &value, &operand, self.budget)
                        .map_err(|problem| problem.at(operation.at))?
                }
            };
        }
        Ok(value)
    }

    fn is_one_of(&mut self, wanted: &Value<'v>, items: &'v [Node], at: u32) -> Evaluated<'v, bool> {
        let mut found = false;
        for item in items {
            let item = self.value(item)?;
            // All are evaluated, as if the list were built: the fault of a later one counts.
            found = found
                || compare::equal(&item, wanted, self.budget)
                    .map_err(|error| Problem::from(error).at(at))?;
        }
        Ok(found)
    }

    fn negated(&mut self, at: u32, odd: bool, operand: &'v Node) -> Evaluated<'v> {
        let value = self.value(operand)?;
        let negated = arithmetic::negated(&value).map_err(|problem| problem.at(at))?;
        Ok(if odd { negated } else { value })
    }

    fn list(&mut self, at: u32, items: &'v [Node]) -> Evaluated<'v> {
        self.budget
            .output(items.len().saturating_mul(size_of::<Value<'_>>()))
            .map_err(|error| Problem::from(error).at(at))?;
        let items: Result<Vec<_>, _> = items.iter().map(|item| self.value(item)).collect();
        Ok(Value::List(List::Made(items?.into())))
    }

    fn map(&mut self, at: u32, entries: &'v [(Node, Node)]) -> Evaluated<'v> {
        const ENTRY_BYTES: usize = size_of::<(Key<'_>, Value<'_>, Value<'_>)>();
        self.budget
            .output(entries.len().saturating_mul(ENTRY_BYTES))
            .map_err(|error| Problem::from(error).at(at))?;
        let mut map = BTreeMap::new();
        for (key_node, value) in entries {
            let name = self.value(key_node)?;
            let key = match (&name, Key::of(&name)) {
                (Value::Double(_), _) | (_, None) => {
                    return Err(Problem::KeyType(name.kind()).at(key_node.at));
                }
                (_, Some(key)) => key,
            };
            if let Value::Text(text) = &name {
                // As many comparisons as a search among the entries of one expression takes.
                self.budget
                    .bytes(text.len().saturating_mul(12))
                    .map_err(|error| Problem::from(error).at(key_node.at))?;
            }
            let value = self.value(value)?;
            if map.insert(key, (name, value)).is_some() {
                return Err(Problem::KeyTwice.at(key_node.at));
            }
        }
        Ok(Value::Map(Map::Made(Rc::new(map))))
    }

    fn step(&mut self, value: Value<'v>, step: &'v Step) -> Evaluated<'v> {
        self.pay(step.at)?;
        match &step.kind {
            Selection::Field(name) => match &value {
                Value::Map(map) => match map.field(name, self.budget) {
                    Ok(Some(value)) => Ok(value),
                    Ok(None) => Err(Problem::NoField(name)),
                    Err(error) => Err(error.into()),
                },
                other => Err(Problem::Fieldless(other.kind(), name)),
            },
            Selection::Has(name) => match &value {
                Value::Map(map) => match map.has(name, self.budget) {
                    Ok(has) => Ok(Value::Bool(has)),
                    Err(error) => Err(error.into()),
                },
                other => Err(Problem::Fieldless(other.kind(), name)),
            },
            Selection::Index(index) => {
                let index = self.value(index)?;
                element(&value, &index, self.budget)
            }
            Selection::Call(call) => {
                let mut arguments = [Value::Null, Value::Null, Value::Null];
                for (place, argument) in arguments.iter_mut().zip(&call.arguments) {
                    *place = self.value(argument)?;
                }
                let arguments = &arguments[..call.arguments.len()];
                let pattern = call.pattern.as_ref();
                functions::call(call.function, &value, arguments, pattern, self.budget)
            }
            Selection::Macro(made) => return self.macro_value(&value, made, step.at),
        }
        .map_err(|problem| problem.at(step.at))
    }
}

/// Keeps the first of several faults; only a used up budget cannot wait.
pub(super) fn keep_first<'v>(kept: &mut Option<Fault<'v>>, fault: Fault<'v>) -> Evaluated<'v, ()> {
    if matches!(fault.problem, Problem::Budget) {
        return Err(fault);
    }
    kept.get_or_insert(fault);
    Ok(())
}

fn literal(constant: &Constant) -> Value<'_> {
    match constant {
        Constant::Null => Value::Null,
        Constant::Bool(truth) => Value::Bool(*truth),
        Constant::Int(number) => Value::Int(*number),
        Constant::Uint(number) => Value::Uint(*number),
        Constant::Double(number) => Value::Double(*number),
        Constant::Text(text) => Value::Text(Text::Borrowed(text)),
    }
}

fn operate<'v>(
    operator: Operator,
    one: &Value<'v>,
    other: &Value<'v>,
    budget: &mut Budget,
) -> Result<Value<'v>, Problem<'v>> {
    let truth = match operator {
        Operator::Equal => compare::equal(one, other, budget)?,
        Operator::Unequal => !compare::equal(one, other, budget)?,
        Operator::In => compare::contains(other, one, budget)?,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            let kinds = || (one.kind(), Some(other.kind()));
            let order = compare::order(one, other, budget)?
                .ok_or_else(|| Problem::NoOverload(operator.name(), kinds().0, kinds().1))?;
            order.is_some_and(|order| match operator {
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                _ => order.is_ge(),
            })
        }
        _ => return arithmetic::binary(operator, one, other, budget),
    };
    Ok(Value::Bool(truth))
}

/// `value[index]`
fn element<'v>(
    value: &Value<'v>,
    index: &Value<'v>,
    budget: &mut Budget,
) -> Result<Value<'v>, Problem<'v>> {
    match value {
        Value::Map(map) => map.get(index, budget)?.ok_or_else(|| no_key(index)),
        Value::List(list) => {
            let Some(Key::Number(position)) = Key::of(index) else {
                return Err(Problem::NoOverload("[]", value.kind(), Some(index.kind())));
            };
            let found = match usize::try_from(position) {
                Ok(position) => list.get(position, budget)?,
                Err(_) => None,
            };
            found.ok_or(Problem::NoElement {
                index: position,
                size: list.len(),
            })
        }
        other => Err(Problem::NoOverload("[]", other.kind(), Some(index.kind()))),
    }
}

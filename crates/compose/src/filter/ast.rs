//! An expression as it is evaluated.
//!
//! Chains (`a.b.c`, `a + b + c`, `a || b || c`, `a ? b : c ? d : e`) are lists, not trees: a
//! tree is at most as deep as brackets nest, and so is every recursion over it.

use super::functions::Function;
use super::pattern::Pattern;

/// A part of an expression and the byte at which it starts.
#[derive(Debug)]
pub(super) struct Node {
    pub at: u32,
    pub kind: Expression,
}

/// What a part of an expression is.
#[derive(Debug)]
pub(super) enum Expression {
    Constant(Constant),
    Variable(Variable),
    /// The variable of the macro around it that has this place on the stack of them.
    Local(usize),
    List(Box<[Node]>),
    Map(Box<[(Node, Node)]>),
    /// The first arm whose condition holds, or else the last part.
    Conditional(Box<[(Node, Node)]>, Box<Node>),
    /// `a || b || …`
    Or(Box<[Node]>),
    /// `a && b && …`
    And(Box<[Node]>),
    /// Operators of equal strength, from left to right.
    Chain(Box<Node>, Box<[Operation]>),
    /// `!`; whether an odd number of them.
    Not(bool, Box<Node>),
    /// `-`; whether an odd number of them.
    Negate(bool, Box<Node>),
    /// What follows a value: `.a`, `["a"]`, `.f()`; `f(a, b)` is `a.f(b)`.
    Member(Box<Node>, Vec<Step>),
}

/// A literal.
#[derive(Debug)]
pub(super) enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Box<str>),
}

/// What a filter sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variable {
    Type,
    Payload,
    Channels,
    Tags,
    Request,
}

impl Variable {
    pub const ALL: [(&'static str, Self); 5] = [
        ("type", Self::Type),
        ("payload", Self::Payload),
        ("channels", Self::Channels),
        ("tags", Self::Tags),
        ("request", Self::Request),
    ];
}

/// An operator and its right operand.
#[derive(Debug)]
pub(super) struct Operation {
    pub operator: Operator,
    pub at: u32,
    pub operand: Node,
}

/// An operator between two values of which both are always needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// One thing that follows a value.
#[derive(Debug)]
pub(super) struct Step {
    pub at: u32,
    pub kind: Selection,
}

/// What follows a value.
#[derive(Debug)]
pub(super) enum Selection {
    /// `.name`
    Field(Box<str>),
    /// `.name` as the last part of `has(…)`.
    Has(Box<str>),
    /// `[…]`
    Index(Node),
    /// A function that takes the value first.
    Call(Call),
    /// `all`, `exists`, …
    Macro(Box<Macro>),
}

/// A function and what it is given beside the value.
#[derive(Debug)]
pub(super) struct Call {
    pub function: Function,
    pub arguments: Box<[Node]>,
    /// The pattern of `matches`, where it is a literal.
    pub pattern: Option<Pattern>,
}

/// An expression evaluated for each element.
#[derive(Debug)]
pub(super) struct Macro {
    pub kind: MacroKind,
    /// Which elements `map` takes, where it has three arguments.
    pub condition: Option<Node>,
    pub body: Node,
}

/// What is made of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MacroKind {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}

impl MacroKind {
    pub const ALL: [(&'static str, Self); 5] = [
        ("all", Self::All),
        ("exists", Self::Exists),
        ("exists_one", Self::ExistsOne),
        ("map", Self::Map),
        ("filter", Self::Filter),
    ];
}

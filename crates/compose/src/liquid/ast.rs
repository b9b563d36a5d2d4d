//! What the parser makes and the renderer walks. Offsets (`at`) point into the source, for places
//! in errors; names are numbers ("slots"), so that rendering looks nothing up by text.

use super::filter::Function;

pub(super) type Nodes = Box<[Node]>;

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Node {
    /// Text as it stands in the source, from byte to byte.
    Text(u32, u32),
    Output(Output),
    Assign {
        slot: u32,
        value: Filtered,
    },
    Capture {
        slot: u32,
        body: Nodes,
    },
    If(If),
    Case(Box<Case>),
    For(Box<For>),
    Cycle(Box<Cycle>),
    /// `increment` and `decrement`.
    Count {
        slot: u32,
        down: bool,
    },
    Break,
    Continue,
    Abort(Option<Box<Filtered>>),
}

#[derive(Debug)]
pub(super) struct Output {
    pub value: Filtered,
    /// Its last filter made it fit for a URL already.
    pub encoded: bool,
}

/// An expression and the filters behind it.
#[derive(Debug)]
pub(super) struct Filtered {
    pub first: Expression,
    pub filters: Box<[FilterCall]>,
    pub at: u32,
}

#[derive(Debug)]
pub(super) struct FilterCall {
    pub name: &'static str,
    pub function: Function,
    /// At most two, which the parser has made sure of.
    pub arguments: Box<[Expression]>,
    pub allow_false: Option<Expression>,
    pub at: u32,
}

#[derive(Debug)]
pub(super) enum Expression {
    Literal(Literal),
    Variable(Variable),
    Range(Box<Range>),
}

#[derive(Debug)]
pub(super) enum Literal {
    Nil,
    Empty,
    Blank,
    Bool(bool),
    Int(i64),
    /// A number with a fraction, or too large for 64 bits.
    Number(Box<str>),
    Text(Box<str>),
}

#[derive(Debug)]
pub(super) struct Range {
    pub from: Expression,
    pub to: Expression,
    pub at: u32,
}

#[derive(Debug)]
pub(super) struct Variable {
    pub slot: u32,
    pub root: Root,
    pub path: Box<[Segment]>,
}

#[derive(Debug)]
pub(super) enum Segment {
    /// `.name`
    Name(Box<str>),
    /// `[expression]`
    Index(Expression),
}

/// What a name means that the template did not define itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    Nothing,
    Loop,
    Payload,
    Type,
    Id,
    Timestamp,
    Endpoint,
    Application,
    Secrets,
    Request,
}

impl Root {
    pub fn from_name(name: &str) -> Self {
        match name {
            "forloop" => Self::Loop,
            "payload" => Self::Payload,
            "type" => Self::Type,
            "id" => Self::Id,
            "timestamp" => Self::Timestamp,
            "endpoint" => Self::Endpoint,
            "application" => Self::Application,
            "secrets" => Self::Secrets,
            "request" => Self::Request,
            _ => Self::Nothing,
        }
    }
}

/// Comparisons joined by `and` and `or`, which bind equally and from the right.
#[derive(Debug)]
pub(super) struct Condition {
    /// The last one's junction has no meaning.
    pub parts: Box<[(Comparison, Junction)]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Junction {
    And,
    Or,
}

#[derive(Debug)]
pub(super) struct Comparison {
    pub left: Expression,
    pub right: Option<(Operator, Expression)>,
    pub at: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

/// `if` and `unless` with their `elsif` and `else`.
#[derive(Debug)]
pub(super) struct If {
    pub branches: Box<[Branch]>,
    pub otherwise: Nodes,
}

#[derive(Debug)]
pub(super) struct Branch {
    pub condition: Condition,
    /// What the condition must come out as.
    pub wanted: bool,
    pub body: Nodes,
}

#[derive(Debug)]
pub(super) struct Case {
    pub subject: Expression,
    pub branches: Box<[(Box<[Expression]>, Nodes)]>,
    pub otherwise: Nodes,
    pub at: u32,
}

#[derive(Debug)]
pub(super) struct For {
    pub slot: u32,
    pub over: Expression,
    pub reversed: bool,
    pub limit: Option<Expression>,
    pub offset: Offset,
    /// Loops with the same variable over the same expression share where they stopped.
    pub group: u32,
    pub body: Nodes,
    pub otherwise: Nodes,
}

#[derive(Debug)]
pub(super) enum Offset {
    Start,
    At(Expression),
    /// `offset:continue`: where the last such loop stopped.
    Continue,
}

#[derive(Debug)]
pub(super) struct Cycle {
    /// Without a name, the values as written are the name.
    pub name: Result<Expression, Box<str>>,
    pub values: Box<[Expression]>,
    pub at: u32,
}

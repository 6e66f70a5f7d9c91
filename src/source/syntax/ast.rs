//! The syntax tree: expressions, templates and bodies, each with its place in the source.

use std::sync::Arc;

use crate::source::value::Value;
use crate::text::Text;

/// A place: a file of the source and a range of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Span {
    /// The index of the file in the source.
    pub(crate) file: u32,
    /// The first byte.
    pub(crate) start: u32,
    /// The byte after the last one.
    pub(crate) end: u32,
}

/// An expression.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

impl Expr {
    pub(super) fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The constant that it is.
    pub(crate) fn as_literal(&self) -> Option<&Value> {
        match &self.kind {
            ExprKind::Literal(value) => Some(value),
            _ => None,
        }
    }

    /// The string that it is.
    pub(crate) fn as_str(&self) -> Option<&str> {
        self.as_literal().and_then(Value::as_known_str)
    }

    /// Whether it is `true` or `false`, if it is either.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        self.as_literal().and_then(Value::as_bool)
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(&self) -> bool {
        self.as_literal().is_some_and(Value::is_null)
    }
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum ExprKind {
    /// A constant.
    Literal(Value),
    /// A quoted or heredoc template that has more than literal text in it.
    Template(Box<[Part]>),
    /// A template that is nothing but one interpolation: it gives the value itself.
    Wrap(Box<Expr>),
    /// `[a, b]`.
    Tuple(Box<[Expr]>),
    /// `{a = b}`; a bare name as key is a literal already.
    Object(Box<[(Expr, Expr)]>),
    /// The first name of a reference.
    Variable(Box<str>),
    /// The element that a splat works on.
    SplatItem,
    /// A value and the steps into it.
    Traversal(Box<Expr>, Box<[Step]>),
    /// `source[*]…` or `source.*…`, with what is done to each element.
    Splat(Box<Expr>, Box<Expr>),
    /// A function call.
    Call(Box<Call>),
    /// `condition ? then : otherwise`.
    Conditional(Box<[Expr; 3]>),
    /// `!a`.
    Not(Box<Expr>),
    /// `-a`.
    Negate(Box<Expr>),
    /// `a + b` and the like.
    Binary(Operator, Box<[Expr; 2]>),
    /// A `for` expression.
    For(Box<For>),
}

/// One step of a traversal.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`, and `["name"]` and `.0` too.
    Attribute(Text),
    /// `[expression]`.
    Index(Expr),
}

/// A function call.
#[derive(Debug)]
pub(crate) struct Call {
    /// The name, with its namespaces (`provider::aws::arn_parse`).
    pub(crate) name: Box<str>,
    pub(crate) arguments: Box<[Expr]>,
    /// Whether the last argument is a list of arguments (`f(x...)`).
    pub(crate) expand: bool,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Operator {
    /// Whether the result is a number.
    pub(crate) fn is_arithmetic(self) -> bool {
        matches!(self, Self::Add | Self::Subtract | Self::Multiply | Self::Divide | Self::Modulo)
    }
}

/// A `for` expression.
#[derive(Debug)]
pub(crate) struct For {
    pub(crate) key: Option<Box<str>>,
    pub(crate) value: Box<str>,
    pub(crate) collection: Expr,
    /// The key of the result, if it is an object.
    pub(crate) result_key: Option<Expr>,
    pub(crate) result: Expr,
    pub(crate) condition: Option<Expr>,
    /// Whether values of the same key are grouped into lists (`...`).
    pub(crate) group: bool,
}

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Part {
    Literal(String),
    Interpolation(Expr),
    If { condition: Expr, then: Box<[Part]>, otherwise: Box<[Part]> },
    For { key: Option<Box<str>>, value: Box<str>, collection: Expr, body: Box<[Part]> },
}

/// What stands between the braces of a block, or in a whole file.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
}

/// An argument: a name and its expression.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Box<str>,
    pub(crate) name_span: Span,
    pub(crate) value: Arc<Expr>,
    /// Whether it comes from JSON syntax, where only the schema tells arguments from nested blocks.
    pub(crate) json: bool,
}

/// A block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Box<str>,
    pub(crate) labels: Vec<Box<str>>,
    pub(crate) body: Arc<Body>,
    /// Its header, from the kind to the opening brace.
    pub(crate) span: Span,
}

impl Body {
    /// The argument `name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name == name)
    }
}

//! What the configuration section tells of an argument: a constant, references, or nested blocks.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::build::{Build, Texts};
use super::kept;
use super::model::Expression;
use super::value::Value;

/// Arguments and nested blocks by name.
pub(super) type Expressions = BTreeMap<Box<str>, Expression>;

/// Reads the expression that `json` is; `None` if it is too deep.
pub(super) fn parse_expression(json: &str, texts: &mut Texts) -> Option<Expression> {
    parse(json, texts, true).map(Node::into_expression)
}

/// Reads arguments by name; without those that are named like secrets, if `drop_secrets`.
pub(super) fn parse_expressions(json: &str, texts: &mut Texts, drop_secrets: bool) -> Option<Expressions> {
    match parse(json, texts, drop_secrets)? {
        Node::Members(members) => Some(members.others),
        Node::Scalar | Node::Text(_) | Node::List(_) => None,
    }
}

fn parse(json: &str, texts: &mut Texts, drop_secrets: bool) -> Option<Node> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Seed { texts, drop_secrets }.deserialize(&mut deserializer).ok()
}

/// JSON where an expression belongs, before it is clear which of the forms it has: an argument may be called
/// `references` too.
enum Node {
    Scalar,
    Text(Box<str>),
    List(List),
    Members(Members),
}

#[derive(Default)]
struct List {
    strings: Vec<Box<str>>,
    blocks: Vec<Expressions>,
}

#[derive(Default)]
struct Members {
    constant: Option<Value>,
    references: Option<Vec<Box<str>>>,
    others: Expressions,
}

impl Node {
    fn into_expression(self) -> Expression {
        match self {
            Self::Scalar | Self::Text(_) => Expression::References(Vec::new()),
            Self::List(list) => Expression::Blocks(list.blocks),
            Self::Members(members) => match members {
                Members { constant: Some(value), references: None, others } if others.is_empty() => {
                    Expression::Constant(value)
                }
                Members { constant: None, references, others } if others.is_empty() => {
                    Expression::References(references.unwrap_or_default())
                }
                members => Expression::Blocks(vec![members.others]),
            },
        }
    }
}

struct Seed<'t> {
    texts: &'t mut Texts,
    drop_secrets: bool,
}

impl Seed<'_> {
    fn again(&mut self) -> Seed<'_> {
        Seed { texts: self.texts, drop_secrets: self.drop_secrets }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expression")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Scalar)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = List::default();
        while let Some(item) = seq.next_element_seed(self.again())? {
            match item {
                Node::Text(text) => list.strings.push(text),
                Node::Members(members) => list.blocks.push(members.others),
                Node::Scalar | Node::List(_) => {}
            }
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<Box<str>>()? {
            if self.drop_secrets && kept::is_secret(&name) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match &*name {
                "constant_value" => {
                    let build = Build { texts: self.texts, drop_secrets: false };
                    members.constant = Some(map.next_value_seed(build)?);
                }
                "references" => match map.next_value_seed(self.again())? {
                    Node::List(list) if list.blocks.is_empty() => members.references = Some(list.strings),
                    node => drop(members.others.insert(name, node.into_expression())),
                },
                _ => {
                    let node = map.next_value_seed(self.again())?;
                    members.others.insert(name, node.into_expression());
                }
            }
        }
        Ok(Node::Members(members))
    }
}

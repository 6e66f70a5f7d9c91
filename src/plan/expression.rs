//! What the configuration section tells of an argument: a constant, references, or nested blocks.

use std::sync::Arc;

use super::build::{self, Texts};
use super::cursor::{Cursor, Misshapen};
use super::members;
use super::model::Expression;
use super::value::Value;

/// Arguments and nested blocks by name.
pub(super) type Expressions = members::Members<Expression>;

/// Reads an expression.
pub(super) fn expression(cursor: &mut Cursor<'_>, texts: &mut Texts) -> Result<Expression, Misshapen> {
    Ok(node(cursor, texts, true)?.into_expression())
}

/// Reads arguments by name; without those that are named like secrets, if `drop_secrets`.
pub(super) fn expressions(
    cursor: &mut Cursor<'_>,
    texts: &mut Texts,
    drop_secrets: bool,
) -> Result<Expressions, Misshapen> {
    if cursor.peek() == Some(b'n') {
        return cursor.skip().map(|_| Expressions::new());
    }
    members(cursor, texts, drop_secrets).map(|members| members.others)
}

/// JSON where an expression belongs, before it is clear which of the forms it has: an argument may be called
/// `references` too.
enum Node {
    Scalar,
    Text(Arc<str>),
    List { strings: Vec<Arc<str>>, blocks: Vec<Expressions> },
    Members(Members),
}

#[derive(Default)]
struct Members {
    constant: Option<Value>,
    references: Option<Vec<Arc<str>>>,
    others: Expressions,
}

impl Node {
    fn into_expression(self) -> Expression {
        match self {
            Self::Scalar | Self::Text(_) => Expression::References(Vec::new()),
            Self::List { blocks, .. } => Expression::Blocks(blocks),
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

fn node(cursor: &mut Cursor<'_>, texts: &mut Texts, drop_secrets: bool) -> Result<Node, Misshapen> {
    match cursor.peek() {
        Some(b'{') => members(cursor, texts, drop_secrets).map(Node::Members),
        Some(b'"') => Ok(Node::Text(texts.short(cursor.string()?)?)),
        Some(b'[') => {
            let (mut strings, mut blocks) = (Vec::new(), Vec::new());
            let mut items = cursor.list()?;
            while cursor.next_element(&mut items)? {
                match node(cursor, texts, drop_secrets)? {
                    Node::Text(text) => {
                        // Mostly an attribute and its resource.
                        if strings.is_empty() {
                            strings.reserve_exact(2);
                        }
                        strings.push(text);
                    }
                    Node::Members(members) => blocks.push(members.others),
                    Node::Scalar | Node::List { .. } => {}
                }
            }
            Ok(Node::List { strings, blocks })
        }
        _ => cursor.skip().map(|_| Node::Scalar),
    }
}

fn members(cursor: &mut Cursor<'_>, texts: &mut Texts, drop_secrets: bool) -> Result<Members, Misshapen> {
    let mut members = Members::default();
    let mut others = Vec::new();
    let mut items = cursor.object()?;
    while let Some(key) = cursor.next_key(&mut items)? {
        let (name, is_secret) = texts.name(key)?;
        if drop_secrets && is_secret {
            cursor.skip()?;
            continue;
        }
        if &*name == "constant_value" {
            members.constant = Some(build::value(cursor, texts, false)?);
            continue;
        }
        match node(cursor, texts, drop_secrets)? {
            Node::List { strings, blocks } if &*name == "references" && blocks.is_empty() => {
                members.references = Some(strings);
            }
            node => others.push((name, node.into_expression())),
        }
    }
    members.others = others.into_iter().collect();
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::{Expressions, expressions};
    use crate::plan::build::Texts;
    use crate::plan::cursor::Cursor;
    use crate::plan::{Expression, Value};
    use crate::text::Text;

    fn read(json: &str, drop_secrets: bool) -> Expressions {
        expressions(&mut Cursor::new(json.as_bytes()), &mut Texts::default(), drop_secrets).unwrap()
    }

    #[test]
    fn the_forms_are_told_apart() {
        let read = read(
            r#"{"a": {"constant_value": "x"}, "b": {"references": ["v.c", "v"]}, "c": {},
                "d": [{"e": {"constant_value": true}}, {}], "timeouts": {"create": {}}, "n": {"constant_value": null},
                "odd": {"references": {"constant_value": 1}}}"#,
            true,
        );
        assert_eq!(read.get("a"), Some(&Expression::Constant(Value::String(Text::known("x")))));
        assert_eq!(read.get("b"), Some(&Expression::References(vec!["v.c".into(), "v".into()])));
        assert_eq!(read.get("c"), Some(&Expression::References(Vec::new())));
        let e = Expressions::from([("e".into(), Expression::Constant(Value::Bool(true)))]);
        assert_eq!(read.get("d"), Some(&Expression::Blocks(vec![e, Expressions::new()])));
        assert!(
            matches!(read.get("timeouts"), Some(Expression::Blocks(blocks)) if blocks[0].contains_key("create"))
        );
        assert_eq!(read.get("n"), Some(&Expression::Constant(Value::Null)));
        assert!(
            matches!(read.get("odd"), Some(Expression::Blocks(blocks)) if blocks[0].contains_key("references"))
        );
    }

    #[test]
    fn secrets_are_dropped_at_every_depth() {
        let json =
            r#"{"user": [{"password": {"constant_value": "hunter2"}, "username": {"constant_value": "u"}}]}"#;
        let read_without = read(json, true);
        let Some(Expression::Blocks(blocks)) = read_without.get("user") else { panic!() };
        assert_eq!(blocks[0].keys().map(|name| &**name).collect::<Vec<_>>(), ["username"]);
        assert!(format!("{:?}", read(json, false)).contains("hunter2"));
    }
}

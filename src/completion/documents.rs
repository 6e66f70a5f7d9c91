//! Deferred `aws_iam_policy_document` reads: their unknown elements from references, then the document itself.

use super::references::{References, Resolved};
use crate::plan::{Action, Expression, Members, Mode, Object, ResourceChange, Value, policy_document};
use crate::text::{Hole, Piece, Shape, Text};

/// Whether the change is a policy document that will be read, or read again, during apply.
pub(super) fn is_deferred(change: &ResourceChange) -> bool {
    change.address.mode == Mode::Data
        && &*change.address.kind == "aws_iam_policy_document"
        && change.action == Action::Read
}

/// The values of a deferred document with what references tell, rendered: `json` and `minified_json` are filled in.
///
/// `None` while a document that it is made of waits to be completed, unless `anyway`.
pub(super) fn complete(references: &References<'_>, change: &ResourceChange, anyway: bool) -> Option<Value> {
    let Some(Value::Object(after)) = change.after.as_ref() else { return None };
    let mut after = after.clone();
    if let Some(config) = references.config(&change.address) {
        let fill = Fill { references, change };
        if !anyway && fill.waits(&config.expressions) {
            return None;
        }
        fill.members(&mut after, &config.expressions);
    }
    let value = Value::Object(after);
    let json = Value::String(policy_document::render(&value));
    let Value::Object(mut after) = value else { return None };
    for name in ["json", "minified_json"] {
        after.members.insert(name.into(), json.clone());
    }
    Some(Value::Object(after))
}

/// Arguments of a document in which no ARN, no id and no document stands: what they refer to only decides which words do.
const OF_WORDS: [&str; 7] = ["actions", "effect", "not_actions", "sid", "test", "type", "variable"];

/// Blocks of a document that are a set: the plan shows them in another order than they are written in.
const OF_A_SET: [&str; 3] = ["condition", "not_principals", "principals"];

/// The block that an element of a set is made from, where what is written out tells it.
fn only_fitting<'b>(
    value: &Value,
    all: &[Value],
    blocks: &'b [Members<Expression>],
) -> Option<&'b Members<Expression>> {
    let fits = |value: &Value, block: &Members<Expression>| {
        block.iter().all(|(name, expression)| match expression {
            Expression::Constant(written) => value.member(name) == written,
            _ => true,
        })
    };
    let mut fitting = blocks.iter().filter(|block| fits(value, block));
    let block = fitting.next().filter(|_| fitting.next().is_none())?;
    (all.iter().filter(|value| fits(value, block)).count() == 1).then_some(block)
}

struct Fill<'a> {
    references: &'a References<'a>,
    change: &'a ResourceChange,
}

impl Fill<'_> {
    fn members(&self, object: &mut Object, expressions: &Members<Expression>) {
        for (name, expression) in expressions {
            let Some(value) = object.members.get_mut(name) else { continue };
            if value.has_holes() && !OF_WORDS.contains(&&**name) {
                self.argument(name, value, expression);
            }
        }
    }

    fn argument(&self, name: &str, value: &mut Value, expression: &Expression) {
        match (value, expression) {
            (Value::List(shown), Expression::Blocks(blocks)) if shown.len() == blocks.len() => {
                let of_shown: Vec<Option<&Members<Expression>>> = if OF_A_SET.contains(&name) {
                    shown.iter().map(|value| only_fitting(value, shown, blocks)).collect()
                } else {
                    blocks.iter().map(Some).collect()
                };
                for (shown, block) in shown.iter_mut().zip(of_shown) {
                    if let (Value::Object(object), Some(block)) = (shown, block) {
                        self.members(object, block);
                    }
                }
            }
            (Value::List(shown), references @ Expression::References(_)) => {
                // A local may stand for an unknown element, or tell which one it is.
                let some_known = shown.iter().any(|value| !matches!(value, Value::Unknown(_)));
                if some_known || self.references.sees_all(&self.change.address, references) {
                    self.elements(shown, &self.references.values(&self.change.address, references));
                }
            }
            // A list of which not even the length is known may hold anything.
            _ => {}
        }
    }

    /// Puts what is referred to in the place of unknown elements, where there are as many of the one as of the other.
    fn elements(&self, shown: &mut [Value], referred: &[Resolved]) {
        if referred.iter().any(|resolved| resolved.is_one_of) {
            return;
        }
        let open = |value: &Value| matches!(value, Value::Unknown(_));
        let mut unknown: Vec<&Resolved> = referred.iter().filter(|resolved| resolved.is_unknown()).collect();
        if unknown.len() > shown.iter().filter(|value| open(value)).count() {
            unknown.dedup_by_key(|resolved| (resolved.instance, resolved.attribute.clone()));
        }
        if unknown.len() != shown.iter().filter(|value| open(value)).count() {
            return;
        }
        let mut unknown = unknown.into_iter();
        for value in shown.iter_mut().filter(|value| open(value)) {
            if let Some(element) = unknown.next().and_then(|resolved| self.element(resolved, referred)) {
                *value = element;
            }
        }
    }

    /// The text that a reference puts into an element of a document, as far as the reference tells.
    fn element(&self, resolved: &Resolved, referred: &[Resolved]) -> Option<Value> {
        let value = match resolved.attribute.as_str() {
            "" => resolved.value.member("arn"),
            _ => &resolved.value,
        };
        if stands_alone(resolved) {
            // Where case matters, the reference does not tell `arn` from `lower(arn)`.
            let is_arn = !resolved.attribute.ends_with("json");
            let told = value.as_text().filter(|text| !(is_arn && has_upper_case(text)));
            return told.map(|text| Value::String(text.clone()));
        }
        // Who puts the name and the id of a broker together writes its ARN.
        let is_name =
            |other: &Resolved| other.instance == resolved.instance && other.attribute == "broker_name";
        if resolved.kind.ends_with("aws_mq_broker")
            && resolved.attribute == "id"
            && referred.iter().any(is_name)
        {
            let arn = self.references.attribute(resolved.instance, "arn");
            return arn.filter(|arn| arn.as_text().is_some_and(|text| !has_upper_case(text))).cloned();
        }
        // Anything else stands somewhere within a text of which nothing else is known.
        value.to_text()?.as_hole().map(|hole| Value::String(around(hole)))
    }

    /// Whether a document that this one is made of is still to be completed.
    fn waits(&self, expressions: &Members<Expression>) -> bool {
        ["source_policy_documents", "override_policy_documents", "source_json", "override_json"].iter().any(
            |name| {
                let Some(expression) = expressions.get(name) else { return false };
                self.references.values(&self.change.address, expression).iter().any(|resolved| {
                    resolved.kind == "data.aws_iam_policy_document"
                        && matches!(resolved.value, Value::Unknown(_))
                })
            },
        )
    }
}

/// Whether what is referred to mostly stands in a document as it is.
fn stands_alone(resolved: &Resolved) -> bool {
    matches!(resolved.attribute.as_str(), "" | "arn" | "json" | "minified_json")
}

fn has_upper_case(text: &Text) -> bool {
    text.pieces()
        .any(|piece| matches!(piece, Piece::Literal(literal) if literal.contains(char::is_uppercase)))
}

fn around(hole: &Hole) -> Text {
    let side = |which: &str| Hole::of_expression(hole.address(), hole.attribute(), which, Shape::ANY);
    Text::builder()
        .push_hole(&side("what stands before it"))
        .push_hole(hole)
        .push_hole(&side("what stands after it"))
        .finish()
}

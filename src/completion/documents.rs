//! Deferred `aws_iam_policy_document` reads: their unknown elements from references, then the document itself.


use super::references::{References, Resolved};
use crate::plan::{Action, Expression, Members, Mode, Object, ResourceChange, Value, policy_document};
use crate::text::{Hole, Shape, Text};

/// Whether the change is a policy document that will be read, or read again, during apply.
pub(super) fn is_deferred(change: &ResourceChange) -> bool {
    change.address.mode == Mode::Data
        && &*change.address.kind == "aws_iam_policy_document"
        && change.action == Action::Read
}

/// The values of a deferred document with what references tell, rendered: `json` and `minified_json` are filled in.
pub(super) fn complete(references: &References<'_>, change: &ResourceChange) -> Option<Value> {
    let Some(Value::Object(after)) = change.after.as_ref() else { return None };
    let mut after = after.clone();
    if let Some(config) = references.config(&change.address) {
        let fill = Fill { references, change };
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

struct Fill<'a> {
    references: &'a References<'a>,
    change: &'a ResourceChange,
}

impl Fill<'_> {
    fn members(&self, object: &mut Object, expressions: &Members<Expression>) {
        for (name, expression) in expressions {
            let Some(value) = object.members.get_mut(name) else { continue };
            if value.has_holes() {
                self.argument(value, expression);
            }
        }
    }

    fn argument(&self, value: &mut Value, expression: &Expression) {
        match (value, expression) {
            (Value::List(shown), Expression::Blocks(blocks)) if shown.len() == blocks.len() => {
                for (shown, block) in shown.iter_mut().zip(blocks) {
                    if let Value::Object(object) = shown {
                        self.members(object, block);
                    }
                }
            }
            (Value::List(shown), references @ Expression::References(_)) => {
                let found = self.references.unknown_values(&self.change.address, references);
                elements(shown, &found);
            }
            (unknown @ Value::Unknown(_), references @ Expression::References(_)) => {
                let found = self.references.unknown_values(&self.change.address, references);
                if let [only] = found.as_slice()
                    && let Some(element) = element(only)
                {
                    *unknown = element;
                }
            }
            _ => {}
        }
    }
}

/// Puts what is referred to in the place of unknown elements, where there are as many of the one as of the other.
fn elements(shown: &mut [Value], found: &[Resolved]) {
    let unknown = shown.iter().filter(|value| matches!(value, Value::Unknown(_))).count();
    if unknown != found.len() {
        return;
    }
    let mut found = found.iter();
    for value in shown.iter_mut().filter(|value| matches!(value, Value::Unknown(_))) {
        if let Some(element) = found.next().and_then(element) {
            *value = element;
        }
    }
}

/// The text that a reference puts into an element of a document, as far as the reference tells.
fn element(resolved: &Resolved) -> Option<Value> {
    let value = match resolved.attribute.as_str() {
        "" => resolved.value.member("arn"),
        _ => &resolved.value,
    };
    let Value::String(text) = value else { return None };
    match resolved.attribute.as_str() {
        "" | "arn" | "json" | "minified_json" => Some(Value::String(text.clone())),
        // An id alone is no ARN: it stands somewhere within a text of which nothing else is known.
        _ => text.as_hole().map(|hole| Value::String(around(hole))),
    }
}

fn around(hole: &Hole) -> Text {
    let side = |which: &str| Hole::of_expression(hole.address(), hole.attribute(), which, Shape::ANY);
    Text::builder()
        .push_hole(&side("what stands before it"))
        .push_hole(hole)
        .push_hole(&side("what stands after it"))
        .finish()
}

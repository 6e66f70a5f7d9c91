//! Nested blocks, dynamic ones included, as values.

use super::entries::{Entries, entries};
use super::env::{Bound, Env, Scope, Site, Turn};
use super::evaluator::Evaluator;
use super::expression::MAX_ELEMENTS;
use super::module::block_type;
use super::syntax::ast::{Attribute, Block, Body, Expr, ExprKind};
use super::value::{Kind, Members, Value};
use crate::text::Text;

impl Evaluator<'_> {
    /// A body as an object: its arguments, and its nested blocks as lists of objects.
    pub(super) fn body_value(&self, body: &Body, env: &Env<'_>) -> Value {
        let mut members = Members::new();
        for attribute in &body.attributes {
            if matches!(&*attribute.name, "for_each" | "count" | "provider" | "depends_on") {
                continue;
            }
            members.insert(Text::known(&*attribute.name), self.argument_value(attribute, env));
        }
        let mut kinds: Vec<&str> = body.blocks.iter().map(block_type).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            if kind == "lifecycle" {
                continue;
            }
            let blocks = self.nested_blocks(body, kind, env);
            let open = blocks.iter().any(Value::is_unknown);
            members.insert(Text::known(kind), Value::sequence(blocks, open));
        }
        Value::object(members)
    }

    fn argument_value(&self, attribute: &Attribute, env: &Env<'_>) -> Value {
        let site = Site {
            address: env.site.address.clone(),
            attribute: if &*env.site.attribute == "statement" {
                attribute.name.clone()
            } else {
                env.site.attribute.clone()
            },
        };
        let env = Env { site: &site, ..*env };
        self.evaluate(&attribute.value, &env)
    }

    /// The nested blocks of a type, in order, each as an object. An unknown element stands for any number of blocks.
    pub(super) fn nested_blocks(&self, body: &Body, kind: &str, env: &Env<'_>) -> Vec<Value> {
        let mut values = Vec::new();
        // In JSON only the schema tells an argument from a block: who asks for blocks takes it for blocks.
        if let Some(attribute) = body.attribute(kind).filter(|attribute| attribute.json) {
            let value = self.evaluate(&attribute.value, env);
            match &value.kind {
                Kind::Null => {}
                Kind::Sequence(sequence) => values.extend(sequence.items.iter().cloned()),
                _ => values.push(value),
            }
        }
        for block in &body.blocks {
            if block_type(block) != kind || values.len() > MAX_ELEMENTS {
                continue;
            }
            if &*block.kind == "dynamic" && !block.labels.is_empty() {
                self.dynamic(block, env, &mut values);
            } else {
                values.push(self.body_value(&block.body, env));
            }
        }
        values
    }

    pub(super) fn dynamic(&self, block: &Block, env: &Env<'_>, values: &mut Vec<Value>) {
        let content = block.body.blocks.iter().find(|nested| &*nested.kind == "content");
        let (Some(for_each), Some(content)) = (block.body.attribute("for_each"), content) else { return };
        let collection = self.evaluate(&for_each.value, env);
        let Entries { items, open, .. } = entries(&collection, || self.hole(&for_each.value, env));
        let hole = || Value::unknown(self.hole(&for_each.value, env));
        if collection.is_partial() || !matches!(collection.kind, Kind::Sequence(_) | Kind::Object(_)) {
            if !collection.is_null() {
                values.push(hole());
            }
            return;
        }
        let label = block.labels.first().map(|label| &**label).unwrap_or_default();
        let iterator = block.body.attribute("iterator").and_then(|attribute| iterator_name(&attribute.value));
        let name = iterator.unwrap_or(label);
        for (turn, (key, value)) in items.into_iter().enumerate() {
            if values.len() > MAX_ELEMENTS {
                self.note(format!("{}: too many blocks", self.place(for_each.name_span)));
                values.push(hole());
                return;
            }
            if open && value.is_unknown() {
                values.push(hole());
                continue;
            }
            let members = [(Text::known("key"), key), (Text::known("value"), value)];
            let bound = Value::object(members.into_iter().collect());
            let scope = Scope { bound: Bound::One(name, &bound), turn: Turn::Loop(turn), outer: env.scope };
            values.push(self.body_value(&content.body, &env.with_scope(&scope)).mark(collection.sensitive));
        }
    }
}

fn iterator_name(expression: &Expr) -> Option<&str> {
    match &expression.kind {
        ExprKind::Variable(name) => Some(name),
        ExprKind::Literal(value) => value.as_known_str(),
        ExprKind::Wrap(inner) => iterator_name(inner),
        _ => None,
    }
}

//! `aws_iam_policy_document`: its own statement blocks, and the documents that it is made of.

use super::json::Sid;
use super::list::sid_value;
use super::{Evaluator, Here, Place, Statements, Target, Written};
use crate::source::module::block_type;
use crate::source::syntax::ast::{Block, Expr, ExprKind};
use crate::source::value::Kind;
use crate::text::Text;

impl<'s> Evaluator<'s> {
    /// The statements of a document as the provider merges them: a statement takes the place of an earlier one of the same
    /// `Sid`.
    pub(super) fn merged_statements(&self, block: &'s Block, here: &Here<'s>) -> Statements<'s> {
        let mut merged: Vec<Written<'s>> = Vec::new();
        for name in ["source_json", "source_policy_documents"] {
            self.add_documents(block, name, here, &mut merged)?;
        }
        add(&mut merged, self.own_statements(block, here)?)?;
        for name in ["override_json", "override_policy_documents"] {
            self.add_documents(block, name, here, &mut merged)?;
        }
        Some(merged)
    }

    fn own_statements(&self, block: &'s Block, here: &Here<'s>) -> Statements<'s> {
        let mut own = Vec::new();
        if block.body.attribute("statement").is_some() {
            return None;
        }
        for nested in block.body.blocks.iter().filter(|nested| block_type(nested) == "statement") {
            if &*nested.kind == "dynamic" {
                let mut values = Vec::new();
                self.dynamic(nested, &here.env(), &mut values);
                let content = nested.body.blocks.iter().find(|inner| &*inner.kind == "content")?;
                for value in values {
                    let Kind::Object(members) = &value.kind else { return None };
                    let sid = members.get(&Text::known("sid")).map_or(Sid::None, sid_value);
                    own.push(Written { sid, place: Place::Block(content) });
                }
                continue;
            }
            let sid = nested.body.attribute("sid");
            let sid = sid.map_or(Sid::None, |sid| sid_value(&self.evaluate(&sid.value, &here.env())));
            own.push(Written { sid, place: Place::Block(nested) });
        }
        Some(own)
    }

    fn add_documents(
        &self,
        block: &'s Block,
        name: &str,
        here: &Here<'s>,
        merged: &mut Vec<Written<'s>>,
    ) -> Option<()> {
        let Some(attribute) = block.body.attribute(name) else { return Some(()) };
        if name.ends_with("json") {
            return add(merged, self.document_statements(&attribute.value, here)?);
        }
        self.each_document(&attribute.value, here, merged)
    }

    fn each_document(&self, list: &'s Expr, here: &Here<'s>, merged: &mut Vec<Written<'s>>) -> Option<()> {
        match &list.kind {
            ExprKind::Wrap(inner) => self.each_document(inner, here, merged),
            ExprKind::Tuple(items) => {
                items.iter().try_for_each(|item| {
                    // `""` and `null` are no document.
                    if item.as_literal().is_some_and(|item| item.is_null() || item.as_known_str() == Some(""))
                    {
                        return Some(());
                    }
                    add(merged, self.document_statements(item, here)?)
                })
            }
            ExprKind::Call(call)
                if matches!(&*call.name, "concat" | "compact" | "flatten") && !call.expand =>
            {
                call.arguments.iter().try_for_each(|argument| self.each_document(argument, here, merged))
            }
            ExprKind::Conditional(parts) => self.each_document(self.branch(parts, here)?, here, merged),
            ExprKind::Traversal(base, steps) => {
                let ExprKind::Variable(root) = &base.kind else { return None };
                let Target::Expression(value, keys, there) = self.target(root, steps, here)? else {
                    return None;
                };
                let (value, there) = self.member(value, &keys, &there)?;
                self.each_document(value, &there, merged)
            }
            _ => None,
        }
    }
}

/// Joins the statements of a further document; `None` where it is not sure which take the place of others.
fn add<'s>(merged: &mut Vec<Written<'s>>, statements: Vec<Written<'s>>) -> Option<()> {
    for statement in statements {
        let sid = match &statement.sid {
            Sid::Known(sid) if !sid.is_empty() => sid.clone(),
            Sid::Unknown => return None,
            _ => {
                merged.push(statement);
                continue;
            }
        };
        match merged.iter_mut().find(|earlier| matches!(&earlier.sid, Sid::Known(known) if *known == sid)) {
            Some(earlier) => *earlier = statement,
            None => merged.push(statement),
        }
    }
    Some(())
}

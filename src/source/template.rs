//! Templates: their interpolations and directives.

use super::branches::both;
use super::entries::{Entries, entries};
use super::env::{Bound, Env, Scope, Turn};
use super::evaluator::Evaluator;
use super::expression::MAX_TEXT;
use super::fault::{Fault, Outcome};
use super::syntax::ast::{Expr, Part};
use super::typed::is_primitive;
use super::types::to_string;
use super::value::{Kind, Value};
use crate::text::{Hole, Piece, Text, TextBuilder};

/// What was rendered of a template.
#[derive(Default)]
pub(super) struct Rendered {
    builder: TextBuilder,
    length: usize,
    /// Whether something was written in an order that is not known, or may be absent.
    shuffled: bool,
    /// Whether what comes next would stand within a string, if this is JSON.
    in_string: bool,
    /// Whether a backslash stands before it.
    escaped: bool,
}

impl Rendered {
    /// The template as a value; `hole` names it.
    pub(super) fn finish(mut self, hole: impl FnOnce() -> Hole) -> Value {
        Value::written(self.builder.finish(), self.shuffled, hole)
    }

    /// Follows the strings of a text that is appended.
    fn follow(&mut self, text: &Text) {
        for piece in text.pieces() {
            let Piece::Literal(known) = piece else { continue };
            for byte in known.bytes() {
                let escaped = std::mem::take(&mut self.escaped);
                match byte {
                    b'"' if !escaped => self.in_string = !self.in_string,
                    b'\\' if self.in_string && !escaped => self.escaped = true,
                    _ => {}
                }
            }
        }
    }
}

impl Evaluator<'_> {
    /// Renders the parts of a template.
    pub(super) fn parts(&self, parts: &[Part], env: &Env<'_>, rendered: &mut Rendered) -> Outcome<()> {
        for part in parts {
            match part {
                Part::Literal(text) => self.append(rendered, &Text::known(text.as_str()))?,
                Part::Interpolation(expression) => {
                    let value = self.eval(expression, env)?;
                    // It may be a list.
                    if env.strict && value.is_unknown() && !is_primitive(expression) {
                        return Err(Fault::Unsettled);
                    }
                    match &value.kind {
                        Kind::Shuffled(shuffled) if !rendered.in_string => {
                            rendered.shuffled = true;
                            let text = shuffled.text.clone().mark_sensitive(value.sensitive);
                            self.append(rendered, &text)?;
                        }
                        _ => self.append(rendered, &to_string(&value)?)?,
                    }
                }
                Part::If { condition, then, otherwise } => {
                    self.if_directive(condition, then, otherwise, env, rendered)?;
                }
                Part::For { key, value, collection, body } => {
                    self.for_directive((key.as_deref(), value), collection, body, env, rendered)?;
                }
            }
        }
        Ok(())
    }

    fn for_directive(
        &self,
        (key, value): (Option<&str>, &str),
        collection: &Expr,
        body: &[Part],
        env: &Env<'_>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        let items = self.eval(collection, env)?;
        let Entries { items: pairs, open, shuffled } = entries(&items, || self.hole(collection, env));
        let open = open || items.is_partial();
        if open || !matches!(items.kind, Kind::Sequence(_) | Kind::Object(_)) {
            if !(open || items.is_unknown()) {
                return Err(Fault::invalid(format!("a `for` directive over {}", items.type_name())));
            }
            if env.strict {
                return Err(Fault::Unsettled);
            }
            let hole = Text::hole(self.hole(collection, env)).mark_sensitive(items.sensitive);
            return self.append(rendered, &hole);
        }
        rendered.builder.mark_sensitive(items.sensitive);
        let mut all = Rendered { in_string: rendered.in_string, ..Rendered::default() };
        let mut movable = !rendered.in_string;
        for (turn, (name, item)) in pairs.iter().enumerate() {
            let inner = Scope { bound: Bound::One(value, item), turn: Turn::Loop(turn), outer: env.scope };
            let outer;
            let scope = match key {
                None => &inner,
                Some(key) => {
                    outer = Scope { bound: Bound::One(key, name), turn: Turn::Same, outer: Some(&inner) };
                    &outer
                }
            };
            self.deeper(|| self.parts(body, &env.with_scope(scope), &mut all))?;
            movable = movable && !all.in_string;
        }
        let text = all.builder.finish();
        if (shuffled || all.shuffled) && !movable {
            // Within a string, order matters.
            let hole = Text::hole(self.hole(collection, env)).mark_sensitive(text.is_sensitive());
            return self.append(rendered, &hole);
        }
        rendered.shuffled = rendered.shuffled || shuffled || all.shuffled;
        self.append(rendered, &text)
    }

    fn if_directive(
        &self,
        condition: &Expr,
        then: &[Part],
        otherwise: &[Part],
        env: &Env<'_>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        let value = self.condition(condition, env)?;
        rendered.builder.mark_sensitive(value.sensitive);
        match value.as_bool() {
            Some(known) => {
                let parts = if known { then } else { otherwise };
                self.deeper(|| self.parts(parts, env, rendered))
            }
            None if value.is_null() => Err(Fault::invalid("the condition of an `if` directive is null")),
            None => {
                let render = |parts: &[Part]| {
                    let mut inner = Rendered { in_string: rendered.in_string, ..Rendered::default() };
                    self.deeper(|| self.parts(parts, env, &mut inner))?;
                    Ok::<_, Fault>((inner.builder.finish(), inner.shuffled))
                };
                let ((a, a_shuffled), (b, b_shuffled)) = both(render(then), render(otherwise))?;
                let text = if a.equals(&b).is_true() && !a_shuffled && !b_shuffled {
                    a
                } else {
                    let sensitive = a.is_sensitive() || b.is_sensitive();
                    Text::hole(self.hole(condition, env)).mark_sensitive(sensitive)
                };
                self.append(rendered, &text)
            }
        }
    }

    fn append(&self, rendered: &mut Rendered, text: &Text) -> Outcome<()> {
        let size = text_len(text);
        rendered.length = rendered.length.saturating_add(size);
        self.fuel.spend(size / 64)?;
        if rendered.length > MAX_TEXT {
            return Err(Fault::Limit("a text is too long"));
        }
        rendered.follow(text);
        rendered.builder.push_text(text);
        Ok(())
    }
}

/// The bytes of the known parts of a text.
pub(super) fn text_len(text: &Text) -> usize {
    let size = |piece| match piece {
        crate::text::Piece::Literal(text) => text.len(),
        crate::text::Piece::Hole(_) => 1,
    };
    text.pieces().map(size).fold(0, usize::saturating_add)
}

//! Expressions.

use super::branches::{beside, both, may_differ_beside};
use super::common::Common;
use super::entries::{Entries, entries};
use super::env::{Bound, Env, SPLAT_ITEM, Scope, Turn};
use super::evaluator::Evaluator;
use super::fault::{Fault, Outcome};
use super::syntax::ast::{Call, Expr, ExprKind, For, Step};
use super::template::Rendered;
use super::typed::{is_primitive, type_of_failed};
use super::types::to_string;
use super::value::{Form, Kind, Members, Sequence, Value};
use crate::text::{Text, Truth};

/// The longest text, in bytes, that an expression may give.
pub(super) const MAX_TEXT: usize = 4 << 20;
/// The most elements that an expression may give.
pub(super) const MAX_ELEMENTS: usize = 200_000;

impl Evaluator<'_> {
    /// The value of an expression. Unless the surroundings are strict, what goes wrong becomes a hole here, so that all
    /// around it keeps its value.
    pub(super) fn eval(&self, expression: &Expr, env: &Env<'_>) -> Outcome {
        if let ExprKind::Literal(value) = &expression.kind {
            return Ok(value.clone());
        }
        let result = self.deeper(|| {
            self.fuel.spend(1)?;
            self.eval_kind(expression, env)
        });
        match result {
            Err(fault) if !env.strict && fault != Fault::Exhausted => {
                Ok(self.given_up(expression, env, &fault))
            }
            result => result,
        }
    }

    fn eval_kind(&self, expression: &Expr, env: &Env<'_>) -> Outcome {
        match &expression.kind {
            ExprKind::Literal(value) => Ok(value.clone()),
            ExprKind::Template(parts) => {
                let mut rendered = Rendered::default();
                self.parts(parts, env, &mut rendered)?;
                Ok(rendered.finish(|| self.hole(expression, env)))
            }
            ExprKind::Wrap(inner) => self.eval(inner, env),
            ExprKind::Tuple(items) => {
                let items = items.iter().map(|item| self.eval(item, env));
                Ok(Value::tuple(items.collect::<Outcome<Vec<_>>>()?))
            }
            ExprKind::Object(members) => self.object(members, env),
            ExprKind::Variable(name) => self.reference(expression, name, &[], env),
            ExprKind::SplatItem => {
                env.bound(SPLAT_ITEM).cloned().ok_or_else(|| Fault::invalid("a splat without element"))
            }
            ExprKind::Traversal(base, steps) => {
                if let ExprKind::Variable(name) = &base.kind {
                    self.reference(expression, name, steps, env)
                } else {
                    let base = self.eval(base, env)?;
                    self.steps(base, steps, expression, env)
                }
            }
            ExprKind::Splat(source, each) => self.splat(source, each, expression, env),
            ExprKind::Call(call) => self.call(call, expression, env),
            ExprKind::Conditional(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.conditional(condition, then, otherwise, expression, env)
            }
            ExprKind::Not(operand) => self.not(operand, expression, env),
            ExprKind::Negate(operand) => self.negate(operand, expression, env),
            ExprKind::Binary(operator, operands) => {
                let [left, right] = &**operands;
                self.binary(*operator, left, right, expression, env)
            }
            ExprKind::For(parts) => self.for_expression(parts, expression, env),
        }
    }

    fn object(&self, members: &[(Expr, Expr)], env: &Env<'_>) -> Outcome {
        let mut object = Members::new();
        let mut sensitive = false;
        for (name, value) in members {
            let name = self.name(name, env)?;
            sensitive = sensitive || name.is_sensitive();
            object.insert(name.unmarked(), self.eval(value, env)?);
        }
        Ok(Value::object(object).formed(Form::Structural).mark(sensitive))
    }

    /// The name of a member.
    fn name(&self, expression: &Expr, env: &Env<'_>) -> Outcome<Text> {
        let name = self.eval(expression, env)?;
        // It may be a list, or null.
        if env.strict && name.is_unknown() && !is_primitive(expression) {
            return Err(Fault::Unsettled);
        }
        to_string(&name)
    }

    /// Follows the steps of a traversal.
    pub(super) fn steps(&self, base: Value, steps: &[Step], expression: &Expr, env: &Env<'_>) -> Outcome {
        let mut value = base;
        for step in steps {
            value = match step {
                Step::Attribute(name) => self.index(&value, &Value::string(name.clone()), expression, env)?,
                Step::Index(index) => {
                    let index = self.eval(index, env)?;
                    self.index(&value, &index, expression, env)?
                }
            };
        }
        Ok(value)
    }

    fn splat(&self, source: &Expr, each: &Expr, expression: &Expr, env: &Env<'_>) -> Outcome {
        let value = self.eval(source, env)?;
        // A list gives a list, and all else a tuple.
        let form = match &value.kind {
            Kind::Sequence(sequence) if sequence.set => Form::Unsure,
            Kind::Sequence(_) => value.form,
            _ => Form::Structural,
        };
        let sequence = match &value.kind {
            Kind::Null => Sequence::list([], false, false),
            // Its elements may have no such part.
            Kind::Unknown(_) if env.strict && !matches!(each.kind, ExprKind::SplatItem) => {
                return Err(Fault::Unsettled);
            }
            Kind::Unknown(_) => {
                let hole = Value::unknown(self.hole(expression, env));
                return Ok(Value::sequence([hole], true).mark(value.sensitive));
            }
            Kind::Sequence(sequence) => sequence.clone(),
            _ => Sequence::list([value.clone().unmark()], false, false),
        };
        let mut results = Vec::with_capacity(sequence.items.len());
        for (turn, item) in sequence.items.iter().enumerate() {
            let scope =
                Scope { bound: Bound::One(SPLAT_ITEM, item), turn: Turn::Loop(turn), outer: env.scope };
            results.push(self.eval(each, &env.with_scope(&scope))?);
        }
        let results = Sequence::list(results, sequence.open, sequence.shuffled);
        Ok(Value::from(results).formed(form).mark(value.sensitive))
    }

    fn conditional(
        &self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        expression: &Expr,
        env: &Env<'_>,
    ) -> Outcome {
        let condition = self.condition(condition, env)?;
        if condition.is_null() {
            return Err(Fault::invalid("the condition is null"));
        }
        let Some(known) = condition.as_bool() else {
            let (a, b) = both(self.eval(then, env), self.eval(otherwise, env))?;
            let one = beside(&a, &b, env.strict, &self.fuel)?;
            let sensitive = condition.sensitive || a.has_marks(&self.fuel)? || b.has_marks(&self.fuel)?;
            if one.equals(&beside(&b, &a, env.strict, &self.fuel)?, &self.fuel)?.is_true() {
                return Ok(one.mark(sensitive));
            }
            let hole = self.hole(expression, env);
            let strings = a.as_text().is_some() && b.as_text().is_some();
            let common = Common::of_all([&a, &b], &self.fuel)?;
            let value = match strings {
                true => Value::string(Text::hole(hole)),
                false if common.is_settled() => Value::unknown(hole).typed(common),
                false => Value::unknown(hole),
            };
            return Ok(value.mark(sensitive));
        };
        let (chosen, other) = if known { (then, otherwise) } else { (otherwise, then) };
        let value = self.eval(chosen, env)?;
        if !may_differ_beside(&value) && !env.strict {
            return Ok(value.mark(condition.sensitive));
        }
        // Both branches have one type; the other one may fail, where nobody will ask for it.
        let value = match self.eval(other, &env.strict()) {
            Ok(other) => beside(&value, &other, env.strict, &self.fuel)?,
            Err(Fault::Exhausted) => return Err(Fault::Exhausted),
            // Asked once more at every level, a chain of conditionals would take twice as long with each.
            Err(Fault::Unsettled) if env.strict => return Err(Fault::Unsettled),
            Err(Fault::Unsettled) => {
                let other = self.silently(|| self.evaluate(other, env));
                beside(&value, &other, env.strict, &self.fuel)?
            }
            Err(_) => match type_of_failed(other) {
                Some(of) => {
                    let other = Value::null().typed(of);
                    beside(&value, &other, env.strict, &self.fuel)?
                }
                None => value,
            },
        };
        Ok(value.mark(condition.sensitive))
    }

    fn for_expression(&self, parts: &For, expression: &Expr, env: &Env<'_>) -> Outcome {
        let collection = self.eval(&parts.collection, env)?;
        let unknown = || Value::unknown(self.hole(expression, env));
        let Entries { items, open, shuffled } = match &collection.kind {
            _ if collection.is_unknown() || collection.is_partial() => {
                if env.strict {
                    return Err(Fault::Unsettled);
                }
                let value =
                    if parts.result_key.is_some() { unknown() } else { Value::sequence([unknown()], true) };
                return Ok(value.mark(collection.sensitive));
            }
            Kind::Null => return Err(Fault::invalid("a `for` expression over null")),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Shuffled(_) => {
                return Err(Fault::invalid(format!("a `for` expression over {}", collection.type_name())));
            }
            _ => entries(&collection, || self.hole(&parts.collection, env)),
        };
        if items.len() > MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
        if let (true, true, Some(condition)) = (env.strict, items.is_empty(), &parts.condition) {
            self.condition_of_none(parts, condition, env)?;
        }
        let mut result =
            if parts.result_key.is_some() { Built::Object(Vec::new()) } else { Built::List(Vec::new()) };
        let mut still_open = false;
        let mut sensitive = collection.sensitive;
        for (turn, (key, value)) in items.iter().enumerate() {
            let inner =
                Scope { bound: Bound::One(&parts.value, value), turn: Turn::Loop(turn), outer: env.scope };
            let outer;
            let scope = match &parts.key {
                None => &inner,
                Some(name) => {
                    outer = Scope { bound: Bound::One(name, key), turn: Turn::Same, outer: Some(&inner) };
                    &outer
                }
            };
            let env = env.with_scope(scope);
            // What stands for several elements gives something unknown that stands for several.
            let mut included = if open && value.is_unknown() { Truth::Maybe } else { Truth::True };
            if let (Some(condition), true) = (&parts.condition, included.is_true()) {
                let condition = self.condition(condition, &env)?;
                sensitive = sensitive || condition.sensitive;
                included = condition.as_bool().map_or(Truth::Maybe, Truth::from);
            }
            match (&mut result, included) {
                (_, Truth::False) => {}
                (Built::Object(_), Truth::Maybe) => return Ok(unknown().mark(sensitive)),
                (Built::List(list), Truth::Maybe) => {
                    still_open = true;
                    // If it is there, it may be what fails.
                    if env.strict {
                        self.eval(&parts.result, &env).map_err(Fault::unsettled)?;
                    }
                    list.push(Value::unknown(self.hole(&parts.result, &env)));
                }
                (Built::List(list), Truth::True) => list.push(self.eval(&parts.result, &env)?),
                (Built::Object(list), Truth::True) => {
                    let Some(key) = &parts.result_key else { continue };
                    let key = self.name(key, &env)?;
                    sensitive = sensitive || key.is_sensitive();
                    // Two elements of one key are an error.
                    let is_twice =
                        |(other, _): &(Text, Value)| other != &key && other.equals(&key).is_maybe();
                    if env.strict && !parts.group && list.iter().any(is_twice) {
                        return Err(Fault::Unsettled);
                    }
                    list.push((key.unmarked(), self.eval(&parts.result, &env)?));
                }
            }
        }
        let value = match result {
            Built::List(list) => {
                Value::from(Sequence::list(list, still_open, shuffled)).formed(Form::Structural)
            }
            Built::Object(list) if parts.group => self.grouped(list, shuffled, expression, env),
            Built::Object(list) => {
                let mut members = Members::new();
                for (name, value) in list {
                    if members.insert(name, value).is_some() {
                        return Err(Fault::invalid("two elements of a `for` expression have the same key"));
                    }
                }
                Value::object(members).formed(Form::Structural)
            }
        };
        Ok(value.mark(sensitive))
    }

    /// A condition must be a bool even if there is nothing to ask it of.
    fn condition_of_none(&self, parts: &For, condition: &Expr, env: &Env<'_>) -> Outcome<()> {
        let unknown = Value::unknown(self.hole(&parts.collection, env));
        let value = Scope { bound: Bound::One(&parts.value, &unknown), turn: Turn::Same, outer: env.scope };
        let name = parts.key.as_deref().unwrap_or_default();
        let both = Scope { bound: Bound::One(name, &unknown), turn: Turn::Same, outer: Some(&value) };
        match self.condition(condition, &env.with_scope(&both)) {
            Ok(value) if value.is_null() => {
                Err(Fault::invalid("the condition of a `for` expression is null"))
            }
            Ok(_) | Err(Fault::Unsettled) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    fn grouped(&self, list: Vec<(Text, Value)>, shuffled: bool, expression: &Expr, env: &Env<'_>) -> Value {
        let mut groups: std::collections::BTreeMap<Text, Vec<Value>> = std::collections::BTreeMap::new();
        let mut holed = false;
        for (name, value) in list {
            let may_be = |other: &Text| other != &name && other.equals(&name).is_maybe();
            if (holed || !name.is_known()) && groups.keys().any(may_be) {
                return Value::unknown(self.hole(expression, env));
            }
            holed = holed || !name.is_known();
            groups.entry(name).or_default().push(value);
        }
        let group = |values| Value::from(Sequence::list(values, false, shuffled)).formed(Form::Structural);
        let groups = groups.into_iter().map(|(name, values)| (name, group(values)));
        Value::object(groups.collect()).formed(Form::Structural)
    }

    /// A function call: `try` and the like look at their arguments themselves.
    fn call(&self, call: &Call, expression: &Expr, env: &Env<'_>) -> Outcome {
        super::functions::call(self, call, expression, env)
    }
}

/// What a `for` expression collects.
enum Built {
    List(Vec<Value>),
    Object(Vec<(Text, Value)>),
}

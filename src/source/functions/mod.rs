//! Terraform's built-in functions.
//!
//! A function that meets unknown values gives what is certain all the same: known parts of texts, known elements of
//! lists. What it cannot tell is a hole that names the call.

mod characters;
mod collection;
mod conversion;
mod date;
mod encoding;
mod file;
mod fileset;
mod format;
mod hash;
mod json;
mod map;
mod matcher;
mod network;
mod numeric;
mod provider;
mod regex;
mod replacement;
mod set;
mod strict;
mod string;
mod symbols;
mod text;
mod yaml;
mod yaml_writer;

pub(super) use file::parse as parse_template;

use super::common::Common;
use super::env::Env;
use super::evaluator::Evaluator;
use super::expression::MAX_TEXT;
use super::fault::{Fault, Outcome};
use super::fuel::Fuel;
use super::number::Number;
use super::syntax::ast::{Call, Expr, ExprKind};
use super::typed::{is_primitive, typed_by_function};
use super::types::{to_number, to_string};
use super::value::{Form, Kind, Members, Sequence, Value};
use crate::text::{Hole, Text, Truth};

/// One call of a function, with its arguments evaluated.
pub(super) struct Invocation<'c, 's> {
    name: &'c str,
    arguments: Vec<Value>,
    /// Whether it hangs on something unknown in which order they stand.
    shuffled: bool,
    evaluator: &'c Evaluator<'s>,
    expression: &'c Expr,
    env: &'c Env<'c>,
}

/// Calls a function.
pub(super) fn call(evaluator: &Evaluator<'_>, call: &Call, expression: &Expr, env: &Env<'_>) -> Outcome {
    let name = call.name.strip_prefix("core::").unwrap_or(&call.name);
    match name {
        "try" => return attempt(evaluator, call, expression, env),
        "can" => return can(evaluator, call, expression, env),
        _ => {}
    }
    let in_any_order = IN_ANY_ORDER.contains(&name);
    let given = arguments(evaluator, call, env)?.filter(|(_, shuffled)| in_any_order || !shuffled);
    let Some((arguments, shuffled)) = given else {
        // How many there are, and in which order, may be an error.
        return if env.strict {
            Err(Fault::Unsettled)
        } else {
            Ok(Value::unknown(evaluator.hole(expression, env)))
        };
    };
    let arguments = if OF_WHOLES.contains(&name) {
        arguments
    } else {
        arguments.into_iter().map(Value::looked_into).collect()
    };
    let mut sensitive = false;
    for argument in &arguments {
        sensitive = sensitive
            || if OF_ELEMENTS.contains(&name) {
                argument.sensitive
            } else {
                argument.has_marks(&evaluator.fuel)?
            };
    }
    let invocation = Invocation { name, arguments, shuffled, evaluator, expression, env };
    strict::check(&invocation)?;
    let modules = [
        string::call,
        collection::call,
        map::call,
        set::call,
        numeric::call,
        conversion::call,
        encoding::call,
        format::call,
        regex::call,
        file::call,
        network::call,
        hash::call,
        date::call,
        yaml::call,
        provider::call,
    ];
    let result = modules.iter().find_map(|module| module(&invocation));
    let Some(result) = result else {
        let place = evaluator.place(expression.span);
        evaluator.note(format!("{place}: the function {name} is not evaluated; its value counts as unknown"));
        return Ok(invocation.unknown().mark(sensitive));
    };
    let marks = !matches!(name, "nonsensitive" | "issensitive");
    let value = typed_by_function(name, result?).mark(sensitive && marks);
    // `try` and `can` ask whether it fails: a value of which nothing is known does not tell.
    if env.strict && strict::is_unsettled(name, &value) {
        return Err(Fault::Unsettled);
    }
    Ok(value)
}

/// Functions that say what is certain whatever the order of their arguments.
const IN_ANY_ORDER: [&str; 6] = ["concat", "max", "merge", "min", "setintersection", "setunion"];

/// Functions that hand a text on without looking into it.
const OF_WHOLES: [&str; 6] =
    ["coalesce", "issensitive", "jsonencode", "nonsensitive", "sensitive", "tostring"];

/// Functions whose result holds elements with the marks that they had. What others give is secret as a whole if a part
/// of their arguments is.
const OF_ELEMENTS: [&str; 17] = [
    "chunklist",
    "concat",
    "element",
    "flatten",
    "keys",
    "length",
    "list",
    "lookup",
    "map",
    "merge",
    "reverse",
    "setproduct",
    "slice",
    "tolist",
    "tomap",
    "values",
    "zipmap",
];

/// The arguments, and whether it hangs on something unknown in which order they stand; `None` if their number is not
/// known.
fn arguments(evaluator: &Evaluator<'_>, call: &Call, env: &Env<'_>) -> Outcome<Option<(Vec<Value>, bool)>> {
    let mut values = Vec::with_capacity(call.arguments.len());
    for argument in &call.arguments {
        values.push(evaluator.eval(argument, env)?);
    }
    if !call.expand {
        return Ok(Some((values, false)));
    }
    let Some(last) = values.pop() else { return Ok(Some((values, false))) };
    match last.kind {
        Kind::Sequence(sequence) if !sequence.open => {
            values.extend(sequence.items.iter().map(|item| item.clone().mark(last.sensitive)));
            Ok(Some((values, sequence.shuffled)))
        }
        Kind::Sequence(_) | Kind::Unknown(_) => Ok(None),
        _ => Err(Fault::invalid("only a list can be expanded to arguments")),
    }
}

/// `try`: the first argument that evaluates without error.
fn attempt(evaluator: &Evaluator<'_>, call: &Call, expression: &Expr, env: &Env<'_>) -> Outcome {
    let strict = env.strict();
    let mut last = Fault::invalid("`try` needs an argument");
    let (expanded, arguments) = match call.arguments.split_last() {
        Some((last, arguments)) if call.expand => (Some(last), arguments),
        _ => (None, &*call.arguments),
    };
    for argument in arguments {
        match evaluator.eval(argument, &strict) {
            Err(Fault::Invalid(message)) => last = Fault::Invalid(message),
            Err(Fault::Unsettled) if env.strict => return Err(Fault::Unsettled),
            Err(Fault::Unsettled) => return Ok(Value::unknown(evaluator.hole(expression, env))),
            settled => return settled,
        }
    }
    // What is expanded is evaluated beforehand: its first element is a value, and no error of it is caught.
    let Some(expanded) = expanded else { return Err(last) };
    let elements = evaluator.eval(expanded, env)?;
    match &elements.kind {
        Kind::Sequence(Sequence { open: false, shuffled: false, items, .. }) => {
            items.first().map(|first| first.clone().mark(elements.sensitive)).ok_or(last)
        }
        Kind::Sequence(_) | Kind::Unknown(_) => Ok(Value::unknown(evaluator.hole(expression, env))),
        _ => Err(Fault::invalid("only a list can be expanded to arguments")),
    }
}

fn can(evaluator: &Evaluator<'_>, call: &Call, expression: &Expr, env: &Env<'_>) -> Outcome {
    let [argument] = &*call.arguments else { return Err(Fault::invalid("`can` needs one argument")) };
    if call.expand {
        return Ok(Value::unknown(evaluator.hole(expression, env)));
    }
    match evaluator.eval(argument, &env.strict()) {
        Err(Fault::Unsettled) => Ok(Value::unknown(evaluator.hole(expression, env)).typed(Common::BOOL)),
        // A reference that leads to something unknown leads there.
        Ok(value) if value.is_unknown() && is_reference(argument) => Ok(Value::boolean(true)),
        // What is unknown may turn out to be nothing of which there is a part, or over which one can loop.
        Ok(value)
            if value.is_unknown() && !is_primitive(argument)
                || matches!(&value.kind, Kind::Sequence(list) if list.open) =>
        {
            Ok(Value::unknown(evaluator.hole(expression, env)).typed(Common::BOOL))
        }
        Ok(_) => Ok(Value::boolean(true)),
        Err(Fault::Invalid(_)) => Ok(Value::boolean(false)),
        Err(limit) => Err(limit),
    }
}

fn is_reference(expression: &Expr) -> bool {
    match &expression.kind {
        ExprKind::Wrap(inner) => is_reference(inner),
        ExprKind::Variable(_) => true,
        ExprKind::Traversal(base, _) => matches!(base.kind, ExprKind::Variable(_)),
        _ => false,
    }
}

impl Invocation<'_, '_> {
    fn fuel(&self) -> &Fuel {
        &self.evaluator.fuel
    }

    /// The hole that names this call.
    fn hole(&self) -> Hole {
        self.evaluator.hole(self.expression, self.env)
    }

    /// The call as a value of which nothing is known.
    fn unknown(&self) -> Value {
        Value::unknown(self.hole())
    }

    /// The call as a string of which nothing is known.
    fn unknown_text(&self) -> Value {
        Value::string(Text::hole(self.hole()))
    }

    /// The call as a list of which nothing is known.
    fn unknown_list(&self) -> Value {
        Value::sequence([self.unknown()], true)
    }

    /// The call as a string of which nothing is known but what it is the encoding of, in the form that `encoding` names.
    fn encoded(&self, encoding: &'static str, value: Value) -> Value {
        let hole = self.hole();
        self.evaluator.encoded.borrow_mut().insert((encoding, hole.clone()), value);
        Value::string(Text::hole(hole))
    }

    /// What a text is the encoding of, where a function here has encoded it.
    fn decoded(&self, encoding: &'static str, text: &Text) -> Option<Value> {
        let key = (encoding, text.as_hole()?.clone());
        Some(self.evaluator.encoded.borrow().get(&key)?.clone().mark(text.is_sensitive()))
    }

    fn truth(&self, truth: Truth) -> Value {
        match truth {
            Truth::True => Value::boolean(true),
            Truth::False => Value::boolean(false),
            Truth::Maybe => self.unknown(),
        }
    }

    /// The arguments, if there are as many.
    fn exactly<const N: usize>(&self) -> Outcome<&[Value; N]> {
        self.arguments.as_slice().try_into().map_err(|_| self.wrong_count())
    }

    fn wrong_count(&self) -> Fault {
        Fault::invalid(format!("{} does not take {} arguments", self.name, self.arguments.len()))
    }

    fn argument(&self, index: usize) -> Outcome<&Value> {
        self.arguments.get(index).ok_or_else(|| self.wrong_count())
    }

    /// An argument as a string.
    fn text(&self, index: usize) -> Outcome<Text> {
        to_string(self.argument(index)?)
    }

    /// An argument as a number; `None` if it is unknown.
    fn number(&self, index: usize) -> Outcome<Option<Number>> {
        strict::check_number(self, index)?;
        Ok(match to_number(self.argument(index)?)?.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        })
    }

    /// An argument as a list, set or tuple; `None` if it is unknown.
    fn list(&self, index: usize) -> Outcome<Option<&Sequence>> {
        self.as_list(self.argument(index)?)
    }

    fn as_list<'v>(&self, value: &'v Value) -> Outcome<Option<&'v Sequence>> {
        match &value.kind {
            Kind::Sequence(sequence) => {
                self.fuel().spend(sequence.items.len())?;
                Ok(Some(sequence))
            }
            Kind::Unknown(_) => Ok(None),
            _ => Err(Fault::invalid(format!(
                "{} needs a list, and {} was given",
                self.name,
                value.type_name()
            ))),
        }
    }

    /// Refuses an argument that is a set: its elements have no indexes.
    fn no_set(&self, index: usize) -> Outcome<()> {
        match self.argument(index)? {
            Value { kind: Kind::Sequence(Sequence { set: true, .. }), form: Form::Collection, .. } => {
                Err(Fault::invalid(format!("{} needs a list, and a set was given", self.name)))
            }
            _ => Ok(()),
        }
    }

    /// An argument that must not be null.
    fn no_null(&self, index: usize) -> Outcome<&Value> {
        let value = self.argument(index)?;
        if value.is_null() {
            return Err(Fault::invalid(format!("{} needs a value, and null was given", self.name)));
        }
        Ok(value)
    }

    /// An argument as an object or map; `None` if it is unknown, or may have more members than are shown.
    fn members(&self, index: usize) -> Outcome<Option<&Members>> {
        let value = self.argument(index)?;
        match &value.kind {
            Kind::Object(_) if value.is_partial() => Ok(None),
            Kind::Object(members) => {
                self.fuel().spend(members.len())?;
                Ok(Some(members))
            }
            Kind::Unknown(_) => Ok(None),
            _ => {
                Err(Fault::invalid(format!("{} needs a map, and {} was given", self.name, value.type_name())))
            }
        }
    }

    /// Elements in the type that they have in common.
    fn of_one_type(&self, values: &[Value]) -> Outcome<Vec<Value>> {
        self.common(values)?.convert_all(values, self.fuel())
    }

    /// The type that elements have in common.
    fn common<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> Outcome<Common> {
        let (mut count, mut unknown) = (0usize, false);
        let values = values.into_iter().inspect(|value| {
            unknown = unknown || value.is_unknown() && value.of.is_none();
            count = count.saturating_add(usize::from(!value.is_null()));
        });
        let common = Common::of_all(values, self.fuel())?;
        // Where errors count, the plan would have failed; `try` and `can` have to know.
        if self.env.strict && common.is_clash() {
            return Err(Fault::invalid(format!("{}: the elements have no type in common", self.name)));
        }
        // What is unknown may stand for several.
        let is_open = |argument: &Value| matches!(&argument.kind, Kind::Sequence(list) if list.open);
        let several = count > 1 && common.may_clash() || unknown && self.arguments.iter().any(is_open);
        if self.env.strict && several {
            return Err(Fault::Unsettled);
        }
        Ok(common)
    }

    /// A text as result, if it is not too long.
    fn bounded(&self, text: Text) -> Outcome {
        let length = super::template::text_len(&text);
        self.fuel().spend(length / 64)?;
        if length > MAX_TEXT { Err(Fault::Limit("a text is too long")) } else { Ok(Value::string(text)) }
    }

    /// `f` of a string argument that is known as a whole, else a hole that will be a string.
    fn of_known(&self, f: impl FnOnce(&str) -> Outcome<String>) -> Outcome {
        let text = self.text(0)?;
        match text.as_known() {
            Some(known) => {
                self.fuel().spend(known.len() / 64)?;
                Ok(Value::string(Text::known(f(known)?).mark_sensitive(text.is_sensitive())))
            }
            None => Ok(self.unknown_text()),
        }
    }
}

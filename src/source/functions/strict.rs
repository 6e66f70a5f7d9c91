//! What `try` and `can` have to know of a call: whether it may fail for what is unknown of its arguments.

use super::{Fault, Invocation, Outcome};
use crate::source::syntax::ast::{Expr, ExprKind};
use crate::source::typed::{has_primitive_elements, is_number, is_primitive};
use crate::source::value::{Kind, Value};

/// Functions that may refuse arguments of the right types, and of whose value then something is known if they do not.
const MAY_REFUSE: [&str; 12] = [
    "tonumber",
    "tobool",
    "parseint",
    "jsondecode",
    "yamldecode",
    "csvdecode",
    "element",
    "index",
    "lookup",
    "one",
    "slice",
    "regex",
];

/// Functions that may refuse arguments of the right types, and give a text otherwise.
const MAY_REFUSE_TEXTS: [&str; 23] = [
    "base64decode",
    "bcrypt",
    "cidrhost",
    "cidrnetmask",
    "cidrsubnet",
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
    "format",
    "formatdate",
    "rsadecrypt",
    "templatefile",
    "templatestring",
    "textdecodebase64",
    "textencodebase64",
    "timeadd",
    "urldecode",
    "uuidv5",
];

/// Functions that take values of any type.
const OF_ANYTHING: [&str; 7] =
    ["ephemeralasnull", "issensitive", "jsonencode", "nonsensitive", "sensitive", "type", "yamlencode"];

/// Arguments that may be of any type.
const ANY_ARGUMENT: [(&str, usize); 2] = [("contains", 1), ("index", 1)];

/// Functions of lists whose elements must be strings, numbers or bools.
const OF_PRIMITIVES: [&str; 10] = [
    "alltrue",
    "anytrue",
    "cidrsubnets",
    "compact",
    "formatlist",
    "join",
    "sort",
    "sum",
    "textencodebase64",
    "zipmap",
];

/// Fails where it hangs on something unknown whether the arguments are of the right types.
pub(super) fn check(f: &Invocation<'_, '_>) -> Outcome<()> {
    if !f.env.strict || OF_ANYTHING.contains(&f.name) {
        return Ok(());
    }
    for (at, argument) in f.arguments.iter().enumerate() {
        let source = source(f, at);
        let fits = match &argument.kind {
            Kind::Unknown(_) => ANY_ARGUMENT.contains(&(f.name, at)) || source.is_some_and(is_primitive),
            // What takes keys and values looks at the keys.
            Kind::Sequence(list) if OF_PRIMITIVES.contains(&f.name) && (f.name, at) != ("zipmap", 1) => {
                !list.items.iter().any(Value::is_unknown) || source.is_some_and(has_primitive_elements)
            }
            _ => true,
        };
        if !fits {
            return Err(Fault::Unsettled);
        }
    }
    Ok(())
}

/// Fails where it hangs on something unknown whether an argument is a number.
pub(super) fn check_number(f: &Invocation<'_, '_>, at: usize) -> Outcome<()> {
    let is_open = matches!(f.argument(at)?.kind, Kind::Unknown(_) | Kind::String(_));
    if f.env.strict && is_open && !source(f, at).is_some_and(is_number) {
        let known = f.argument(at)?.as_known_str();
        return if known.is_some() { Ok(()) } else { Err(Fault::Unsettled) };
    }
    Ok(())
}

/// The expression of an argument.
fn source<'c>(f: &Invocation<'c, '_>, at: usize) -> Option<&'c Expr> {
    match &f.expression.kind {
        ExprKind::Call(call) if !call.expand => call.arguments.get(at),
        _ => None,
    }
}

/// Whether it hangs on something unknown whether a function has a value.
pub(super) fn is_unsettled(name: &str, value: &Value) -> bool {
    match &value.kind {
        Kind::Unknown(_) => MAY_REFUSE.contains(&name) || MAY_REFUSE_TEXTS.contains(&name),
        Kind::String(text) => text.as_hole().is_some() && MAY_REFUSE_TEXTS.contains(&name),
        Kind::Sequence(list) => {
            list.open && MAY_REFUSE.contains(&name) && list.items.iter().all(Value::is_unknown)
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Shuffled(_) | Kind::Object(_) => false,
    }
}

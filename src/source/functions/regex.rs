//! Regular expressions, in the syntax of RE2.

use regex::{Captures, Regex, RegexBuilder};

use super::matcher::{Groups, Matches, Program, find_all};
use super::replacement::{Group, Part, references};
use super::symbols::Symbols;
use super::{Fault, Invocation, Outcome};
use crate::source::expression::{MAX_ELEMENTS, MAX_TEXT};
use crate::source::spelled::spelled;
use crate::source::value::{Form, Members, Value};
use crate::text::Text;

/// How large a compiled expression may be, in bytes.
const MAX_SIZE: usize = 1 << 20;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "regex" => regex(f, false),
        "regexall" => regex(f, true),
        _ => return None,
    })
}

fn compile(pattern: &str) -> Outcome<Regex> {
    let builder =
        RegexBuilder::new(&ascii_classes(pattern)).size_limit(MAX_SIZE).dfa_size_limit(MAX_SIZE).build();
    builder.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => Fault::Limit("a regular expression is too large"),
        _ => Fault::invalid("a regular expression is not valid"),
    })
}

/// The pattern with `\d`, `\w`, `\s` and `\b` as RE2 knows them: of ASCII only.
fn ascii_classes(pattern: &str) -> String {
    let mut result = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            match c {
                '[' if in_class => {
                    // RE2 has no nested classes but `[:name:]`.
                    result.push_str(if chars.as_str().starts_with(':') { "[" } else { "\\[" });
                    continue;
                }
                '[' => {
                    in_class = true;
                    result.push('[');
                    // A bracket that comes first is a member of the class.
                    if let Some(rest) = chars.as_str().strip_prefix('^') {
                        result.push('^');
                        chars = rest.chars();
                    }
                    if let Some(rest) = chars.as_str().strip_prefix(']') {
                        result.push_str("\\]");
                        chars = rest.chars();
                    }
                    continue;
                }
                ']' if in_class => {
                    // The end of `[:name:]` is not the end of the class.
                    in_class = result.ends_with(':')
                        && result.rfind("[:").is_some_and(|at| at > 0)
                        && !result.get(result.rfind("[:").unwrap_or(0)..).unwrap_or_default().contains(']');
                }
                '&' | '~' if in_class => result.push('\\'),
                _ => {}
            }
            result.push(c);
            continue;
        }
        match (chars.next(), in_class) {
            (Some('d'), false) => result.push_str("[0-9]"),
            (Some('D'), false) => result.push_str("[^0-9]"),
            (Some('w'), false) => result.push_str("[0-9A-Za-z_]"),
            (Some('W'), false) => result.push_str("[^0-9A-Za-z_]"),
            (Some('s'), false) => result.push_str("[\\t\\n\\f\\r ]"),
            (Some('S'), false) => result.push_str("[^\\t\\n\\f\\r ]"),
            (Some('d'), true) => result.push_str("0-9"),
            (Some('w'), true) => result.push_str("0-9A-Za-z_"),
            (Some('s'), true) => result.push_str("\\t\\n\\f\\r "),
            (Some('b'), false) => result.push_str("(?-u:\\b)"),
            (Some('z'), false) => result.push_str("\\z"),
            (Some(other), _) => {
                result.push('\\');
                result.push(other);
            }
            (None, _) => result.push('\\'),
        }
    }
    result
}

fn regex(f: &Invocation<'_, '_>, all: bool) -> Outcome {
    let (pattern, text) = (f.text(0)?, f.text(1)?);
    let unknown = || if all { f.unknown_list() } else { f.unknown() };
    let Some(pattern) = pattern.as_known() else { return Ok(unknown()) };
    let Some(known) = text.as_known() else {
        let holed = Holed::new(pattern, &text, all, f)?;
        let Some(Holed { program, symbols, matches }) = holed else { return Ok(unknown()) };
        let mut values = matches.found.iter().map(|groups| captured_parts(&program, &symbols, groups));
        if all {
            // The last element stands for those that are not certain.
            let rest = (!matches.all).then(|| f.unknown());
            let values = values.chain(rest).collect::<Vec<_>>();
            return Ok(Value::sequence(values, !matches.all).formed(Form::Collection));
        }
        if matches.found.is_empty() && !matches.all {
            return Ok(unknown());
        }
        return values.next().ok_or_else(|| Fault::invalid("the text does not match the regular expression"));
    };
    f.fuel().spend(known.len() / 8)?;
    let regex = compile(pattern)?;
    let sensitive = text.is_sensitive();
    if !all {
        let found = regex
            .captures(known)
            .ok_or_else(|| Fault::invalid("the text does not match the regular expression"))?;
        return Ok(captured(&regex, &found, sensitive));
    }
    let mut items = Vec::new();
    for found in regex.captures_iter(known) {
        f.fuel().spend(1)?;
        if items.len() >= MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
        items.push(captured(&regex, &found, sensitive));
    }
    Ok(Value::list(items))
}

/// The match itself, or its groups: as an object where they have names, else as a list.
fn captured(regex: &Regex, found: &Captures<'_>, sensitive: bool) -> Value {
    let group = |index: usize| match found.get(index) {
        Some(group) => Value::string(Text::known(group.as_str()).mark_sensitive(sensitive)),
        None => Value::null(),
    };
    if regex.captures_len() == 1 {
        return group(0);
    }
    let named: Vec<(usize, &str)> =
        regex.capture_names().enumerate().filter_map(|(index, name)| Some((index, name?))).collect();
    if named.is_empty() {
        return Value::tuple((1..regex.captures_len()).map(group).collect::<Vec<_>>());
    }
    Value::object(
        named.into_iter().map(|(index, name)| (Text::known(name), group(index))).collect::<Members>(),
    )
}

/// `replace` with a pattern between slashes.
pub(super) fn replace(f: &Invocation<'_, '_>, text: &Text, pattern: &str, new: &Text) -> Outcome {
    let inner = pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).unwrap_or(pattern);
    // Characters that are certain within a hole may belong to the name of a group.
    let spelled = spelled(new);
    let parts = references(new).or_else(|| references(&spelled));
    let Some(known) = text.as_known() else { return replace_holed(f, text, inner, new, parts.as_deref()) };
    let regex = compile(inner)?;
    f.fuel().spend(known.len() / 8)?;
    let Some(parts) = parts else {
        return Ok(if regex.is_match(known) { f.unknown_text() } else { Value::string(text.clone()) });
    };
    let mut builder = Text::builder();
    builder.mark_sensitive(text.is_sensitive() || new.is_sensitive());
    let (mut last, mut length) = (0, 0usize);
    for found in regex.captures_iter(known) {
        f.fuel().spend(parts.len().saturating_add(4))?;
        let Some(whole) = found.get(0) else { continue };
        let between = known.get(last..whole.start()).unwrap_or_default();
        builder.push_str(between);
        length = length.saturating_add(between.len());
        for part in &parts {
            let written = match part {
                Part::Literal(known) => *known,
                Part::Hole(hole) => {
                    builder.push_hole(hole);
                    length = length.saturating_add(1);
                    continue;
                }
                Part::Group(Group::Number(index)) => found.get(*index).map_or("", |group| group.as_str()),
                Part::Group(Group::Name(name)) => found.name(name).map_or("", |group| group.as_str()),
            };
            builder.push_str(written);
            length = length.saturating_add(written.len());
        }
        last = whole.end();
        if length > MAX_TEXT {
            return Err(Fault::Limit("a text is too long"));
        }
    }
    builder.push_str(known.get(last..).unwrap_or_default());
    f.bounded(builder.finish())
}

/// The matches of an expression in a text with holes.
struct Holed<'t> {
    program: Program,
    symbols: Symbols<'t>,
    matches: Matches,
}

impl<'t> Holed<'t> {
    /// All matches, or the first one, as far as they are certain; `None` if they cannot be found.
    fn new(pattern: &str, text: &'t Text, all: bool, f: &Invocation<'_, '_>) -> Outcome<Option<Self>> {
        // An expression that is not valid is an error, as for a text that is known.
        compile(pattern)?;
        let (Some(program), Some(symbols)) = (Program::new(&ascii_classes(pattern)), Symbols::of(text))
        else {
            return Ok(None);
        };
        let matches = find_all(&program, &symbols, all, f.fuel())?;
        Ok(Some(Self { program, symbols, matches }))
    }
}

fn group_text(symbols: &Symbols<'_>, groups: &Groups, index: usize) -> Option<Text> {
    groups.get(index).copied().flatten().map(|(start, end)| symbols.slice(start, end))
}

/// As [`captured`], of a text with holes.
fn captured_parts(program: &Program, symbols: &Symbols<'_>, groups: &Groups) -> Value {
    let group = |index: usize| group_text(symbols, groups, index).map_or_else(Value::null, Value::string);
    if groups.len() == 1 {
        return group(0);
    }
    if program.names.is_empty() {
        return Value::tuple((1..groups.len()).map(group).collect::<Vec<_>>());
    }
    let named = program.names.iter().map(|(index, name)| (Text::known(name.as_str()), group(*index)));
    Value::object(named.collect::<Members>())
}

/// As [`replace`], of a text with holes.
fn replace_holed(
    f: &Invocation<'_, '_>,
    text: &Text,
    pattern: &str,
    new: &Text,
    parts: Option<&[Part<'_>]>,
) -> Outcome {
    let holed = Holed::new(pattern, text, true, f)?.filter(|holed| holed.matches.all);
    let Some(Holed { program, symbols, matches: Matches { found: matches, .. } }) = holed else {
        return Ok(f.unknown_text());
    };
    if matches.is_empty() {
        return Ok(Value::string(text.clone()));
    }
    let Some(parts) = parts else { return Ok(f.unknown_text()) };
    let mut builder = Text::builder();
    builder.mark_sensitive(text.is_sensitive() || new.is_sensitive());
    let mut last = 0usize;
    for groups in &matches {
        let Some(Some((start, end))) = groups.first().copied() else { continue };
        builder.push_text(&symbols.slice(last, start));
        for part in parts {
            let index = match part {
                Part::Literal(known) => {
                    builder.push_str(known);
                    continue;
                }
                Part::Hole(hole) => {
                    builder.push_hole(hole);
                    continue;
                }
                Part::Group(Group::Number(index)) => Some(*index),
                Part::Group(Group::Name(name)) => {
                    program.names.iter().find(|(_, known)| known == name).map(|(index, _)| *index)
                }
            };
            if let Some(text) = index.and_then(|index| group_text(&symbols, groups, index)) {
                builder.push_text(&text);
            }
        }
        last = end;
    }
    f.bounded(builder.push_text(&symbols.slice(last, symbols.len())).finish())
}

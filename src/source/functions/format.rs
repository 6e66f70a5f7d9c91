//! `format` and `formatlist`.

use super::characters::{characters, count};
use super::text::derived;
use super::{Fault, Invocation, Outcome, json};
use crate::plan::policy_document::escaped;
use crate::source::fuel::Fuel;
use crate::source::number::Number;
use crate::source::types::{to_bool, to_number, to_string};
use crate::source::value::{Form, Kind, Sequence, Value};
use crate::text::{Piece, Text, TextBuilder};

/// The widest field.
const MAX_WIDTH: usize = 10_000;

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "format" => format(f),
        "formatlist" => formatlist(f),
        _ => return None,
    })
}

fn format(f: &Invocation<'_, '_>) -> Outcome {
    let pattern = f.text(0)?;
    let Some(known) = pattern.as_known() else { return Ok(f.unknown_text()) };
    let arguments = f.arguments.get(1..).unwrap_or_default();
    match formatted(known, arguments, f)? {
        Some(text) => f.bounded(text.mark_sensitive(pattern.is_sensitive())),
        None => Ok(f.unknown_text()),
    }
}

fn formatlist(f: &Invocation<'_, '_>) -> Outcome {
    let pattern = f.text(0)?;
    let Some(known) = pattern.as_known() else { return Ok(f.unknown_list()) };
    let arguments = f.arguments.get(1..).unwrap_or_default();
    // Elements of several lists that stand at the same position are taken together.
    let several = arguments.iter().filter(|argument| matches!(argument.kind, Kind::Sequence(_))).count() > 1;
    let (mut length, mut shuffled) = (None, false);
    for argument in arguments {
        match &argument.kind {
            Kind::Sequence(list) if list.open || list.shuffled && several => return Ok(f.unknown_list()),
            Kind::Unknown(_) => return Ok(f.unknown_list()),
            Kind::Sequence(list) => {
                if length.is_some_and(|length| length != list.items.len()) {
                    return Err(Fault::invalid("formatlist needs lists of one length"));
                }
                length = Some(list.items.len());
                shuffled = list.shuffled;
            }
            _ => {}
        }
    }
    let mut items = Vec::new();
    for index in 0..length.unwrap_or(1) {
        f.fuel().spend(1)?;
        let one = |argument: &Value| match &argument.kind {
            Kind::Sequence(list) => list.items.get(index).cloned().unwrap_or_else(Value::null),
            _ => argument.clone(),
        };
        let row: Vec<Value> = arguments.iter().map(one).collect();
        items.push(match formatted(known, &row, f)? {
            Some(text) => Value::string(text),
            None if f.env.strict => return Err(Fault::Unsettled),
            None => Value::string(Text::hole(derived(&f.hole(), &format!("element {index} of ")))),
        });
    }
    Ok(Value::from(Sequence::list(items, false, shuffled)).formed(Form::Collection))
}

/// A verb such as `%-05.2f`, with the index of its argument.
#[derive(Default)]
struct Verb {
    /// Those of `-`, `+`, ` `, `0` and `#` that stand before the width.
    flags: String,
    width: usize,
    precision: Option<usize>,
    index: Option<usize>,
    letter: char,
}

impl Verb {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }
}

/// The formatted text; `None` where it hangs on what is unknown.
fn formatted(pattern: &str, arguments: &[Value], f: &Invocation<'_, '_>) -> Outcome<Option<Text>> {
    let mut builder = Text::builder();
    let mut rest = pattern;
    let mut next = 0usize;
    let mut most = 0usize;
    let mut indexed = false;
    while let Some((before, after)) = rest.split_once('%') {
        builder.push_str(before);
        if let Some(tail) = after.strip_prefix('%') {
            builder.push_str("%");
            rest = tail;
            continue;
        }
        let (verb, tail) = parse_verb(after).ok_or_else(|| Fault::invalid("a format verb is not valid"))?;
        rest = tail;
        indexed = indexed || verb.index.is_some();
        let index = verb.index.unwrap_or(next);
        next = index.saturating_add(1);
        most = most.max(next);
        let argument = arguments.get(index).ok_or_else(|| Fault::invalid("format has too few arguments"))?;
        builder.mark_sensitive(argument.sensitive);
        if !verb_text(&verb, argument, f, &mut builder)? {
            return Ok(None);
        }
    }
    builder.push_str(rest);
    if most < arguments.len() && !indexed {
        return Err(Fault::invalid("format has too many arguments"));
    }
    Ok(Some(builder.finish()))
}

fn parse_verb(text: &str) -> Option<(Verb, &str)> {
    let mut verb = Verb::default();
    let mut chars = text.char_indices().peekable();
    while let Some((_, flag)) = chars.next_if(|(_, c)| matches!(c, '-' | '+' | ' ' | '0' | '#')) {
        verb.flags.push(flag);
    }
    let number = |chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>| {
        let mut value: Option<usize> = None;
        while let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(10)) {
            let digit = usize::try_from(digit).unwrap_or_default();
            value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            chars.next();
        }
        value
    };
    verb.width = number(&mut chars).unwrap_or(0);
    if chars.next_if(|(_, c)| *c == '.').is_some() {
        verb.precision = Some(number(&mut chars).unwrap_or(0));
    }
    if chars.next_if(|(_, c)| *c == '[').is_some() {
        verb.index = Some(number(&mut chars)?.checked_sub(1)?);
        chars.next_if(|(_, c)| *c == ']')?;
    }
    let (at, letter) = chars.next()?;
    verb.letter = letter;
    if verb.width > MAX_WIDTH || verb.precision.is_some_and(|precision| precision > MAX_WIDTH) {
        return None;
    }
    Some((verb, text.get(at.saturating_add(letter.len_utf8())..)?))
}

/// Appends one argument; `false` where it hangs on what is unknown.
fn verb_text(
    verb: &Verb,
    argument: &Value,
    f: &Invocation<'_, '_>,
    builder: &mut TextBuilder,
) -> Outcome<bool> {
    let null = || Fault::invalid("format cannot use null with this verb");
    match verb.letter {
        'v' => {
            let text = match &argument.kind {
                Kind::Null => Text::known("null"),
                Kind::Sequence(_) | Kind::Object(_) => match json::encode(argument, f.fuel())? {
                    (text, false) => text,
                    (_, true) => return Ok(false),
                },
                Kind::Unknown(_) if verb.has('#') => return Ok(false),
                // As a string it would have quotes.
                Kind::Number(_) | Kind::Bool(_) if verb.has('#') && argument.maybe_text().is_some() => {
                    return Ok(false);
                }
                Kind::Number(number) if !verb.has('#') => {
                    Text::known(number.to_short_text().ok_or(Fault::Limit("a number has no end of digits"))?)
                }
                Kind::String(text) if verb.has('#') => quoted(text, f.fuel())?,
                _ => to_string(argument)?,
            };
            Ok(padded(verb, &text, builder))
        }
        's' | 'q' if argument.is_null() => Err(null()),
        's' => match cut(verb, &to_string(argument)?) {
            Some(text) => Ok(padded(verb, &text, builder)),
            None => Ok(false),
        },
        'q' => {
            if argument.is_unknown() {
                return Ok(false);
            }
            let Some(text) = cut(verb, &to_string(argument)?) else { return Ok(false) };
            Ok(padded(verb, &quoted(&text, f.fuel())?, builder))
        }
        't' => match to_bool(argument)?.as_bool() {
            // Terraform has no width for a bool.
            Some(value) => {
                builder.push_str(if value { "true" } else { "false" });
                Ok(true)
            }
            None => Ok(false),
        },
        'd' | 'b' | 'o' | 'x' | 'X' | 'f' | 'e' | 'E' | 'g' | 'G' => match &to_number(argument)?.kind {
            Kind::Number(number) => match digits(verb, *number)? {
                Some(digits) => {
                    builder.push_str(&signed(verb, *number, &digits));
                    Ok(true)
                }
                None => Ok(false),
            },
            Kind::Null => Err(null()),
            // A number that is not known yet is itself, where nothing is done to it.
            Kind::Unknown(hole)
                if verb.letter == 'd'
                    && verb.width == 0
                    && verb.precision.is_none()
                    && !verb.has('+')
                    && !verb.has(' ') =>
            {
                Ok(padded(verb, &Text::hole(hole.clone()), builder))
            }
            _ => Ok(false),
        },
        _ => Err(Fault::invalid("a format verb is unknown")),
    }
}

/// A text cut to the precision of its verb, of which zero is none; `None` if it has holes whose length matters.
fn cut(verb: &Verb, text: &Text) -> Option<Text> {
    let Some(precision) = verb.precision.filter(|precision| *precision > 0) else {
        return Some(text.clone());
    };
    let cut: String = characters(text.as_known()?).take(precision).collect();
    Some(Text::known(cut).mark_sensitive(text.is_sensitive()))
}

/// A text in the width of its verb; `false` if it has holes whose length matters.
fn padded(verb: &Verb, text: &Text, builder: &mut TextBuilder) -> bool {
    let Some(known) = text.as_known() else {
        if verb.width > 0 {
            return false;
        }
        builder.push_text(text);
        return true;
    };
    let fill = " ".repeat(verb.width.saturating_sub(count(known)));
    builder.mark_sensitive(text.is_sensitive());
    if verb.has('-') {
        builder.push_str(known).push_str(&fill);
    } else {
        let fill = if verb.has('0') { "0".repeat(fill.len()) } else { fill };
        builder.push_str(&fill).push_str(known);
    }
    true
}

/// The digits of a number without sign; `None` where a verb is not computed here.
fn digits(verb: &Verb, number: Number) -> Outcome<Option<String>> {
    let whole = number.truncate().as_integer().unwrap_or_default().unsigned_abs();
    if matches!(verb.letter, 'd' | 'b' | 'o' | 'x' | 'X') && number.as_integer().is_none() {
        return Err(Fault::invalid("a format verb needs a whole number"));
    }
    let least = |digits: String| match verb.precision {
        // With the precision zero, zero has no digits.
        Some(0) if whole == 0 => String::new(),
        Some(precision) => format!("{digits:0>precision$}"),
        None => digits,
    };
    let limit = || Fault::Limit("a number is out of range");
    Ok(Some(match verb.letter {
        'd' => least(whole.to_string()),
        'b' => least(format!("{whole:b}")),
        'o' => least(format!("{whole:o}")),
        'x' => least(format!("{whole:x}")),
        'X' => least(format!("{whole:X}")),
        'f' => {
            let places = u32::try_from(verb.precision.unwrap_or(6)).map_err(|_| limit())?;
            number.fixed(places).ok_or_else(limit)?.trim_start_matches('-').to_owned()
        }
        'g' | 'G' if verb.precision.is_none() => {
            let text = number.to_short_text().ok_or_else(limit)?;
            let text = text.trim_start_matches('-');
            if verb.letter == 'G' { text.to_uppercase() } else { text.to_owned() }
        }
        'e' | 'E' => {
            let places = verb.precision.unwrap_or(6);
            let text = format!("{:.places$e}", number.to_f64().abs());
            let Some((mantissa, exponent)) = text.split_once('e') else { return Ok(None) };
            let (sign, digits) = match exponent.strip_prefix('-') {
                Some(digits) => ('-', digits),
                None => ('+', exponent),
            };
            format!("{mantissa}{}{sign}{digits:0>2}", verb.letter)
        }
        _ => return Ok(None),
    }))
}

fn signed(verb: &Verb, number: Number, digits: &str) -> String {
    // An integer zero has no sign.
    let is_integer = matches!(verb.letter, 'd' | 'b' | 'o' | 'x' | 'X');
    let is_negative = if is_integer { number.is_negative() } else { number.has_sign() };
    let sign = match () {
        () if is_negative => "-",
        () if verb.has('+') => "+",
        () if verb.has(' ') => " ",
        () => "",
    };
    let prefix = match verb.letter {
        'x' if verb.has('#') => "0x",
        'X' if verb.has('#') => "0X",
        'b' if verb.has('#') => "0b",
        'o' if verb.has('#') => "0",
        _ => "",
    };
    let taken = sign.len().saturating_add(prefix.len()).saturating_add(digits.len());
    let fill = verb.width.saturating_sub(taken);
    // Where the precision tells the number of digits, zeros do not fill the width.
    let is_whole = matches!(verb.letter, 'd' | 'b' | 'o' | 'x' | 'X');
    match (verb.has('-'), verb.has('0') && !(is_whole && verb.precision.is_some())) {
        (true, _) => format!("{sign}{prefix}{digits}{}", " ".repeat(fill)),
        (false, true) => format!("{sign}{prefix}{}{digits}", "0".repeat(fill)),
        (false, false) => format!("{}{sign}{prefix}{digits}", " ".repeat(fill)),
    }
}

/// The text as a JSON string.
fn quoted(text: &Text, fuel: &Fuel) -> Outcome<Text> {
    let safe = |piece: Piece<'_>| match piece {
        Piece::Literal(_) => true,
        Piece::Hole(hole) => {
            !['"', '\\', '\n', '\u{1}', '<', '>', '&'].iter().any(|c| hole.shape().may_contain(*c))
        }
    };
    let mut builder = Text::builder();
    if text.pieces().all(safe) {
        return Ok(json::encode(&Value::string(text.clone()), fuel)?.0);
    }
    // What a hole looks like once it is escaped is not known.
    builder.push_str("\"").mark_sensitive(text.is_sensitive());
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => builder.push_str(&escaped(known)),
            Piece::Hole(hole) => builder.push_hole(&derived(hole, "escaped")),
        };
    }
    Ok(builder.push_str("\"").finish())
}

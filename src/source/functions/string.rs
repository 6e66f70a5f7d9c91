//! String functions.

use super::characters::{characters, count};
use super::symbols::Symbols;
use super::text::{
    contains, derived, ends_with, mapped, may_hold, may_straddle, replaced_hole, split, starts_with, trimmed,
    without_affix, without_prefix, without_suffix,
};
use super::{Fault, Invocation, Outcome};
use crate::source::expression::MAX_ELEMENTS;
use crate::source::spelled::spelled;
use crate::source::types::to_string;
use crate::source::value::{Form, Value};
use crate::text::{Piece, Text, Truth};

pub(super) fn call(f: &Invocation<'_, '_>) -> Option<Outcome> {
    Some(match f.name {
        "lower" => f.text(0).map(|text| {
            let hole = |hole: &_| lower_hole(hole);
            Value::string(mapped(&text, lower, hole))
        }),
        "upper" => f.text(0).map(|text| {
            let hole = |hole: &crate::text::Hole| {
                if hole.shape().is_upper_case() { hole.clone() } else { derived(hole, "upper") }
            };
            Value::string(mapped(&text, upper, hole))
        }),
        "title" => f.of_known(|text| Ok(title(text))),
        "strrev" => f.of_known(|text| Ok(characters(text).rev().collect())),
        "chomp" => trim(f, |c| matches!(c, '\n' | '\r'), false, true),
        "trimspace" => trim(f, char::is_whitespace, true, true),
        "trim" => trim_set(f),
        "trimprefix" => trim_affix(f, starts_with, without_prefix),
        "trimsuffix" => trim_affix(f, ends_with, without_suffix),
        "startswith" => test(f, starts_with),
        "endswith" => test(f, ends_with),
        "strcontains" => test(f, contains),
        "split" => split_text(f),
        "join" => join(f),
        "replace" => replace(f),
        "substr" => substr(f),
        "indent" => indent(f),
        _ => return None,
    })
}

/// Lower case, one character for each, as Go does it.
fn lower(text: &str) -> String {
    text.chars().map(|c| if c == '\u{130}' { 'i' } else { single(c, c.to_lowercase()) }).collect()
}

fn upper(text: &str) -> String {
    text.chars().map(upper_case).collect()
}

fn upper_case(c: char) -> char {
    let code = u32::from(c);
    match code {
        // With a subscript iota: as one character, what they are as titles.
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => {
            char::from_u32(code.saturating_add(8)).unwrap_or(c)
        }
        0x1fb3 | 0x1fc3 | 0x1ff3 => char::from_u32(code.saturating_add(9)).unwrap_or(c),
        _ => single(c, c.to_uppercase()),
    }
}

fn title_case(c: char) -> char {
    match u32::from(c) {
        // Two letters in one character.
        0x1c4..=0x1c6 => '\u{1c5}',
        0x1c7..=0x1c9 => '\u{1c8}',
        0x1ca..=0x1cc => '\u{1cb}',
        0x1f1..=0x1f3 => '\u{1f2}',
        // Georgian has no letters for titles.
        0x10d0..=0x10ff => c,
        _ => upper_case(c),
    }
}

/// The only character of a mapping; `c` where there are several.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    mapped.next().filter(|_| mapped.next().is_none()).unwrap_or(c)
}

fn lower_hole(hole: &crate::text::Hole) -> crate::text::Hole {
    if hole.shape().is_lower_case() { hole.clone() } else { derived(hole, "lower") }
}

fn title(text: &str) -> String {
    let mut start = true;
    let convert = |c: char| {
        let first = std::mem::replace(
            &mut start,
            if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() },
        );
        if first { title_case(c) } else { c }
    };
    text.chars().map(convert).collect()
}

fn trim(f: &Invocation<'_, '_>, cut: impl Fn(char) -> bool, start: bool, end: bool) -> Outcome {
    Ok(trimmed(&f.text(0)?, cut, start, end).map_or_else(|| f.unknown_text(), Value::string))
}

fn trim_set(f: &Invocation<'_, '_>) -> Outcome {
    let set = f.text(1)?;
    f.text(0)?;
    let Some(set) = set.as_known() else { return Ok(f.unknown_text()) };
    trim(f, |c| set.contains(c), true, true)
}

fn trim_affix(
    f: &Invocation<'_, '_>,
    has: impl Fn(&Text, &str) -> Truth,
    cut: impl Fn(&Text, &str) -> Option<Text>,
) -> Outcome {
    let (text, affix) = (f.text(0)?, f.text(1)?);
    let Some(affix) = affix.as_known() else {
        let cut = without_affix(&text, &affix, f.name == "trimsuffix");
        return Ok(cut.map_or_else(|| f.unknown_text(), Value::string));
    };
    Ok(match has(&spelled(&text), affix) {
        Truth::False => Value::string(text),
        Truth::True if affix.is_empty() => Value::string(text),
        Truth::True => cut(&text, affix)
            .or_else(|| {
                let (symbols, length) = (Symbols::of(&text)?, affix.chars().count());
                let end = symbols.len().checked_sub(length)?;
                Some(match f.name {
                    "trimsuffix" => symbols.slice(0, end),
                    _ => symbols.slice(length, symbols.len()),
                })
            })
            .map_or_else(|| f.unknown_text(), Value::string),
        Truth::Maybe => f.unknown_text(),
    })
}

fn test(f: &Invocation<'_, '_>, has: impl Fn(&Text, &str) -> Truth) -> Outcome {
    let (text, part) = (f.text(0)?, f.text(1)?);
    if let Some(part) = part.as_known() {
        return Ok(f.truth(has(&spelled(&text), part)));
    }
    let found = match f.name {
        "startswith" => has_affix(&text, &part, false),
        "endswith" => has_affix(&text, &part, true),
        // Only one value that is made anew stands where its hole does, and nowhere else.
        _ => replaced_hole(&text, &part, &Text::known("")).map(|rest| rest.unmarked() != text.unmarked()),
    };
    Ok(found.map_or_else(|| f.unknown(), Value::boolean))
}

/// Whether a text begins or ends with another one, holes and all; `None` if that hangs on a hole.
fn has_affix(text: &Text, affix: &Text, at_end: bool) -> Option<bool> {
    let empty = Text::known("");
    // What may be empty is no proof that something was there.
    affix.equals(&empty).is_false().then_some(())?;
    Some(without_affix(text, affix, at_end)?.unmarked() != text.unmarked())
}

fn split_text(f: &Invocation<'_, '_>) -> Outcome {
    let (separator, text) = (f.text(0)?, f.text(1)?);
    let Some(separator) = separator.as_known() else { return Ok(f.unknown_list()) };
    if let Some(known) = text.as_known() {
        let parts: Vec<Value> = if separator.is_empty() {
            known.chars().map(|c| Value::string(c.to_string())).collect()
        } else {
            known.split(separator).map(Value::string).collect()
        };
        f.fuel().spend(parts.len())?;
        if parts.len() > MAX_ELEMENTS {
            return Err(Fault::Limit("too many elements"));
        }
        let marked = parts.into_iter().map(|part| part.mark(text.is_sensitive()));
        return Ok(Value::list(marked.collect::<Vec<_>>()));
    }
    f.fuel().spend(crate::source::template::text_len(&text) / 16)?;
    if separator.is_empty() {
        return Ok(f.unknown_list());
    }
    let parts = split(&text, separator);
    // What is known of the inside of a hole may tell into how many parts it falls, or where the first ones end.
    let parts = match parts {
        Some(parts) if parts.iter().all(Option::is_some) => Some(parts),
        Some(parts) if parts.first().is_some_and(Option::is_some) => {
            let spelled = split(&spelled(&text), separator);
            spelled.filter(|parts| parts.iter().all(Option::is_some)).or(Some(parts))
        }
        parts => split(&spelled(&text), separator)
            .filter(|parts| parts.iter().all(Option::is_some))
            .or_else(|| first_parts(&text, separator))
            .or(parts),
    };
    let Some(parts) = parts else { return Ok(f.unknown_list()) };
    let open = parts.iter().any(Option::is_none);
    let mut index = 0usize;
    let value = |part: Option<Text>| {
        index = index.saturating_add(1);
        part.map_or_else(|| Value::unknown(derived(&f.hole(), &format!("part {index} of "))), Value::string)
    };
    Ok(Value::sequence(parts.into_iter().map(value).collect::<Vec<_>>(), open).formed(Form::Collection))
}

/// The parts before the first place where a separator may stand, and what is left, which may be several.
fn first_parts(text: &Text, separator: &str) -> Option<Vec<Option<Text>>> {
    let symbols = Symbols::of(text)?;
    let (places, all) = symbols.places(separator);
    let length = separator.chars().count();
    let mut parts = Vec::new();
    let mut from = 0usize;
    if places.is_empty() && !all {
        return None;
    }
    for place in places {
        parts.push(Some(symbols.slice(from, place)));
        from = place.saturating_add(length);
    }
    parts.push(all.then(|| symbols.slice(from, symbols.len())));
    Some(parts)
}

fn join(f: &Invocation<'_, '_>) -> Outcome {
    let separator = f.text(0)?;
    let mut items = Vec::new();
    let mut open = false;
    for index in 1..f.arguments.len() {
        match f.list(index)? {
            Some(list) if list.shuffled => return Ok(f.unknown_text()),
            Some(list) => {
                items.extend(list.items.iter());
                open = open || list.open;
            }
            None => return Ok(f.unknown_text()),
        }
    }
    let mut builder = Text::builder();
    builder.mark_sensitive(separator.is_sensitive() && items.len() > 1);
    let mut length = 0usize;
    for (index, item) in items.iter().enumerate() {
        if open && item.is_unknown() {
            // It may be no element at all, and then the separators around it are other ones.
            return Ok(f.unknown_text());
        }
        if index > 0 {
            builder.push_text(&separator);
        }
        let text = to_string(item)?;
        length = length.saturating_add(crate::source::template::text_len(&text));
        if length > crate::source::expression::MAX_TEXT {
            return Err(Fault::Limit("a text is too long"));
        }
        builder.push_text(&text);
    }
    f.bounded(builder.finish())
}

fn replace(f: &Invocation<'_, '_>) -> Outcome {
    let (text, old, new) = (f.text(0)?, f.text(1)?, f.text(2)?);
    let is_secret = old.is_sensitive();
    let Some(old) = old.as_known() else {
        return Ok(replaced_hole(&text, &old, &new).map_or_else(|| f.unknown_text(), Value::string));
    };
    if old.len() > 1 && old.starts_with('/') && old.ends_with('/') {
        return super::regex::replace(f, &text, old, &new);
    }
    if old.is_empty() {
        return match (text.as_known(), new.as_known()) {
            (Some(known), Some(new)) => {
                f.bounded(Text::known(known.replace(old, new)).mark_sensitive(text.is_sensitive()))
            }
            _ => Ok(f.unknown_text()),
        };
    }
    f.fuel().spend(crate::source::template::text_len(&text) / 16)?;
    let may_hold = |piece| matches!(piece, Piece::Hole(hole) if may_hold(hole, old));
    let straddles = may_straddle(&text, old);
    if (straddles || text.pieces().any(may_hold))
        && let Some(replaced) = replaced_at_places(&text, old, &new)
    {
        return f.bounded(replaced);
    }
    // What is made of a hole is named after what is replaced, which a secret must not be.
    let is_secret = is_secret || new.is_sensitive();
    if straddles || (is_secret && text.pieces().any(may_hold)) {
        return Ok(f.unknown_text());
    }
    let mut builder = Text::builder();
    builder.mark_sensitive(text.is_sensitive() || new.is_sensitive());
    let mut count = 0usize;
    for piece in text.pieces() {
        match piece {
            Piece::Hole(hole) if may_hold(piece) => {
                builder.push_hole(&derived(hole, &format!("replace {old:?} by {new} in ")));
            }
            Piece::Hole(hole) => {
                builder.push_hole(hole);
            }
            Piece::Literal(known) => {
                for (index, part) in known.split(old).enumerate() {
                    if index > 0 {
                        count = count.saturating_add(crate::source::template::text_len(&new));
                        if count > crate::source::expression::MAX_TEXT {
                            return Err(Fault::Limit("a text is too long"));
                        }
                        builder.push_text(&new);
                    }
                    builder.push_str(part);
                }
            }
        }
    }
    f.bounded(builder.finish())
}

/// The text with `new` at each place of `old`; `None` if it is not certain where these are.
fn replaced_at_places(text: &Text, old: &str, new: &Text) -> Option<Text> {
    let symbols = Symbols::of(text)?;
    let (places, true) = symbols.places(old) else { return None };
    let mut builder = Text::builder();
    builder.mark_sensitive(text.is_sensitive() || new.is_sensitive());
    let mut from = 0usize;
    for place in places {
        builder.push_text(&symbols.slice(from, place)).push_text(new);
        from = place.saturating_add(old.chars().count());
    }
    Some(builder.push_text(&symbols.slice(from, symbols.len())).finish())
}

fn substr(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(0)?;
    let (Some(offset), Some(length)) = (f.number(1)?, f.number(2)?) else { return Ok(f.unknown_text()) };
    let (Some(offset), Some(length)) = (offset.as_integer(), length.as_integer()) else {
        return Err(Fault::invalid("substr needs whole numbers"));
    };
    let sensitive = text.is_sensitive();
    if let Some(known) = text.as_known() {
        let count = i128::try_from(count(known)).unwrap_or(i128::MAX);
        let start = if offset < 0 { offset.saturating_add(count).max(0) } else { offset };
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        // Nothing of the end of a text is all of it.
        let to_end = length == 0 && offset < 0;
        let take = usize::try_from(length).ok().filter(|_| !to_end).unwrap_or(usize::MAX);
        let part: String = characters(known).skip(start).take(take).collect();
        return Ok(Value::string(Text::known(part).mark_sensitive(sensitive)));
    }
    let part = head_of(&text, offset, length)
        .or_else(|| head_of(&spelled(&text), offset, length))
        .or_else(|| slice_of(&text, offset, length));
    Ok(part.map_or_else(|| f.unknown_text(), |part| Value::string(part.mark_sensitive(sensitive))))
}

/// The part of a text of which each character counts as one.
fn slice_of(text: &Text, offset: i128, length: i128) -> Option<Text> {
    let symbols = Symbols::of(text).filter(Symbols::are_ascii)?;
    let count = i128::try_from(symbols.len()).ok()?;
    let start = if offset < 0 { offset.saturating_add(count).max(0) } else { offset.min(count) };
    let to_end = length < 0 || length == 0 && offset < 0;
    let end = if to_end { count } else { start.saturating_add(length).min(count) };
    Some(symbols.slice(usize::try_from(start).ok()?, usize::try_from(end).ok()?))
}

/// The part of a text with holes that its first characters settle.
fn head_of(text: &Text, offset: i128, length: i128) -> Option<Text> {
    let Some(Piece::Literal(head)) = text.pieces().next() else { return None };
    let (start, count) = (usize::try_from(offset).ok()?, head.chars().count());
    if start > count {
        return None;
    }
    if length < 0 {
        let cut: String = head.chars().take(start).collect();
        return without_prefix(text, &cut);
    }
    let length = usize::try_from(length).ok()?;
    if start.saturating_add(length) > count {
        return None;
    }
    Some(Text::known(head.chars().skip(start).take(length).collect::<String>()))
}

fn indent(f: &Invocation<'_, '_>) -> Outcome {
    let text = f.text(1)?;
    let Some(spaces) = f.number(0)? else { return Ok(f.unknown_text()) };
    let spaces = spaces.as_index().filter(|spaces| *spaces <= 10_000);
    let spaces = spaces.ok_or_else(|| Fault::invalid("indent needs a number of spaces"))?;
    let replaced = format!("\n{}", " ".repeat(spaces));
    let hole = |hole: &crate::text::Hole| {
        if hole.shape().may_contain('\n') {
            derived(hole, &format!("indent by {spaces} of "))
        } else {
            hole.clone()
        }
    };
    f.bounded(mapped(&text, |known| known.replace('\n', &replaced), hole))
}

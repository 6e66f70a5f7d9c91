//! What is certain of texts with holes.

use std::fmt::Write;

use crate::text::{Hole, Piece, Run, Shape, Text, Truth};

/// The hole for what a function makes of a hole.
pub(super) fn derived(hole: &Hole, function: &str) -> Hole {
    let mut name = String::from(function);
    let inner = hole.expression().unwrap_or_else(|| hole.attribute());
    let _ = write!(name, "({inner})");
    Hole::of_expression(hole.address(), hole.attribute(), name, Shape::ANY)
}

/// The text with a change to its literal parts, and to its holes.
pub(super) fn mapped(text: &Text, literal: impl Fn(&str) -> String, hole: impl Fn(&Hole) -> Hole) -> Text {
    let mut builder = Text::builder();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => builder.push_str(&literal(known)),
            Piece::Hole(unknown) => builder.push_hole(&hole(unknown)),
        };
    }
    builder.mark_sensitive(text.is_sensitive()).finish()
}

fn may_contain_all(hole: &Hole, text: &str) -> bool {
    text.chars().all(|c| hole.shape().may_contain(c))
}

/// Whether a hole can hold all of `needle` in it.
pub(super) fn may_hold(hole: &Hole, needle: &str) -> bool {
    let fits = hole.shape().max_len().is_none_or(|max| needle.chars().count() <= max);
    fits && may_contain_all(hole, needle)
}

/// Whether `needle` can stand across the border of a hole, with a part of it in the literal text beside.
pub(super) fn may_straddle(text: &Text, needle: &str) -> bool {
    let pieces: Vec<Piece<'_>> = text.pieces().collect();
    pieces.iter().enumerate().any(|(index, piece)| {
        let Piece::Hole(hole) = piece else { return false };
        let before = index.checked_sub(1).and_then(|before| pieces.get(before));
        let after = pieces.get(index.saturating_add(1));
        straddles(hole, before, after, needle)
    })
}

fn straddles(hole: &Hole, before: Option<&Piece<'_>>, after: Option<&Piece<'_>>, needle: &str) -> bool {
    let cuts: Vec<usize> = needle.char_indices().map(|(at, _)| at).chain([needle.len()]).collect();
    let ends = |part: &str| match before {
        None => part.is_empty(),
        // The part may reach beyond the literal text, into what stands on its other side.
        Some(Piece::Literal(text)) => text.ends_with(part) || part.ends_with(text),
        Some(Piece::Hole(other)) => may_contain_all(other, part),
    };
    let begins = |part: &str| match after {
        None => part.is_empty(),
        Some(Piece::Literal(text)) => text.starts_with(part) || part.starts_with(text),
        Some(Piece::Hole(other)) => may_contain_all(other, part),
    };
    // The needle is cut into what lies before the hole, within it, and after it.
    cuts.iter().any(|&from| {
        cuts.iter().filter(|&&to| to >= from).any(|&to| {
            let (Some(left), Some(inside), Some(right)) =
                (needle.get(..from), needle.get(from..to), needle.get(to..))
            else {
                return true;
            };
            if left.is_empty() && right.is_empty() {
                return false;
            }
            let whole = !left.is_empty() && !right.is_empty();
            let fits = if whole { fits_exactly(hole, inside) } else { may_contain_all(hole, inside) };
            // Nothing of it within the hole: it stands beside it, unless the hole is empty.
            let touches = !inside.is_empty() || whole;
            touches && fits && ends(left) && begins(right)
        })
    })
}

/// Whether a hole can be exactly `text`.
fn fits_exactly(hole: &Hole, text: &str) -> bool {
    let count = text.chars().count();
    let shape = hole.shape();
    count >= shape.min_len() && shape.max_len().is_none_or(|max| count <= max) && may_contain_all(hole, text)
}

/// Whether a text begins with `prefix`.
pub(super) fn starts_with(text: &Text, prefix: &str) -> Truth {
    let mut rest = prefix;
    for piece in text.pieces() {
        if rest.is_empty() {
            return Truth::True;
        }
        match piece {
            Piece::Literal(known) => {
                if known.starts_with(rest) {
                    return Truth::True;
                }
                let Some(after) = rest.strip_prefix(known) else { return Truth::False };
                rest = after;
            }
            Piece::Hole(hole) => return first_fits(hole.shape().runs(), rest.chars().next()),
        }
    }
    rest.is_empty().into()
}

/// Whether a text ends with `suffix`.
pub(super) fn ends_with(text: &Text, suffix: &str) -> Truth {
    let mut rest = suffix;
    for piece in text.pieces().rev() {
        if rest.is_empty() {
            return Truth::True;
        }
        match piece {
            Piece::Literal(known) => {
                if known.ends_with(rest) {
                    return Truth::True;
                }
                let Some(before) = rest.strip_suffix(known) else { return Truth::False };
                rest = before;
            }
            Piece::Hole(hole) => {
                let runs: Vec<Run> = hole.shape().runs().iter().rev().copied().collect();
                return first_fits(&runs, rest.chars().next_back());
            }
        }
    }
    rest.is_empty().into()
}

/// Whether the first character of a text of these runs can be `c`.
fn first_fits(runs: &[Run], c: Option<char>) -> Truth {
    let Some(c) = c else { return Truth::True };
    for run in runs {
        if run.max != Some(0) && run.set.contains(c) {
            return Truth::Maybe;
        }
        if run.min > 0 {
            return Truth::False;
        }
    }
    Truth::Maybe
}

/// Whether a text contains `needle`.
pub(super) fn contains(text: &Text, needle: &str) -> Truth {
    if needle.is_empty() {
        return Truth::True;
    }
    let mut possible = may_straddle(text, needle);
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) if known.contains(needle) => return Truth::True,
            Piece::Literal(_) => {}
            Piece::Hole(hole) => possible = possible || may_hold(hole, needle),
        }
    }
    if possible { Truth::Maybe } else { Truth::False }
}

/// The text without its first bytes, which are literal; `None` if they are not.
pub(super) fn without_prefix(text: &Text, prefix: &str) -> Option<Text> {
    let mut builder = Text::builder();
    for (index, piece) in text.pieces().enumerate() {
        match piece {
            Piece::Literal(known) if index == 0 => builder.push_str(known.strip_prefix(prefix)?),
            piece if index > 0 => builder.push_piece(piece),
            _ => return None,
        };
    }
    Some(builder.mark_sensitive(text.is_sensitive()).finish())
}

/// The text without its last bytes, which are literal; `None` if they are not.
pub(super) fn without_suffix(text: &Text, suffix: &str) -> Option<Text> {
    let pieces: Vec<Piece<'_>> = text.pieces().collect();
    let (last, before) = pieces.split_last()?;
    let Piece::Literal(known) = last else { return None };
    let mut builder = Text::builder();
    for piece in before {
        builder.push_piece(*piece);
    }
    builder.push_str(known.strip_suffix(suffix)?);
    Some(builder.mark_sensitive(text.is_sensitive()).finish())
}

/// The text without `affix` at its end (at its start, if not `at_end`), where it has it, holes and all; `None` if that
/// hangs on a hole.
pub(super) fn without_affix(text: &Text, affix: &Text, at_end: bool) -> Option<Text> {
    let ordered = |text: &'_ Text| -> Vec<Part> {
        let parts = text.pieces().map(|piece| match piece {
            Piece::Literal(known) => Part::Literal(known.to_owned()),
            Piece::Hole(hole) => Part::Hole(hole.clone()),
        });
        // The end that is compared comes last.
        if at_end { parts.collect() } else { parts.rev().collect() }
    };
    let strip = |whole: &str, part: &str| {
        let rest = if at_end { whole.strip_suffix(part) } else { whole.strip_prefix(part) };
        rest.map(str::to_owned)
    };
    let (mut left, mut right) = (ordered(text), ordered(affix));
    while let Some(wanted) = right.pop() {
        match (left.pop(), wanted) {
            (Some(Part::Hole(a)), Part::Hole(b)) if a == b => {}
            (Some(Part::Literal(a)), Part::Literal(b)) => {
                if let Some(rest) = strip(&a, &b) {
                    if !rest.is_empty() {
                        left.push(Part::Literal(rest));
                    }
                } else if let Some(rest) = strip(&b, &a) {
                    right.push(Part::Literal(rest));
                } else {
                    return Some(text.clone());
                }
            }
            (None, wanted) => {
                let empty = matches!(&wanted, Part::Hole(hole) if hole.shape().min_len() == 0);
                return if empty { None } else { Some(text.clone()) };
            }
            _ => return None,
        }
    }
    if !at_end {
        left.reverse();
    }
    let mut builder = Text::builder();
    for part in &left {
        match part {
            Part::Literal(known) => builder.push_str(known),
            Part::Hole(hole) => builder.push_hole(hole),
        };
    }
    Some(builder.mark_sensitive(text.is_sensitive() || affix.is_sensitive()).finish())
}

enum Part {
    Literal(String),
    Hole(Hole),
}

/// The text with `new` in place of `old`, which holds one value that is generated during apply: it stands where its hole
/// does, and nowhere else. `None` if that is not certain.
pub(super) fn replaced_hole(text: &Text, old: &Text, new: &Text) -> Option<Text> {
    let pieces: Vec<Piece<'_>> = old.pieces().collect();
    let (before, hole, after): (&str, &Hole, &str) = match pieces.as_slice() {
        [Piece::Hole(hole)] => ("", *hole, ""),
        [Piece::Literal(before), Piece::Hole(hole)] => (*before, *hole, ""),
        [Piece::Hole(hole), Piece::Literal(after)] => ("", *hole, *after),
        [Piece::Literal(before), Piece::Hole(hole), Piece::Literal(after)] => (*before, *hole, *after),
        _ => return None,
    };
    // No other hole is long enough to have it inside.
    let short = |other: &Hole| {
        let least = hole.shape().min_len() / 2;
        other.differs_from(hole) || other.shape().max_len().is_some_and(|max| max < least)
    };
    if !hole.shape().is_fresh() || !text.holes().all(|other| other == hole || short(other)) {
        return None;
    }
    let mut builder = Text::builder();
    builder.mark_sensitive(text.is_sensitive() || old.is_sensitive() || new.is_sensitive());
    // The literal text that is not written yet, and whether a hole stands before it.
    let (mut tail, mut after_hole) = (String::new(), false);
    let mut pieces = text.pieces().peekable();
    while let Some(piece) = pieces.next() {
        let found = match piece {
            Piece::Literal(known) => {
                tail.push_str(known);
                continue;
            }
            Piece::Hole(other) if other == hole => {
                let left = stands(tail.ends_with(before), before.ends_with(tail.as_str()) && after_hole);
                let right = match pieces.peek() {
                    _ if after.is_empty() => Truth::True,
                    Some(Piece::Literal(next)) => stands(next.starts_with(after), after.starts_with(next)),
                    Some(Piece::Hole(_)) => Truth::Maybe,
                    None => Truth::False,
                };
                left.and(right)
            }
            Piece::Hole(_) => Truth::False,
        };
        let Piece::Hole(other) = piece else { continue };
        match found {
            Truth::Maybe => return None,
            Truth::False => {
                builder.push_str(&tail).push_hole(other);
                tail.clear();
                after_hole = true;
            }
            Truth::True => {
                tail.truncate(tail.len().saturating_sub(before.len()));
                builder.push_str(&tail).push_text(new);
                tail.clear();
                if let (false, Some(Piece::Literal(next))) = (after.is_empty(), pieces.peek()) {
                    tail.push_str(next.strip_prefix(after)?);
                    pieces.next();
                }
                after_hole = false;
            }
        }
    }
    Some(builder.push_str(&tail).finish())
}

fn stands(certain: bool, possible: bool) -> Truth {
    match (certain, possible) {
        (true, _) => Truth::True,
        (false, true) => Truth::Maybe,
        (false, false) => Truth::False,
    }
}

/// The text without the characters at its ends for which `cut` holds; `None` if that hangs on a hole.
pub(super) fn trimmed(text: &Text, cut: impl Fn(char) -> bool, start: bool, end: bool) -> Option<Text> {
    let mut pieces: Vec<Piece<'_>> = text.pieces().collect();
    if start {
        trim_first(&mut pieces, |text| text.trim_start_matches(&cut), &cut, false)?;
    }
    if end {
        pieces.reverse();
        trim_first(&mut pieces, |text| text.trim_end_matches(&cut), &cut, true)?;
        pieces.reverse();
    }
    let mut builder = Text::builder();
    for piece in pieces {
        builder.push_piece(piece);
    }
    Some(builder.mark_sensitive(text.is_sensitive()).finish())
}

fn trim_first<'t>(
    pieces: &mut Vec<Piece<'t>>,
    trim: impl Fn(&'t str) -> &'t str,
    cut: &impl Fn(char) -> bool,
    reversed: bool,
) -> Option<()> {
    while let Some(first) = pieces.first_mut() {
        match first {
            Piece::Literal(text) => {
                let rest = trim(text);
                if !rest.is_empty() {
                    *first = Piece::Literal(rest);
                    return Some(());
                }
                pieces.remove(0);
            }
            Piece::Hole(hole) => {
                let runs = hole.shape().runs();
                let run = if reversed { runs.last() } else { runs.first() }?;
                // Only ASCII is worth telling apart.
                let safe = run.min > 0
                    && !run.set.contains('\u{a0}')
                    && (0u8..128).map(char::from).all(|c| !(run.set.contains(c) && cut(c)));
                return safe.then_some(());
            }
        }
    }
    Some(())
}

/// The text cut at each `separator`. A part with a hole that may hold a separator is `None`: it may be several parts.
/// `None` for the whole if a separator may stand across a border.
pub(super) fn split(text: &Text, separator: &str) -> Option<Vec<Option<Text>>> {
    if may_straddle(text, separator) {
        return None;
    }
    let mut parts = Vec::new();
    let mut builder = Text::builder();
    let mut several = false;
    for piece in text.pieces() {
        match piece {
            Piece::Hole(hole) => {
                several = several || may_hold(hole, separator);
                builder.push_hole(hole);
            }
            Piece::Literal(known) => {
                let mut rest = known;
                while let Some((before, after)) = rest.split_once(separator) {
                    builder.push_str(before);
                    let part = builder.mark_sensitive(text.is_sensitive()).finish();
                    parts.push((!several).then_some(part));
                    several = false;
                    rest = after;
                }
                builder.push_str(rest);
            }
        }
    }
    let part = builder.mark_sensitive(text.is_sensitive()).finish();
    parts.push((!several).then_some(part));
    Some(parts)
}

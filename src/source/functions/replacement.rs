//! What takes the place of a match: text, holes, and references to groups (`$1`, `${name}`) as Go reads them.

use crate::text::{Hole, Piece, Text};

/// A part of a replacement.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'t> {
    Literal(&'t str),
    Hole(&'t Hole),
    Group(Group<'t>),
}

/// The group that a reference names.
#[derive(Debug, PartialEq)]
pub(super) enum Group<'t> {
    Number(usize),
    /// A group of this name, if there is one; else nothing.
    Name(&'t str),
}

/// The parts of a replacement; `None` where it hangs on what is in a hole which group a reference names.
pub(super) fn references(replacement: &Text) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut pieces = replacement.pieces().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            // References are looked for in what is known only.
            Piece::Hole(hole) if hole.shape().may_contain('$') => return None,
            Piece::Hole(hole) => parts.push(Part::Hole(hole)),
            Piece::Literal(known) => {
                let next = match pieces.peek() {
                    Some(Piece::Hole(hole)) => Some(*hole),
                    _ => None,
                };
                add(known, next, &mut parts)?;
            }
        }
    }
    Some(parts)
}

/// Adds the parts of a literal, which a hole may follow.
fn add<'t>(literal: &'t str, next: Option<&Hole>, parts: &mut Vec<Part<'t>>) -> Option<()> {
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('$') {
        parts.push(Part::Literal(before));
        if let Some(tail) = after.strip_prefix('$') {
            parts.push(Part::Literal("$"));
            rest = tail;
            continue;
        }
        let inner = after.strip_prefix('{');
        let from = inner.unwrap_or(after);
        let (name, tail) = from.split_at(from.find(|c| !is_of_name(c)).unwrap_or(from.len()));
        // Which characters beyond ASCII are letters hangs on the version of Unicode.
        if !name.is_ascii() {
            return None;
        }
        // The name may go on in the hole.
        if let (true, Some(hole)) = (tail.is_empty(), next)
            && may_go_on(hole)
        {
            return None;
        }
        let tail = if inner.is_some() { tail.strip_prefix('}') } else { Some(tail) };
        let (Some(tail), false) = (tail, name.is_empty()) else {
            parts.push(Part::Literal("$"));
            rest = after;
            continue;
        };
        parts.push(Part::Group(group(name)));
        rest = tail;
    }
    parts.push(Part::Literal(rest));
    Some(())
}

/// A number has no zero before it.
fn group(name: &str) -> Group<'_> {
    match name.parse() {
        Ok(number) if number == 0 && name == "0" || !name.starts_with('0') => Group::Number(number),
        _ => Group::Name(name),
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a reference that stands before a hole may go on in it.
fn may_go_on(hole: &Hole) -> bool {
    for run in hole.shape().runs() {
        let ascii = || (0u8..128).map(char::from);
        let goes_on = |c: char| is_of_name(c) || matches!(c, '$' | '{' | '}');
        if run.set.contains('é') || ascii().any(|c| goes_on(c) && run.set.contains(c)) {
            return true;
        }
        if run.min > 0 {
            return false;
        }
    }
    // It may be empty.
    true
}

#[cfg(test)]
mod tests {
    use super::{Group, Part, references};
    use crate::text::{Hole, Shape, Text};

    #[test]
    fn references_are_read_as_go_reads_them() {
        let read = |text: &str| -> String {
            let text = Text::known(text);
            let parts = references(&text).into_iter().flatten().map(|part| match part {
                Part::Literal(known) => known.to_owned(),
                Part::Hole(hole) => hole.to_string(),
                Part::Group(Group::Number(number)) => format!("<{number}>"),
                Part::Group(Group::Name(name)) => format!("<{name}>"),
            });
            parts.collect()
        };
        for (replacement, expected) in [
            ("$1b", "<1b>"),
            ("$01", "<01>"),
            ("$0", "<0>"),
            ("a${1}b$$", "a<1>b$"),
            ("$a$-", "<a>$-"),
            ("${1", "${1"),
            ("${}", "${}"),
            ("$$1", "$1"),
            ("$$$1", "$<1>"),
            ("$", "$"),
        ] {
            assert_eq!(read(replacement), expected, "{replacement}");
        }
        assert_eq!(references(&Text::known("$1é")), None);
    }

    #[test]
    fn a_name_may_go_on_in_a_hole() {
        let after = |literal: &str, shape: Shape| {
            let hole = Hole::new("a", "id", shape);
            references(&Text::builder().push_str(literal).push_hole(&hole).finish()).is_some()
        };
        assert!(!after("$1", Shape::NEW_BROKER_ID));
        assert!(!after("$", Shape::NEW_BROKER_ID));
        assert!(!after("${1", Shape::NEW_BROKER_ID));
        assert!(after("${1}", Shape::NEW_BROKER_ID));
        assert!(after("$1:", Shape::NEW_BROKER_ID));
    }
}

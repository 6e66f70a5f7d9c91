//! Splits patterns into their elements.

use super::key::KeyName;
use super::token::{Colons, Element, Reach, Variable};
use crate::text::{Hole, Piece, Text};

/// What the pattern is for, and so how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(super) wildcards: bool,
    /// What `${…}` is.
    pub(super) variables: Variables,
    /// The six parts of an ARN are compared one by one.
    pub(super) arn: bool,
}

/// What `${…}` is in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variables {
    /// Plain text.
    None,
    /// A policy variable.
    Anywhere,
    /// A policy variable, which may stand behind the fifth colon only.
    InResource,
}

/// Splits a pattern into its elements.
pub(super) fn parse(source: &Text, syntax: Syntax) -> Result<Box<[Element]>, String> {
    match source.as_known().and_then(|known| plain(known, syntax)) {
        Some(elements) => Ok(elements),
        None => parse_any(source, syntax),
    }
}

fn parse_any(source: &Text, syntax: Syntax) -> Result<Box<[Element]>, String> {
    let mut parser = Parser {
        syntax,
        sensitive: source.is_sensitive(),
        elements: Vec::new(),
        text: String::new(),
        colons: 0,
        skipping: false,
    };
    let mut pieces = source.pieces().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Literal(literal) => parser.literal(literal, pieces.peek().is_some())?,
            Piece::Hole(hole) => parser.hole(hole),
        }
    }
    if parser.skipping {
        return Err("a policy variable is not closed".into());
    }
    parser.flush();
    let mut elements = parser.elements;
    if syntax.arn {
        set_reach(&mut elements);
    }
    Ok(elements.into())
}

/// What most patterns are: a text, perhaps with a star at its end.
fn plain(known: &str, syntax: Syntax) -> Option<Box<[Element]>> {
    let (text, star) = match known.strip_suffix('*') {
        Some(text) if syntax.wildcards => (text, true),
        _ => (known, false),
    };
    let is_plain = !text.is_empty() && !text.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'$'));
    // In an ARN, how far a star reaches is told by the colons before it.
    if !is_plain || (star && syntax.arn) {
        return None;
    }
    let text = Element::Text(text.into());
    Some(if star { Box::new([text, Element::Star(Reach::Everywhere)]) } else { Box::new([text]) })
}

struct Parser {
    syntax: Syntax,
    sensitive: bool,
    elements: Vec<Element>,
    text: String,
    colons: usize,
    // Inside a policy variable that a hole interrupts.
    skipping: bool,
}

impl Parser {
    fn literal(&mut self, mut rest: &str, more: bool) -> Result<(), String> {
        if self.skipping {
            let Some((_, after)) = rest.split_once('}') else { return Ok(()) };
            self.skipping = false;
            self.flush();
            self.elements.push(Element::Opaque);
            rest = after;
        }
        while let Some(at) = rest.find(|c| self.is_special(c)) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.push_str(before);
            let mut chars = from.chars();
            let special = chars.next();
            rest = chars.as_str();
            match special {
                Some('*') => self.wildcard(true),
                Some('?') => self.wildcard(false),
                Some('$') if rest.starts_with('{') => {
                    rest = rest.get(1..).unwrap_or_default();
                    if let Some(after) = self.variable(rest)? {
                        rest = after;
                    } else if more {
                        self.skipping = true;
                        return Ok(());
                    } else {
                        return Err("a policy variable is not closed".into());
                    }
                }
                _ => self.push_str("$"),
            }
        }
        self.push_str(rest);
        Ok(())
    }

    fn is_special(&self, c: char) -> bool {
        match c {
            '*' | '?' => self.syntax.wildcards,
            '$' => self.syntax.variables != Variables::None,
            _ => false,
        }
    }

    fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.colons = self.colons.saturating_add(self.text.bytes().filter(|&b| b == b':').count());
            self.elements.push(Element::Text(std::mem::take(&mut self.text).into()));
        }
    }

    fn wildcard(&mut self, many: bool) {
        self.flush();
        match (many, self.elements.last()) {
            (true, Some(Element::Star(_))) => {}
            (true, _) => self.elements.push(Element::Star(Reach::Everywhere)),
            (false, _) => self.elements.push(Element::One(Reach::Everywhere)),
        }
    }

    fn hole(&mut self, hole: &Hole) {
        if self.skipping {
            return;
        }
        self.flush();
        self.elements.push(Element::Hole(hole.clone()));
    }

    /// Reads a variable behind its `${`; gives the rest behind it, or nothing if it is not closed.
    fn variable<'a>(&mut self, rest: &'a str) -> Result<Option<&'a str>, String> {
        for escaped in ["*", "?", "$"] {
            if let Some(after) = rest.strip_prefix(escaped).and_then(|rest| rest.strip_prefix('}')) {
                self.push_str(escaped);
                return Ok(Some(after));
            }
        }
        let Some((key, default, after)) = split_variable(rest) else { return Ok(None) };
        if key.is_empty() || key != key.trim() {
            let key = KeyName::new(key).mark_sensitive(self.sensitive);
            return Err(format!("`${{{key}}}` is no policy variable"));
        }
        self.flush();
        if self.syntax.variables == Variables::InResource && self.colons < 5 {
            return Err("a policy variable stands before the fifth colon of the ARN".into());
        }
        let default = default.map(Into::into);
        let key = KeyName::new(key).mark_sensitive(self.sensitive);
        self.elements.push(Element::Variable(Box::new(Variable { key, default })));
        Ok(Some(after))
    }
}

/// `key}`, or `key, 'default'}`: the key, the default, and what follows.
fn split_variable(rest: &str) -> Option<(&str, Option<&str>, &str)> {
    let (inside, after) = rest.split_once('}')?;
    if let Some((key, tail)) = rest.split_once(',')
        && key.len() < inside.len()
        && let Some(quoted) = tail.trim_start().strip_prefix('\'')
    {
        let (default, after) = quoted.split_once("'}")?;
        return Some((key.trim_end(), Some(default), after));
    }
    Some((inside, None, after))
}

/// Limits the wildcards in the first five parts.
fn set_reach(elements: &mut [Element]) {
    let mut colons = Colons::default();
    for element in elements {
        match element {
            Element::Text(text) => colons.text(text),
            Element::One(reach) | Element::Star(reach) => *reach = colons.reach(),
            Element::Hole(hole) => colons.hole(hole),
            Element::Variable(_) | Element::Opaque => colons.unsure = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, proptest};

    use super::{Syntax, Variables, parse_any, plain};
    use crate::text::Text;

    fn sources() -> impl Strategy<Value = String> {
        let pieces = ["mq:", "a", "B", "*", "?", "$", "${", "}", ":", "arn:aws:mq:::", "ä"];
        proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..6)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn plain_patterns_are_what_any_pattern_is(
            source in sources(), wildcards in any::<bool>(), which in 0usize..3, arn in any::<bool>(),
        ) {
            let variables = [Variables::None, Variables::Anywhere, Variables::InResource][which];
            let syntax = Syntax { wildcards, variables, arn };
            if let Some(elements) = plain(&source, syntax) {
                let expected = parse_any(&Text::from(source.as_str()), syntax).unwrap();
                assert_eq!(format!("{elements:?}"), format!("{expected:?}"), "{source}");
            }
        }
    }
}

//! Statements in the text of a JSON document, which may be a template with interpolations that are not evaluated.

/// A statement as it stands in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// What its `Sid` says.
    pub(super) sid: Sid,
    /// Where it begins.
    pub(super) start: usize,
    /// Its elements by name, with where each name begins.
    pub(super) elements: Vec<(String, usize)>,
}

/// The id of a statement, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sid {
    /// It has none.
    None,
    /// This one.
    Known(String),
    /// It may have one.
    Unknown,
}

/// The statements of a document, in order; `None` where the text alone does not tell them.
pub(super) fn statements(text: &str, template: bool) -> Option<Vec<Scanned>> {
    let mut scan = Scan { text, at: text.find('{')?, template };
    let mut found = None;
    scan.object(&mut |scan, name, _| {
        if name != "Statement" {
            return scan.value();
        }
        found = Some(scan.list()?);
        Some(())
    })?;
    found
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Whether `${…}` is an interpolation and `%{…}` a directive.
    template: bool,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn begins(&self, with: &str) -> bool {
        self.rest().starts_with(with)
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    fn space(&mut self) {
        self.skip(self.rest().len().saturating_sub(self.rest().trim_start().len()));
    }

    fn eat(&mut self, what: char) -> Option<()> {
        self.space();
        self.rest().starts_with(what).then(|| self.skip(what.len_utf8()))
    }

    /// The members of an object; `member` gets the name and where it begins, and reads the value.
    fn object(&mut self, member: &mut dyn FnMut(&mut Self, &str, usize) -> Option<()>) -> Option<()> {
        self.eat('{')?;
        if self.eat('}').is_some() {
            return Some(());
        }
        loop {
            self.space();
            let start = self.at;
            let name = self.string()?;
            self.eat(':')?;
            member(self, name, start)?;
            if self.eat('}').is_some() {
                return Some(());
            }
            self.eat(',')?;
        }
    }

    fn array(&mut self, item: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat('[')?;
        if self.eat(']').is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.eat(']').is_some() {
                return Some(());
            }
            self.eat(',')?;
        }
    }

    fn list(&mut self) -> Option<Vec<Scanned>> {
        self.space();
        if self.begins("{") {
            return Some(vec![self.statement()?]);
        }
        let mut found = Vec::new();
        self.array(&mut |scan| {
            found.push(scan.statement()?);
            Some(())
        })?;
        Some(found)
    }

    fn statement(&mut self) -> Option<Scanned> {
        self.space();
        let start = self.at;
        let (mut sid, mut elements) = (Sid::None, Vec::new());
        self.object(&mut |scan, name, at| {
            elements.push((name.to_owned(), at));
            scan.space();
            if name == "Sid" && scan.begins("\"") {
                let text = scan.string()?;
                let computed = text.contains('\\') || (scan.template && text.contains('{'));
                sid = if computed { Sid::Unknown } else { Sid::Known(text.to_owned()) };
                return Some(());
            }
            if name == "Sid" {
                sid = Sid::Unknown;
            }
            scan.value()
        })?;
        Some(Scanned { sid, start, elements })
    }

    fn value(&mut self) -> Option<()> {
        self.space();
        let first = self.rest().chars().next()?;
        match first {
            '{' => self.object(&mut |scan, _, _| scan.value()),
            '[' => self.array(&mut Self::value_or_directive),
            '"' => self.string().map(drop),
            _ => self.scalar(),
        }
    }

    /// An element of a list within a statement: directives between elements are of no interest.
    fn value_or_directive(&mut self) -> Option<()> {
        self.space();
        while self.template && self.begins("%{") {
            self.interpolation()?;
            self.space();
        }
        if self.begins("]") || self.begins(",") {
            return Some(());
        }
        self.value()?;
        self.space();
        while self.template && self.begins("%{") {
            self.interpolation()?;
            self.space();
            if self.begins("\"") || self.begins("${") || self.begins("{") {
                self.value()?;
                self.space();
            } else if self.begins(",") {
                self.skip(1);
                self.space();
            }
        }
        Some(())
    }

    /// A number, a word, or interpolations where a value belongs.
    fn scalar(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            if self.template && self.begins("${") {
                self.interpolation()?;
                continue;
            }
            match self.rest().chars().next() {
                Some(c) if c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.') => {
                    self.skip(c.len_utf8());
                }
                _ => return (self.at > start).then_some(()),
            }
        }
    }

    /// A string; gives what stands between its quotes.
    fn string(&mut self) -> Option<&'t str> {
        self.eat('"')?;
        let start = self.at;
        loop {
            if self.template && (self.begins("$${") || self.begins("%%{")) {
                self.skip(3);
                continue;
            }
            if self.template && (self.begins("${") || self.begins("%{")) {
                self.interpolation()?;
                continue;
            }
            match self.rest().chars().next()? {
                '"' => {
                    let inside = self.text.get(start..self.at)?;
                    self.skip(1);
                    return Some(inside);
                }
                '\\' => {
                    self.skip(1);
                    let escaped = self.rest().chars().next()?;
                    self.skip(escaped.len_utf8());
                }
                c => self.skip(c.len_utf8()),
            }
        }
    }

    /// From `${` or `%{` to the brace that closes it.
    fn interpolation(&mut self) -> Option<()> {
        self.skip(2);
        let mut depth = 1usize;
        while depth > 0 {
            match self.rest().chars().next()? {
                '"' => drop(self.string()?),
                c => {
                    match c {
                        '{' => depth = depth.saturating_add(1),
                        '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    self.skip(c.len_utf8());
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Sid, statements};

    fn places(text: &str, template: bool) -> Option<Vec<(Sid, String)>> {
        let found = statements(text, template)?;
        Some(
            found
                .into_iter()
                .map(|one| (one.sid, text.split_at(one.start).1.chars().take(6).collect()))
                .collect(),
        )
    }

    #[test]
    fn statements_are_found_in_plain_json() {
        let text =
            r#"{"Version": "x", "Statement": [{"a": [1, {}]}, {"Sid": "B\"", "Action": []},{"Sid":"C"}]}"#;
        let found = statements(text, false).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].sid, Sid::Unknown);
        assert_eq!(found[2].sid, Sid::Known("C".into()));
        assert!(text.split_at(found[1].elements[1].1).1.starts_with("\"Action\""));
        assert_eq!(statements(r#"{"Statement": {"Sid": "One"}}"#, false).unwrap().len(), 1);
        assert_eq!(statements(r#"{"Id": "x"}"#, false), None);
        assert_eq!(statements(r#"{"Statement": [{]}"#, false), None);
    }

    #[test]
    fn interpolations_are_stepped_over() {
        let text = "<<EOF\n{\"Statement\": [{\"Sid\": \"A${x[\"}\"]}\", \"Resource\": ${jsonencode({a = \"}\"})}},\n {\"Resource\": \"a$${b}c${d}\"}]}\nEOF";
        let found = places(text, true).unwrap();
        assert_eq!(found, [(Sid::Unknown, "{\"Sid\"".into()), (Sid::None, "{\"Reso".into())]);
        assert_eq!(places("{\"Statement\": [${join(\",\", x)}]}", true), None);
        assert_eq!(places("{\"Statement\": [{}, %{ if x }{}%{ endif }]}", true), None);
        let list = "{\"Statement\": [{\"Resource\": [%{ for x in y }\"${x}\",%{ endfor } \"z\"]}, {}]}";
        assert_eq!(places(list, true).unwrap().len(), 2);
    }
}

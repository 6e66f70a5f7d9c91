//! A pass over the text before it is parsed.
//!
//! It walks the brackets, strings, templates, heredocs and comments of a text as Terraform's scanner does, for three
//! reasons: to bound nesting and the size of objects, to find where each top-level block ends (what does not parse is left out block
//! by block), and to rewrite, without moving a byte, what `hcl-edit` does not read as Terraform does:
//!
//! - Line breaks within parentheses, brackets, `for` expressions and interpolations are white space. `hcl-edit` accepts
//!   them in some of these places only; they become spaces, and so do comments and a byte order mark.
//! - A heredoc ends at a line with nothing but its word. `hcl-edit` ends it at a line that begins with it; such a word is
//!   changed (the text of heredocs is taken from the original text).
//! - An empty heredoc becomes `""`: `hcl-edit` takes it for the start of what follows.

use std::ops::Range;

use super::{MAX_NESTING, Result, SyntaxError};

/// What a line of a file begins with where reading can go on after an error.
const BLOCK_KINDS: &[&str] = &[
    "resource",
    "data",
    "module",
    "variable",
    "locals",
    "output",
    "provider",
    "terraform",
    "check",
    "moved",
    "import",
    "removed",
    "ephemeral",
];

/// How many commas and line breaks an object may have: `hcl-edit` compares each key with all keys before it.
const MAX_MEMBERS: usize = 10_000;

/// A text ready to be parsed.
pub(super) struct Scanned {
    /// The text, of the same length as the original.
    pub(super) text: String,
    /// The arguments and blocks of a file.
    pub(super) items: Vec<Range<usize>>,
    pub(super) errors: Vec<SyntaxError>,
}

/// What the text between two brackets is.
enum Context<'t> {
    /// The body of a file or a block; whether the value of an argument has begun on this line.
    Body {
        in_value: bool,
    },
    /// An object: line breaks end its items; how many have ended.
    Object {
        members: usize,
    },
    /// An expression, up to this byte, in which line breaks are white space.
    Flat(u8),
    Quote,
    Heredoc {
        word: &'t str,
        line_start: bool,
    },
    /// A text that is a template as a whole.
    Template,
}

/// Scans a file.
pub(super) fn file(text: &str) -> Result<Scanned> {
    let mut scanner = Scanner::new(text, Context::Body { in_value: false });
    let (mut items, mut errors) = (Vec::new(), Vec::new());
    loop {
        let start = scanner.at;
        match scanner.item() {
            Ok(()) if scanner.is_blank(start..scanner.at) => {}
            Ok(()) => items.push(start..scanner.at),
            Err(error) => {
                scanner.recover(start, error.offset);
                errors.push(error);
            }
        }
        if scanner.rest().is_empty() {
            return Ok(Scanned { text: scanner.finish()?, items, errors });
        }
    }
}

/// Scans a text that is one template.
pub(super) fn template(text: &str) -> Result<String> {
    Scanner::new(text, Context::Template).whole()
}

/// Scans a text that is one expression.
pub(super) fn expression(text: &str) -> Result<String> {
    // No byte of a text closes the outermost level.
    Scanner::new(text, Context::Flat(0)).whole()
}

struct Scanner<'t> {
    text: &'t str,
    out: Vec<u8>,
    at: usize,
    stack: Vec<Context<'t>>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, root: Context<'t>) -> Self {
        let mut scanner = Self { text, out: text.as_bytes().to_vec(), at: 0, stack: vec![root] };
        if text.starts_with('\u{feff}') {
            scanner.skip_blank('\u{feff}'.len_utf8());
        }
        scanner
    }

    fn finish(self) -> Result<String> {
        // Only whole characters have been replaced.
        String::from_utf8(self.out).map_err(|_| SyntaxError { message: "not UTF-8".into(), offset: 0 })
    }

    fn whole(mut self) -> Result<String> {
        while !self.rest().is_empty() {
            self.step()?;
        }
        if self.stack.len() > 1 {
            return Err(self.error("something is opened that is not closed"));
        }
        self.finish()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at.saturating_add(ahead)).copied()
    }

    fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    /// Skips bytes and makes them spaces.
    fn skip_blank(&mut self, bytes: usize) {
        let start = self.at;
        self.skip(bytes);
        self.fill(start..self.at, b' ');
    }

    fn fill(&mut self, range: Range<usize>, with: u8) {
        if let Some(bytes) = self.out.get_mut(range) {
            bytes.fill(with);
        }
    }

    fn is_blank(&self, range: Range<usize>) -> bool {
        self.out.get(range).is_none_or(|bytes| bytes.iter().all(u8::is_ascii_whitespace))
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError { message: message.into(), offset: self.at }
    }

    fn push(&mut self, context: Context<'t>) -> Result<()> {
        if self.stack.len() > MAX_NESTING {
            return Err(self.error(format!("more than {MAX_NESTING} levels of nesting")));
        }
        self.stack.push(context);
        Ok(())
    }

    /// Scans to the end of the line on which an argument or block of a file ends.
    fn item(&mut self) -> Result<()> {
        while !self.rest().is_empty() {
            let ends = self.stack.len() == 1 && self.byte(0) == Some(b'\n');
            self.step()?;
            if ends {
                return Ok(());
            }
        }
        if self.stack.len() > 1 {
            return Err(self.error("a block, a bracket or a string has no end"));
        }
        Ok(())
    }

    /// Goes on at the next line that looks like the start of a block.
    fn recover(&mut self, start: usize, reached: usize) {
        self.stack.truncate(1);
        self.value_begins(false);
        let reached = reached.max(start);
        let starts_block = |at: &usize| {
            let line = self.text.get(*at..).unwrap_or_default();
            BLOCK_KINDS.contains(&line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default())
        };
        let bytes = self.text.bytes().enumerate().skip(reached);
        let mut lines = bytes.filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at.saturating_add(1));
        self.at = lines.find(starts_block).unwrap_or(self.text.len());
    }

    /// A line break or a comma, which ends an argument or a member of an object.
    fn ends_item(&mut self) -> Result<()> {
        let line_break = self.byte(0) == Some(b'\n');
        match self.stack.last_mut() {
            Some(Context::Body { in_value }) if line_break => *in_value = false,
            Some(Context::Object { members }) => {
                *members = members.saturating_add(1);
                if *members > MAX_MEMBERS {
                    return Err(self.error(format!("more than {MAX_MEMBERS} members in an object")));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn value_begins(&mut self, begins: bool) {
        if let Some(Context::Body { in_value }) = self.stack.last_mut() {
            *in_value = begins;
        }
    }

    fn step(&mut self) -> Result<()> {
        match self.stack.last() {
            Some(Context::Quote) => self.quote(),
            Some(Context::Heredoc { word, line_start }) => {
                let (word, line_start) = (*word, *line_start);
                self.heredoc(word, line_start)
            }
            Some(Context::Template) => self.template(),
            Some(Context::Flat(close)) => {
                let close = *close;
                self.code(close, true)
            }
            Some(Context::Object { .. } | Context::Body { .. }) => self.code(b'}', false),
            None => Err(self.error("a bracket is closed that is not open")),
        }
    }

    fn quote(&mut self) -> Result<()> {
        match self.byte(0) {
            Some(b'\\') => {
                self.skip(1);
                self.skip(self.rest().chars().next().map_or(0, char::len_utf8));
            }
            Some(b'"') => {
                self.stack.pop();
                self.skip(1);
            }
            Some(b'\n') => return Err(self.error("a string has no end")),
            _ => return self.template(),
        }
        Ok(())
    }

    /// One character of a template, or the start of an interpolation or a directive.
    fn template(&mut self) -> Result<()> {
        let rest = self.rest();
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.skip(3);
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            self.push(Context::Flat(b'}'))?;
            self.skip(2);
            if self.byte(0) == Some(b'~') {
                self.skip(1);
            }
        } else if self.byte(0) == Some(b'\n') {
            self.skip(1);
        } else {
            self.skip(1);
            while self.byte(0).is_some_and(|byte| !matches!(byte, b'$' | b'%' | b'"' | b'\\' | b'\n')) {
                self.skip(1);
            }
        }
        Ok(())
    }

    fn heredoc(&mut self, word: &'t str, line_start: bool) -> Result<()> {
        if line_start {
            let line = self.rest().split('\n').next().unwrap_or_default();
            let from_word = line.trim_start();
            let indent = line.len().saturating_sub(from_word.len());
            if from_word.trim_end() == word {
                self.skip(indent.saturating_add(word.len()));
                self.stack.pop();
                return Ok(());
            }
            if from_word.starts_with(word) {
                let start = self.at.saturating_add(indent);
                let first = word.chars().next().map_or(0, char::len_utf8);
                self.fill(
                    start..start.saturating_add(first),
                    if word.starts_with('_') { b'x' } else { b'_' },
                );
            }
        }
        let ends_line = self.byte(0) == Some(b'\n');
        if let Some(Context::Heredoc { line_start, .. }) = self.stack.last_mut() {
            *line_start = ends_line;
        }
        self.template()
    }

    /// One token of an expression or a body, up to the byte `close`.
    fn code(&mut self, close: u8, lines_are_space: bool) -> Result<()> {
        let rest = self.rest();
        if let Some(length) = comment(rest) {
            self.skip_blank(length);
            return Ok(());
        }
        match self.byte(0) {
            Some(b'"') => self.push(Context::Quote)?,
            Some(b'<') if rest.starts_with("<<") => return self.heredoc_start(rest),
            Some(b'(') => self.push(Context::Flat(b')'))?,
            Some(b'[') => self.push(Context::Flat(b']'))?,
            Some(b'{') => {
                let context = self.brace(rest);
                self.push(context)?;
            }
            Some(byte @ (b')' | b']' | b'}')) => {
                if byte != close || self.stack.len() == 1 {
                    return Err(self.error("a bracket is closed that is not open"));
                }
                self.stack.pop();
            }
            // `hcl-edit` does not see the end of a word in it.
            Some(b'\r') => {
                self.skip_blank(1);
                return Ok(());
            }
            Some(b'\n') if lines_are_space => {
                self.skip_blank(1);
                return Ok(());
            }
            Some(b'\n' | b',') => self.ends_item()?,
            Some(b'=') => self.value_begins(true),
            _ => {}
        }
        self.skip(1);
        if rest.starts_with('\n') {
            // Here an argument or a block of a file may end.
            return Ok(());
        }
        // What cannot be the start of anything.
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-.".contains(byte) || !byte.is_ascii();
        let more = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.skip(more.iter().take_while(|byte| plain(byte)).count());
        Ok(())
    }

    /// What an opening brace opens.
    fn brace(&self, rest: &str) -> Context<'t> {
        if matches!(self.stack.last(), Some(Context::Body { in_value: false })) {
            return Context::Body { in_value: false };
        }
        let word = after_space(rest.get(1..).unwrap_or_default()).strip_prefix("for");
        let is_for = word.is_some_and(|after| !after.starts_with(is_identifier));
        if is_for { Context::Flat(b'}') } else { Context::Object { members: 0 } }
    }

    fn heredoc_start(&mut self, rest: &'t str) -> Result<()> {
        let intro = if rest.starts_with("<<-") { 3 } else { 2 };
        let name = rest.get(intro..).unwrap_or_default();
        let word = name.get(..name.find(|c| !is_identifier(c)).unwrap_or(name.len())).unwrap_or_default();
        let line = name.get(word.len()..).unwrap_or_default();
        let line_break = if line.starts_with("\r\n") { 2 } else { 1 };
        if word.is_empty() || !line.starts_with(['\n', '\r']) {
            return Err(self.error("a heredoc needs a word and a line break after it"));
        }
        let start = self.at;
        self.push(Context::Heredoc { word, line_start: true })?;
        self.skip(intro.saturating_add(word.len()).saturating_add(line_break));
        let depth = self.stack.len();
        self.step()?;
        if self.stack.len() < depth {
            // It is over at once.
            self.fill(start..self.at, b' ');
            self.fill(start..start.saturating_add(2), b'"');
        }
        Ok(())
    }
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// The length of the comment that a text begins with; that of a line does not have its line break in it.
fn comment(text: &str) -> Option<usize> {
    let end = if text.starts_with('#') || text.starts_with("//") {
        text.find('\n')
    } else if text.starts_with("/*") {
        text.find("*/").map(|end| end.saturating_add(2))
    } else {
        return None;
    };
    Some(end.unwrap_or(text.len()))
}

/// What follows white space and comments.
fn after_space(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(length) = comment(rest) {
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    rest
}

//! Text for a terminal: nothing in it moves the cursor, and it is broken into lines where it reads best.

use crate::report::escape::is_hidden;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Prose is not made narrower than this, whatever the indentation.
const LEAST_PROSE: usize = 20;

/// A number with its noun.
pub(in crate::report) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What a runner of GitHub Actions takes for a command at the beginning of a line (`::error::`), blanks aside, and anywhere
/// (`##[error]`).
const COMMANDS: [&str; 15] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// Text from a plan, with everything that could move the cursor, hide text, or speak to a runner written as an escape. Lines
/// can be broken anywhere, so that what stands within one can come to stand at the beginning of another.
pub(in crate::report) fn printable(text: &str) -> String {
    if !text.contains(is_hidden) && !text.contains("::") && !text.contains("##[") {
        return text.to_owned();
    }
    let mut printable = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let speaks = match c {
            ':' => printable.ends_with(':') && COMMANDS.iter().any(|name| begins_with(rest.as_str(), name)),
            '[' => printable.ends_with("##"),
            _ => false,
        };
        if speaks {
            printable.extend(c.escape_unicode());
        } else if is_hidden(c) {
            printable.extend(c.escape_default());
        } else {
            printable.push(c);
        }
    }
    printable
}

fn begins_with(text: &str, lower: &str) -> bool {
    text.get(..lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(lower))
}

/// How many columns text takes.
pub(super) fn columns(text: &str) -> usize {
    let is_plain = |byte: u8| (b' '..0x7f).contains(&byte);
    if text.bytes().all(is_plain) { text.len() } else { UnicodeWidthStr::width(text) }
}

/// The text in lines of at most `width` columns, broken at spaces, within longer words after a sign such as the dots of
/// an address, and anywhere else only where that is not enough.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    hanging(text, width, width)
}

/// The same, where the first line has another width than the rest.
pub(super) fn hanging(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let width = if lines.is_empty() { first } else { rest }.max(1);
        let space = usize::from(!line.is_empty());
        if columns(&line).saturating_add(space).saturating_add(columns(word)) <= width {
            if space > 0 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for piece in pieces(word, first.min(rest).max(1)) {
            let width = if lines.is_empty() { first } else { rest }.max(1);
            if columns(&line).saturating_add(columns(&piece)) > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(&piece);
        }
    }
    lines.push(line);
    lines
}

/// A word in pieces of at most `width` columns that end with a sign at which it can be broken.
fn pieces(word: &str, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    for c in word.chars() {
        if columns(&piece).saturating_add(c.width().unwrap_or_default()) > width && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
        }
        piece.push(c);
        if matches!(c, '.' | '/' | ':' | ',' | '[') {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// A paragraph whose first line is indented by `first` columns, and the others by `rest`.
pub(super) fn paragraph(text: &str, first: usize, rest: usize, width: usize) -> String {
    let of = |indent: usize| width.saturating_sub(indent).max(LEAST_PROSE);
    let lines = hanging(text, of(first), of(rest));
    format!("{}{}\n", " ".repeat(first), lines.join(&format!("\n{}", " ".repeat(rest))))
}

#[cfg(test)]
mod tests {
    use super::{columns, count, paragraph, printable, wrapped};

    #[test]
    fn text_that_moves_the_cursor_is_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable("plain é"), "plain é");
        assert_eq!(printable("a\u{2028}b\u{e0041}"), "a\\u{2028}b\\u{e0041}");
    }

    #[test]
    fn nothing_speaks_to_a_runner() {
        assert_eq!(printable("x ::Error file=a::b"), "x :\\u{3a}Error file=a::b");
        assert_eq!(
            printable("a.::set-output name=x::y ##[group]"),
            "a.:\\u{3a}set-output name=x::y ##\\u{5b}group]"
        );
        for plain in ["arn:aws:iam::aws:policy/X", "arn:aws:s3:::orders", "2001:db8::1", "a##b[0]"] {
            assert_eq!(printable(plain), plain);
        }
    }

    #[test]
    fn nouns_are_counted() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(2, "row"), "2 rows");
    }

    #[test]
    fn lines_break_where_they_read_best() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrapped("module.a[\"x\"].aws_mq_broker.orders", 20),
            ["module.a[\"x\"].", "aws_mq_broker.orders"]
        );
        assert_eq!(wrapped("", 10), [""]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("日本語の名前", 6), ["日本語", "の名前"]);
        assert_eq!(
            paragraph("help: one two three four five", 2, 4, 24),
            "  help: one two three\n    four five\n"
        );
    }

    #[test]
    fn nothing_is_lost_and_no_line_is_too_long() {
        let text =
            "warning: aws_iam_role.a[\"long key with spaces\"] may create module.x.module.y.aws_mq_broker.z.";
        for width in 1..100 {
            let lines = wrapped(text, width);
            assert!(lines.iter().all(|line| columns(line) <= width), "{width}: {lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
    }
}

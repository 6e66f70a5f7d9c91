//! Text from a plan, made safe for a form of its own each.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character could move the cursor, turn the direction of text, or hide something.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The text in one line, with every character that could hide something written as an escape.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => visible.push(' '),
            c if is_hidden(c) => visible.extend(c.escape_unicode()),
            c => visible.push(c),
        }
    }
    Cow::Owned(visible)
}

/// JSON in one line, or a piece of a string in it, with every character that could hide something written as JSON escapes it:
/// all of them stand in strings.
pub(super) fn json_escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Lines of text, such as code, with every other character that could hide something written as an escape.
pub(super) fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// At most `most` characters of the text.
pub(super) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// A name, an address or an expression as inline code of Markdown, wherever it stands, in a table too.
///
/// Nothing in it is Markdown, HTML, a link or a mention. Where a code span could be broken by the text itself, it is
/// an element whose text is written in character references.
pub(super) fn markdown_code(text: &str) -> String {
    let text = visible(text);
    let is_plain = !text.is_empty() && text.trim() == text && !text.contains(['`', '|', '\\']);
    if is_plain {
        return format!("`{text}`");
    }
    code_element(&text)
}

/// Code whose text is written in character references.
fn code_element(text: &str) -> String {
    let mut code = String::from("<code>");
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            code.push(c);
        } else {
            let _ = write!(code, "&#{};", u32::from(c));
        }
    }
    code.push_str("</code>");
    code
}

/// A sentence that may have text from a plan in it, as inline Markdown. What is not plain words is code, and so no
/// Markdown, HTML, link, mention, emoji or reference to an issue.
pub(super) fn markdown_sentence(text: &str) -> String {
    let text = visible(text);
    let mut sentence = String::with_capacity(text.len());
    let pieces: Vec<&str> = text.split('`').collect();
    let are_paired = pieces.len() % 2 == 1;
    for (index, piece) in pieces.iter().enumerate() {
        if are_paired && index % 2 == 1 {
            push_code(&mut sentence, piece);
        } else if are_paired {
            push_words(&mut sentence, piece);
        } else {
            push_words(&mut sentence, &piece.replace('`', "'"));
            if index.saturating_add(1) < pieces.len() {
                sentence.push('\'');
            }
        }
    }
    sentence
}

fn push_words(sentence: &mut String, text: &str) {
    for (index, token) in text.split(' ').enumerate() {
        if index > 0 {
            sentence.push(' ');
        }
        let word =
            token.trim_start_matches(['(', '"']).trim_end_matches(['.', ',', ';', ':', ')', '?', '!', '"']);
        let start = token.len().saturating_sub(token.trim_start_matches(['(', '"']).len());
        let before = token.get(..start).unwrap_or_default();
        let after = token.get(start.saturating_add(word.len())..).unwrap_or_default();
        let is_closing = after.chars().all(|c| matches!(c, ')' | ',' | '.' | ';' | '"'));
        if is_plain_word(word) && !(word.is_empty() && before.is_empty() && after.len() > 1 && !is_closing) {
            sentence.push_str(token);
        } else if word.is_empty() {
            push_code(sentence, token);
        } else {
            sentence.push_str(before);
            push_code(sentence, word);
            sentence.push_str(after);
        }
    }
}

/// Adds code; two spans side by side would be one, so that the second is an element.
fn push_code(sentence: &mut String, text: &str) {
    if sentence.ends_with('`') {
        sentence.push_str(&code_element(text));
    } else {
        sentence.push_str(&markdown_code(text));
    }
}

/// Whether a word is nothing but a word: letters, or digits, perhaps joined by hyphens and apostrophes.
fn is_plain_word(word: &str) -> bool {
    let is_joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’');
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    let has_letter = word.contains(char::is_alphabetic);
    word.is_empty()
        || (word.chars().all(is_joined)
            && word.starts_with(char::is_alphanumeric)
            && !(has_digit && has_letter && word.contains('-'))
            && !(has_digit && has_letter && word.len() >= 7))
}

/// Lines of code as a fenced block of Markdown, indented by `indent`.
pub(super) fn markdown_block(language: &str, text: &str, indent: &str) -> String {
    let text = visible_lines(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    let mut block = format!("{indent}{fence}{language}\n");
    for line in text.lines() {
        let _ = writeln!(block, "{indent}{line}");
    }
    block.push_str(indent);
    block.push_str(&fence);
    block.push('\n');
    block
}

/// A field of CSV (RFC 4180), in one line.
///
/// A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, and one that splits at semicolons finds such
/// beginnings within a field too: an apostrophe before them makes them text.
pub(super) fn csv_field(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    let guarded = if is_formula(&text) || text.contains(';') { Cow::Owned(guard(&text)) } else { text };
    if !guarded.contains([',', '"', ';', '\'']) && guarded.trim() == guarded {
        return guarded;
    }
    Cow::Owned(format!("\"{}\"", guarded.replace('"', "\"\"")))
}

/// Whether a spreadsheet takes text that begins so for a formula; full-width signs are such signs too.
fn is_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

fn guard(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len().saturating_add(1));
    for (number, cell) in text.split(';').enumerate() {
        if number > 0 {
            guarded.push(';');
        }
        // A quote may open a cell of its own there.
        let is_start = number == 0;
        if is_formula(if is_start { cell } else { cell.trim_start_matches(['"', ' ']) }) {
            guarded.push('\'');
        }
        guarded.push_str(cell);
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::{clip, csv_field, json_escaped, markdown_block, markdown_code, markdown_sentence, visible};

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("a\u{1b}[2J\u{202e}b"), "a\\u{1b}[2J\\u{202e}b");
        assert_eq!(visible("plain é\nnext"), "plain é next");
        assert_eq!(json_escaped("{\"a\u{202e}\":\"\u{e0001}é\"}"), "{\"a\\u202e\":\"\\udb40\\udc01é\"}");
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clip("ééé", 2), "éé…");
        assert_eq!(clip("ééé", 3), "ééé");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(markdown_code("aws_mq_broker.a[\"x\"]"), "`aws_mq_broker.a[\"x\"]`");
        assert_eq!(markdown_code("a`b|c"), "<code>a&#96;b&#124;c</code>");
        assert_eq!(markdown_code("\\"), "<code>&#92;</code>");
        assert_eq!(markdown_code(""), "<code></code>");
    }

    #[test]
    fn fields_of_csv_are_no_formulas() {
        assert_eq!(csv_field("aws_iam_role.a"), "aws_iam_role.a");
        assert_eq!(csv_field("aws_iam_role.a[\"x,y\"]"), "\"aws_iam_role.a[\"\"x,y\"\"]\"");
        assert_eq!(csv_field("=1+1"), "\"'=1+1\"");
        assert_eq!(csv_field(" @SUM(A1)"), "\"' @SUM(A1)\"");
        assert_eq!(csv_field("+1"), "\"'+1\"");
        assert_eq!(csv_field("-1"), "\"'-1\"");
        assert_eq!(csv_field("＝1"), "\"'＝1\"");
        assert_eq!(csv_field("a;=cmd()"), "\"a;'=cmd()\"");
        assert_eq!(csv_field("a;\"=cmd()"), "\"a;'\"\"=cmd()\"");
        assert_eq!(csv_field("two\nlines\u{202e}"), "two lines\\u{202e}");
        assert_eq!(csv_field(""), "");
    }

    #[test]
    fn sentences_keep_their_words() {
        assert_eq!(
            markdown_sentence("12 verdicts hang on ${aws_iam_role.a.arn}, which is known only after apply."),
            "12 verdicts hang on `${aws_iam_role.a.arn}`, which is known only after apply."
        );
        assert_eq!(
            markdown_sentence("Mend what `terraform plan` reports."),
            "Mend what `terraform plan` reports."
        );
        assert_eq!(markdown_sentence("by @octo/team #12 www.x.org"), "by `@octo/team` `#12` `www.x.org`");
        assert_eq!(markdown_sentence("Name them (`a.b`), or not."), "Name them (`a.b`), or not.");
        assert_eq!(markdown_sentence("a ` b"), "a ' b");
        assert_eq!(markdown_sentence("x@`y`"), "`x@`<code>y</code>");
        assert_eq!(markdown_sentence("see GH-12 (_this_)"), "see `GH-12` (`_this_`)");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_text() {
        assert_eq!(markdown_block("hcl", "a\n```\nb", "  "), "  ````hcl\n  a\n  ```\n  b\n  ````\n");
    }
}

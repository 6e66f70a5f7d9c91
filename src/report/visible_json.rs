//! JSON over several lines in which nothing is hidden.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use super::escape::json_escaped;

/// Writes a value as JSON over several lines, with a line break at its end. What could move the cursor, turn the direction
/// of text or hide something stands there as JSON escapes it.
pub(super) fn write_pretty<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Lines::default()))?;
    out.write_all(b"\n")
}

/// A line break, and as many spaces as are ever needed in one go.
const BREAK: &[u8] = b"\n                                ";

/// Each member and each element on a line of its own, two spaces further in than what it stands in.
#[derive(Default)]
struct Lines {
    depth: usize,
    /// Whether what was begun last has anything in it.
    has_value: bool,
}

impl Lines {
    fn new_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        let mut indent = self.depth.saturating_mul(2);
        let most = BREAK.len().saturating_sub(1);
        writer.write_all(BREAK.get(..=indent.min(most)).unwrap_or(BREAK))?;
        while indent > most {
            indent = indent.saturating_sub(most);
            writer.write_all(BREAK.get(1..=indent.min(most)).unwrap_or_default())?;
        }
        Ok(())
    }

    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_add(1);
        self.has_value = false;
        writer.write_all(bracket)
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.has_value {
            self.new_line(writer)?;
        }
        self.has_value = true;
        writer.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.has_value = true;
        if !first {
            writer.write_all(b",")?;
        }
        self.new_line(writer)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            writer.write_all(fragment.as_bytes())
        } else {
            writer.write_all(json_escaped(fragment).as_bytes())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::write_pretty;

    #[test]
    fn it_is_laid_out_as_serde_json_does() {
        let deep = (0..40).fold(
            serde_json::json!([[], {}, {"a": [1, {"b": null}]}]),
            |inner, _| serde_json::json!({ "in": [inner, "x"], "empty": {} }),
        );
        let mut written = Vec::new();
        write_pretty(&mut written, &deep).unwrap();
        let expected = serde_json::to_string_pretty(&deep).unwrap() + "\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn it_is_the_same_json() {
        let value = serde_json::json!({"a\u{202e}": ["é\u{9b}31m\u{7f}", "\n\u{e0001}", 1]});
        let mut written = Vec::new();
        write_pretty(&mut written, &value).unwrap();
        let text = String::from_utf8(written).unwrap();
        assert_eq!(
            text,
            "{\n  \"a\\u202e\": [\n    \"é\\u009b31m\\u007f\",\n    \"\\n\\udb40\\udc01\",\n    1\n  ]\n}\n"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}

//! JSON over several lines in which nothing is hidden.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::json_escaped;

/// Writes a value as JSON over several lines, with a line break at its end. What could move the cursor, turn the direction
/// of text or hide something stands there as JSON escapes it.
pub(super) fn write_pretty<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    serde_json::to_writer_pretty(Visible(&mut *out), value)?;
    out.write_all(b"\n")
}

/// Escapes what goes through it. It is given whole pieces of strings: what is no text by itself stays as it is.
struct Visible<W>(W);

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_plain = |byte: &u8| *byte < 0x7f;
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.iter().all(is_plain) => self.0.write_all(json_escaped(text).as_bytes())?,
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::write_pretty;

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

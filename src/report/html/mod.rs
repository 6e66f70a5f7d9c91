//! The report as one page, for an audit: no script, style or font from elsewhere.
//!
//! The page is a fixed skeleton and the report as JSON. The script of the page writes everything as text, never as
//! markup, and draws rows only as they are looked at. A content security policy lets nothing else run.

mod cells;
mod data;

use std::fmt::Write as _;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::Report;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What a page says besides the report.
#[derive(Clone, Copy, Debug)]
pub struct HtmlOptions {
    /// Whether there are findings that make the run fail.
    pub fails: bool,
}

impl Report<'_> {
    /// Writes the report as a page.
    pub fn write_html(&self, out: &mut dyn Write, options: HtmlOptions) -> io::Result<()> {
        let data = embedded(&serde_json::to_string(&data::page(self, options.fails))?);
        // Nobody who writes a plan can know it: it hangs on the whole report.
        let mut nonce = String::new();
        for byte in Sha256::digest(&data).iter().take(16) {
            let _ = write!(nonce, "{byte:02x}");
        }
        let mut rest = PAGE;
        while let Some((before, after)) = rest.split_once("{{") {
            out.write_all(before.as_bytes())?;
            let Some((name, after)) = after.split_once("}}") else { break };
            let value = match name {
                "style" => STYLE,
                "script" => SCRIPT,
                "data" => &data,
                "nonce" => &nonce,
                _ => "",
            };
            out.write_all(value.as_bytes())?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

/// JSON as the text of a script element: nothing in it ends the element, or opens a comment.
fn embedded(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{PAGE, SCRIPT, STYLE, embedded};

    #[test]
    fn data_cannot_end_its_element() {
        let text = "</script><!--\u{2028}&";
        let json = embedded(&serde_json::to_string(text).expect("it is JSON"));
        assert!(!json.contains(['<', '>', '&', '\u{2028}']));
        assert_eq!(serde_json::from_str::<String>(&json).expect("it is JSON"), text);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        for part in [PAGE, SCRIPT, STYLE] {
            for outside in
                ["src=", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval("]
            {
                assert!(!part.contains(outside), "{outside}");
            }
        }
    }
}

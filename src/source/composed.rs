//! Strings as Terraform keeps them: a letter and the mark upon it are one character where there is one (NFC).

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::text::{Piece, Text};

/// The text with its known characters composed. What a hole begins or ends with stays beside them.
pub(super) fn composed(text: Text) -> Text {
    let is_composed = |piece: Piece<'_>| match piece {
        Piece::Literal(known) => known.is_ascii() || is_nfc(known),
        Piece::Hole(_) => true,
    };
    if text.pieces().all(is_composed) {
        return text;
    }
    let mut builder = Text::builder();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(known) => builder.push_str(&known.nfc().collect::<String>()),
            Piece::Hole(hole) => builder.push_hole(hole),
        };
    }
    builder.mark_sensitive(text.is_sensitive()).finish()
}

#[cfg(test)]
mod tests {
    use super::composed;
    use crate::text::{Hole, Shape, Text};

    #[test]
    fn a_letter_and_its_mark_are_one_character() {
        assert_eq!(composed(Text::known("e\u{301}")), Text::known("\u{e9}"));
        let hole = Hole::new("a", "id", Shape::ANY);
        let text = |known: &str| Text::builder().push_str(known).push_hole(&hole).finish();
        assert_eq!(composed(text("e\u{301}")), text("\u{e9}"));
        let secret = composed(Text::known("e\u{301}").mark_sensitive(true));
        assert!(secret.is_sensitive());
    }
}

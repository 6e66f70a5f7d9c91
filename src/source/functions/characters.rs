//! Characters as Terraform counts them: what a reader takes for one (grapheme clusters, Unicode Annex 29).

use unicode_segmentation::UnicodeSegmentation;

/// How many characters a text has.
pub(super) fn count(text: &str) -> usize {
    text.graphemes(true).count()
}

/// The characters, first to last.
pub(super) fn characters(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.graphemes(true)
}

#[cfg(test)]
mod tests {
    use super::{characters, count};

    #[test]
    fn what_a_reader_sees_as_one_counts_as_one() {
        assert_eq!(count("Zoe\u{301}"), 3);
        assert_eq!(count("\u{1f1e9}\u{1f1ea}x"), 2);
        assert_eq!(characters("e\u{301}x").rev().collect::<String>(), "xe\u{301}");
    }
}

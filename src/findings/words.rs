//! How messages name several things.

/// A few names, and how many there are beside them.
pub(super) fn few<T: std::fmt::Display>(items: &[T]) -> String {
    const SHOWN: usize = 4;
    let more = items.len().saturating_sub(SHOWN);
    if more <= 1 {
        return list(items);
    }
    let shown: Vec<String> = items.iter().take(SHOWN).map(ToString::to_string).collect();
    format!("{} and {more} more", shown.join(", "))
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<T: std::fmt::Display>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

/// Texts in backquotes, each once, joined as [`list`] does.
pub(super) fn quoted(items: impl IntoIterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for item in items {
        let item = format!("`{item}`");
        if !all.contains(&item) {
            all.push(item);
        }
    }
    list(&all)
}

#[cfg(test)]
mod tests {
    use super::{few, list, quoted};

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(quoted(["x".to_owned(), "y".to_owned(), "x".to_owned()]), "`x` and `y`");
    }

    #[test]
    fn one_more_is_named_and_several_are_counted() {
        assert_eq!(few(&["a", "b", "c", "d", "e"]), "a, b, c, d and e");
        assert_eq!(few(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
    }
}
